"""Feelprint versions: the deployed one, those before it, and taking one back."""

from typing import Protocol

from core.vocabulary.feelprint import Feelprint
from core.vocabulary.profile import ProfileKey


class VersionStore(Protocol):
    """Feelprint versions. A new one is deployed by `RunStore.finish`, together with the run that made it."""

    async def active(self, key: ProfileKey) -> Feelprint | None:
        """The deployed version."""
        ...

    async def all(self, key: ProfileKey) -> tuple[Feelprint, ...]:
        """All versions, oldest first."""
        ...

    async def roll_back(self, key: ProfileKey, version: int) -> Feelprint | None:
        """Mark the active `version` rolled back and make the newest superseded one active; None if none is left
        (the generic prompt answers then) or if `version` is not the active one.
        """
        ...
