"""The offline model: small, honest, no key needed; it looks at real pixels and reads rules in plain words."""
