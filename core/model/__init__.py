"""The way to the black-box model: one gateway, a closed set of outcomes, a cache, a ledger, a budget."""
