"""Every no about a picture, asked by message, author and image at once: the same in memory and in storage.

Where a picture is given with a command there is no message and no author; then an author's no about that image
holds, since nobody else's message shows it.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from core.collecting.refusals import Refusal
from core.vocabulary.exclusions import EVERYWHERE, By, Exclusion, What


class Where(Protocol):
    """Where a picture stands: `core.collecting.policy.Spot`."""

    @property
    def server_id(self) -> int | None: ...  # noqa: D102
    @property
    def message_id(self) -> int | None: ...  # noqa: D102
    @property
    def author_id(self) -> int | None: ...  # noqa: D102


class Exclusions:
    """What was said about pictures, the last word on each."""

    def __init__(self, said: Iterable[Exclusion] = ()) -> None:
        self._said: dict[tuple[What, str], dict[object, Exclusion]] = {}
        self.put(said)

    def put(self, said: Iterable[Exclusion]) -> None:
        """Take in what was said; an earlier word on the same does not replace a later one."""
        for one in said:
            about = self._said.setdefault((one.what, one.subject), {})
            about[one.key] = max(one, about.get(one.key, one), key=lambda e: e.moment)

    def drop_server(self, server_id: int) -> None:
        """The bot left a server: what its admins said went with its settings."""
        for about in self._said.values():
            for key in [k for k, e in about.items() if e.server_id == server_id and e.said_by is By.ADMIN]:
                del about[key]

    def drop_taken_back(self, author_id: int) -> None:
        """Somebody was forgotten: what they, or admins about them, took back is about nobody any more."""
        for about in self._said.values():
            for key in [k for k, e in about.items() if e.author_id == author_id and not e.excluded]:
                del about[key]

    def refusal(self, where: Where, image_hash: str | None = None) -> Refusal | None:
        """Why a picture is not used there; None: nobody has said no."""
        for one in self._about(where, image_hash):
            if one.excluded:
                return Refusal.WITHHELD if one.said_by is By.AUTHOR else Refusal.EXCLUDED
        return None

    def since(self, where: Where, image_hash: str | None = None) -> int:
        """From when on reactions there count, as far as a no that was taken back goes; 0: from ever."""
        return max((one.moment for one in self._about(where, image_hash)), default=0)

    def holds(self, by: By, what: What, subject: str, author_id: int, server_id: int = EVERYWHERE) -> bool:
        """Whether this very no was said and stands."""
        one = self._said.get((what, subject), {}).get((server_id, by, what, subject, author_id))
        return one is not None and one.excluded

    def copies(self, server_id: int, said_by: By, author_id: int) -> list[Exclusion]:
        """The pictures that are left alone in a server because all is that their author posts there."""
        return [
            one
            for about in self._said.values()
            for one in about.values()
            if one.excluded
            and (one.server_id, one.said_by, one.author_id) == (server_id, said_by, author_id)
            and one.what is What.PICTURE
        ]

    def _about(self, where: Where, image_hash: str | None) -> Iterator[Exclusion]:
        subjects = ((What.MESSAGE, where.message_id), (What.AUTHOR, where.author_id), (What.PICTURE, image_hash))
        for what, subject in subjects:
            if subject is None:
                continue
            for one in self._said.get((what, str(subject)), {}).values():
                here = what is What.MESSAGE or one.server_id in (EVERYWHERE, where.server_id)
                given = where.message_id is None and where.author_id is None
                theirs = what is not What.PICTURE or given or one.author_id in (0, where.author_id)
                if here and theirs:
                    yield one
