"""The tuner: propose rules, score them, choose the few that promise most, verify the whole, go on testing."""
