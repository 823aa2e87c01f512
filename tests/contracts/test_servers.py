from core.vocabulary.changes import DropServer, LeaveServer, ReturnToServer
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.storage.made import SET, T0


class TestServerStore:
    """What `core.ports.ServerStore` promises."""

    async def test_settings_come_back_whole(self, storage: Storage) -> None:
        """
        The server's settings; the defaults (no channels) where none are stored.
        Store settings whole. Settings of every server that has some.
        """
        mine = LabelSet((Emotion("good", "👍"), Emotion("not so good", "123456789012345678"), Emotion("bad", "")))
        settings = ServerSettings(
            7, frozenset({3, 2**62}), mine, 9, 2, False, True, True, 8, frozenset({4, 2**61}), frozenset({5})
        )
        assert await storage.servers.settings(7) == ServerSettings(7)
        await storage.servers.save(settings)
        await storage.servers.save(ServerSettings(3))
        assert await storage.servers.settings(7) == settings
        assert await storage.servers.all() == (ServerSettings(3), settings)
        assert await storage.labels.label_set(mine.id) == mine

    async def test_settings_that_are_saved_again_are_replaced_and_asking_stores_none(
        self, storage: Storage
    ) -> None:
        """Store settings whole. Settings of every server that has some."""
        await storage.servers.save(ServerSettings(7, frozenset({3}), MIKELS, 9, 2, False, True, True))
        await storage.servers.save(ServerSettings(7))
        await storage.servers.settings(8)
        assert await storage.servers.all() == (ServerSettings(7),)

    async def test_since_when_a_server_is_left_is_kept_until_it_is_returned_to_or_dropped(
        self, storage: Storage
    ) -> None:
        """Since when the bot is not in servers from which it was removed."""
        mine = ServerSettings(7, frozenset({3}))
        await storage.servers.save(mine)
        assert await storage.servers.left() == {}
        await storage.labels.apply([LeaveServer(7, 9, T0), LeaveServer(8, 9, T0 + 1), LeaveServer(7, 9, T0 + 5)])
        assert await storage.servers.left() == {7: T0, 8: T0 + 1}
        assert await storage.walks.bots() == {7: 9, 8: 9}
        await storage.servers.save(mine)
        assert await storage.servers.left() == {7: T0, 8: T0 + 1}
        assert await storage.servers.settings(7) == mine
        await storage.labels.apply([ReturnToServer(7), DropServer(8, T0)])
        assert await storage.servers.left() == {}
        assert await storage.servers.all() == (mine,)

    async def test_another_servers_emojis_do_not_change_the_default_set(self, storage: Storage) -> None:
        await storage.servers.save(ServerSettings(7, label_set=MIKELS.with_emojis({"awe": "😱"})))
        assert await storage.labels.label_set(SET) == MIKELS
