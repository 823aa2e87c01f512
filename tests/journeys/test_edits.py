"""An edit that takes a picture out, or puts another in its place: what was felt about it goes with it."""

import pytest

from bot.intake.catchup import Walk
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import deaf, picture


async def _edit(world, message, **fields):
    world.env.backend.edit_message(world.channel.id, message.id, fields)
    await world.env.settle()


async def _labelled(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    (row,) = (await world.app.storage.walks.known([message.id])).values()
    return message, row.sighting.image_hash


def _another(world):
    return world.env.backend.store_attachments(world.channel.id, [("b.png", picture(1, 2, 3))])


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("away", [False, True])
async def test_a_picture_taken_out_or_replaced_takes_label_and_copy_with_it(world, replaced, away):
    message, image_hash = await _labelled(world)
    change = {"attachments": _another(world) if replaced else [], "content": "changed"}
    if away:
        await away_and_back(world, _edit(world, message, **change))
    else:
        await _edit(world, message, **change)
    assert await world.labels(world.bob) == []
    assert await world.app.storage.labels.image(image_hash) is None
    for _ in range(2):
        await away_and_back(world)
        assert await world.labels(world.bob) == []  # what stands there was not made about this picture


async def test_a_reaction_to_the_new_picture_is_about_it(world):
    message, image_hash = await _labelled(world)
    await _edit(world, message, attachments=_another(world))
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    assert await world.app.storage.labels.image(image_hash) is None


async def test_an_edit_of_the_words_changes_nothing(world):
    message, image_hash = await _labelled(world)
    await _edit(world, message, content="other words")
    assert await world.labels(world.bob) == [{"amusement"}]
    assert await world.app.storage.labels.image(image_hash) is not None


async def test_a_picture_that_cannot_be_seen_was_not_taken_out(world):
    """Without the right to see what messages hold, none shows a picture."""
    message, _ = await _labelled(world)
    with deaf(world.app.intake):
        await _edit(world, message, attachments=[])
    world.app.client._connection._intents.message_content = False
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == [{"amusement"}]
