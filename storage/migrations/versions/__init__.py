"""One module a revision; each says in its docstring why it was needed. Never edit one that was released."""
