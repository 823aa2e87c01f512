from dataclasses import replace

import pytest

from core.ports import Scored, Shadow
from core.vocabulary.errors import StorageError
from storage import Storage
from tests.contracts.tuned import ANN, BEN, FEELINGS, deployed, label
from tests.storage.made import SET, T0, hash_of, key, reacted, withdrew


async def unseen(storage: Storage) -> list[int]:
    hashes = {hash_of(n): n for n in range(100)}
    return [hashes[found.image_hash] for found in await storage.shadows.unshadowed(key(ANN), limit=50)]


@pytest.mark.usefixtures("joined")
class TestShadowStore:
    """What `core.ports.ShadowStore` promises."""

    async def test_only_labels_first_made_after_a_version_test_it_each_once(self, storage: Storage) -> None:
        """
        Labels whose image was first labelled after the active version was made, which it was not learnt
        from, with no shadow row for that version yet, oldest first.
        an existing one for the version and image stays as it is.
        """
        await label(storage, ANN, range(8))
        assert await storage.due.for_shadows(limit=9) == ()
        await deployed(storage, started=100, made=200)
        assert await unseen(storage) == []
        await label(storage, ANN, range(20, 22), at=500)
        await label(storage, ANN, range(1), at=500)
        assert await unseen(storage) == [20, 21]
        assert await storage.due.for_shadows(limit=9) == (key(ANN),)
        shadow = Shadow(1, hash_of(20), T0 + 600, (0.5, 0.25, 0.25), 1.0, 0.5, {"abc": 1.0})
        await storage.shadows.put(key(ANN), [shadow])
        await storage.shadows.put(key(ANN), [replace(shadow, hit=0.0)])
        assert await storage.shadows.all(key(ANN)) == (shadow,)
        assert await storage.shadows.all(key(ANN), 2) == ()
        assert await unseen(storage) == [21]

    async def test_a_label_that_changes_is_tested_anew(self, storage: Storage) -> None:
        """
        A row goes with its label, also where that changes; where it is gone already, the row is not stored.
        """
        await label(storage, ANN, range(8))
        await deployed(storage, started=100, made=200)
        await label(storage, ANN, range(20, 22), at=500)
        tests = [Shadow(1, hash_of(n), T0 + 600, (0.5, 0.25, 0.25), 1.0, 0.5) for n in (20, 21)]
        await storage.shadows.put(key(ANN), tests)
        assert await unseen(storage) == []
        await storage.labels.apply([reacted(ANN, 20, "disgust", at=700)])
        assert await storage.shadows.all(key(ANN)) == (tests[1],)
        assert await unseen(storage) == [20]
        assert await storage.due.for_shadows(limit=9) == (key(ANN),)

    async def test_labels_wait_in_the_order_in_which_their_pictures_were_first_labelled(
        self, storage: Storage
    ) -> None:
        """
        Labels whose image was first labelled after the active version was made, which it was not learnt
        from, with no shadow row for that version yet, oldest first.
        """
        await label(storage, ANN, range(8))
        await deployed(storage, started=100, made=200)
        for n, at in ((20, 700), (21, 500), (22, 600)):
            await label(storage, ANN, range(n, n + 1), at=at)
        await label(storage, ANN, range(21, 22), emotions=3, at=900)
        assert await unseen(storage) == [21, 22, 20]
        assert len(await storage.shadows.unshadowed(key(ANN), limit=2)) == 2

    async def test_a_label_withdrawn_and_made_again_is_no_fair_test(self, storage: Storage) -> None:
        """
        Labels made up to `started_at` count as learnt from by `deploy`: they are never a fair test of it, even
        if withdrawn and made anew.
        """
        await storage.labels.apply([reacted(ANN, n, FEELINGS[n % 4], at=n) for n in range(8)])
        await deployed(storage, started=100, made=200)
        await storage.labels.apply([withdrew(ANN, 3, FEELINGS[3], at=300)])
        await storage.labels.apply([reacted(ANN, 3, FEELINGS[3], at=301)])
        assert await unseen(storage) == []

    async def test_what_was_labelled_while_a_run_was_under_way_is_no_test_of_it(self, storage: Storage) -> None:
        """
        Labels whose image was first labelled after the active version was made, which it was not learnt
        from, with no shadow row for that version yet, oldest first.
        """
        await label(storage, ANN, range(8))
        await label(storage, ANN, range(20, 21), at=150 - 20)
        await deployed(storage, started=100, made=200)
        assert await unseen(storage) == []

    async def test_after_rolling_back_the_labels_of_the_later_run_test_the_earlier_version(
        self, storage: Storage
    ) -> None:
        await label(storage, ANN, range(8))
        await deployed(storage, 1, started=100, made=200)
        await label(storage, ANN, range(20, 24), at=500)
        await deployed(storage, 2, started=600, made=700)
        assert await unseen(storage) == []
        await storage.versions.roll_back(key(ANN), 2)
        assert await unseen(storage) == [20, 21, 22, 23]

    async def test_a_shadow_goes_with_its_label(self, storage: Storage) -> None:
        """A row goes with its label, also where that changes; where it is gone already, the row is not stored."""
        await storage.labels.apply([reacted(ANN, n, FEELINGS[n % 4], at=n) for n in range(8)])
        await deployed(storage, started=0, made=1)
        shadow = Shadow(1, hash_of(5), T0 + 600, (1.0, 0.0), 1.0, 0.5)
        await storage.shadows.put(key(ANN), [shadow])
        assert await storage.shadows.all(key(ANN)) == (shadow,)
        await storage.labels.apply([withdrew(ANN, 5, FEELINGS[1], at=700)])
        await storage.shadows.put(key(ANN), [shadow])
        assert await storage.shadows.all(key(ANN)) == ()

    async def test_rows_are_stored_all_or_none(self, storage: Storage) -> None:
        """Store shadow rows in one transaction;"""
        await label(storage, ANN, range(8))
        good = Shadow(1, hash_of(1), T0, (1.0, 0.0), 1.0, 0.5)
        broken = replace(good, image_hash=hash_of(2), hit=None)  # type: ignore[arg-type]
        with pytest.raises(StorageError):
            await storage.shadows.put(key(ANN), [good, broken], lasting=1)
        assert await storage.shadows.all(key(ANN)) == ()

    async def test_rows_come_oldest_first_of_one_version_or_of_all(self, storage: Storage) -> None:
        """Shadow rows of a version (None: of all versions), oldest first."""
        await label(storage, ANN, range(8))
        rows = [Shadow(1 + n % 2, hash_of(n), T0 - n, (1.0, 0.0), 1.0, 0.5, {"abc": 0.5}) for n in range(6)]
        await storage.shadows.put(key(ANN), rows)
        assert await storage.shadows.all(key(ANN)) == tuple(rows[::-1])
        assert await storage.shadows.all(key(ANN), 2) == (rows[5], rows[3], rows[1])
        assert await storage.shadows.all(key(BEN)) == ()

    async def test_the_pool_holds_the_newest_records_of_everybody_and_no_ids(self, storage: Storage) -> None:
        """The newest shadow records of everybody with this label set, newest first;"""
        for member in (ANN, BEN):
            await label(storage, member, range(8))
        for n in range(6):
            who = (ANN, BEN)[n % 2]
            await storage.shadows.put(key(who), [Shadow(1, hash_of(n), T0 + n, (n / 10, 1 - n / 10), n / 8, 0.0)])
        newest = (Scored((0.5, 0.5), 0.625, 1), Scored((0.4, 0.6), 0.5, 0), Scored((0.3, 0.7), 0.375, 1))
        assert await storage.shadows.pooled(SET, limit=3, members=2) == newest
        assert len(await storage.shadows.pooled(SET, limit=100, members=2)) == 6
        assert await storage.shadows.pooled("another set", limit=100, members=1) == ()

    async def test_the_pool_loses_whoever_leaves_at_once_and_is_none_of_too_few(self, storage: Storage) -> None:
        """none where they are of fewer than `members` members: a pool of one or two would tell on somebody."""
        for member in (ANN, BEN):
            await label(storage, member, range(8))
            await storage.shadows.put(key(member), [Shadow(1, hash_of(1), T0, (1.0, 0.0), member / 16, 0.0)])
        assert len(await storage.shadows.pooled(SET, limit=9, members=2)) == 2
        assert await storage.shadows.pooled(SET, limit=9, members=3) == ()
        await storage.members.forget(BEN)
        assert await storage.shadows.pooled(SET, limit=9, members=2) == ()
        assert await storage.shadows.pooled(SET, limit=9, members=1) == (Scored((1.0, 0.0), ANN / 16),)

    async def test_the_newest_records_of_one_member_are_no_pool_whoever_came_before(
        self, storage: Storage
    ) -> None:
        """none where they are of fewer than `members` members: a pool of one or two would tell on somebody."""
        for member, at in ((ANN, 0), (BEN, 10)):
            await label(storage, member, range(8))
            rows = [Shadow(1, hash_of(n), T0 + at + n, (1.0, 0.0), 1.0, 0.0) for n in range(4)]
            await storage.shadows.put(key(member), rows)
        assert await storage.shadows.pooled(SET, limit=4, members=2) == ()
        assert len(await storage.shadows.pooled(SET, limit=5, members=2)) == 5
