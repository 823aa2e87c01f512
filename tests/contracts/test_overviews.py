"""What people who manage a server are told: of everybody there, and of nobody."""

from dataclasses import replace

import pytest

from core.ports import Caps, NearlySpent, Overview, Purchase
from core.vocabulary.calls import Payer
from core.vocabulary.changes import DropServer, LeaveServer
from core.vocabulary.comparison import Walked
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.mood import WEEK_MS, Mood
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.contracts.tuned import ANN, BEN
from tests.fakes import ManualClock
from tests.storage.made import T0, rated, reacted, withdrew

WEEK = T0 - 1000
PEOPLE = range(100, 106)


async def felt(storage: Storage, *, server: int = 5) -> None:
    """Six people each felt awe about one picture; the last of them fear about another."""
    for member in PEOPLE:
        await storage.members.join(member, 1, T0)
    await storage.labels.apply([reacted(member, 1, "awe", server=server) for member in PEOPLE])
    await storage.labels.apply([rated(PEOPLE[-1], 2, "fear", server=server)])


@pytest.mark.usefixtures("joined")
class TestOverviewStore:
    """What `core.ports.OverviewStore` promises."""

    async def test_labels_and_members_of_a_server_are_counted_once_each(self, storage: Storage) -> None:
        """What there is of a server; nothing of what anybody felt."""
        await storage.labels.apply([reacted(ANN, 1, "awe"), reacted(ANN, 1, "fear"), rated(ANN, 1, "awe")])
        await storage.labels.apply([reacted(ANN, 2, "awe", server=6), rated(ANN, 3), rated(BEN, 4, "awe")])
        walked = [Walked(50, 5, 2, T0), Walked(51, 5, 1, T0 - 9), Walked(60, 6, 1)]
        for one in walked:
            await storage.walks.save(one)
        assert await storage.overviews.of(5) == Overview(2, 2, channels=2, behind=1, compared_at=T0)
        assert await storage.overviews.of(7) == Overview(0, 0, 0, 0, 0)

    async def test_the_mood_of_a_week_is_of_its_own_labels_and_server(self, storage: Storage) -> None:
        """
        What people felt there who are collected from, in a week that is over and began then, with the label set
        that holds.
        """
        await felt(storage)
        assert await storage.overviews.mood(6, WEEK) is None
        assert await storage.overviews.mood(5, WEEK) == Mood({"awe": 0.9, "fear": 0.1}, 6)
        assert await storage.overviews.mood(5, WEEK + WEEK_MS) is None

    async def test_of_who_has_paused_it_says_nothing(self, storage: Storage) -> None:
        """
        What people felt there who are collected from, in a week that is over and began then, with the label set
        that holds.
        """
        await felt(storage)
        await storage.members.pause(PEOPLE[-1], paused=True)
        assert await storage.overviews.mood(5, WEEK) == Mood({"awe": 1.0}, 5)

    @pytest.mark.parametrize("leaves", ["forgets", "pauses", "takes it back"])
    async def test_no_second_figure_of_a_week_tells_who_left(self, storage: Storage, leaves: str) -> None:
        """
        Each week is looked at once, and what was found stays, whoever joins or leaves and whatever is taken back,
        until a later week is looked at;
        """
        await felt(storage)
        first = await storage.overviews.mood(5, WEEK)
        if leaves == "forgets":
            await storage.members.forget(PEOPLE[-1])
        elif leaves == "pauses":
            await storage.members.pause(PEOPLE[-1], paused=True)
        else:
            await storage.labels.apply([withdrew(PEOPLE[-1], 1, "awe")])
        assert await storage.overviews.mood(5, WEEK) == first

    async def test_nor_does_who_came_late_or_another_label_set(self, storage: Storage) -> None:
        """
        Each week is looked at once, and what was found stays, whoever joins or leaves and whatever is taken back,
        until a later week is looked at;
        with another label set there is none until then.
        """
        assert await storage.overviews.mood(5, WEEK) is None
        await felt(storage)
        assert await storage.overviews.mood(5, WEEK) is None, "it was looked at when there were too few"
        assert await storage.overviews.mood(5, WEEK - WEEK_MS) is None
        place = await storage.servers.settings(5)
        other = LabelSet((*MIKELS.emotions, Emotion("calm", "🍵")))
        await storage.overviews.mood(5, WEEK + 1)
        await storage.servers.save(replace(place, label_set=other))
        assert await storage.overviews.mood(5, WEEK + 1) is None

    async def test_a_mood_goes_with_its_server(self, storage: Storage) -> None:
        """
        Each week is looked at once, and what was found stays, whoever joins or leaves and whatever is taken back,
        until a later week is looked at;
        """
        await felt(storage)
        assert await storage.overviews.mood(5, WEEK) is not None
        await storage.labels.apply([LeaveServer(5, 9, T0), DropServer(5, T0)])
        assert await storage.overviews.mood(5, WEEK) is None

    async def test_what_a_server_and_all_have_spent_is_told(self, storage: Storage, clock: ManualClock) -> None:
        """US dollars spent and reserved in the last 24 hours: on a server's account, or (None) in all."""
        for server in (5, 6):
            bought = Purchase(clock.now_ms(), "predict", None, "m", 0.25, Payer(ANN, server))
            assert await storage.answers.reserve(bought, Caps())
        assert await storage.overviews.spent(5) == pytest.approx(0.25)
        assert await storage.overviews.spent(None) == pytest.approx(0.5)
        assert await storage.overviews.spent(7) == 0
        clock.advance(seconds=26 * 60 * 60)
        assert await storage.overviews.spent(None) == 0


async def test_settings_are_not_needed_for_a_mood(storage: Storage) -> None:
    await felt(storage, server=8)
    assert await storage.overviews.mood(8, WEEK) == Mood({"awe": 0.9, "fear": 0.1}, 6)


HOUR = 60 * 60


async def spend(storage: Storage, clock: ManualClock, usd: float, server: int | None) -> None:
    bought = Purchase(clock.now_ms(), "predict", None, "m", usd, Payer(ANN, server))
    assert await storage.answers.reserve(bought, Caps())


@pytest.mark.usefixtures("joined")
class TestWarnings:
    """What `core.ports.OverviewStore` promises."""

    async def test_caps_that_are_nearly_spent_are_told_where_nobody_was_warned(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """
        Of which caps so much is spent, of the bot's first, where nobody was warned in the last 24 hours.
        Whoever asks warns now; False where somebody else did in the last 24 hours.
        The warning could not be given.
        """
        caps, both = Caps(10.0, 0.1, 4.0), (NearlySpent(None, 8.0, 10.0), NearlySpent(6, 4.5, 4.0))
        await spend(storage, clock, 3.0, 5)
        await spend(storage, clock, 4.5, 6)
        await spend(storage, clock, 0.5, None)
        assert await storage.overviews.nearly_spent(caps, 0.8) == both
        assert await storage.overviews.nearly_spent(Caps(), 0.8) == ()
        assert await storage.overviews.nearly_spent(Caps(0.0), 0.8) == ()
        assert await storage.overviews.warn(6)
        assert not await storage.overviews.warn(6)
        assert await storage.overviews.nearly_spent(caps, 0.8) == both[:1]
        await storage.overviews.unwarn(6)
        assert await storage.overviews.nearly_spent(caps, 0.8) == both
        assert await storage.overviews.warn(6)
        clock.advance(seconds=24 * HOUR)
        await spend(storage, clock, 4.0, 6)
        assert [one.server_id for one in await storage.overviews.nearly_spent(caps, 0.8)] == [None, 6]
        assert await storage.overviews.warn(6)

    @pytest.mark.parametrize("of_all", [None, 10.0, 4.0])
    async def test_of_a_servers_own_choice_where_that_is_the_lower_one(
        self, storage: Storage, clock: ManualClock, of_all: float | None
    ) -> None:
        """of a server's own choice where that is the lower one."""
        for server, usd, chosen in ((5, 2.5, 3.0), (6, 3.5, 9.0), (7, 2.5, 0.0), (8, 2.5, None)):
            await spend(storage, clock, usd, server)
            await storage.servers.save(ServerSettings(server, usd_per_day=chosen))
        six = (NearlySpent(6, 3.5, 4.0),) if of_all == 4.0 else ()
        found = await storage.overviews.nearly_spent(Caps(server_usd_day=of_all), 0.8)
        assert found == (NearlySpent(5, 2.5, 3.0), *six)

    async def test_that_a_server_was_warned_goes_with_it(self, storage: Storage) -> None:
        assert await storage.overviews.warn(5)
        await storage.labels.apply([LeaveServer(5, 9, T0), DropServer(5, T0)])
        assert await storage.overviews.warn(5)
