"""A real store of which a test changes a method: to break it, to watch it, to do something in between."""

from typing import Any


class Altered:
    """Everything that the store does, but for the methods that are given."""

    def __init__(self, store: Any, **methods: Any) -> None:
        self._store = store
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return self._methods[name] if name in self._methods else getattr(self._store, name)
