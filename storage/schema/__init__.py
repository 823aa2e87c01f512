"""What the tables are, how their values are written, and how a database comes to the present schema."""
