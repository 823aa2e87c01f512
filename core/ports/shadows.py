"""Shadow records: what the deployed version said of each later label, before the label was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.vocabulary.emotions import Distribution
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey


@dataclass(frozen=True, slots=True)
class Shadow:
    """One label seen by the deployed version before the label was looked at, and the score that came of it.

    `hit` and `generic_hit` are in [0, 1]. `rules_held` maps the ids of the deployed rules that held for
    the image to each rule's own hit.
    """

    version: int
    image_hash: str
    at: int
    distribution: Distribution
    hit: float
    generic_hit: float
    rules_held: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """A shadow record without whose it is and of what: the answer's distribution, and its hit in [0, 1].

    `whose` tells records of different members apart, by a number that means nothing elsewhere.
    """

    distribution: Distribution
    hit: float
    whose: int = 0


class ShadowStore(Protocol):
    """Shadow records, and the labels that still wait for theirs."""

    async def unshadowed(self, key: ProfileKey, *, limit: int) -> tuple[Label, ...]:
        """Labels whose image was first labelled after the active version was made, which it was not learnt
        from, with no shadow row for that version yet, oldest first.
        """
        ...

    async def put(self, key: ProfileKey, rows: Sequence[Shadow], *, lasting: int | None = None) -> None:
        """Store shadow rows in one transaction; an existing one for the version and image stays as it is. A row
        goes with its label, also where that changes; where it is gone already, the row is not stored.

        `lasting`: how many labels of the profile still count, if these rows show that taste has changed. The
        profile's own `lasting` is lowered to it, so that whoever asks who is due knows it as soon as the rows
        are stored.
        """
        ...

    async def all(self, key: ProfileKey, version: int | None = None) -> tuple[Shadow, ...]:
        """Shadow rows of a version (None: of all versions), oldest first."""
        ...

    async def pooled(self, label_set_id: str, *, limit: int, members: int) -> tuple[Scored, ...]:
        """The newest shadow records of everybody with this label set, newest first; none where they are of
        fewer than `members` members: a pool of one or two would tell on somebody.
        """
        ...
