import pytest

from core.ports import Shadow, TuningPolicy
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult
from storage import Storage
from tests.contracts.tuned import ANN, BEN, FEELINGS, deployed, label, run
from tests.storage.made import T0, hash_of, key, rated


async def due(storage: Storage, at: int, *, quiet: int = 60_000, limit: int = 10) -> tuple[ProfileKey, ...]:
    return await storage.due.for_run(T0 + at, TuningPolicy(quiet_ms=quiet), limit=limit)


async def next_due(storage: Storage, at: int) -> int | None:
    found = await storage.due.next_run_at(T0 + at, TuningPolicy())
    return None if found is None else found - T0


@pytest.mark.usefixtures("joined")
class TestDueStore:
    """What `core.ports.DueStore` promises."""

    async def test_a_first_run_waits_for_enough_labels_variety_and_quiet(self, storage: Storage) -> None:
        """
        No new label for `quiet_ms`, or enough of them for `longest_ms`;
        never run: at least `min_labels` labels over `min_emotions` emotions;
        When the next profile that is not due yet becomes due by waiting alone, or None: how long a worker
        may sleep. Always later than `now`.
        """
        await label(storage, ANN, range(7))
        assert await due(storage, 10**6) == ()
        await label(storage, BEN, range(8), emotions=2)
        assert await due(storage, 10**6) == ()
        await label(storage, ANN, range(7, 8))
        assert await due(storage, 60_006) == ()
        assert await next_due(storage, 60_006) == 60_007
        assert await due(storage, 60_007) == (key(ANN),)
        assert await next_due(storage, 60_007) is None

    async def test_who_never_pauses_is_due_after_the_longest_wait(self, storage: Storage) -> None:
        """
        No new label for `quiet_ms`, or enough of them for `longest_ms`;
        Whoever does not pause is looked at again `quiet_ms` after their last.
        """
        minute, step, last = 60_000, 80_000, 0
        for turn in range(35):  # a label every 80 seconds
            last = turn * step
            await storage.labels.apply([rated(ANN, turn, FEELINGS[turn % 4], at=last)])
            enough_for = last - 7 * step  # the eighth made it enough
            found = await due(storage, last + 1)
            assert found == ((key(ANN),) if enough_for >= 30 * minute - 1 else ())
        assert found, "or nobody was due at all"
        await storage.runs.finish(run(ANN, 35, started=last))
        assert await due(storage, last + 1) == ()
        for turn in range(35, 67):
            await storage.labels.apply([rated(ANN, turn, FEELINGS[turn % 4], at=turn * step)])
            renewed_for = (turn - 41) * step  # seven more are a fifth of 35
            found = await due(storage, turn * step + 1)
            assert found == ((key(ANN),) if renewed_for >= 30 * minute - 1 else ())
        assert found, "or nobody was due again"

    async def test_the_longest_waiting_is_due_first(self, storage: Storage) -> None:
        """Profiles due for a run, longest waiting first."""
        await label(storage, ANN, range(8), at=100)
        await label(storage, BEN, range(8), at=50)
        assert await due(storage, 10**6) == (key(BEN), key(ANN))
        assert await due(storage, 10**6, limit=1) == (key(BEN),)

    async def test_who_paused_or_left_is_not_due(self, storage: Storage) -> None:
        """Only members who are joined and not paused."""
        await label(storage, ANN, range(8))
        await label(storage, BEN, range(8))
        await storage.members.pause(ANN, True)
        await storage.members.forget(BEN)
        assert await due(storage, 10**6) == ()
        assert await next_due(storage, 0) is None

    async def test_a_next_run_waits_for_a_share_of_new_labels(self, storage: Storage) -> None:
        """else at least max(renew_min, renew_share x lasting) more labels than at the last run."""
        await label(storage, ANN, range(40))
        assert await storage.runs.finish(run(ANN, 40, result=RunResult.KEPT))
        await label(storage, ANN, range(40, 47))
        assert await due(storage, 10**6) == ()
        await label(storage, ANN, range(47, 48))
        assert await due(storage, 10**6) == (key(ANN),)

    async def test_a_next_run_waits_for_some_new_labels_however_few_last(self, storage: Storage) -> None:
        """else at least max(renew_min, renew_share x lasting) more labels than at the last run."""
        await label(storage, ANN, range(8))
        assert await storage.runs.finish(run(ANN, 8, result=RunResult.KEPT))
        await label(storage, ANN, range(8, 11))
        assert await due(storage, 10**6) == ()
        await label(storage, ANN, range(11, 12))
        assert await due(storage, 10**6) == (key(ANN),)

    async def test_rows_that_show_a_change_of_taste_bring_the_next_run_forward(self, storage: Storage) -> None:
        """
        The profile's own `lasting` is lowered to it, so that whoever asks who is due knows it as soon as
        the rows are stored.
        """
        await label(storage, ANN, range(40))
        assert await storage.runs.finish(run(ANN, 40, result=RunResult.KEPT))
        await label(storage, ANN, range(40, 45))
        assert await due(storage, 10**6) == ()
        shadow = Shadow(1, hash_of(44), T0 + 600, (0.5, 0.5), 0.0, 0.5)
        await storage.shadows.put(key(ANN), [shadow])
        assert await due(storage, 10**6) == ()
        await storage.shadows.put(key(ANN), [shadow], lasting=10)
        assert await due(storage, 10**6) == (key(ANN),)

    async def test_a_stopped_run_is_tried_again_at_its_time(self, storage: Storage) -> None:
        """past `retry_at`;"""
        await label(storage, ANN, range(8))
        assert await storage.runs.finish(run(ANN, 8, result=RunResult.STOPPED), retry_at=T0 + 500_000)
        assert await due(storage, 499_999) == ()
        assert await next_due(storage, 100) == 500_000
        assert await due(storage, 500_000) == (key(ANN),)

    async def test_what_a_clock_wrote_while_it_was_ahead_keeps_nobody_waiting(self, storage: Storage) -> None:
        """
        Times that a clock wrote while it was ahead keep nobody waiting: a
        `retry_at` further off than `put_off_ms`, a label later than `quiet_ms` from now.
        """
        year, hours = 365 * 86_400_000, 6 * 3_600_000
        await label(storage, ANN, range(8))
        assert await storage.runs.finish(run(ANN, 8, result=RunResult.STOPPED), retry_at=T0 + year)
        assert await due(storage, year - hours) == ()
        assert await due(storage, year - hours - 1) == (key(ANN),)
        assert await storage.runs.finish(run(ANN, 8, result=RunResult.KEPT))
        await label(storage, BEN, range(8), at=year)
        assert await due(storage, year - 59_000) == ()
        assert await due(storage, year - 61_000) == (key(BEN),)

    async def test_who_waits_for_shadows_longest_comes_first_and_only_with_consent(self, storage: Storage) -> None:
        """
        Profiles with at least one unshadowed label, longest waiting first.
        Only members who are joined and not paused.
        """
        for member, at in ((ANN, 600), (BEN, 500)):
            await label(storage, member, range(8))
            await deployed(storage, started=100, made=200, member=member)
            assert await storage.due.for_shadows(limit=9) == ()
            await label(storage, member, range(20, 21), at=at)
            shadow = Shadow(1, hash_of(20), T0 + 700, (1.0, 0.0), 1.0, 0.5)
            assert await storage.due.for_shadows(limit=9) == (key(member),)
            await storage.shadows.put(key(member), [shadow])
        for member, at in ((ANN, 600), (BEN, 500)):
            await label(storage, member, range(30, 31), at=at)
        assert await storage.due.for_shadows(limit=9) == (key(BEN), key(ANN))
        assert await storage.due.for_shadows(limit=1) == (key(BEN),)
        await storage.members.pause(BEN, True)
        assert await storage.due.for_shadows(limit=9) == (key(ANN),)
        await storage.members.forget(ANN)
        assert await storage.due.for_shadows(limit=9) == ()

    async def test_of_one_member_only_what_is_theirs_is_given(self, storage: Storage) -> None:
        """with `member_id` those of one member."""
        for member in (ANN, BEN):
            await label(storage, member, range(8))
            await deployed(storage, started=100, made=200, member=member)
            await label(storage, member, range(20, 40), at=500)
        for member in (ANN, BEN):
            assert await storage.due.for_shadows(limit=9, member_id=member) == (key(member),)
            found = await storage.due.for_run(T0 + 10**6, TuningPolicy(), limit=9, member_id=member)
            assert found == (key(member),)
        assert await storage.due.for_run(T0 + 10**6, TuningPolicy(), limit=9, member_id=99) == ()
