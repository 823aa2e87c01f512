"""The offline demo: the real bot on a simulated Discord, with members whose tastes it does not know."""
