"""The other stores that `core.ports` asks for, one a file."""
