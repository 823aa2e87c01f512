from core.ports import Ability
from storage import Storage
from tests.storage.made import T0

HERE, THERE = "https://models.example/v1", "http://localhost:11434/v1"


class TestAbilityStore:
    """What `core.ports.AbilityStore` promises."""

    async def test_what_a_model_has_shown_is_replaced_by_what_it_shows_next(self, storage: Storage) -> None:
        """
        It is about nobody. What the models at an address have shown since a time.
        Keep one in place of what was known of that model there.
        """
        takes = {"structured": "text", "most_pictures": None, "room": 900, "send_store": False}
        kept = Ability(HERE, "sees", takes, T0), Ability(HERE, "writes", {}, T0 + 5)
        for one in (*kept, Ability(THERE, "sees", {}, T0)):
            await storage.abilities.keep(one)
        assert await storage.abilities.shown(HERE, T0) == kept
        assert await storage.abilities.shown(HERE, T0 + 1) == kept[1:]
        again = Ability(HERE, "sees", {"structured": "json_schema"}, T0 + 9)
        await storage.abilities.keep(again)
        assert await storage.abilities.shown(HERE, T0) == (again, kept[1])
        await storage.members.join(1, 1, T0)
        await storage.members.forget(1)
        assert len(await storage.abilities.shown(HERE, T0)) == 2
