"""Strangers' bytes made into normalised images, in worker processes that may be killed."""
