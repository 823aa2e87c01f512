"""A database of a million labels, made from a seed on either kind; what runs often on it, with times and plans."""
