"""A reply to a picture that mentions the bot: everybody sees a button, and nobody another's answer."""

from dataclasses import replace

import pytest

from bot.words import buttons, texts
from bot.words.refused import sentence
from core.collecting.refusals import Refusal
from tests.journeys.conftest import deploy, picture, text_of
from tests.journeys.test_deck import emptied, labels_on
from tests.journeys.test_languages import german

SNOW = "When a picture shows snow, this person tends to feel awe."


def mention(world):
    return f"<@{world.app.client.user.id}> what do you think?"


async def ask(world, shown, who=None):
    """Bob asks aloud; what the bot says to it, if anything."""
    asked = await (who or world.bob).send(world.channel, mention(world), reply_to=shown)
    await world.env.settle()
    newest = world.channel.last_message
    return None if newest.id == asked.id else newest


async def test_everybody_sees_a_button_and_whoever_presses_it_their_own_answer(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    button = await ask(world, await world.post())
    assert button is not None
    assert labels_on(button) == [buttons.show_me()]
    assert "Only you see it" in text_of(button)
    assert await world.app.storage.answers.calls() == {}
    mine = await world.bob.click(button, label=buttons.show_me())
    assert mine.ephemeral
    assert "By your feelprint, version 1" in text_of(mine)
    other = await world.alice.click(button, label=buttons.show_me())
    assert other.ephemeral
    assert "You have no feelprint yet" in text_of(other)


async def test_a_message_with_a_picture_of_its_own_asks_about_that(world):
    await world.alice.send(world.channel, mention(world), attachments=[("a.png", picture())])
    await world.env.settle()
    assert labels_on(world.channel.last_message) == [buttons.show_me()]


async def test_of_several_pictures_it_is_asked_which_one_is_meant(world):
    files = [("a.png", picture(1)), ("b.png", picture(250))]
    button = await ask(world, await world.alice.send(world.channel, attachments=files))
    pressed = await world.bob.click(button, label=buttons.show_me())
    assert text_of(pressed) == texts.which_picture()


@pytest.mark.parametrize("way", ["no picture", "no mention", "a bot's", "no reply"])
async def test_what_asks_nothing_is_not_answered(world, way):
    shown = await (world.alice.send(world.channel, "hello") if way == "no picture" else world.post())
    text = "nice" if way == "no mention" else mention(world)
    if way == "a bot's":
        await world.guild.create_webhook(world.channel, "robot").send(text, attachments=[("a.png", picture())])
    else:
        await world.bob.send(world.channel, text, reply_to=None if way == "no reply" else shown)
    await world.env.settle()
    assert labels_on(world.channel.last_message) == []


async def test_a_spoiler_is_not_asked_about_until_the_server_allows_it(world):
    hidden = await world.post(name="SPOILER_a.png")
    assert await ask(world, hidden) is None
    await world.app.roster.save(replace(world.app.roster.place(world.guild.id), allow_spoilers=True))
    assert await ask(world, hidden) is not None


async def test_a_picture_that_was_withheld_or_deleted_since_is_not_shown_to_whoever_presses(world):
    shown, doomed = await world.post(picture(1)), await world.post(picture(250))
    withheld, gone = await ask(world, shown), await ask(world, doomed)
    await world.alice.context_menu(world.channel, "Do not use my picture", shown)
    await doomed.delete()
    pressed = await world.bob.click(withheld, label=buttons.show_me())
    assert text_of(pressed) == sentence(Refusal.WITHHELD)
    pressed = await world.bob.click(gone, label=buttons.show_me())
    assert text_of(pressed) == sentence(Refusal.OUT_OF_REACH)
    assert await ask(world, shown) is None


async def test_whoever_asks_too_often_gets_no_more_buttons_and_no_more_answers(world):
    shown = await world.post()
    button = await ask(world, shown)
    for _ in range(world.app.settings.feel_per_minute):
        world.app.allowance.take(world.bob.id)
    assert await ask(world, shown) is None
    waiting = texts.slow_down(10).partition(":")[0]
    assert text_of(await world.bob.click(button, label=buttons.show_me())).startswith(waiting)
    assert await ask(world, shown, world.alice) is not None


async def test_the_button_works_after_a_restart(world):
    button = await ask(world, await world.post())
    await emptied(world)
    pressed = await world.bob.click(button, label=buttons.show_me())
    assert "You have no feelprint yet" in text_of(pressed)


async def test_it_speaks_the_servers_language(world):
    guild = world.app.client.get_guild(world.guild.id)
    guild.preferred_locale = "de"
    button = await ask(world, await world.post())
    assert labels_on(button) == [german(buttons.show_me)]
