"""The yes to research, said and taken back under `/privacy`, and what the operator's next file holds then."""

import json

import pytest

from bot.errors import ResearchError, ResearchProblem
from bot.operations.researching import researched
from bot.words import buttons, donating, texts
from core.vocabulary.consent import ANYWHERE, CONSENT_VERSION, EVERYBODY, Yes, YesTo
from tests.journeys.conftest import text_of
from tests.journeys.test_deck import labels_on
from tests.journeys.test_languages import german, in_language
from tests.storage.made import T0, rated

OTHERS = range(71, 75)


@pytest.fixture
async def four(world):
    """Four others who said yes and labelled a picture each; Bob has joined and felt awe."""
    for member in OTHERS:
        await world.app.storage.members.join(member, CONSENT_VERSION, T0)
        await world.app.storage.labels.apply([rated(member, member, "fear")])
        await world.app.storage.yeses.say(Yes(member, ANYWHERE, EVERYBODY, YesTo.RESEARCH), T0)
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😮")
    assert await world.labels(world.bob) == [{"awe"}]


async def card_of(world):
    asked = await world.bob.slash(world.channel, "privacy")
    return await world.bob.click(asked.response, label=buttons.research())


async def felt_in_file(world, path):
    """What the next file says that people felt."""
    await researched(world.app.settings, path)
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    path.unlink()
    return sorted(row["felt"] for row in told if row["kind"] == "label")


async def said(world):
    return await world.app.storage.yeses.said(world.bob.id)


@pytest.mark.usefixtures("four")
async def test_a_member_says_yes_and_what_they_felt_is_in_the_next_file(world, folder):
    with pytest.raises(ResearchError, match=ResearchProblem.TOO_FEW):
        await felt_in_file(world, folder / "file")
    card = await card_of(world)
    assert card.ephemeral
    assert text_of(card) == donating.asked(given=False)
    assert "cannot be called back" in text_of(card)
    await world.bob.click(card.response, label=buttons.give())
    assert text_of(card) == donating.asked(given=True)
    assert await felt_in_file(world, folder / "file") == [["awe"], *[["fear"]] * 4]
    assert (await world.app.storage.members.export(world.bob.id))["donors"]


@pytest.mark.usefixtures("four")
async def test_a_yes_that_is_taken_back_holds_for_the_next_file(world, folder):
    card = await card_of(world)
    await world.bob.click(card.response, label=buttons.give())
    await world.app.storage.members.join(99, CONSENT_VERSION, T0)
    await world.app.storage.labels.apply([rated(99, 99, "anger")])
    await world.app.storage.yeses.say(Yes(99, ANYWHERE, EVERYBODY, YesTo.RESEARCH), T0)
    assert ["awe"] in await felt_in_file(world, folder / "file")
    again = await card_of(world)
    assert labels_on(again) == [buttons.give_no_more()]
    await world.bob.click(again.response, label=buttons.give_no_more())
    assert text_of(again) == donating.asked(given=False)
    assert await felt_in_file(world, folder / "file") == [["anger"], *[["fear"]] * 4]


async def test_it_is_asked_in_the_members_language(world):
    await world.join(world.bob)
    with in_language(world.env, "de"):
        asked = await world.bob.slash(world.channel, "privacy")
        card = await world.bob.click(asked.response, label=german(buttons.research))
        assert text_of(card) == german(lambda: donating.asked(given=False)) != donating.asked(given=False)
        await world.bob.click(card.response, label=german(buttons.give))
    assert text_of(card) == german(lambda: donating.asked(given=True))
    assert len(await said(world)) == 1


async def test_whoever_has_not_joined_is_not_asked_and_who_has_paused_only_takes_it_back(world):
    assert text_of(await card_of(world)) == texts.not_joined()
    await world.join(world.bob)
    card = await card_of(world)
    await world.bob.slash(world.channel, "pause")
    assert text_of(await world.bob.click(card.response, label=buttons.give())) == texts.adds_nothing_while_paused()
    assert await said(world) == ()
    await world.join(world.bob)
    card = await card_of(world)
    await world.bob.click(card.response, label=buttons.give())
    await world.bob.slash(world.channel, "pause")
    await world.bob.click(card.response, label=buttons.give_no_more())
    assert await said(world) == ()


async def test_a_yes_is_forgotten_with_its_member(world):
    await world.join(world.bob)
    await world.bob.click((await card_of(world)).response, label=buttons.give())
    assert len(await said(world)) == 1
    await world.app.forget(world.bob.id)
    await world.join(world.bob)
    assert await said(world) == ()
