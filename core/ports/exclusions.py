"""What may not be used: an author's no to a picture, an admin's exclusion, and that it was taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.vocabulary.exclusions import Exclusion


@dataclass(frozen=True, slots=True)
class Covered:
    """What is stored that an exclusion is about: messages whose picture is kept, and hashes of pictures."""

    message_ids: tuple[int, ...] = ()
    images: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.message_ids or self.images)


class ExclusionStore(Protocol):
    """Noes about pictures. The last word on each is kept; nothing that it is about is deleted here."""

    async def all(self) -> tuple[Exclusion, ...]:
        """Every last word on everything, those that took a no back among them."""
        ...

    async def put(self, said: Sequence[Exclusion]) -> None:
        """Keep what was said, in place of an earlier word on the same; a later one stays."""
        ...

    async def covered(self, exclusion: Exclusion, *, limit: int) -> Covered:
        """At most `limit` messages, and pictures, of which something is stored that an exclusion is about."""
        ...

    async def nameless(self, exclusion: Exclusion) -> tuple[tuple[int, int, int], ...]:
        """Messages (server, channel, id) of which something is stored, but not who posted them: a no of their
        author may be about them. None for a no that asks for no author.
        """
        ...
