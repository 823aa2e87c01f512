from core.ports import Applied
from core.vocabulary.changes import DropPicture
from core.vocabulary.comparison import Known, Snapshot, Walked
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.storage.made import EMOJI, T0, reacted, sighting

ANN, BEN = 11, 12
AWE = EMOJI["awe"]


def look(message: int, *, round_: int = 1, channel: int = 50, declined: frozenset = frozenset()) -> Snapshot:
    return Snapshot(message, channel, round_, 7, {AWE: (2, 1)}, declined)


class TestWalkStore:
    """What `core.ports.WalkStore` promises."""

    async def test_channels_are_known_by_their_walks_or_by_what_was_seen_there(self, storage: Storage) -> None:
        """
        Every channel that was compared, or in which a message is known.
        Keep how far a channel was compared.
        """
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 1, "awe", channel=50), reacted(ANN, 2, "awe", channel=60)])
        far = Walked(60, 5, round=3, turn=T0, cursor=4, seen=9)
        await storage.walks.save(Walked(60, 5))
        await storage.walks.save(far)
        assert set(await storage.walks.walked()) == {Walked(50, 5), far}

    async def test_rounds_go_on_where_they_stopped(self, storage: Storage) -> None:
        """
        The last absence after which anything was compared; 0 where nothing ever was.
        How many channels are still to be compared after the last absence, and how many there are.
        """
        assert await storage.walks.last_round() == 0
        for channel, round_ in ((50, 2), (60, 1)):
            await storage.walks.save(Walked(channel, 5, round=round_))
        assert await storage.walks.behind() == (1, 2)
        await storage.walks.looked([look(1, round_=4)])
        assert await storage.walks.last_round() == 4

    async def test_which_bot_was_in_a_server_is_kept_with_it(self, storage: Storage) -> None:
        """
        Which bot was last seen in each server.
        Keep that a bot is in these servers.
        """
        for server in (5, 6):
            await storage.servers.save(ServerSettings(server))
        await storage.walks.there([5], 99)
        assert await storage.walks.bots() == {5: 99}
        await storage.servers.save(ServerSettings(5, frozenset({1})))
        assert await storage.walks.bots() == {5: 99}

    async def test_what_is_known_of_a_message_is_one_answer(self, storage: Storage) -> None:
        """What is known of messages; those of which nothing is are left out."""
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 1, "awe")])
        stood = frozenset({(ANN, EMOJI["fear"], True)})
        await storage.walks.looked([look(1, declined=stood)])
        stored = frozenset({(ANN, AWE, False)})
        assert await storage.walks.known([1, 2]) == {
            1: Known(stored, stood, sighting(1, 1), {AWE: (2, 1)}, mark=7, round=1)
        }

    async def test_known_messages_are_found_below_one_and_by_the_round_in_which_they_were_listed(
        self, storage: Storage
    ) -> None:
        """
        The newest messages of a channel in [down_to, top) of which anything is known; newest first.
        The newest known message of a channel in [since, top) that was listed in one of these rounds for the
        last time; one that never was counts as listed in round 0.
        """
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, n, "awe", channel=50) for n in (1, 3, 5)])
        await storage.walks.looked([look(3, round_=2), look(4, round_=1), look(9, channel=60)])
        assert await storage.walks.below(50, 5, limit=9) == (4, 3, 1)
        assert await storage.walks.below(50, 5, down_to=3, limit=9) == (4, 3)
        assert await storage.walks.below(50, 100) == (5,)
        assert await storage.walks.unlisted(50, range(3), 0, 100) == 5
        assert await storage.walks.unlisted(50, range(2), 0, 5) == 4
        assert await storage.walks.unlisted(50, range(2), 2, 4) is None
        assert await storage.walks.unlisted(50, range(1), 0, 5) == 1
        assert await storage.walks.unlisted(50, range(1, 3), 0, 5) == 4
        assert await storage.walks.unlisted(50, range(1, 3), 0, 4) == 3

    async def test_a_look_replaces_the_one_before_and_holds_nothing_of_who_has_left(
        self, storage: Storage
    ) -> None:
        """
        Keep what messages showed, in place of earlier snapshots.
        Whoever has left meanwhile is left out.
        """
        await storage.members.join(ANN, 1, T0)
        await storage.walks.looked([look(1, declined=frozenset({(ANN, AWE, False)}))])
        now = frozenset({(ANN, AWE, True), (BEN, AWE, False)})
        await storage.walks.looked([look(1, round_=3, declined=now)])
        known = (await storage.walks.known([1]))[1]
        assert (known.round, known.declined) == (3, {(ANN, AWE, True)})

    async def test_only_looks_that_hold_nothing_of_anybody_are_forgotten(self, storage: Storage) -> None:
        """Forget snapshots at messages older than one that hold nothing of anybody; None means every channel."""
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 2, "awe")])
        stood = frozenset({(ANN, AWE, False)})
        await storage.walks.looked([look(1), look(2), look(3, declined=stood), look(4), look(1_000)])
        await storage.walks.prune(50, 100)
        assert set(await storage.walks.known([1, 2, 3, 4, 1_000])) == {2, 3, 1_000}
        await storage.walks.prune(None, 2_000)
        assert set(await storage.walks.known([2, 3, 1_000])) == {2, 3}

    async def test_another_picture_in_its_place_takes_reactions_along_and_notes_that_they_do_not_count(
        self, storage: Storage
    ) -> None:
        """How far each channel was compared, and what stood there."""
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 1, "awe")])
        applied = await storage.labels.apply([DropPicture(1, ("another",), T0)])
        assert applied == Applied(frozenset()), "of what was stored before sources were"
        await storage.labels.apply([DropPicture(1, (), T0)])
        known = (await storage.walks.known([1]))[1]
        assert (known.stored, known.declined, known.sighting) == (set(), {(ANN, AWE, False)}, None)
        await storage.labels.apply([reacted(ANN, 1, "awe")])
        known = (await storage.walks.known([1]))[1]
        assert (known.stored, known.declined) == ({(ANN, AWE, False)}, set()), "made anew"
