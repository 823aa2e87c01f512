from core.ports import RunReport
from core.vocabulary.comparison import Snapshot, Walked
from core.vocabulary.consent import Membership, Past, Standing
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.moments import moment_of
from core.vocabulary.reasons import Mode, RuleStatus
from storage import Storage
from tests.storage.lives import answer, live, rule
from tests.storage.made import SET, T0, hash_of, key, rated, reacted

ANN, BEN = 11, 12


class TestMemberStore:
    """What `core.ports.MemberStore` promises."""

    async def test_joining_is_recorded_with_version_and_time(self, storage: Storage) -> None:
        """
        The member's consent, or None if they have not joined.
        Record consent (again, if they had joined), which ends a pause.
        Where it is news (they had left, were paused, had agreed to less), reactions count from `moment` on, which
        is that of `at` where it is not given;
        """
        assert await storage.members.membership(ANN) is None
        await storage.members.join(ANN, 1, T0)
        assert await storage.members.membership(ANN) == Membership(ANN, 1, T0, counts_from=moment_of(T0))
        await storage.members.pause(ANN, True)
        await storage.members.join(ANN, 2, T0 + 5, 77)
        assert await storage.members.membership(ANN) == Membership(ANN, 2, T0 + 5, counts_from=77)

    async def test_joining_again_moves_no_moment(self, storage: Storage) -> None:
        """
        where it is none, from when they did before.
        The moments from which everybody's reactions count, whether they are collected now or not.
        """
        await storage.members.join(ANN, 1, T0, 5)
        await storage.members.join(ANN, 1, T0 + 9, 8)
        await storage.members.join(BEN, 1, T0, 6)
        await storage.members.pause(BEN, True)
        assert await storage.members.starts() == {ANN: 5, BEN: 6}

    async def test_the_last_answer_about_the_past_is_kept_for_each_server(self, storage: Storage) -> None:
        """
        Keep what a member answered about a server's past, in place of what they answered before.
        Every answer about the past.
        """
        await storage.members.join(ANN, 1, T0)
        last = [Past(ANN, 5, wanted=True, moment=9), Past(ANN, 6, wanted=False, moment=8)]
        for past in (Past(ANN, 5, wanted=False, moment=7), *last, Past(BEN, 5, wanted=True, moment=3)):
            await storage.members.answer_past(past, T0)
        assert sorted(await storage.members.pasts(), key=lambda past: past.server_id) == last

    async def test_who_lets_the_past_count_gets_back_what_did_not_count_there(self, storage: Storage) -> None:
        """A yes takes back that reactions in that server were found not to count; those elsewhere stay so."""
        await storage.members.join(ANN, 1, T0)
        for channel, server in ((50, 5), (60, 6)):
            await storage.walks.save(Walked(channel, server))
            await storage.walks.looked([Snapshot(channel, channel, 1, 0, {}, frozenset({(ANN, "😮", False)}))])
        await storage.members.answer_past(Past(ANN, 5, wanted=True, moment=9), T0)
        known = await storage.walks.known([50, 60])
        assert [len(known[message].declined) for message in (50, 60)] == [0, 1]

    async def test_only_the_joined_of_todays_version_who_are_not_paused_are_collected(
        self, storage: Storage
    ) -> None:
        """How every member stands, by id; nobody in it is absent."""
        for member, version in ((ANN, 1), (BEN, 1), (13, 0)):
            await storage.members.join(member, version, T0)
        await storage.members.pause(BEN, True)
        assert await storage.members.standings() == {
            ANN: Standing.JOINED,
            BEN: Standing.PAUSED,
            13: Standing.LAPSED,
        }
        await storage.members.pause(BEN, False)
        standings = await storage.members.standings()
        assert [standings[member] for member in (ANN, BEN)] == [Standing.JOINED] * 2
        await storage.members.forget(ANN)
        assert ANN not in await storage.members.standings()

    async def test_pausing_deletes_nothing(self, storage: Storage) -> None:
        """Stop or resume collecting; nothing is deleted."""
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 1, "awe")])
        await storage.members.pause(ANN, True)
        assert len(await storage.labels.labels(key(ANN))) == 1
        membership = await storage.members.membership(ANN)
        assert membership is not None
        assert membership.paused

    async def test_the_largest_ids_and_times_come_back_as_they_were(self, storage: Storage) -> None:
        """Times are milliseconds since the epoch; ids of Discord are 64-bit integers."""
        huge = 2**63 - 1
        await storage.members.join(huge, 1, T0)
        assert await storage.members.membership(huge) == Membership(huge, 1, T0, counts_from=moment_of(T0))
        await storage.labels.apply([reacted(huge, huge, "awe", picture=1, channel=huge, server=huge)])
        assert {row[:2] for row in await storage.labels.reactions_on([huge])} == {(huge, huge)}

    async def test_the_export_of_a_stranger_is_empty(self, storage: Storage) -> None:
        assert not any((await storage.members.export(99)).values())

    async def test_joining_again_after_forgetting_starts_from_nothing(self, storage: Storage) -> None:
        """Returns how many labels were erased."""
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([reacted(ANN, 1, "awe"), rated(ANN, 2, "fear")])
        assert await storage.members.forget(ANN) == 2
        assert await storage.members.membership(ANN) is None
        await storage.labels.apply([reacted(ANN, 3, "awe")])
        await storage.members.join(ANN, 1, T0)
        assert await storage.labels.labels(key(ANN)) == ()
        assert await storage.labels.profile(key(ANN)) is None

    async def test_forgetting_leaves_nothing_of_the_member_and_everything_of_others(
        self, storage: Storage
    ) -> None:
        """Erase everything about a member, derived data included;"""
        await live(storage, ANN, range(6), "annsecret")
        await live(storage, BEN, range(3, 9), "benthings")
        before = await storage.members.export(BEN)
        assert await storage.members.forget(ANN) == 6
        assert await storage.members.export(BEN) == before
        assert not any((await storage.members.export(ANN)).values())
        assert await storage.labels.image(hash_of(0)) is None
        assert await storage.labels.image(hash_of(3)) is not None
        assert await storage.answers.get("shared-0-11") is None
        assert await storage.answers.get("shared-3-11") is not None
        assert await storage.answers.get("own-11-annsecret") is None

    async def test_the_ledger_stays_whole_without_its_member(self, storage: Storage) -> None:
        """ledger rows lose their member."""
        await live(storage, ANN, range(2))
        spent, calls = await storage.answers.spent(0), await storage.answers.calls()
        await storage.members.forget(ANN)
        assert await storage.answers.spent(0) == spent
        assert await storage.answers.calls() == calls
        assert await storage.answers.calls(owner=ANN) == {}

    async def test_a_shared_answer_about_a_picture_that_is_not_kept_goes_too(self, storage: Storage) -> None:
        """Erase everything about a member, derived data included;"""
        await storage.members.join(ANN, 1, T0)
        await answer(storage, "asked once", "a caption of Ann's picture", owner=None, about=hash_of(77), by=ANN)
        await storage.members.forget(ANN)
        assert await storage.answers.get("asked once") is None

    async def test_late_events_do_not_bring_the_member_back(self, storage: Storage) -> None:
        """Nothing is written for a member who has left."""
        await live(storage, ANN, range(3))
        await storage.members.forget(ANN)
        await storage.labels.apply([reacted(ANN, 1, "awe"), rated(ANN, 2, "fear")])
        await storage.runs.put_rules(key(ANN), [RuleRecord(rule(1), RuleStatus.UNUSED)])
        assert not await storage.runs.finish(RunReport("r", ANN, SET, Mode.RULES, 1, 3, T0))
        assert not any((await storage.members.export(ANN)).values())

    async def test_forgetting_a_stranger_is_harmless(self, storage: Storage) -> None:
        assert await storage.members.forget(99) == 0
