"""Whose roles are asked of Discord, how often, and what they are held for who is not there."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.intake.reading import Budget, OutOfBudget
from bot.intake.roles import Roles
from core.vocabulary.server_settings import ServerSettings
from tests.fakes import ManualClock

PLACE = ServerSettings(5, label_roles=frozenset({70}))
GONE = discord.NotFound(SimpleNamespace(status=404, reason="gone"), {"code": 10007})  # type: ignore[arg-type]


class _Member(discord.Member):
    def __init__(self, roles: tuple[int, ...]) -> None:
        self._held = roles

    @property
    def roles(self) -> list[Any]:
        return [SimpleNamespace(id=role) for role in self._held]


class _Discord:
    """A server with a painter, 1, and others; 9 has left it."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def get_guild(self, server_id: int) -> Any:
        return self if server_id == PLACE.server_id else None

    async def fetch_member(self, member_id: int) -> discord.Member:
        self.asked.append(member_id)
        if member_id == 9:
            raise GONE
        return _Member((70, 71) if member_id == 1 else (71,))


@pytest.fixture
def discord_() -> Any:
    return _Discord()


async def test_roles_are_asked_for_once_and_forgotten_after_ten_minutes(discord_: Any, clock: ManualClock) -> None:
    roles = Roles(lambda: discord_, clock)
    for _ in range(3):
        assert await roles.lacking(PLACE, [1, 2, 9], Budget(9)) == {2, 9}
    assert discord_.asked == [1, 2, 9]
    clock.advance(seconds=601)
    await roles.lacking(PLACE, [2], Budget(9))
    assert discord_.asked == [1, 2, 9, 2]
    assert list(roles._known) == [(5, 2)]


async def test_nobody_is_asked_about_where_everybody_may(discord_: Any, clock: ManualClock) -> None:
    roles = Roles(lambda: discord_, clock)
    assert await roles.lacking(ServerSettings(5, ask_roles=frozenset({70})), [1, 2], Budget(0)) == frozenset()
    assert discord_.asked == []


async def test_each_costs_a_request_of_the_walk(discord_: Any, clock: ManualClock) -> None:
    roles = Roles(lambda: discord_, clock)
    with pytest.raises(OutOfBudget):
        await roles.lacking(PLACE, [1, 2], Budget(1))
    assert await roles.lacking(PLACE, [1, 2], Budget(1)) == {2}, "what was learned is kept"
