"""`/match`: two who have both said yes learn one number of each other, and nobody learns anything else."""

import pytest
from simcord.components import walk_components

from bot.words import alike as words
from bot.words import buttons, texts
from core.vocabulary.consent import ANYWHERE, Yes
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_deck import labels_on
from tests.journeys.test_languages import german, in_language

EMOJIS = ("😮", "😂", "😨", "😢")


def unmatched():
    return words.other_must_agree("alice") + "\n\n" + words.letting_ask("alice")


async def both_felt(world, number):
    """Alice and Bob react alike to so many pictures."""
    for n in range(number):
        message = await world.steward.send(world.channel, attachments=[(f"{n}.png", picture(5 + 15 * n))])
        for member in (world.alice, world.bob):
            await member.react(message, EMOJIS[n % 4])
    await world.labels(world.bob)


async def match(world, who, other):
    return await who.slash(world.channel, "match", member=other)


async def choose(who, card, title, value):
    """Choose in the menu with that title."""
    (menu,) = [part for part in walk_components(roots_of(card)) if part.get("placeholder") == title]
    await who.select(card.response, [value], custom_id=menu["custom_id"])


def roots_of(card):
    return [c if isinstance(c, dict) else c.to_dict() for c in card.response.components]


async def agree(world, who, other):
    return await who.click((await match(world, who, other)).response, label=buttons.yes_compare())


async def test_both_say_yes_and_each_learns_one_number_and_how_sure_it_is(world):
    await world.join(world.alice, world.bob)
    await both_felt(world, 10)
    asked = await match(world, world.bob, world.alice)
    assert asked.ephemeral
    assert text_of(asked) == words.must_agree("alice") + "\n\n" + words.letting_ask("alice")
    pressed = await world.bob.click(asked.response, label=buttons.yes_compare())
    assert text_of(pressed) == words.other_must_agree("alice")
    told = text_of(await agree(world, world.alice, world.bob))
    assert "On 10 pictures that both of you have labelled, you felt the same on about **100%**" in told
    assert "You do feel alike" in told
    assert "it may as well be 70% to 100%" in told
    again = await match(world, world.bob, world.alice)
    assert again.ephemeral
    assert "**100%**" in text_of(again)


async def test_of_few_pictures_it_is_said_that_they_are_too_few(world):
    await world.join(world.alice, world.bob)
    await both_felt(world, 3)
    await agree(world, world.bob, world.alice)
    assert text_of(await agree(world, world.alice, world.bob)) == words.too_few("bob", 3)


async def test_who_has_not_joined_is_not_told_from_who_has_not_said_yes(world):
    await world.join(world.bob)
    strange = text_of(await agree(world, world.bob, world.alice))
    await world.join(world.alice)
    assert strange == words.other_must_agree("alice")
    assert text_of(await match(world, world.bob, world.alice)) == unmatched()


async def test_a_yes_that_was_taken_back_ends_it_at_once(world):
    await world.join(world.alice, world.bob)
    await both_felt(world, 8)
    await agree(world, world.bob, world.alice)
    await agree(world, world.alice, world.bob)
    mine = await world.alice.slash(world.channel, "match")
    assert "One person whom you said yes to" in text_of(mine)
    await choose(world.alice, mine, buttons.who_may_menu(), "nobody")
    assert "Nobody." in text_of(mine)
    assert text_of(await match(world, world.bob, world.alice)) == unmatched()


async def test_everybody_here_may_ask_who_says_the_same(world):
    await world.join(world.alice, world.bob)
    await both_felt(world, 8)
    for member in (world.alice, world.bob):
        card = await member.slash(world.channel, "match")
        assert "Nobody." in text_of(card)
        await choose(member, card, buttons.who_may_menu(), "server")
        assert "Everybody in this server" in text_of(card)
    assert "8 pictures" in text_of(await match(world, world.bob, world.alice))
    card = await world.alice.slash(world.channel, "match")
    await choose(world.alice, card, buttons.who_may_menu(), "friends")
    assert text_of(await match(world, world.bob, world.alice)) == unmatched()


async def test_nobody_is_compared_with_themselves_or_a_bot(world):
    await world.join(world.bob)
    assert text_of(await match(world, world.bob, world.bob)) == words.nobody_else()


async def test_a_paused_member_takes_a_yes_back_and_gives_none(world):
    await world.join(world.alice, world.bob)
    await agree(world, world.bob, world.alice)
    await world.bob.slash(world.channel, "pause")
    refused = await agree(world, world.bob, world.steward)
    assert text_of(refused) == texts.adds_nothing_while_paused()
    card = await world.bob.slash(world.channel, "match")
    await choose(world.bob, card, buttons.who_may_menu(), "nobody")
    assert await world.app.storage.yeses.said(world.bob.id) == ()


async def test_a_yes_goes_when_the_other_is_forgotten(world):
    await world.join(world.alice, world.bob)
    await agree(world, world.bob, world.alice)
    assert await world.app.storage.yeses.said(world.bob.id) == (Yes(world.bob.id, ANYWHERE, world.alice.id),)
    await world.app.forget(world.alice.id)
    assert await world.app.storage.yeses.said(world.bob.id) == ()


async def test_a_name_cannot_format_or_link(world):
    await world.join(world.bob)
    stranger = world.guild.add_member(world.env.create_user("**x**[a](https://b.c)"))
    said = text_of(await match(world, world.bob, stranger))
    assert "](https" not in said
    assert "**x**" not in said


@pytest.mark.parametrize("who", ["bob", "alice"])
async def test_it_speaks_german_and_to_members_alone(world, who):
    await world.join(world.bob)
    member = getattr(world, who)
    with in_language(world.env, "de"):
        card = await member.slash(world.channel, "match")
    if who == "alice":
        assert german(texts.join_first) in text_of(card)
    else:
        assert "Niemand." in text_of(card)
        assert labels_on(card) == []
