"""A feelprint as time passes: who is due, a run, what later labels say, what is done by hand, what is kept."""
