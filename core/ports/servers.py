"""Servers' settings."""

from collections.abc import Mapping
from typing import Protocol

from core.vocabulary.server_settings import ServerSettings


class ServerStore(Protocol):
    """Servers' settings."""

    async def settings(self, server_id: int) -> ServerSettings:
        """The server's settings; the defaults (no channels) where none are stored."""
        ...

    async def save(self, settings: ServerSettings) -> None:
        """Store settings whole."""
        ...

    async def all(self) -> tuple[ServerSettings, ...]:
        """Settings of every server that has some."""
        ...

    async def left(self) -> Mapping[int, int]:
        """Since when the bot is not in servers from which it was removed."""
        ...
