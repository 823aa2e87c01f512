"""The weekly guessing game: whom it may be about, which question stands where, and what is guessed meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class About:
    """What somebody felt about a picture, and in which message of which channel that stands."""

    member_id: int
    label_set_id: str
    image_hash: str
    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Possible:
    """What could be asked; `source`: which file of its message the picture is, None where that was not noted."""

    about: About
    source: str | None


@dataclass(frozen=True, slots=True)
class Game:
    """The question of a week in a server. `message_id` is None until it is posted. `about` is None where it is
    called off: a yes, a label or a picture that it needs is there no longer. `tried`: somebody saw to it before
    and did not come to an end.
    """

    server_id: int
    week: int
    channel_id: int
    ends_at: int
    about: About | None
    message_id: int | None = None
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was felt, and what each member guessed."""

    felt: Collection[str]
    guesses: Mapping[int, str]


class GameStore(Protocol):
    """Games, each with whom it is about and what is guessed. A game needs that its member has said yes in that
    server (`YesTo.GAME`) and is collected from, and that what they felt is known from that message: where one of
    these is so no longer, it is called off.
    """

    async def possible(self, server_id: int, label_set_id: str, week: int, *, limit: int) -> tuple[Possible, ...]:
        """What could be asked in a week of so many people: a few pictures of each, who was asked about longest ago
        comes first. What was asked before is not asked again; nothing where fewer than three of them have anything
        to guess, or where the week, or one after it, has had its game.
        """
        ...

    async def begin(self, game: Game, until: int) -> bool:
        """Keep a game that is to be posted, for whoever does it now: nobody else sees to it before `until`. False
        where the week has had one, or where it would be called off.
        """
        ...

    async def running(self) -> tuple[Game, ...]:
        """Games that have not ended and that nobody sees to."""
        ...

    async def take(self, game: Game, until: int) -> bool:
        """Whoever asks sees to it now, and nobody else before `until`; False where somebody else does."""
        ...

    async def posted(self, game: Game, message_id: int) -> None:
        """It stands in that message."""
        ...

    async def open(self, server_id: int, week: int) -> Game | None:
        """The game, while it may be guessed at."""
        ...

    async def guess(self, server_id: int, week: int, member_id: int, emotion: str | None) -> bool:
        """Keep somebody's guess in place of the one before, or none; False where the game is not open, is about
        them, or nothing is collected from them.
        """
        ...

    async def outcome(self, game: Game) -> Outcome | None:
        """What is to be told; None where it is called off. Who has paused since they guessed is not in it."""
        ...

    async def end(self, game: Game) -> None:
        """It is over: what was guessed is erased."""
        ...
