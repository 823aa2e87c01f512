"""An answer that takes a moment needs one round trip; one that takes longer is acknowledged meanwhile."""

import asyncio

import pytest

from bot.discord_ui import replies
from bot.discord_ui.replies import acknowledged, soon
from core.vocabulary.consent import Standing
from tests.bot.discord_ui.test_doors import _app, _interaction


async def test_what_is_there_in_a_moment_is_not_acknowledged_apart() -> None:
    async def quick() -> str:
        return "done"

    interaction = _interaction(_app(Standing.JOINED))
    assert await soon(interaction, quick()) == "done"
    assert not acknowledged(interaction)


async def test_what_takes_longer_is_acknowledged_before_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "_MOMENT_S", 0.01)
    interaction, told = _interaction(_app(Standing.JOINED)), asyncio.Event()
    defer = interaction.response.defer

    async def noted(**more: object) -> None:
        await defer(**more)
        told.set()

    interaction.response.defer = noted

    async def slow() -> str:
        await told.wait()
        return "done"

    assert await asyncio.wait_for(soon(interaction, slow()), 5) == "done"
    assert acknowledged(interaction)


async def test_what_goes_wrong_in_it_is_raised() -> None:
    async def broken() -> str:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await soon(_interaction(_app(Standing.JOINED)), broken())
