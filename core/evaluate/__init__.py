"""Measuring the method on a researcher's own data: the paper's method and honest baselines side by side."""
