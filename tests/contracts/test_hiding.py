from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.storage.made import T0, rated, reacted

HERE = ServerSettings(5, frozenset({50, 51}))


class TestLabelStore:
    """What `core.ports.LabelStore` promises of what settings would hide."""

    async def test_only_labels_that_nothing_else_speaks_for_are_hidden(self, storage: Storage) -> None:
        """
        How many labels a server's settings would hide, if they were saved now: those that nothing else speaks
        for, or, where they have other emotions, those made there of which something does not live on. Hidden is
        not lost: they count again with the settings of before.
        """
        for member in (1, 2):
            await storage.members.join(member, 1, T0)
        await storage.servers.save(HERE)
        gone = {"channel": 51, "author": 77}
        await storage.labels.apply(
            [
                reacted(1, 1, "awe", **gone),
                reacted(2, 1, "fear", **gone),
                reacted(2, 1, "awe", **gone),  # the same label
                reacted(1, 2, "awe", **gone),
                reacted(1, 12, "awe", picture=2, channel=50, author=77),  # the same picture, where it stays
                reacted(1, 3, "awe", **gone),
                rated(1, 3, "fear", at=9),
                reacted(1, 4, "awe", server=6, channel=51, author=77),  # another server's
                reacted(1, 5, "awe", channel=50, author=77),
            ]
        )
        less = ServerSettings(5, frozenset({50}))
        assert await storage.labels.hidden_by(HERE) == 0
        assert await storage.labels.hidden_by(less) == 2
        other = LabelSet((Emotion("calm", "😌"), Emotion("wild", "🤩")))
        assert await storage.labels.hidden_by(ServerSettings(5, HERE.channels, other)) == 5
        assert await storage.labels.hidden_by(ServerSettings(5, HERE.channels, MIKELS.with_emojis({}))) == 0
        assert await storage.labels.hidden_by(ServerSettings(6, frozenset(), other)) == 1
        await storage.servers.save(less)
        assert await storage.labels.hidden_by(less) == 2, "not judged yet"
        assert await storage.labels.hidden_by(HERE) == 0

    async def test_a_rating_that_took_everything_back_keeps_no_label(self, storage: Storage) -> None:
        await storage.members.join(1, 1, T0)
        await storage.servers.save(HERE)
        await storage.labels.apply([reacted(1, 1, "awe", channel=51, author=77), rated(1, 1, at=1)])
        assert await storage.labels.hidden_by(ServerSettings(5)) == 0
        await storage.labels.apply([reacted(1, 1, "fear", channel=51, author=77, at=2)])
        assert await storage.labels.hidden_by(ServerSettings(5)) == 1
