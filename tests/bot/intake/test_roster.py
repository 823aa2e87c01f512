"""The copy of consent in memory: never emptied while it is read anew, and no change is lost to a reading."""

import asyncio

import pytest

from bot.intake.roster import Roster
from core.vocabulary.consent import CONSENT_VERSION, Past, Standing
from core.vocabulary.errors import StorageError
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.moments import NEVER
from core.vocabulary.own_moods import FIRST
from core.vocabulary.server_settings import ServerSettings
from storage import Storage

OLD, ANN, BEN, SERVER = 1, 11, 12, 5


class _Slow:
    """The real store, whose readings are answered only when a test lets them: what they say is old by then."""

    def __init__(self, store):
        self._store = store
        self.read, self.go = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def _held(self, reading):
        answer = await reading
        self.read.set()
        await self.go.wait()
        return answer

    async def standings(self):
        return await self._held(self._store.standings())

    async def active(self):
        return await self._held(self._store.active())

    async def membership(self, member_id):
        return await self._store.membership(member_id)

    async def all(self):
        return await self._held(self._store.all())


async def _reading(storage: Storage):
    """A roster that is in the midst of reading the members anew."""
    await storage.members.join(OLD, CONSENT_VERSION, 1)
    members = _Slow(storage.members)
    members.go.set()
    roster = Roster(members, storage.servers, storage.exclusions, storage.own_moods)
    await roster.refresh()
    members.go.clear()
    members.read.clear()
    refreshing = asyncio.create_task(roster.refresh())
    await members.read.wait()
    return roster, members, refreshing


async def test_nobody_counts_as_not_joined_while_the_roster_is_read_anew(sqlite_storage):
    roster, members, refreshing = await _reading(sqlite_storage)
    assert roster.joined(OLD)
    members.go.set()
    await refreshing
    assert roster.joined(OLD)


async def test_whoever_joins_or_pauses_or_leaves_while_it_is_read_is_not_lost(sqlite_storage):
    await sqlite_storage.members.join(BEN, CONSENT_VERSION, 1)
    roster, members, refreshing = await _reading(sqlite_storage)
    await roster.join(ANN, 2)
    await roster.pause(OLD)
    await roster.forget(BEN)
    members.go.set()
    await refreshing
    assert [roster.standing(m) for m in (ANN, OLD, BEN)] == [Standing.JOINED, Standing.PAUSED, Standing.ABSENT]


async def test_a_mood_that_is_made_erased_or_chosen_while_the_moods_are_read_is_not_lost(sqlite_storage):
    moods = _Slow(sqlite_storage.own_moods)
    roster = Roster(sqlite_storage.members, sqlite_storage.servers, sqlite_storage.exclusions, moods)
    for member in (OLD, ANN, BEN):
        await roster.join(member, 1)
    before = {member: await roster.moods.make(member, "evening", 1) for member in (OLD, ANN, BEN)}
    refreshing = asyncio.create_task(roster.refresh())
    await moods.read.wait()
    made = await roster.moods.make(OLD, "work", 2)
    assert await roster.moods.switch(ANN, FIRST.number) == FIRST
    await roster.moods.erase(BEN, before[BEN].number)
    moods.go.set()
    await refreshing
    assert [roster.moods.of(member) for member in (OLD, ANN, BEN)] == [made, FIRST, FIRST]
    await sqlite_storage.own_moods.switch(ANN, before[ANN].number)  # by another process
    await roster.refresh()
    assert roster.moods.of(ANN) == before[ANN]


async def test_settings_that_change_while_they_are_read_are_not_lost(sqlite_storage):
    servers = _Slow(sqlite_storage.servers)
    roster = Roster(sqlite_storage.members, servers, sqlite_storage.exclusions, sqlite_storage.own_moods)
    await sqlite_storage.servers.save(ServerSettings(SERVER + 1))
    refreshing = asyncio.create_task(roster.refresh())
    await servers.read.wait()
    await roster.save(ServerSettings(SERVER, frozenset({7})))
    roster.server_gone(SERVER + 1)
    servers.go.set()
    await refreshing
    assert roster.places == (ServerSettings(SERVER, frozenset({7})),)


@pytest.mark.parametrize("reading", [False, True])
async def test_whoever_is_forgotten_leaves_no_no_that_they_took_back(sqlite_storage, reading):
    about = (What.AUTHOR, str(ANN), ANN)
    back, stands = Exclusion(SERVER, By.AUTHOR, *about, False, 9), Exclusion(7, By.AUTHOR, *about, True, 9)
    others = Exclusion(SERVER, By.AUTHOR, What.AUTHOR, str(BEN), BEN, False, 9)
    await sqlite_storage.exclusions.put([back, stands, others])
    excluded = _Slow(sqlite_storage.exclusions)
    excluded.go.set()
    roster = Roster(sqlite_storage.members, sqlite_storage.servers, excluded, sqlite_storage.own_moods)
    await roster.join(ANN, 1)
    await roster.refresh()
    refreshing = None
    if reading:
        excluded.go.clear()
        excluded.read.clear()
        refreshing = asyncio.create_task(roster.refresh())
        await excluded.read.wait()
    await roster.forget(ANN)
    if refreshing is not None:
        excluded.go.set()
        await refreshing
    kept = {one for said in roster.exclusions._said.values() for one in said.values()}
    assert kept == {stands, others} == set(await sqlite_storage.exclusions.all())


async def test_a_pause_holds_from_the_moment_it_is_asked_for(sqlite_storage):
    roster = Roster(
        sqlite_storage.members, sqlite_storage.servers, sqlite_storage.exclusions, sqlite_storage.own_moods
    )
    await roster.join(ANN, 1)
    pausing = asyncio.create_task(roster.pause(ANN))
    await asyncio.sleep(0)
    assert roster.standing(ANN) is Standing.PAUSED
    await roster.refresh()
    assert roster.standing(ANN) is Standing.PAUSED
    await pausing


async def test_a_pause_that_could_not_be_stored_is_none(sqlite_storage):
    class Full(_Slow):
        async def pause(self, member_id, paused):
            raise StorageError("The disk is full.")

    roster = Roster(
        Full(sqlite_storage.members), sqlite_storage.servers, sqlite_storage.exclusions, sqlite_storage.own_moods
    )
    await roster.join(ANN, 1)
    with pytest.raises(StorageError):
        await roster.pause(ANN)
    assert roster.standing(ANN) is Standing.JOINED


async def test_many_changes_among_many_readings_leave_what_is_stored(sqlite_storage):
    roster = Roster(
        sqlite_storage.members, sqlite_storage.servers, sqlite_storage.exclusions, sqlite_storage.own_moods
    )

    async def lives(member_id):
        for round_ in range(6):
            await roster.join(member_id, round_)
            if (member_id + round_) % 3:
                await roster.pause(member_id)
            if (member_id * 7 + round_) % 5 == 0:
                await roster.forget(member_id)

    async def readings():
        while True:
            await roster.refresh()
            await asyncio.sleep(0)

    reading = asyncio.create_task(readings())
    await asyncio.gather(*(lives(member_id) for member_id in range(1, 9)))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    stored = await sqlite_storage.members.standings()
    assert {m: s for m in range(1, 9) if (s := roster.standing(m)) is not Standing.ABSENT} == stored


async def test_whoever_joined_by_another_process_is_found_before_they_are_refused(sqlite_storage):
    roster = Roster(
        sqlite_storage.members, sqlite_storage.servers, sqlite_storage.exclusions, sqlite_storage.own_moods
    )
    await sqlite_storage.members.join(ANN, CONSENT_VERSION, 1)
    assert roster.standing(ANN) is Standing.ABSENT
    assert await roster.standing_stored(ANN) is Standing.JOINED
    assert roster.joined(ANN)


async def test_a_restart_knows_from_when_on_reactions_count_and_what_was_said_of_the_past(sqlite_storage):
    one = sqlite_storage
    stores = (one.members, one.servers, one.exclusions, one.own_moods)
    before, after = Roster(*stores), Roster(*stores)
    await before.join(ANN, 1, 100)
    await before.join(BEN, 1, 200)
    await before.noes.answer(Past(BEN, SERVER, wanted=True, moment=300), 1)
    await after.refresh()
    for roster in (before, after):
        starts = [roster.noes.counts_from(*who) for who in ((ANN, SERVER), (BEN, SERVER), (BEN, 6), (OLD, SERVER))]
        assert starts == [100, 0, 200, NEVER]
        assert [past.member_id for past in roster.noes.pasts_to_count] == [BEN]
