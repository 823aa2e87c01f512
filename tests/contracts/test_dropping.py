"""A large server or channel goes in pieces: between two of them others are served, and the end is the same."""

import pytest

from core.vocabulary.changes import Change, DropChannel, DropServer, LeaveServer, ReturnToServer
from core.vocabulary.comparison import Snapshot, Walked
from core.vocabulary.consent import Past, Yes
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from storage.labelling import dropping
from tests.contracts.tuned import ANN, BEN, profile_of
from tests.storage.made import T0, hash_of, key, rated, reacted, shown

pytestmark = pytest.mark.usefixtures("joined")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "AT_ONCE", 3)
    monkeypatch.setattr(dropping, "REACTIONS", 4)


async def _filled(storage: Storage) -> None:
    await storage.labels.apply([reacted(ANN, n, "awe") for n in range(8)])
    await storage.labels.apply([reacted(BEN, n, "fear") for n in range(3)])
    await storage.labels.apply([rated(ANN, n, "awe", origin=shown(n, n)) for n in range(20, 28)])
    await storage.labels.apply([rated(BEN, n, "fear") for n in range(30, 35)])
    await storage.labels.apply([reacted(ANN, 90, "awe", server=6, channel=60)])
    await storage.labels.apply([LeaveServer(5, 9, T0)])
    await storage.walks.save(Walked(50, 5))
    await storage.walks.looked([Snapshot(n, 50, 1, 0, {}, frozenset()) for n in range(7)])
    for member in (ANN, BEN):
        await storage.members.answer_past(Past(member, 5, wanted=True, moment=1), T0)
        await storage.yeses.say(Yes(member, 5, 0), T0)


async def _pieces(storage: Storage, change: Change) -> int:
    """Drop until nothing is left; in how many pieces."""
    for pieces in range(1, 50):
        applied = await storage.labels.apply([change])
        if applied.left != (change,):
            assert applied.left == ()
            return pieces
    raise AssertionError("it never ends")


async def test_a_server_goes_in_pieces_and_its_settings_last(storage: Storage) -> None:
    """A large server or channel goes in pieces, its settings last; what is `left` is to be sent again."""
    await _filled(storage)
    first = await storage.labels.apply([DropServer(5, T0 + 9)])
    assert first.left == (DropServer(5, T0 + 9),)
    assert 0 < len(await storage.labels.reactions_on(range(10))) < 11
    assert await storage.servers.all() != ()
    await storage.labels.apply([reacted(ANN, 91, "fear", server=6, channel=60)])
    assert await _pieces(storage, DropServer(5, T0 + 9)) > 5
    assert await storage.servers.all() == ()
    left = {label.image_hash for label in await storage.labels.labels(key(ANN))}
    assert left == {hash_of(90), hash_of(91)}
    assert {label.image_hash for label in await storage.labels.labels(key(BEN))} == {
        hash_of(n) for n in range(30, 35)
    }
    assert (await profile_of(storage, BEN)).server_id is None
    assert (await profile_of(storage, ANN)).labels == 2
    assert await storage.labels.image(hash_of(21)) is None
    assert await storage.walks.known(range(7)) == {}
    assert await storage.members.pasts() == ()
    assert (await storage.members.export(BEN))["yeses"] == []


async def test_a_message_with_more_reactions_than_one_piece_takes_goes_whole(storage: Storage) -> None:
    members = range(100, 109)
    for member in members:
        await storage.members.join(member, 1, T0)
    await storage.labels.apply([reacted(member, 1, "awe") for member in members])
    await storage.labels.apply([reacted(ANN, n, "awe") for n in range(2, 4)])
    await storage.labels.apply([LeaveServer(5, 9, T0), DropServer(5, T0)])
    assert {message for message, *_ in await storage.labels.reactions_on([1, 2, 3])} in ({2, 3}, set())
    await _pieces(storage, DropServer(5, T0))
    assert await storage.labels.reactions_on([1, 2, 3]) == frozenset()


async def test_a_server_that_is_returned_to_between_two_pieces_goes_no_further(storage: Storage) -> None:
    """When a server is left, what was seen there goes; once the bot is in it again nothing more of it goes."""
    await _filled(storage)
    gone = DropServer(5, T0 + 9)
    assert (await storage.labels.apply([gone])).left == (gone,)
    await storage.labels.apply([ReturnToServer(5)])
    chosen = ServerSettings(5, frozenset({50}), min_labels=9)
    await storage.servers.save(chosen)
    await storage.labels.apply([reacted(BEN, 40, "awe")])
    before = await storage.labels.labels(key(BEN))
    assert (await storage.labels.apply([gone])).left == ()
    assert await storage.labels.labels(key(BEN)) == before
    assert await storage.servers.all() == (chosen,)


async def test_what_is_known_not_to_count_goes_with_a_server_also_from_a_channel_that_was_never_compared(
    storage: Storage,
) -> None:
    await storage.servers.save(ServerSettings(5, frozenset({50})))
    await storage.labels.apply([reacted(ANN, 1, "awe", at=1)])
    await storage.labels.apply([rated(ANN, 1, at=2), LeaveServer(5, 9, T0)])
    assert (await storage.walks.known([1]))[1].declined
    await _pieces(storage, DropServer(5, T0 + 9))
    assert 1 not in await storage.walks.known([1])


async def test_nothing_that_comes_late_revives_a_channel_that_is_half_gone(storage: Storage) -> None:
    await _filled(storage)
    gone = DropChannel(50, T0 + 9)
    assert (await storage.labels.apply([gone])).left == (gone,)
    await storage.labels.apply([reacted(BEN, 40, "awe"), rated(BEN, 41, "awe", origin=shown(41, 41))])
    assert await _pieces(storage, gone) > 2
    await storage.labels.apply([reacted(BEN, 42, "awe")])
    assert {label.image_hash for label in await storage.labels.labels(key(BEN))} == {
        hash_of(n) for n in range(30, 35)
    }
    assert {label.image_hash for label in await storage.labels.labels(key(ANN))} == {hash_of(90)}
    assert await storage.servers.all() == (ServerSettings(5, min_labels=8, min_emotions=3),)
