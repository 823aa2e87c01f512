from dataclasses import replace

import pytest
from sqlalchemy import select

from core.ports import Caps, NewAnswer, Purchase
from core.vocabulary.calls import Usage
from core.vocabulary.changes import (
    DropChannel,
    DropMessages,
    DropServer,
    LeaveServer,
    Origin,
    WithdrawCleared,
    WithdrawReaction,
)
from core.vocabulary.consent import Past
from core.vocabulary.errors import StorageError
from core.vocabulary.label import Label
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from storage.schema.tables import tombstones
from tests.fakes import ManualClock
from tests.storage.made import EMOJI, T0, hash_of, image, key, rated, reacted, sighting, withdrew

ANN, BEN = 11, 12


async def felt(storage: Storage, member: int, picture: int) -> set[str]:
    label = await storage.labels.label(key(member), hash_of(picture))
    return set(label.felt) if label else set()


class TestLabelStore:
    """What `core.ports.LabelStore` promises."""

    @pytest.fixture(autouse=True)
    async def _joined(self, storage: Storage) -> None:
        for member in (ANN, BEN):
            await storage.members.join(member, 1, T0)

    async def test_what_is_found_standing_counts_only_if_it_is_younger_than_the_last_no(
        self, storage: Storage
    ) -> None:
        """
        So is a reaction found standing that is not known to have been made after their last no, and whatever is
        excluded.
        """
        await storage.members.pause(ANN, True)
        await storage.members.join(ANN, 1, T0, 100)
        await storage.members.answer_past(Past(ANN, 5, wanted=False, moment=200), T0)
        elsewhere = replace(reacted(ANN, 4, "awe", server=6), made_after=150)
        stood = [replace(reacted(ANN, n, "awe"), made_after=moment) for n, moment in ((1, 199), (2, 200))]
        await storage.labels.apply([*stood, reacted(ANN, 3, "awe"), elsewhere])
        assert [await felt(storage, ANN, n) for n in (1, 2, 3, 4)] == [set(), {"awe"}, {"awe"}, {"awe"}]

    async def test_a_reaction_becomes_a_label_with_its_image_and_sighting(self, storage: Storage) -> None:
        """
        recompute labels and profiles of those touched.
        Where a message's image is known from, with its bytes; A member's label of one image.
        Stored reactions on messages, as (message, member, emoji, burst): catch-up compares with it.
        """
        applied = await storage.labels.apply([reacted(ANN, 1, "awe", at=7)])
        assert applied.touched == {key(ANN)}
        assert await storage.labels.labels(key(ANN)) == (Label(ANN, hash_of(1), {"awe": 1.0}, T0 + 7),)
        assert await storage.labels.image(hash_of(1)) == image(1)
        assert await storage.labels.seen(1) == (sighting(1, 1), image(1))
        assert await storage.labels.reactions_on([1, 2]) == {(1, ANN, EMOJI["awe"], False)}

    async def test_two_reactions_on_one_image_are_one_label_with_two_emotions(self, storage: Storage) -> None:
        """
        A label is the union of the emotions of the member's live reactions on an image, in whatever
        message, and of their rating of it;
        """
        await storage.labels.apply([reacted(ANN, 1, "awe", at=1), reacted(ANN, 2, "fear", picture=1, at=2)])
        label = await storage.labels.label(key(ANN), hash_of(1))
        assert label == Label(ANN, hash_of(1), {"awe": 0.5, "fear": 0.5}, T0 + 2)

    async def test_the_same_emotion_twice_is_withdrawn_only_by_both_removals(self, storage: Storage) -> None:
        await storage.labels.apply([reacted(ANN, 1, "awe"), reacted(ANN, 1, "awe", burst=True)])
        await storage.labels.apply([withdrew(ANN, 1, "awe")])
        assert await felt(storage, ANN, 1) == {"awe"}
        await storage.labels.apply([withdrew(ANN, 1, "awe", burst=True)])
        assert await felt(storage, ANN, 1) == set()

    async def test_repeating_a_batch_changes_nothing(self, storage: Storage) -> None:
        """Repeating a batch changes nothing."""
        batch = [
            reacted(ANN, 1, "awe", at=1),
            reacted(ANN, 1, "fear", at=2),
            withdrew(ANN, 1, "awe", at=3),
            rated(ANN, 2, "anger", at=4),
            rated(ANN, 2, "disgust", "anger", at=5),
        ]
        await storage.labels.apply(batch)
        before = await storage.members.export(ANN)
        assert (await storage.labels.apply(batch)).touched == frozenset()
        assert await storage.members.export(ANN) == before

    async def test_the_last_withdrawal_takes_image_sighting_and_answers_along(self, storage: Storage) -> None:
        """
        Images that no reaction and no rating needs any more are deleted, with answers about them.
        None if no stored reaction is on it. An image's bytes, while a label needs it.
        """
        await storage.labels.apply([reacted(ANN, 1, "awe"), reacted(BEN, 2, "awe", picture=1)])
        reservation = await storage.answers.reserve(Purchase(T0, "generic", None, "m", 0.0), Caps())
        assert reservation is not None
        answer = NewAnswer("k", "{}", about=hash_of(1))
        await storage.answers.settle(reservation, outcome="answer", usage=Usage(), answer=answer)
        await storage.labels.apply([withdrew(ANN, 1, "awe")])
        assert await storage.labels.image(hash_of(1)) is not None
        assert await storage.labels.seen(1) is None
        await storage.labels.apply([withdrew(BEN, 2, "awe")])
        assert await storage.labels.image(hash_of(1)) is None
        assert await storage.answers.get("k") is None

    async def test_a_record_without_its_image_is_handed_back(self, storage: Storage) -> None:
        """
        `wanting`: records of which nothing was written, because their image is not stored (any more) and was
        not given: send them again with its bytes.
        """
        wanting = reacted(ANN, 1, "awe", with_image=False)
        applied = await storage.labels.apply([wanting, rated(ANN, 2, "awe", with_image=False)])
        assert applied.touched == frozenset()
        assert applied.wanting == (wanting, rated(ANN, 2, "awe", with_image=False))
        stored = [rated(ANN, 3, "awe"), rated(ANN, 4, with_image=False)]
        assert (await storage.labels.apply(stored)).wanting == ()
        assert await storage.labels.reactions_on([1]) == frozenset()

    async def test_taking_a_reaction_back_and_giving_it_again_in_one_batch_needs_no_bytes(
        self, storage: Storage
    ) -> None:
        await storage.labels.apply([reacted(ANN, 1, "awe", at=1)])
        again = [withdrew(ANN, 1, "awe", at=2), reacted(ANN, 1, "awe", at=3, with_image=False)]
        assert (await storage.labels.apply(again)).wanting == ()
        assert await felt(storage, ANN, 1) == {"awe"}

    async def test_who_has_not_joined_or_is_paused_is_not_recorded(self, storage: Storage) -> None:
        """
        A record for a member who is not joined (or is paused), or on a message known to be deleted, is
        skipped;
        """
        await storage.members.pause(BEN, True)
        await storage.labels.apply([reacted(BEN, 1, "awe"), reacted(99, 1, "awe"), rated(99, 1, "awe")])
        assert await storage.labels.image(hash_of(1)) is None
        assert await storage.labels.labels(key(BEN)) == ()

    async def test_who_is_paused_may_still_take_back(self, storage: Storage) -> None:
        """a rating that only takes emotions back from a stored label is not."""
        await storage.labels.apply([reacted(BEN, 1, "awe"), rated(BEN, 2, "awe")])
        await storage.members.pause(BEN, True)
        await storage.labels.apply([withdrew(BEN, 1, "awe"), rated(BEN, 2)])
        assert await storage.labels.labels(key(BEN)) == ()

    async def test_a_deleted_message_is_not_revived_by_a_late_reaction(self, storage: Storage) -> None:
        """
        A record for a member who is not joined (or is paused), or on a message known to be deleted, is
        skipped;
        """
        await storage.labels.apply([reacted(ANN, 1, "awe"), DropMessages((1, 2), T0), reacted(ANN, 1, "fear")])
        await storage.labels.apply([reacted(ANN, 2, "fear")])
        assert await storage.labels.labels(key(ANN)) == ()
        assert await storage.labels.image(hash_of(1)) is None

    async def test_a_deleted_message_is_forgotten_after_a_week(self, storage: Storage, clock: ManualClock) -> None:
        await storage.labels.apply([DropMessages((1,), T0)])
        for days, told in ((6, set()), (2, {"fear"})):
            clock.advance(seconds=days * 24 * 3600)
            await storage.labels.apply([reacted(ANN, 2, "fear")])
            await storage.labels.apply([reacted(ANN, 1, "fear")])
            assert await felt(storage, ANN, 1) == told

    async def test_what_is_gone_is_forgotten_though_nothing_else_is_written(
        self, storage: Storage, clock: ManualClock
    ) -> None:
        """Forget messages and channels that have been gone for a week, though nothing else is written."""
        await storage.labels.apply([DropMessages((1,), T0), DropChannel(50, T0)])
        clock.advance(seconds=6 * 24 * 3600)
        await storage.labels.tidy()
        await storage.labels.apply([reacted(ANN, 1, "fear")])
        assert await felt(storage, ANN, 1) == set()
        clock.advance(seconds=2 * 24 * 3600)
        await storage.labels.tidy()
        assert await storage._database.read(lambda c: c.scalars(select(tombstones.c.gone_id)).all()) == []

    async def test_clearing_one_emoji_leaves_the_others(self, storage: Storage) -> None:
        await storage.labels.apply(
            [reacted(ANN, 1, "awe"), reacted(BEN, 1, "awe", burst=True), reacted(BEN, 1, "fear")]
        )
        await storage.labels.apply([WithdrawCleared(1, EMOJI["awe"])])
        assert await felt(storage, ANN, 1) == set()
        assert await felt(storage, BEN, 1) == {"fear"}
        await storage.labels.apply([WithdrawCleared(1, None)])
        assert await felt(storage, BEN, 1) == set()

    async def test_a_deleted_channel_takes_what_was_seen_in_it(self, storage: Storage) -> None:
        await storage.labels.apply([reacted(ANN, 1, "awe", channel=50), reacted(ANN, 2, "awe", channel=51)])
        await storage.labels.apply([DropChannel(50, T0), reacted(ANN, 3, "awe", channel=50)])
        assert [label.image_hash for label in await storage.labels.labels(key(ANN))] == [hash_of(2)]

    async def test_leaving_a_server_keeps_ratings_and_forgets_where_they_were_made(self, storage: Storage) -> None:
        """
        When a server is left, what was seen there goes; ratings made elsewhere than in a message stay, without the
        server.
        """
        await storage.servers.save(ServerSettings(5, frozenset({50})))
        await storage.labels.apply(
            [reacted(ANN, 1, "awe", server=5), reacted(ANN, 2, "awe", server=6), rated(ANN, 3, "fear", server=5)]
        )
        await storage.labels.apply([LeaveServer(5, 9, T0), DropServer(5, T0)])
        assert await felt(storage, ANN, 1) == set()
        assert await felt(storage, ANN, 2) == {"awe"}
        assert await felt(storage, ANN, 3) == {"fear"}
        assert await storage.servers.all() == ()
        copy = await storage.members.export(ANN)
        assert [row["server_id"] for row in copy["ratings"]] == [None]
        await storage.labels.apply([reacted(ANN, 1, "awe", server=5)])
        assert await felt(storage, ANN, 1) == {"awe"}

    async def test_a_rating_is_the_last_word_until_a_newer_reaction(self, storage: Storage) -> None:
        """
        a rating supersedes reactions that are not newer than it, and those
        found standing that are not known to be.
        """
        await storage.labels.apply([reacted(ANN, 1, "awe", at=1), rated(ANN, 1, "fear", at=2)])
        assert await felt(storage, ANN, 1) == {"fear"}
        await storage.labels.apply([reacted(ANN, 1, "anger", at=3)])
        assert await felt(storage, ANN, 1) == {"fear", "anger"}
        await storage.labels.apply([rated(ANN, 1, at=4)])
        assert await felt(storage, ANN, 1) == set()
        await storage.labels.apply([withdrew(ANN, 1, "awe", at=5), reacted(ANN, 1, "awe", at=6)])
        assert await felt(storage, ANN, 1) == {"awe"}

    async def test_a_rating_keeps_the_image_when_the_message_goes(self, storage: Storage) -> None:
        await storage.labels.apply([reacted(ANN, 1, "awe", at=1), rated(ANN, 1, "fear", at=2)])
        await storage.labels.apply([DropMessages((1,), T0)])
        assert await felt(storage, ANN, 1) == {"fear"}
        assert await storage.labels.image(hash_of(1)) is not None

    async def test_withdrawing_what_is_not_there_is_harmless(self, storage: Storage) -> None:
        gone = [
            WithdrawReaction(ANN, 1, "x", False, T0),
            WithdrawCleared(9, None),
            DropChannel(8, T0),
            rated(ANN, 4),
        ]
        assert (await storage.labels.apply(gone)).touched == frozenset()
        assert (await storage.labels.apply([])).touched == frozenset()

    async def test_changes_are_committed_in_order(self, storage: Storage) -> None:
        """Commit changes in order, in one transaction;"""
        first = [reacted(ANN, 1, "awe", at=1), withdrew(ANN, 1, "awe", at=2), reacted(ANN, 1, "fear", at=3)]
        await storage.labels.apply([*first, rated(ANN, 2, "awe", at=4), rated(ANN, 2, at=5)])
        assert await felt(storage, ANN, 1) == {"fear"}
        assert await felt(storage, ANN, 2) == set()

    async def test_a_batch_that_fails_at_its_end_leaves_nothing_of_its_beginning(self, storage: Storage) -> None:
        """Commit changes in order, in one transaction;"""
        broken = replace(image(2), width=None)  # type: ignore[arg-type]
        with pytest.raises(StorageError):
            await storage.labels.apply([reacted(ANN, 1, "awe"), replace(rated(ANN, 2, "awe"), image=broken)])
        assert await storage.labels.labels(key(ANN)) == ()
        assert await storage.labels.seen(1) is None
        assert await storage.labels.image(hash_of(1)) is None

    async def test_labels_come_oldest_first_and_of_the_same_moment_by_hash(self, storage: Storage) -> None:
        """A member's labels, oldest first by (at, image hash)."""
        await storage.labels.apply([rated(ANN, n, "awe", at=-(n // 4)) for n in range(12)])
        await storage.labels.apply([rated(BEN, 20, "awe")])
        found = [(label.at, label.image_hash) for label in await storage.labels.labels(key(ANN))]
        assert found == sorted((T0 - n // 4, hash_of(n)) for n in range(12))

    async def test_a_paused_member_may_take_emotions_back_from_a_rating_and_add_none(
        self, storage: Storage
    ) -> None:
        """a rating that only takes emotions back from a stored label is not."""
        await storage.labels.apply([rated(ANN, 1, "awe", "fear"), rated(ANN, 2, "awe")])
        await storage.members.pause(ANN, True)
        await storage.labels.apply([rated(ANN, 1, "awe", "joy", at=1), rated(ANN, 3, "awe", at=1)])
        assert [await felt(storage, ANN, n) for n in (1, 2, 3)] == [{"awe", "fear"}, {"awe"}, set()]
        await storage.labels.apply([rated(ANN, 1, "awe", at=2), rated(ANN, 2, at=2)])
        assert [await felt(storage, ANN, n) for n in (1, 2)] == [{"awe"}, set()]

    async def test_nothing_is_left_to_take_back_for_who_was_forgotten(self, storage: Storage) -> None:
        await storage.labels.apply([rated(ANN, 1, "awe", "fear")])
        await storage.members.forget(ANN)
        await storage.labels.apply([rated(ANN, 1, "awe", at=1)])
        assert await felt(storage, ANN, 1) == set()

    async def test_files_of_messages_are_known_by_reactions_and_ratings_of_anybody(self, storage: Storage) -> None:
        """
        Which image each file of these messages is, as far as reactions or ratings of anybody tell: image hashes
        by (message, source).
        """
        origin = Origin(9, 50, 77, "/b.png")
        seen = reacted(ANN, 1, "awe", author=77)
        await storage.labels.apply([seen, rated(BEN, 2, "fear", origin=origin), reacted(ANN, 3, "awe")])
        found = await storage.labels.images_in([1, 3, 9, 10])
        assert found == {(1, "/1.png"): hash_of(1), (9, "/b.png"): hash_of(2)}
        assert await storage.labels.images_in([]) == {}
