"""The commands, one module a concern; each module's `add` puts its own on the tree."""
