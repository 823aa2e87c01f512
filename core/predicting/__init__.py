"""Answers to "how would I feel about this?", from a member's feelprint or from what most people would feel."""
