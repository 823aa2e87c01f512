"""Buttons belong to one person; errors become one sentence; words of others stay words."""

import asyncio
from types import SimpleNamespace

import discord
import pytest
from discord import app_commands

from bot.discord_ui.deck import Skip
from bot.discord_ui.deck_place import DeckPlace, Named
from bot.discord_ui.mapper import sentence_for
from bot.discord_ui.replies import say, say_error
from bot.discord_ui.views import Choice, OwnView
from bot.outgoing.unanswered import Unanswered
from bot.outgoing.voices import Voices
from bot.words import cards, no_answer, texts
from core.collecting.doors import Needs, Who
from core.predicting.predictor import Prediction
from core.vocabulary.calls import Failure
from core.vocabulary.consent import Standing
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import ImageError, ImageProblem, StorageError, StorageProblem
from core.vocabulary.feelprint import Rule


class _Response:
    def __init__(self):
        self.sent, self.done = [], False

    def is_done(self):
        return self.done

    async def defer(self):
        await asyncio.sleep(0)
        self.done = True

    async def send_message(self, content=None, **more):
        self.done = True
        self.sent.append((content, more))


def _interaction(user_id=1):
    roster = SimpleNamespace(place=lambda _: None, standing=lambda _: Standing.JOINED)
    made = SimpleNamespace(
        user=SimpleNamespace(id=user_id),
        client=SimpleNamespace(app=SimpleNamespace(roster=roster, unanswered=Unanswered(), voices=Voices())),
        type=discord.InteractionType.component,
        guild_id=1,
        permissions=discord.Permissions.none(),
        locale="en-US",
        response=_Response(),
        extras={},
        edits=[],
    )

    async def edit(**given):
        made.edits.append(given)

    made.edit_original_response = edit
    return made


async def test_somebody_elses_press_is_refused_in_private():
    stranger = _interaction(user_id=2)
    buttons = OwnView(1)
    assert not await buttons.interaction_check(stranger)
    assert stranger.response.sent == [(texts.not_yours(), {"ephemeral": True})]
    assert await buttons.interaction_check(_interaction(user_id=1))


async def test_buttons_that_are_pressed_twice_do_once_what_they_do():
    done = []

    class Asked(Choice, needs=Needs(Who.ANYBODY)):
        async def answer(self, interaction, agreed):
            done.append(agreed)
            return "done"

    buttons, presses = Asked(1, "yes", "no"), [_interaction(), _interaction()]
    await asyncio.gather(*(buttons._chosen(press, agreed=True) for press in presses))
    assert done == [True]
    assert [edit["content"] for press in presses for edit in press.edits] == ["done"]


async def test_an_error_after_the_answer_says_nothing_more():
    interaction = _interaction()
    await say(interaction, "the answer")
    await say_error(interaction, ImageError(ImageProblem.SLOW))
    assert [content for content, _ in interaction.response.sent] == ["the answer"]
    assert interaction.edits == []


async def test_an_error_after_a_defer_becomes_the_answer():
    interaction = _interaction()
    interaction.response.done = True
    await say_error(interaction, ImageError(ImageProblem.EMPTY))
    assert [edit["content"] for edit in interaction.edits] == [
        "This file is empty; please send the picture again."
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImageError(ImageProblem.GONE), "That picture is no longer there."),
        (app_commands.NoPrivateMessage(), texts.servers_only()),
    ],
)
def test_known_errors_have_their_sentences(error, said):
    assert sentence_for(error) == said


def test_an_unknown_error_is_a_number_and_nothing_of_itself():
    said = sentence_for(ValueError("secret"))
    assert "secret" not in said
    assert "please say" in said


def test_every_failure_of_the_model_has_a_sentence():
    assert all(no_answer.sentence(failure).endswith(".") for failure in Failure)


@pytest.mark.parametrize(
    "hostile", ["@everyone", "<@1234567890>", "[x](https://evil)", "**bold** `code`", "a\n# b"]
)
def test_words_of_others_stay_words(hostile):
    shown = cards.safe(hostile)
    assert discord.utils.escape_mentions(shown) == shown
    assert "](" not in shown
    assert "://" not in shown
    assert "\n" not in shown
    assert "**" not in shown


def _prediction(**more):
    even = tuple(1 / 8 for _ in range(8))
    given = {"distribution": even, "top": "awe", "torn": None, "reason": "Because.", "source": "feelprint"}
    return Prediction(**(given | {"version": 2, "generic": even} | more))


def test_an_answer_names_the_rule_in_the_members_own_person():
    rule = Rule("snow", "awe", "When a picture shows snow, this person tends to feel awe.")
    said = "\n".join(cards.answer(_prediction(rule=rule), MIKELS, joined=True, offline=True))
    assert "you tend to feel awe" in said
    assert "version 2" in said
    assert "offline model" in said


def test_an_uncertain_answer_says_so():
    said = cards.answer(_prediction(torn=("awe", "fear")), MIKELS, joined=True, offline=False)[0]
    assert said == "### You might be torn between 😮 awe and 😨 fear"
    flat = MIKELS.distribution(dict.fromkeys(MIKELS.names, 1.0))
    said = cards.answer(_prediction(distribution=flat), MIKELS, joined=True, offline=False)[0]
    assert said == "### Hard to say; if anything, 😮 awe"


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "▱" * 10), (1, "▰" * 10), (0.5, "▰" * 5 + "▱" * 5), (7, "▰" * 10)]
)
def test_bars(share, shown):
    assert cards.bar(share) == shown


async def test_what_goes_wrong_in_a_button_that_outlives_restarts_is_told():
    pressed = Skip.on(DeckPlace(1, "abcd", 0, 3, Named(1, 2, "abcdef")))

    async def broken(_):
        raise ImageError(ImageProblem.LATE)

    pressed.press = broken
    interaction = _interaction()
    await pressed.callback(interaction)
    assert [said for said, _ in interaction.response.sent] == [sentence_for(ImageError(ImageProblem.LATE))]

    def away(_):
        raise StorageError(StorageProblem.AWAY)

    interaction = _interaction()
    interaction.client.app.unanswered = Unanswered()
    interaction.client.app.roster.standing = away
    assert not await pressed.interaction_check(interaction)
    assert [said for said, _ in interaction.response.sent] == [sentence_for(StorageError(StorageProblem.AWAY))]
