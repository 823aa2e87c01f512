"""Nobody is compared without a yes of each, and a yes goes with whom it is about."""

from dataclasses import replace

import pytest

from core.vocabulary.changes import DropServer, LeaveServer
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes, YesTo
from storage import Storage
from tests.contracts.tuned import ANN, BEN
from tests.storage.made import SET, T0, hash_of, key, rated

CARL = 13
TO_BEN, TO_ANN = Yes(ANN, ANYWHERE, BEN), Yes(BEN, ANYWHERE, ANN)


async def felt_the_same(storage: Storage) -> None:
    """Ann and Ben have labelled two of the same pictures, and each another one."""
    await storage.labels.apply([rated(ANN, n, "awe") for n in (1, 2, 3)])
    await storage.labels.apply([rated(BEN, n, "awe" if n == 1 else "fear", at=9) for n in (1, 2, 4)])


@pytest.mark.usefixtures("joined")
class TestYesStore:
    """What `core.ports.YesStore` promises."""

    @pytest.mark.parametrize(
        ("of_ann", "of_ben", "agreed"),
        [
            (None, None, False),
            (TO_BEN, None, False),
            (None, TO_ANN, False),
            (TO_BEN, TO_ANN, True),
            (TO_BEN, Yes(BEN, 5, EVERYBODY), True),
            (Yes(ANN, 5, EVERYBODY), Yes(BEN, 5, EVERYBODY), True),
            (Yes(ANN, 5, EVERYBODY), Yes(BEN, 6, EVERYBODY), False),
            (TO_BEN, Yes(BEN, ANYWHERE, CARL), False),
        ],
    )
    async def test_two_are_compared_only_while_each_has_said_yes_to_the_other(
        self, storage: Storage, of_ann: Yes | None, of_ben: Yes | None, agreed: bool
    ) -> None:
        """
        without one, nobody is compared or asked about.
        None where not each has said yes to the other, by name or to everybody in that server;
        """
        await felt_the_same(storage)
        for yes in (of_ann, of_ben):
            if yes is not None:
                await storage.yeses.say(yes, T0)
        found = await storage.yeses.shared(ANN, BEN, 5, SET)
        assert (found is not None) == agreed
        assert (await storage.yeses.shared(BEN, ANN, 5, SET) is not None) == agreed

    async def test_what_both_felt_about_the_same_pictures_is_told_and_nothing_else(self, storage: Storage) -> None:
        """The images that both have labelled, as each felt them, by hash."""
        await felt_the_same(storage)
        for yes in (TO_BEN, TO_ANN):
            await storage.yeses.say(yes, T0)
        pairs = await storage.yeses.shared(ANN, BEN, 5, SET)
        assert pairs is not None
        assert [one.image_hash for one, _ in pairs] == sorted([hash_of(1), hash_of(2)])
        for one, other in pairs:
            assert one == await storage.labels.label(key(ANN), one.image_hash)
            assert other == await storage.labels.label(key(BEN), one.image_hash)
        assert await storage.yeses.shared(ANN, BEN, 5, "another") == ()

    async def test_a_yes_is_kept_once_and_can_be_taken_back_for_a_server_or_as_a_whole(
        self, storage: Storage
    ) -> None:
        """
        All yeses of a member, in order.
        Take back their yes to everybody in a server; None: all of theirs, to the same.
        a yes that was taken back counts for nothing.
        """
        here = Yes(ANN, 5, EVERYBODY)
        for yes in (here, TO_BEN, TO_BEN, TO_ANN):
            await storage.yeses.say(yes, T0)
        assert await storage.yeses.said(ANN) == (TO_BEN, here)
        assert await storage.yeses.shared(ANN, BEN, 5, SET) == ()
        await storage.yeses.take_back(ANN, 5)
        assert await storage.yeses.said(ANN) == (TO_BEN,)
        await storage.yeses.take_back(ANN)
        assert await storage.yeses.said(ANN) == ()
        assert await storage.yeses.said(BEN) == (TO_ANN,)
        assert await storage.yeses.shared(ANN, BEN, 5, SET) is None

    @pytest.mark.parametrize(
        ("of_ben", "may"),
        [
            (None, False),
            (TO_ANN, False),
            (Yes(BEN, ANYWHERE, ANN, YesTo.ASK), True),
            (Yes(BEN, 5, EVERYBODY, YesTo.ASK), True),
            (Yes(BEN, 6, EVERYBODY, YesTo.ASK), False),
            (Yes(BEN, ANYWHERE, CARL, YesTo.ASK), False),
            (Yes(ANN, ANYWHERE, BEN, YesTo.ASK), False),
        ],
    )
    async def test_who_may_be_asked_about_has_said_so_themselves_and_comparing_is_another_yes(
        self, storage: Storage, of_ben: Yes | None, may: bool
    ) -> None:
        """Whether a member has said that the asker may ask about them, by name or to everybody in that server."""
        if of_ben is not None:
            await storage.yeses.say(of_ben, T0)
        assert await storage.yeses.may_ask(ANN, BEN, 5) is may
        await felt_the_same(storage)
        assert await storage.yeses.shared(ANN, BEN, 5, SET) is None
        await storage.yeses.take_back(BEN)
        assert await storage.yeses.may_ask(ANN, BEN, 5) is may, "one yes is not the other"
        await storage.yeses.take_back(BEN, to=YesTo.ASK)
        assert not await storage.yeses.may_ask(ANN, BEN, 5)

    async def test_one_yes_is_taken_back_and_the_others_stay(self, storage: Storage) -> None:
        """Take back one of them."""
        ask = replace(TO_BEN, to=YesTo.ASK)
        for yes in (TO_BEN, ask, Yes(ANN, ANYWHERE, CARL)):
            await storage.yeses.say(yes, T0)
        await storage.yeses.unsay(ask)
        await storage.yeses.unsay(ask)
        assert await storage.yeses.said(ANN) == (TO_BEN, Yes(ANN, ANYWHERE, CARL))

    async def test_players_of_a_server_are_counted_while_something_is_collected_of_them(
        self, storage: Storage
    ) -> None:
        """How many members of whom something is collected have said yes to the game of a server."""
        for member in (ANN, BEN):
            await storage.yeses.say(Yes(member, 5, EVERYBODY, YesTo.GAME), T0)
            await storage.yeses.say(Yes(member, 6, EVERYBODY), T0)
        assert await storage.yeses.players(5) == 2
        assert await storage.yeses.players(6) == 0
        await storage.members.pause(ANN, paused=True)
        assert await storage.yeses.players(5) == 1

    async def test_nothing_is_kept_of_who_has_not_joined_or_has_paused(self, storage: Storage) -> None:
        """Keep a yes; nothing is kept of somebody who has not joined."""
        await storage.yeses.say(Yes(CARL, ANYWHERE, ANN), T0)
        assert await storage.yeses.said(CARL) == ()
        await storage.members.pause(ANN, paused=True)
        await storage.yeses.say(TO_BEN, T0)
        assert await storage.yeses.said(ANN) == ()

    async def test_a_yes_goes_with_either_of_the_two_and_with_its_server(self, storage: Storage) -> None:
        """A yes goes with who said it, or whom it is about."""
        for yes in (TO_BEN, TO_ANN, Yes(BEN, ANYWHERE, CARL), Yes(BEN, 5, EVERYBODY), Yes(BEN, 6, EVERYBODY)):
            for to in YesTo:
                await storage.yeses.say(replace(yes, to=to), T0)
        await storage.members.forget(ANN)
        await storage.members.join(ANN, 1, T0)
        assert await storage.yeses.said(ANN) == ()
        assert TO_ANN not in await storage.yeses.said(BEN)
        await storage.members.forget(CARL)  # who has never joined
        await storage.labels.apply([LeaveServer(5, 9, T0), DropServer(5, T0)])
        assert await storage.yeses.said(BEN) == tuple(Yes(BEN, 6, EVERYBODY, to) for to in YesTo)
