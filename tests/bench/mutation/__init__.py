"""Mutation runs: each small mistake that the code could hold must turn a test red."""
