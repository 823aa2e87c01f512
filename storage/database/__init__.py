"""Statements on their way to a database: address, engine, lanes, transactions, and what fails."""
