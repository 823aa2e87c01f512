"""From a batch of facts to labels and profiles, in one transaction."""
