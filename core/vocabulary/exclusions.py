"""What may not be used, because a picture's author said so, or whoever manages a server.

Like every other no it is kept with its moment. Taking it back is kept too: what was made on Discord before that
moment does not count afterwards, unless it is made anew.
"""

from dataclasses import dataclass
from enum import StrEnum

EVERYWHERE = 0
"""In place of a server: it holds in all of them, and in direct messages."""


class By(StrEnum):
    """Who said it."""

    AUTHOR = "author"
    """Whoever posted the picture."""
    ADMIN = "admin"
    """Somebody who may manage the server."""


class What(StrEnum):
    """What it is about."""

    MESSAGE = "message"
    """All that one message shows; the subject is its id."""
    PICTURE = "picture"
    """A picture wherever it stands; an author's own copies of it alone. The subject is its hash."""
    AUTHOR = "author"
    """All that one person posts; the subject is their id."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One such no, or its end (`excluded` is False). `author_id` is whose pictures it is about, where that is
    known; 0 where it is anybody's.
    """

    server_id: int
    said_by: By
    what: What
    subject: str
    author_id: int
    excluded: bool
    moment: int

    @property
    def key(self) -> tuple[int, By, What, str, int]:
        """What it is about: of two with the same key the later one holds."""
        return self.server_id, self.said_by, self.what, self.subject, self.author_id
