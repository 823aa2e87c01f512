"""Installed for a user: where the bot is no member, all that needs no server works, and the rest is told."""

import asyncio
from types import SimpleNamespace
from typing import Any

from simcord.interactions import base_payload

from tests.bench.reliability.asking import Asked
from tests.journeys.conftest import picture, plain

ELSEWHERE = "77"


async def asked_elsewhere(world: Any, name: str, **more: Any) -> str:
    """Bob uses a command in a server that the bot was never told of; what he reads."""
    backend, member = world.env.backend, world.bob.id
    data = {"id": "1", "name": name, "type": 1, "options": [], **more}
    here = {"channel_id": world.channel.id, "guild_id": world.guild.id, "user_id": member}
    record, payload = base_payload(backend, type=2, data=data, **here)
    asked = Asked(SimpleNamespace(backend=backend), record)  # type: ignore[arg-type]
    owners = {"authorizing_integration_owners": {"1": str(member)}}
    place = {"id": ELSEWHERE, "locale": "en-US", "features": []}
    backend.emit("INTERACTION_CREATE", {**payload, **owners, "guild_id": ELSEWHERE, "guild": place})
    async with asyncio.timeout(60):
        while not asked.said:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return plain(asked.said)


async def test_a_guess_joining_and_what_one_has_work_where_the_bot_is_not(world: Any) -> None:
    (stored,) = world.env.backend.store_attachments(world.channel.id, [("a.png", picture())])
    shown = {
        "options": [{"name": "image", "type": 11, "value": str(stored["id"])}],
        "resolved": {"attachments": {str(stored["id"]): stored}},
    }
    assert "You have no feelprint yet" in await asked_elsewhere(world, "feel", **shown)
    assert "You're in" in await asked_elsewhere(world, "join")
    assert "0 labels so far" in await asked_elsewhere(world, "progress")
    assert "Your own pictures work everywhere" in await asked_elsewhere(world, "rate")
    assert "for people who may manage the server" in await asked_elsewhere(world, "setup")
    assert {place.server_id for place in world.app.roster.places} == {world.guild.id}
