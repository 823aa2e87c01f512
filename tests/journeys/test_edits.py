"""An edit that takes a picture out, or puts another in its place: what was felt about it goes with it."""

import asyncio

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


async def test_a_reaction_that_comes_before_the_edit_is_written_is_about_the_new_picture(world):
    message, image_hash = await _labelled(world)
    store = world.app.storage.patient.labels
    write = store.apply

    async def slowly(changes):
        await asyncio.sleep(0.3)
        return await write(changes)

    store.apply = slowly
    world.env.backend.edit_message(world.channel.id, message.id, {"attachments": _another(world)})
    world.env.backend.set_reaction(world.channel.id, message.id, "😮", world.bob.id, True)
    await world.env.settle()
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


async def _looked_again(world):
    world.app.catchup._again_at = 0
    world.app.catchup._wake()
    await world.app.catchup.idle()


def _linked(world, *, hidden):
    url = f"https://cdn.discordapp.com/attachments/{10**17}/{10**17 + 1}/a.png"
    thumbnail = {"url": url, "proxy_url": world.file, "width": 64, "height": 64}
    embed = {"type": "image", "url": url, "thumbnail": thumbnail}
    return {"content": f"||{url}||" if hidden else url, "embeds": [embed]}


async def _link(world, *, hidden):
    (stored,) = world.env.backend.store_attachments(world.channel.id, [("a.png", picture(5, 90, 160))])
    world.file = stored["url"]
    message = await world.alice.send(world.channel, "a link")
    await _edit(world, message, **_linked(world, hidden=hidden))
    return message


async def test_a_picture_that_is_hidden_by_an_edit_counts_no_longer_and_shown_again_it_does(world):
    await world.join(world.bob)
    message = await _link(world, hidden=False)
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    await _edit(world, message, **_linked(world, hidden=True))
    assert await world.labels(world.bob) == []
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == []
    await _edit(world, message, **_linked(world, hidden=False))
    assert await world.labels(world.bob) == [{"amusement"}]
    await _looked_again(world)
    assert await world.labels(world.bob) == [{"amusement", "awe"}]


async def test_what_stands_under_a_spoiler_counts_once_an_edit_takes_the_bars_away(world):
    await world.join(world.bob)
    message = await _link(world, hidden=True)
    await world.bob.react(message, "😂")
    await _looked_again(world)
    assert await world.labels(world.bob) == []
    await _edit(world, message, **_linked(world, hidden=False))
    await _looked_again(world)
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_picture_that_an_edit_adds_leaves_what_is_known_and_makes_later_reactions_mean_neither(world):
    await world.join(world.alice)
    message, _ = await _labelled(world)
    one = world.env.backend.get_message(world.channel.id, message.id).attachments
    await _edit(world, message, attachments=[*one, *_another(world)])
    await world.alice.react(message, "😂")
    await world.bob.react(message, "😮")
    assert await world.labels(world.alice) == []
    assert await world.labels(world.bob) == [{"amusement"}]
    await _edit(world, message, attachments=one)
    await _looked_again(world)
    assert await world.labels(world.alice) == [{"amusement"}]
    assert await world.labels(world.bob) == [{"amusement", "awe"}]


async def test_an_edit_of_the_words_asks_discord_nothing(world):
    message, _ = await _labelled(world)
    plain = await world.alice.send(world.channel, "words")
    for edited in (message, plain):
        await _edit(world, edited, content="other words")
    assert not world.app.catchup._again
