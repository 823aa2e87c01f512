"""The method on what it is given: propose rules, score them, choose those that promise most, verify the whole."""
