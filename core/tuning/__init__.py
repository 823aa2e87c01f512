"""The tuner: write rules, test each alone, compose the few that hold up, verify, go on testing."""
