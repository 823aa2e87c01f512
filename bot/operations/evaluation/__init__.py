"""`feelprint evaluate`: the researcher's side, without Discord."""
