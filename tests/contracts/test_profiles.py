from dataclasses import replace

import pytest

from core.vocabulary.changes import DropServer
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.contracts.tuned import ANN
from tests.storage.made import T0, hash_of, key, rated, reacted, withdrew


@pytest.mark.usefixtures("joined")
class TestLabelStoreOfProfiles:
    """What `core.ports.LabelStore` promises of where members stand, and of label sets."""

    async def test_the_profile_counts_labels_and_emotions(self, storage: Storage) -> None:
        """
        Where a member stands; None before the first label.
        `counts` is labels per emotion (a label with two emotions counts for both);
        """
        await storage.servers.save(ServerSettings(5, min_labels=20, min_emotions=4))
        assert await storage.labels.profile(key(ANN)) is None
        await storage.labels.apply(
            [reacted(ANN, 1, "awe", at=1), reacted(ANN, 1, "fear", at=2), reacted(ANN, 2, "awe", at=3)]
        )
        profile = await storage.labels.profile(key(ANN))
        assert profile is not None
        assert (profile.labels, profile.counts) == (2, {"awe": 2, "fear": 1})
        assert (profile.last_label_at, profile.labels_at_run) == (T0 + 3, 0)
        assert (profile.min_labels, profile.min_emotions) == (20, 4)
        await storage.servers.save(ServerSettings(5, min_labels=8, min_emotions=2))
        moved = await storage.labels.profile(key(ANN))
        assert moved is not None
        assert (moved.min_labels, moved.min_emotions) == (8, 2)
        await storage.labels.apply([withdrew(ANN, 1, "fear"), withdrew(ANN, 2, "awe")])
        less = await storage.labels.profile(key(ANN))
        assert less is not None
        assert (less.labels, less.counts) == (1, {"awe": 1})

    async def test_the_thresholds_are_those_of_where_they_last_labelled(self, storage: Storage) -> None:
        """`min_labels` and `min_emotions` are the thresholds of the server in which they last labelled."""
        await storage.servers.save(ServerSettings(5, min_labels=20, min_emotions=4))
        await storage.servers.save(ServerSettings(6, min_labels=30, min_emotions=5))
        for message, server, thresholds in ((1, 5, (20, 4)), (2, 6, (30, 5)), (3, None, (30, 5)), (4, 5, (20, 4))):
            await storage.labels.apply([reacted(ANN, message, "awe", at=message, server=server)])
            profile = await storage.labels.profile(key(ANN))
            assert profile is not None
            assert (profile.min_labels, profile.min_emotions) == thresholds

    async def test_different_label_sets_are_different_profiles(self, storage: Storage) -> None:
        mood = LabelSet((Emotion("good", "👍"), Emotion("bad", "👎")))
        await storage.servers.save(ServerSettings(6, label_set=mood))
        assert await storage.labels.label_set(mood.id) == mood
        assert await storage.labels.label_set("unknown") is None
        liked = replace(reacted(ANN, 1, "awe", server=6), emoji="👍", emotion="good", label_set_id=mood.id)
        await storage.labels.apply([liked, reacted(ANN, 2, "fear", picture=1)])
        assert [set(label.felt) for label in await storage.labels.labels(ProfileKey(ANN, mood.id))] == [{"good"}]
        label = await storage.labels.label(key(ANN), hash_of(1))
        assert label is not None
        assert set(label.felt) == {"fear"}

    async def test_a_label_set_outlives_the_server_that_used_it(self, storage: Storage) -> None:
        """A label set that was used when labels were recorded or a server was set up."""
        mood = LabelSet((Emotion("good", "👍"), Emotion("bad", "👎")))
        await storage.servers.save(ServerSettings(6, label_set=mood))
        await storage.servers.save(ServerSettings(6))
        await storage.labels.apply([DropServer(6, T0)])
        assert await storage.labels.label_set(mood.id) == mood

    async def test_a_server_with_two_emotions_does_not_wait_for_a_third(self, storage: Storage) -> None:
        two = LabelSet((Emotion("calm", "😌"), Emotion("wild", "🤩")))
        await storage.servers.save(ServerSettings(5, label_set=two))
        await storage.labels.apply([replace(rated(ANN, 1, "calm"), label_set_id=two.id)])
        profile = await storage.labels.profile(ProfileKey(ANN, two.id))
        assert profile is not None
        assert profile.min_emotions == 2
        await storage.servers.save(ServerSettings(5, label_set=two, min_emotions=8))
        again = await storage.labels.profile(ProfileKey(ANN, two.id))
        assert again is not None
        assert again.min_emotions == 2
