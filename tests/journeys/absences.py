"""Being away and coming back: a bot that hears nothing, and another one over the same database."""

from typing import Any

from tests.journeys.conftest import deaf


async def away_and_back(world: Any, *while_away: Any) -> None:
    """Stop the bot, let things happen, start another over the same database on the same Discord."""
    await world.app.intake.drained()
    with deaf(world.app.intake):
        for happens in while_away:
            await happens
    world.app.client = type(world.app.client)(world.app, message_content=True)
    world.app.catchup._last = -(10**13)
    await world.env.restart_bot(world.app.client)
    await world.app.catchup.idle()
