"""A game is about who said yes to it, is begun by one and once a week, and ends with what it needs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from core.ports import About, Game, Possible
from core.vocabulary.changes import DropMessages, DropServer, LeaveServer
from core.vocabulary.consent import EVERYBODY, Yes, YesTo
from core.vocabulary.weekly import OPEN_MS, WEEK_MS
from storage import Storage, open_storage
from tests.contracts.tuned import ANN, BEN
from tests.fakes import ManualClock
from tests.storage.made import SET, T0, hash_of, rated, reacted, shown, withdrew

CARL = 13
WHILE = 150_000
ABOUT_ANN = About(ANN, SET, hash_of(11), 50, 11)


def yes(member: int, server: int = 5) -> Yes:
    return Yes(member, server, EVERYBODY, YesTo.GAME)


def game(about: About | None = ABOUT_ANN, week: int = T0, server: int = 5) -> Game:
    return Game(server, week, 50, T0 + OPEN_MS, about)


async def playing(storage: Storage, *members: int) -> None:
    """So many said yes, and each has felt something about one picture of their own."""
    for member in members:
        await storage.members.join(member, 1, T0)
        await storage.yeses.say(yes(member), T0)
        await storage.labels.apply([reacted(member, member, "awe")])


async def possible(storage: Storage, week: int = T0, limit: int = 9) -> list[tuple[int, int]]:
    """Who, and in which message."""
    found = await storage.games.possible(5, SET, week, limit=limit)
    return [(one.about.member_id, one.about.message_id) for one in found]


async def begun(storage: Storage, clock: ManualClock) -> Game:
    """A game about Ann that is posted."""
    assert await storage.games.begin(game(), clock.now_ms() + WHILE)
    await storage.games.posted(game(), 900)
    return replace(game(), message_id=900)


@pytest.mark.usefixtures("joined")
class TestGameStore:
    """What `core.ports.GameStore` promises."""

    async def test_it_takes_three_with_something_to_guess(self, storage: Storage) -> None:
        """
        nothing where fewer than three of them have anything to guess, or where the week, or one after it, has had
        its game.
        """
        await playing(storage, ANN, BEN)
        assert await possible(storage) == []
        await storage.members.join(CARL, 1, T0)
        await storage.yeses.say(yes(CARL), T0)
        assert await possible(storage) == [], "of whom nothing is known there"
        await storage.labels.apply([rated(CARL, 13, "fear", origin=shown(13, 13))])
        assert await possible(storage) == [(ANN, 11), (BEN, 12), (CARL, 13)]
        found = await storage.games.possible(5, SET, T0, limit=9)
        assert found[2] == Possible(About(CARL, SET, hash_of(13), 50, 13), "/13.png")
        assert await storage.games.possible(5, "another", T0, limit=9) == ()
        assert await storage.games.possible(6, SET, T0, limit=9) == ()
        assert await storage.games.begin(game(week=T0 + WEEK_MS), 0)
        assert await possible(storage) == [], "late in its week it was asked for the next"

    async def test_only_what_they_felt_in_a_message_of_that_server_is_asked(self, storage: Storage) -> None:
        """A game needs that its member has said yes in that server (`YesTo.GAME`) and is collected from, and that
        what they felt is known from that message: where one of these is so no longer, it is called off.
        """
        await playing(storage, ANN, BEN, CARL)
        await storage.labels.apply([
            reacted(ANN, 21, "awe", server=6),
            rated(ANN, 22, "awe"),  # given with a command: it stands in no message
            reacted(ANN, 23, "awe"), withdrew(ANN, 23, "awe", at=1),
            rated(ANN, 24, "awe", origin=shown(24, 24)), rated(ANN, 24, origin=shown(24, 24), at=1),
        ])  # fmt: skip
        assert await possible(storage) == [(ANN, 11), (BEN, 12), (CARL, 13)]
        for about in (About(ANN, SET, hash_of(21), 50, 11), About(ANN, "another", hash_of(11), 50, 11)):
            assert not await storage.games.begin(game(about), 0)
        assert not await storage.games.begin(game(replace(ABOUT_ANN, message_id=21), server=6), 0)

    async def test_whoever_was_asked_about_waits_and_nothing_is_asked_twice(self, storage: Storage) -> None:
        """
        What could be asked in a week of so many people: a few pictures of each, who was asked about longest ago
        comes first.
        What was asked before is not asked again;
        """
        await playing(storage, ANN, BEN, CARL)
        assert await possible(storage, limit=2) == [], "of two people"
        assert await storage.games.begin(game(week=T0 - WEEK_MS), 0)
        assert await possible(storage) == [], "Ann has no other picture"
        await storage.labels.apply([reacted(ANN, n, "awe") for n in range(30, 40)])
        found = await possible(storage)
        assert [who for who, _ in found] == [BEN, CARL, ANN, ANN, ANN]
        assert found == await possible(storage), "the same on every look"

    async def test_a_week_has_one_game_and_one_begins_it(self, storage: Storage, clock: ManualClock) -> None:
        """
        Keep a game that is to be posted, for whoever does it now: nobody else sees to it before `until`.
        False where the week has had one, or where it would be called off.
        Games that have not ended and that nobody sees to.
        """
        await playing(storage, ANN, BEN, CARL)
        assert not await storage.games.begin(game(None), 0)
        assert await storage.games.begin(game(), clock.now_ms() + WHILE)
        assert not await storage.games.begin(game(About(BEN, SET, hash_of(12), 50, 12)), 0)
        assert await storage.games.running() == ()
        clock.at += WHILE
        assert await storage.games.running() == (replace(game(), tried=True),)
        await storage.games.end(game())
        assert await storage.games.running() == ()
        assert not await storage.games.begin(game(), 0), "it had one, and it is over"

    async def test_it_is_seen_to_by_one_at_a_time(self, storage: Storage, clock: ManualClock) -> None:
        """
        Whoever asks sees to it now, and nobody else before `until`; False where somebody else does.
        It stands in that message.
        """
        await playing(storage, ANN, BEN, CARL)
        posted = await begun(storage, clock)
        assert await storage.games.running() == (posted,)
        assert await storage.games.take(posted, clock.now_ms() + WHILE)
        assert not await storage.games.take(posted, clock.now_ms() + WHILE)
        assert await storage.games.running() == ()
        clock.at += WHILE
        assert await storage.games.running() == (replace(posted, tried=True),)
        assert await storage.games.take(posted, clock.now_ms() + WHILE)
        await storage.games.end(posted)
        clock.at += WHILE
        assert not await storage.games.take(posted, clock.now_ms() + WHILE)

    async def test_the_last_guess_of_each_counts_while_it_is_open(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """
        Keep somebody's guess in place of the one before, or none; False where the game is not open, is about them,
        or nothing is collected from them.
        The game, while it may be guessed at.
        What is to be told; None where it is called off.
        It is over: what was guessed is erased.
        Who has paused since they guessed is not in it.
        """
        await playing(storage, ANN, BEN, CARL)
        await storage.labels.apply([reacted(ANN, 11, "fear")])
        posted = await begun(storage, clock)
        assert await storage.games.open(5, T0) == posted
        for who, emotion in ((BEN, "fear"), (BEN, "awe"), (CARL, "anger"), (CARL, "anger")):
            assert await storage.games.guess(5, T0, who, emotion)
        assert not await storage.games.guess(5, T0, ANN, "awe")
        assert not await storage.games.guess(5, T0 + 1, BEN, "awe")
        assert not await storage.games.guess(5, T0, 99, "awe"), "who has not joined"
        found = await storage.games.outcome(posted)
        assert found is not None
        assert (set(found.felt), found.guesses) == ({"awe", "fear"}, {BEN: "awe", CARL: "anger"})
        await storage.members.pause(CARL, paused=True)
        found = await storage.games.outcome(posted)
        assert found is not None
        assert found.guesses == {BEN: "awe"}, "who has paused is not named"
        assert not await storage.games.guess(5, T0, CARL, "awe")
        assert await storage.games.guess(5, T0, CARL, None)
        found = await storage.games.outcome(posted)
        assert found is not None
        assert found.guesses == {BEN: "awe"}
        clock.at = posted.ends_at
        assert await storage.games.open(5, T0) is None
        assert not await storage.games.guess(5, T0, BEN, "fear")
        assert (await storage.members.export(BEN))["guesses"] != []
        await storage.games.end(posted)
        assert (await storage.members.export(BEN))["guesses"] == []
        assert await storage.games.outcome(posted) is None

    @pytest.mark.parametrize(
        "what",
        [
            lambda s: s.yeses.take_back(ANN, 5, to=YesTo.GAME),
            lambda s: s.members.pause(ANN, paused=True),
            lambda s: s.members.forget(ANN),
            lambda s: s.labels.apply([withdrew(ANN, 11, "awe", at=1)]),
            lambda s: s.labels.apply([DropMessages((11,), T0)]),
            lambda s: s.labels.apply([rated(ANN, 11, at=1)]),
        ],
        ids=["yes", "pause", "forget", "reaction", "message", "rating"],
    )
    async def test_it_is_called_off_with_what_it_needs_and_still_found(
        self, storage: Storage, clock: ManualClock, what: Callable[[Storage], Awaitable[object]]
    ) -> None:
        """
        A game needs that its member has said yes in that server (`YesTo.GAME`) and is collected from, and that
        what they felt is known from that message: where one of these is so no longer, it is called off.
        """
        await playing(storage, ANN, BEN, CARL)
        posted = await begun(storage, clock)
        assert await storage.games.guess(5, T0, BEN, "awe")
        await what(storage)
        assert await storage.games.running() == (replace(posted, about=None),)
        assert await storage.games.open(5, T0) is None
        assert await storage.games.outcome(posted) is None
        assert not await storage.games.guess(5, T0, BEN, "awe")

    async def test_the_same_picture_in_another_message_does_not_keep_it(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        await playing(storage, ANN, BEN, CARL)
        await storage.labels.apply([reacted(ANN, 40, "awe", picture=11)])
        posted = await begun(storage, clock)
        await storage.labels.apply([DropMessages((11,), T0)])
        assert await storage.games.running() == (replace(posted, about=None),)

    async def test_all_of_it_goes_with_its_server(self, storage: Storage, clock: ManualClock) -> None:
        await playing(storage, ANN, BEN, CARL)
        await begun(storage, clock)
        assert await storage.games.guess(5, T0, BEN, "awe")
        await storage.labels.apply([LeaveServer(5, 9, T0), DropServer(5, T0)])
        assert await storage.games.running() == ()
        for member, table in ((ANN, "subjects"), (ANN, "players"), (BEN, "guesses")):
            assert (await storage.members.export(member))[table] == []


async def test_of_two_processes_one_begins_and_one_ends_it(postgres_url: str, clock: ManualClock) -> None:
    """
    Whoever asks sees to it now, and nobody else before `until`; False where somebody else does.
    """
    async with open_storage(postgres_url, clock=clock) as here, open_storage(postgres_url, clock=clock) as there:
        await playing(here, ANN, BEN, CARL)
        for n in range(6):
            until, one = clock.now_ms() + WHILE, game(week=T0 + n)
            began = await asyncio.gather(*(s.games.begin(one, until) for s in (here, there)))
            assert sorted(began) == [False, True]
            await here.games.posted(one, 900)
            took = await asyncio.gather(*(s.games.take(one, until) for s in (here, there)))
            assert sorted(took) == [False, True]
