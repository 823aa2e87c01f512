"""What somebody is told of what there is of them is so, also where there is little, or where it is elsewhere."""

from dataclasses import replace

import pytest

from bot.discord_ui.progress import elsewhere
from bot.words import buttons, pictures, portrait, texts
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_deck import labels_on, parts
from tests.journeys.test_portrait import SNOW, key_of, version

OTHERS = LabelSet((Emotion("calm", "😌"), Emotion("wild", "🤩")))


async def change_emotions(world, label_set):
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, label_set=label_set))


@pytest.mark.parametrize("words", ["progress", "me", "feelprint show", "feelprint history"])
async def test_whoever_labelled_with_other_emotions_is_told_that_it_is_kept(world, words):
    await world.join(world.bob)
    await world.bob.react(await world.post(picture(250)), "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    await version(world, 1, SNOW)
    assert await elsewhere(world.app, world.bob.id, MIKELS) == ""
    await change_emotions(world, OTHERS)
    for _ in range(2):
        assert "I know you already: 1 label, 1 version." in text_of(await world.bob.slash(world.channel, words))
        await world.bob.react(await world.post(picture(3)), "🤩")
        await world.labels(world.bob)
    await change_emotions(world, MIKELS)
    assert "I know you already" not in text_of(await world.bob.slash(world.channel, words))
    await change_emotions(world, LabelSet((Emotion("odd", "🙃"), Emotion("even", "🙂"))))
    told = text_of(await world.bob.slash(world.channel, words))
    assert "I know you already: 2 labels, 1 version." in told


async def test_whoever_never_labelled_is_told_of_nothing_elsewhere(world):
    await world.join(world.bob)
    assert text_of(await world.bob.slash(world.channel, "feelprint history")) == portrait.no_versions()


@pytest.mark.parametrize("rules", [(), ("a red sail",)])
async def test_a_look_now_is_not_said_to_find_nothing_new_where_there_was_none(world, rules):
    await world.join(world.bob)
    for rule in rules:
        await world.app.by_hand.write(key_of(world), MIKELS, rule, "awe")
    said = text_of(await world.bob.slash(world.channel, "feelprint retune"))
    assert said.startswith("Until I can look: 12 more labels with ")


@pytest.mark.parametrize("place", ["a server without chosen channels", "a conversation"])
async def test_whoever_joins_where_no_reaction_counts_is_told_how_to_begin(world, place):
    if place == "a conversation":
        await world.bob.user.send_dm("Hello")
        joined = await world.bob.user.slash("join")
    else:
        chosen = world.app.roster.place(world.guild.id)
        await world.app.roster.save(replace(chosen, channels=frozenset()))
        joined = await world.bob.slash(world.channel, "join")
    assert "You're in." in text_of(joined)
    assert texts.no_channel_here() in text_of(joined)
    assert labels_on(joined) == [buttons.own_pictures()]


async def test_a_month_can_be_chosen_below_only_where_there_is_one(world):
    await world.join(world.bob)
    asked = await world.bob.slash(world.channel, "forget")
    assert "A month: below." not in text_of(asked)
    await world.bob.react(await world.post(picture(250)), "😮")
    await world.labels(world.bob)
    asked = await world.bob.slash(world.channel, "forget")
    assert "A month: below." in text_of(asked)
    assert buttons.only_a_month() in [part.get("placeholder") for part in parts(asked)]


async def test_none_is_said_in_words(world):
    assert texts.counted_past(0, None, 0) == "I found nothing from before that does not count already."
    assert texts.counted_past(2, None, 0) == "I counted 2 reactions from before."
    for one, other in ((world.alice, world.bob), (world.bob, world.alice)):
        await world.join(one)
        card = await one.slash(world.channel, "match", member=other)
        said = text_of(await one.click(card.response, label=buttons.yes_compare()))
    assert "You and alice have labelled none of the same pictures so far." in said


async def test_whoever_paused_before_their_first_label_is_told_that_none_is_noted(world):
    await world.join(world.bob)
    await world.bob.slash(world.channel, "pause")
    for words in ("progress", "me", "feelprint show"):
        said = text_of(await world.bob.slash(world.channel, words))
        assert "You have paused, so I note nothing new" in said
        assert "more labels" not in said


async def test_of_an_author_their_pictures_are_spoken_of(world):
    card = await world.steward.context_menu(world.channel, "Exclude from Feelprint", await world.post())
    out = await world.steward.click(card.response, label=buttons.exclude_author())
    assert pictures.excluded(author=True) in text_of(out)
    back = await world.steward.click(card.response, label=buttons.allow_author())
    assert pictures.no_longer_excluded(author=True) in text_of(back)
    out = await world.steward.click(card.response, label=buttons.exclude_message())
    assert pictures.excluded(author=False) in text_of(out)


@pytest.mark.parametrize("way", ["file", "menu", "one of two"])
async def test_what_is_rated_stands_above_its_buttons_until_it_is_gone(world, way):
    await world.join(world.bob)
    data = picture(33)
    message = await world.alice.send(
        world.channel, attachments=[("a.png", data), ("b.png", picture(9))][: 1 + (way == "one of two")]
    )
    if way == "file":
        asked = await world.bob.slash(world.channel, "rate", image=("mine.png", data))
    else:
        asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    if way == "one of two":
        await world.bob.select(asked.response, ["0"])
    seen = (await world.app.images.normalise(data)).jpeg
    assert [await one.read() for one in asked.response.attachments] == [seen]
    await world.bob.click(asked.response, label="awe")
    assert [await one.read() for one in asked.response.attachments] == [seen]
    assert asked.response.attachments[0].description
    await message.delete()
    await world.env.settle()
    await world.bob.click(asked.response, label="fear")
    assert len(asked.response.attachments) == (way == "file")


async def test_a_spoiler_stays_one_above_its_buttons(world):
    await world.join(world.bob)
    await world.app.roster.save(replace(world.app.roster.place(world.guild.id), allow_spoilers=True))
    message = await world.post(name="SPOILER_a.png")
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    assert asked.response.attachments[0].is_spoiler()
