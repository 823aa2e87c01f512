"""`/feel` with somebody's name: a guess about who lets the asker ask, and never what they said."""

import pytest

from bot.words import alike as words
from bot.words import buttons, no_answer
from core.vocabulary.calls import Failure
from core.vocabulary.consent import ANYWHERE, Yes, YesTo
from tests.journeys.conftest import deploy, picture, text_of
from tests.journeys.test_languages import german, in_language
from tests.journeys.test_matching import choose, match

RULE = "When a picture shows red, this person tends to feel fear."


async def ask(world, who=None, about=None, image=None):
    """Bob asks about Alice unless told otherwise."""
    shown = ("mine.png", image or picture())
    return await (who or world.bob).slash(world.channel, "feel", image=shown, member=about or world.alice)


async def let(world, who=None, other=None):
    """Alice lets Bob ask about her, by the button that says so."""
    card = await match(world, who or world.alice, other or world.bob)
    return await (who or world.alice).click(card.response, label=buttons.let_ask())


async def alice_with_a_feelprint(world):
    await world.join(world.alice)
    await deploy(world.app, world.alice.id, RULE)


async def test_who_lets_somebody_ask_is_guessed_and_labels_and_rules_are_not_told(world):
    await alice_with_a_feelprint(world)
    message = await world.post()
    await world.alice.react(message, "😂")
    await world.labels(world.alice)
    told = text_of(await let(world))
    assert told == words.may_ask_now("bob", may=True)
    answer = await ask(world, image=picture())
    assert answer.ephemeral
    said = text_of(answer)
    assert said.startswith("### alice: ")
    assert "My guess, by what alice taught me" in said
    assert "You told me already" not in said
    assert "red" not in said
    assert RULE not in said
    own = text_of(await ask(world, who=world.alice, about=world.alice, image=picture()))
    assert "😂 amusement" in own, "of themselves they learn what they said"


async def test_without_their_yes_nothing_is_guessed_and_whether_they_have_joined_is_not_told(world):
    sentence = words.they_must_let_you_ask("alice")
    assert text_of(await ask(world)) == sentence
    await alice_with_a_feelprint(world)
    assert text_of(await ask(world)) == sentence
    await world.join(world.bob)
    card = await match(world, world.alice, world.bob)
    await world.alice.click(card.response, label=buttons.yes_compare())
    assert text_of(await ask(world)) == sentence, "to be compared is another yes"
    await let(world, world.bob, world.alice)
    assert text_of(await ask(world)) == sentence, "nor is one's own yes theirs"


async def test_a_yes_is_taken_back_by_button_by_menu_and_meanwhile(world, monkeypatch):
    await alice_with_a_feelprint(world)
    sentence = words.they_must_let_you_ask("alice")
    card = await match(world, world.alice, world.bob)
    await world.alice.click(card.response, label=buttons.let_ask())
    assert "### alice: " in text_of(await ask(world))
    told = await world.alice.click(card.response, label=buttons.let_ask_no_more())
    assert text_of(told) == words.may_ask_now("bob", may=False)
    assert text_of(await ask(world)) == sentence
    card = await world.alice.slash(world.channel, "match")
    await choose(world.alice, card, buttons.who_may_ask_menu(), "server")
    assert "Everybody in this server." in text_of(card)
    assert "### alice: " in text_of(await ask(world))
    guess = world.app.predictor.guess_of

    async def and_then_takes_it_back(*args):
        found = await guess(*args)
        await world.app.storage.yeses.take_back(world.alice.id, to=YesTo.ASK)
        return found

    monkeypatch.setattr(world.app.predictor, "guess_of", and_then_takes_it_back)
    assert text_of(await ask(world)) == sentence


async def test_whoever_lets_them_ask_already_is_told_so_and_not_asked_anew(world):
    await world.join(world.alice)
    offered, may = words.letting_ask("bob"), words.may_ask_now("bob", may=True)
    assert offered in text_of(await match(world, world.alice, world.bob))
    await let(world)
    said = text_of(await match(world, world.alice, world.bob))
    assert may in said
    assert offered not in said
    await choose(
        world.alice, await world.alice.slash(world.channel, "match"), buttons.who_may_ask_menu(), "nobody"
    )
    await choose(
        world.alice, await world.alice.slash(world.channel, "match"), buttons.who_may_ask_menu(), "server"
    )
    said = text_of(await match(world, world.alice, world.bob))
    assert words.who_may_ask(here=True, friends=0) in said
    assert offered not in said


async def test_a_yes_to_everybody_here_is_none_in_another_server(world):
    await alice_with_a_feelprint(world)
    card = await world.alice.slash(world.channel, "match")
    await choose(world.alice, card, buttons.who_may_ask_menu(), "server")
    assert "### alice: " in text_of(await ask(world))
    answer = await world.bob.user.slash("feel", image=("mine.png", picture()), member=world.alice.user)
    assert text_of(answer) == words.they_must_let_you_ask("alice")


async def test_who_asks_pays_and_nothing_is_kept_of_them_with_the_one_they_asked_about(world):
    await alice_with_a_feelprint(world)
    await world.join(world.bob)
    await let(world)
    await ask(world)
    assert await world.app.storage.answers.calls(owner=world.bob.id)
    assert not await world.app.storage.answers.calls(owner=world.alice.id)


async def test_who_has_no_feelprint_yet_is_not_guessed(world):
    await world.join(world.alice)
    await let(world)
    assert text_of(await ask(world)) == words.they_have_no_feelprint("alice")


async def test_a_yes_to_ask_goes_with_either_of_the_two(world):
    await alice_with_a_feelprint(world)
    await let(world)
    mine = Yes(world.alice.id, ANYWHERE, world.bob.id, YesTo.ASK)
    assert await world.app.storage.yeses.said(world.alice.id) == (mine,)
    await world.app.forget(world.bob.id)
    assert await world.app.storage.yeses.said(world.alice.id) == ()
    await let(world)
    await world.app.forget(world.alice.id)
    assert text_of(await ask(world)) == words.they_must_let_you_ask("alice")


async def test_a_bot_is_not_guessed_about_and_a_model_that_fails_is_told(world, monkeypatch):
    bot = world.guild.add_member(world.env.create_user("robot", bot=True))
    assert text_of(await ask(world, about=bot)) == words.nobody_to_ask_about()
    await alice_with_a_feelprint(world)
    await let(world)

    async def fails(*_args):
        return Failure.UNAVAILABLE

    monkeypatch.setattr(world.app.predictor, "guess_of", fails)
    assert text_of(await ask(world)) == no_answer.sentence(Failure.UNAVAILABLE)


@pytest.mark.parametrize("data", [b"certainly no picture", picture()[:50]])
async def test_a_bad_picture_gets_a_sentence(world, data):
    await alice_with_a_feelprint(world)
    await let(world)
    said = text_of(await ask(world, image=data))
    assert said
    assert "incident" not in said


async def test_it_speaks_german(world):
    with in_language(world.env, "de"):
        assert text_of(await ask(world)) == german(words.they_must_let_you_ask, "alice")
