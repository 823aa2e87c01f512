"""What stands on Discord, as far as it has been compared with what is stored, and how far that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from core.vocabulary.changes import Sighting

Stood: TypeAlias = tuple[int, str, bool]
"""A reaction on a message: (member, emoji, super-reaction)."""


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a channel has been compared.

    `round`: after which absence all of it was, the last time; `turn`: when it last had its turn, in milliseconds;
    `cursor`: the message to go on below, 0 where nothing is left; `seen`: the newest message when all of it was.
    """

    channel_id: int
    server_id: int | None
    round: int = 0
    turn: int = 0
    cursor: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a message: the stored reactions, those that do not count, where its picture is known from
    (None: nothing is stored of it), and what its reactions were when they were last listed.

    `others` is {emoji: (normal, super)} of everybody of whom nothing is stored; `mark` the last no of anybody
    before they were listed, None where they never were. `rated`: the files that somebody rated.
    """

    stored: frozenset[Stood] = frozenset()
    declined: frozenset[Stood] = frozenset()
    sighting: Sighting | None = None
    others: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    mark: int | None = None
    round: int = 0
    rated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A message whose reactions were all listed: what is to be known of it from now on."""

    message_id: int
    channel_id: int
    round: int
    mark: int
    others: Mapping[str, tuple[int, int]]
    declined: frozenset[Stood]
