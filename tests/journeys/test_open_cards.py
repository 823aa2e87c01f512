"""Cards that are still open when something has changed meanwhile: a press changes what stands by then."""

from dataclasses import replace

import pytest

from bot.words import buttons, texts
from bot.words import deck as words
from bot.words import several_moods as moods
from core.tending.by_hand import Outcome
from core.vocabulary.own_moods import FIRST
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_counting_the_past import _counted as counted
from tests.journeys.test_deck import dealt, shown  # noqa: F401
from tests.journeys.test_forgetting import months_of
from tests.journeys.test_own_moods import evening, felt, mood_of, switched
from tests.journeys.test_own_pictures import hand_in, pictures
from tests.journeys.test_portrait import key_of
from tests.journeys.test_told_truly import OTHERS, change_emotions


async def rating(world, emotion):
    """A card on which Bob has rated a picture."""
    asked = await world.bob.context_menu(world.channel, "Rate this image", await world.post(picture(9)))
    return await world.bob.click(asked.response, label=emotion)


async def erased(world):
    await world.bob.click((await world.bob.slash(world.channel, "forget")).response, label="Erase everything")
    await world.join(world.bob)


async def month_erased(world):
    card, _ = await months_of(world)
    (value,) = [o["value"] for row in card.response.components for o in _options(row)]
    asked = await world.bob.select(card.response, [value])
    await world.bob.click(asked.response, label=buttons.erase_month())


def _options(row):
    whole = row if isinstance(row, dict) else row.to_dict()
    return [o for part in whole.get("components", ()) for o in part.get("options", ())]


@pytest.mark.parametrize("erase", [erased, month_erased])
async def test_a_rating_card_brings_nothing_back_that_was_erased(world, erase):
    await world.join(world.bob)
    card = await rating(world, "awe")
    await erase(world)
    await world.bob.click(card.response, label="fear")
    assert await world.labels(world.bob) == [{"fear"}]


async def test_a_rating_card_leaves_what_was_felt_elsewhere(world):
    await world.join(world.bob)
    message = await world.post(picture(9))
    one = await world.bob.context_menu(world.channel, "Rate this image", message)
    other = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    await world.bob.click(one.response, label="fear")
    assert await world.labels(world.bob) == [{"awe", "fear"}]
    await world.bob.click(other.response, label="sadness")
    assert await world.labels(world.bob) == [{"awe", "fear", "sadness"}]
    await world.bob.click(one.response, label="fear")
    assert await world.labels(world.bob) == [{"awe", "sadness"}]


async def test_a_card_whose_mood_was_erased_notes_nothing_and_says_so(world):
    await evening(world)
    card, number = await rating(world, "awe"), mood_of(world).number
    await switched(world, FIRST)
    await world.app.erase_mood(world.bob.id, number)
    pressed = await world.bob.click(card.response, label="fear")
    assert text_of(pressed) == moods.no_such_mood()
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize("first", [True, False])
async def test_an_answer_counts_in_the_mood_that_it_names(world, first):
    await evening(world)
    mine = mood_of(world)
    if first:
        await switched(world, FIRST)
    card = await world.bob.slash(world.channel, "feel", image=("a.png", picture(3)))
    await switched(world, mine if first else FIRST)
    await world.bob.click(card.response, label=buttons.right())
    assert [len(await felt(world, mood)) for mood in (FIRST, mine)] == ([1, 0] if first else [0, 1])


async def test_undo_takes_back_what_was_felt_with_the_emotions_of_before(world, dealt):  # noqa: F811
    await world.bob.click(dealt.response, label="sadness")
    await change_emotions(world, OTHERS)
    await world.bob.click(dealt.response, label="Undo")
    assert texts.rating_gone() in text_of(dealt)
    assert await world.app.storage.labels.felt(world.bob.id) == ()


async def test_the_last_card_says_that_a_press_noted_nothing(world):
    await world.join(world.bob)
    (message,) = [await world.post(picture(9))]
    card = await world.bob.slash(world.channel, "rate")
    await message.delete()
    await world.env.settle()
    await world.bob.click(card.response, label="awe")
    assert "no longer shows this picture" in text_of(card)
    assert words.nothing_left() in text_of(card)


async def test_who_may_no_longer_label_takes_back_by_the_same_card(world):
    await world.join(world.bob)
    card = await rating(world, "awe")
    place = world.app.roster.place(world.guild.id)
    role = world.guild.roles["Stewards"].id
    await world.app.roster.save(replace(place, label_roles=frozenset({role})))
    await world.bob.click(card.response, label="fear")
    assert text_of(card).startswith(texts.no_role())
    await world.bob.click(card.response, label="awe")
    assert await world.labels(world.bob) == []


async def test_what_was_taken_back_by_an_answer_is_not_said_to_count_from_before(world):
    await world.join(world.bob)
    message = await world.post(picture(9))
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.click(asked.response, label="awe")
    await world.bob.slash(world.channel, "pause")
    assert texts.counted_past(0, None, 0) in await counted(world)
    assert await world.labels(world.bob) == []
    assert await world.labels(world.bob) == []


async def test_a_rule_of_a_mood_that_is_gone_is_not_said_to_be_in_use(world):
    await evening(world)
    here = world.app.roster.label_set(world.guild.id).of_mood(mood_of(world))
    await world.app.erase_mood(world.bob.id, here.mood.number)
    key = replace(key_of(world), label_set_id=here.id)
    assert await world.app.by_hand.write(key, here, "a red sail", "awe") is Outcome.GONE


async def test_own_pictures_are_asked_about_anew_where_the_emotions_have_changed(world):
    await world.join(world.bob)
    card = await hand_in(world, [*pictures(10, 200), ("notes.txt", b"words")])
    assert texts.not_an_image() in text_of(card)
    first = shown(card)
    await change_emotions(world, OTHERS)
    await world.bob.click(card.response, label="awe")
    assert texts.emotions_changed() in text_of(card)
    assert shown(card) == first
    await world.bob.click(card.response, label=OTHERS.names[0])
    assert "2 of 2" in text_of(card)


async def test_own_pictures_count_in_the_mood_that_the_card_names(world):
    await evening(world)
    mine = mood_of(world)
    card = await hand_in(world, pictures(10, 200))
    assert "*evening*" in text_of(card)
    await switched(world, FIRST)
    await world.bob.click(card.response, label="awe")
    assert [len(await felt(world, mood)) for mood in (FIRST, mine)] == [0, 1]
