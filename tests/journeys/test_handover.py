"""A bot that follows another: until that has left it keeps nothing and answers nobody, then everybody."""

from typing import Any

import pytest

from bot.words import buttons
from core.ports import Told, Topic
from tests.journeys.conftest import text_of
from tests.journeys.test_asked_aloud import ask, mention
from tests.journeys.test_deck import labels_on


@pytest.fixture
async def waiting(world: Any) -> Any:
    """The world of a bot beside which another answers."""
    await world.join(world.bob)
    world.app.handover.waits = True
    return world


def left(world: Any, *heard: int) -> None:
    """The other process tells that it has left, and what it has heard."""
    mine = world.app.handover
    mine.told(Told(Topic.LEAVES, more=(mine._part, str(mine._me), *map(str, heard))))


async def test_it_keeps_nothing_that_people_do_until_it_has_the_place(waiting: Any) -> None:
    await waiting.bob.react(await waiting.post(), "😂")
    assert await waiting.labels(waiting.bob) == []
    left(waiting)
    await waiting.bob.react(await waiting.post(), "😮")
    assert await waiting.labels(waiting.bob) == [{"awe"}]


async def test_a_mention_is_answered_once_the_other_has_left_if_that_did_not_hear_it(waiting: Any) -> None:
    shown = await waiting.post()
    assert await ask(waiting, shown) is None
    asked = await waiting.bob.send(waiting.channel, mention(waiting), reply_to=shown)
    heard = asked.id
    asked = await waiting.alice.send(waiting.channel, mention(waiting), reply_to=shown)
    left(waiting, heard, asked.id)
    await waiting.env.settle()
    answer = waiting.channel.last_message
    assert labels_on(answer) == [buttons.show_me()]
    assert answer.id > asked.id


async def test_a_command_is_answered_once_the_other_has_left(waiting: Any) -> None:
    left(waiting)
    answer = await waiting.bob.slash(waiting.channel, "progress")
    assert text_of(answer)
