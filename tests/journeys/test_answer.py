"""The card that answers "how would I feel?": the picture in it, and what a member says to it."""

import discord
import pytest

from bot.discord_ui import answer
from bot.words import shown_answers as words
from bot.words import texts
from bot.words.pictures import picture_of_somebody
from core.ports import Shadow
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from tests.journeys.conftest import deploy, picture, text_of
from tests.journeys.test_deck import labels_on, on_card, parts, shown
from tests.journeys.test_languages import in_language

MENU = "How would I feel?"
RED = "When a picture shows red, this person tends to feel fear."


@pytest.fixture
async def asked(world):
    """What Bob, who has joined, is answered about a picture of Alice's."""
    await world.join(world.bob)
    world.message = await world.post()
    return await world.bob.context_menu(world.channel, MENU, world.message)


async def test_the_answer_shows_the_picture(world, asked):
    assert asked.ephemeral
    assert shown(asked) == await on_card(world, world.message)


async def test_the_picture_stays_on_the_card_after_a_press(world, asked):
    before = shown(asked)
    await world.bob.click(asked.response, label="Right")
    assert shown(asked) == before


async def test_a_picture_that_was_given_is_answered_in_the_same_way(world):
    await world.join(world.bob)
    given = await world.bob.slash(world.channel, "feel", image=("mine.png", picture()))
    assert shown(given) == (await world.app.images.normalise(picture())).jpeg
    await world.bob.click(given.response, label="Right")
    assert len(await world.labels(world.bob)) == 1


async def test_right_makes_what_was_guessed_a_label(world, asked):
    await world.bob.click(asked.response, label="Right")
    (felt,) = await world.labels(world.bob)
    assert texts.rated(felt, MIKELS) in text_of(asked)
    assert "Right" not in labels_on(asked)


async def test_what_one_would_feel_instead_becomes_the_label_and_may_be_corrected(world, asked):
    await world.bob.select(asked.response, ["sadness"])
    assert await world.labels(world.bob) == [{"sadness"}]
    await world.bob.select(asked.response, ["anger"])
    assert await world.labels(world.bob) == [{"anger"}]
    assert texts.rated(["anger"], MIKELS) in text_of(asked)


async def test_the_label_goes_with_the_message_that_shows_the_picture(world, asked):
    await world.bob.click(asked.response, label="Right")
    await world.message.delete()
    await world.env.settle()
    assert await world.labels(world.bob) == []


async def test_how_often_guesses_were_right_is_told_from_stored_tests(world, asked):
    key, set_id = ProfileKey(world.bob.id, world.app.default_label_set.id), world.app.default_label_set
    await deploy(world.app, world.bob.id, RED)
    for red in (5, 250):
        await world.bob.react(await world.post(picture(red)), "😮")
    await world.labels(world.bob)
    labels = await world.app.storage.labels.labels(key)
    even = set_id.distribution({})
    rows = [Shadow(1, label.image_hash, 1, even, hit, 0.0) for label, hit in zip(labels, (1.0, 0.0), strict=True)]
    await world.app.storage.shadows.put(key, rows)
    await world.bob.click(asked.response, label="Right")
    assert words.right_so_far(1, 2) in text_of(asked)


async def test_whoever_has_not_joined_gets_no_buttons_that_add_a_label(world):
    asked = await world.bob.context_menu(world.channel, MENU, await world.post())
    assert "Right" not in labels_on(asked)
    assert not [part for part in parts(asked) if part.get("options")]


async def test_who_has_paused_since_is_told_so_and_nothing_is_kept(world, asked):
    await world.bob.slash(world.channel, "pause")
    await world.bob.click(asked.response, label="Right")
    assert texts.adds_nothing_while_paused() in text_of(asked)
    assert await world.labels(world.bob) == []


async def test_who_was_forgotten_since_is_told_so_and_nothing_is_kept(world, asked):
    await world.app.forget(world.bob.id)
    await world.bob.select(asked.response, ["awe"])
    assert texts.not_joined() in text_of(asked)
    assert await world.labels(world.bob) == []


async def test_a_picture_that_was_withheld_since_gets_no_label(world, asked):
    await world.alice.slash(world.channel, "pictures off")
    await world.bob.click(asked.response, label="Right")
    assert await world.labels(world.bob) == []


async def test_what_was_told_already_is_not_called_right_and_may_be_changed(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.labels(world.bob)
    told = await world.bob.context_menu(world.channel, MENU, message)
    assert "Right" not in labels_on(told)
    await world.bob.select(told.response, ["awe"])
    assert await world.labels(world.bob) == [{"awe"}]


async def test_an_answer_is_shown_to_everybody_without_its_rule_and_taken_back(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, RED)
    message = await world.post()
    asked = await world.bob.context_menu(world.channel, MENU, message)
    await world.bob.click(asked.response, label="Show everyone")
    public = world.channel.last_message
    assert public.id != message.id
    assert "bob" in text_of(public)
    assert RED not in text_of(public)
    assert not [part for part in parts(public) if part.get("items")]
    assert [part["url"] for part in parts(public) if part.get("url")] == [message.jump_url]
    refused = await world.alice.click(public, label="Take it back")
    assert text_of(refused) == texts.not_yours()
    assert world.channel.last_message.id == public.id
    await world.bob.click(public, label="Take it back")
    assert world.channel.last_message.id == message.id


async def test_a_press_that_comes_twice_shows_one_copy_and_a_later_one_another(world, asked, monkeypatch):
    def shown_to_all():
        return [message for message in world.channel.history() if message.author.id == world.app.client.user.id]

    for _ in range(2):
        await world.bob.click(asked.response, label="Show everyone")
    (public,) = shown_to_all()
    await world.bob.click(public, label="Take it back")
    assert shown_to_all() == []
    monkeypatch.setattr(answer, "_TWICE_MS", 0)
    await world.bob.click(asked.response, label="Show everyone")
    assert len(shown_to_all()) == 1


async def test_a_given_picture_is_shown_with_its_answer(world):
    await world.bob.slash(world.channel, "feel", image=("mine.png", picture()))
    asked = await world.bob.slash(world.channel, "feel", image=("mine.png", picture()))
    await world.bob.click(asked.response, label="Show everyone")
    public = world.channel.last_message
    assert await public.attachments[0].read() == shown(asked)


async def test_the_card_speaks_german(world, asked):
    with in_language(world.env, "de"):
        told = await world.bob.context_menu(world.channel, MENU, world.message)
        assert {"Stimmt", "Allen zeigen"} <= set(labels_on(told))
        await world.bob.click(told.response, label="Stimmt")
    assert len(await world.labels(world.bob)) == 1


async def test_what_was_withheld_since_is_not_shown(world, asked):
    await world.alice.slash(world.channel, "pictures off")
    before = world.channel.last_message.id
    pressed = await world.bob.click(asked.response, label="Show everyone")
    assert text_of(pressed) == picture_of_somebody()
    assert world.channel.last_message.id == before


async def test_who_may_not_write_shows_nothing_either(world, asked):
    channel = world.app.client.get_channel(world.channel.id)
    await channel.edit(overwrites={channel.guild.default_role: discord.PermissionOverwrite(send_messages=False)})
    await world.env.settle()
    pressed = await world.bob.click(asked.response, label="Show everyone")
    assert text_of(pressed) == words.may_not_write()


async def test_the_picture_is_described_for_those_who_listen(world, asked):
    image = (await world.app.images.normalise(await world.message.attachments[0].read())).hash
    known = (await world.app.knowledge.of(ProfileKey(world.bob.id, MIKELS.id), MIKELS, [image]))[image]
    (item,) = [item for part in parts(asked) for item in part.get("items", ())]
    assert item["description"] == known.caption != ""
