"""One module a figure, named by its number in the table."""
