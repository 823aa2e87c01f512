"""Languages: an answer is in the language of whoever asked, and of nobody else."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import discord
import pytest

from bot.discord_ui.translator import CatalogueTranslator
from bot.words import commands, texts
from bot.words.language import current, speaking
from tests.journeys.conftest import picture, text_of


@contextmanager
def in_language(env: Any, locale: str) -> Iterator[None]:
    """Whoever presses or asks has a Discord in this language; simcord knows English clients only."""
    emit = env.backend.emit

    def translated(event: str, payload: Any) -> None:
        emit(event, {**payload, "locale": locale} if event == "INTERACTION_CREATE" else payload)

    env.backend.emit = translated
    try:
        yield
    finally:
        env.backend.emit = emit


def german(text: Any, *arguments: Any) -> str:
    with speaking("de"):
        return text(*arguments)


async def test_the_same_command_answers_each_in_their_language(world):
    with in_language(world.env, "de"):
        said = text_of(await world.bob.slash(world.channel, "pause"))
    assert said == german(texts.not_joined) != texts.not_joined()
    assert text_of(await world.alice.slash(world.channel, "pause")) == texts.not_joined()


async def test_buttons_speak_the_language_of_whoever_presses_them(world):
    asked = await world.bob.slash(world.channel, "forget")
    with in_language(world.env, "de"):
        pressed = await world.bob.click(asked.response, label="Keep it")
    assert text_of(pressed) == german(texts.forget_kept)
    with in_language(world.env, "de"):
        asked = await world.bob.slash(world.channel, "forget")
        assert (await world.bob.click(asked.response, label="Behalten")).response.content == text_of(pressed)


async def test_the_invitation_is_answered_in_the_language_of_whoever_joins(world):
    panel = await world.steward.slash(world.channel, "setup")
    await world.steward.click(panel.response, label="Post the invitation here")
    invitation = world.channel.last_message
    with in_language(world.env, "de"):
        said = text_of(await world.bob.click(invitation, label="Join"))
    assert said.startswith(german(texts.joined))


async def test_forms_and_their_problems_speak_it_too(world):
    with in_language(world.env, "de"):
        panel = await world.steward.slash(world.channel, "setup")
        assert "### Feelprint auf diesem Server" in text_of(panel)
        form = await world.steward.click(panel.response, label="Schwellen")
        assert form.modal["title"] == "Wann ein erster Feelprint entsteht"
        answers = {component["custom_id"]: "1" for component in _inputs(form.modal)}
        said = await world.steward.submit_modal(form, answers)
    assert text_of(said) == german(texts.thresholds)


async def test_problems_and_answers_to_questions_are_said_in_it(world):
    with in_language(world.env, "de"):
        broken = await world.bob.slash(world.channel, "feel", image=("a.png", picture()[:60]))
        answer = await world.bob.slash(world.channel, "feel", image=("a.png", picture()))
    assert text_of(broken) == "Dieses Bild ist kaputt oder nur halb da; bitte schick es noch einmal."
    said = text_of(answer)
    assert "würdest du" in said or "hin- und hergerissen" in said or "Schwer zu sagen" in said
    assert "%" in said


async def test_what_runs_in_the_background_is_not_taken_along(world):
    with in_language(world.env, "de"):
        await world.bob.slash(world.channel, "pause")
    assert current() == "en"
    assert await asyncio.create_task(_language()) == "en"


async def _language() -> str:
    return current()


async def test_a_command_that_an_answer_names_can_be_pressed(world):
    said = (await world.bob.slash(world.channel, "pause")).response.content
    join = next(command for command in await world.app.client.tree.fetch_commands() if command.name == "join")
    assert join.mention in said
    assert "`/" not in said


async def test_a_command_of_a_group_can_be_pressed_too_also_after_a_start_that_announced_nothing(world):
    tree, before = world.app.client.tree, dict(world.app.client.tree.mentions)
    tree.mentions = {}
    assert not await tree.announce(world.app.state)
    assert tree.mentions == before == world.app.voices.mentions
    assert before["feelprint why"].startswith("</feelprint why:")


async def test_emotions_are_pressed_in_the_members_words_and_kept_in_the_servers(world):
    await world.join(world.bob)
    message = await world.post()
    with in_language(world.env, "ja"):
        asked = await world.bob.context_menu(world.channel, "Rate this image", message)
        pressed = await world.bob.click(asked.response, label="悲しみ")
        answer = await world.bob.context_menu(world.channel, "How would I feel?", message)
        await world.bob.select(answer.response, ["fear"])
    assert "悲しみ" in text_of(pressed)
    assert "恐れ" in text_of(answer)
    assert await world.labels(world.bob) == [{"fear"}]


async def test_a_deck_shows_them_too(world):
    await world.join(world.bob)
    await world.post()
    with in_language(world.env, "zh-CN"):
        card = await world.bob.slash(world.channel, "rate")
        pressed = await world.bob.click(card.response, label="惊叹")
    assert "谢谢" in text_of(pressed)
    assert "😮 惊叹 1" in text_of(pressed)
    assert await world.labels(world.bob) == [{"awe"}]


async def test_commands_are_announced_in_german_too(world):
    payloads = [
        await command.get_translated_payload(world.app.client.tree, world.app.client.tree.translator)
        for command in world.app.client.tree._all()
    ]
    by_name = {payload["name"]: payload for payload in payloads}
    assert by_name["feel"]["description_localizations"]["de"] == "Was würde ich bei diesem Bild fühlen?"
    assert by_name["feel"]["options"][0]["description_localizations"]["de"].startswith("Ein Bild:")
    assert by_name["How would I feel?"]["name_localizations"]["de"] == "Was würde ich fühlen?"
    assert not any(by_name["feel"]["name_localizations"].values()), "sentences name it /feel"


async def test_a_change_of_words_is_announced(world, monkeypatch):
    tree = world.app.client.tree
    before = await tree.fingerprint(1)
    monkeypatch.setattr(CatalogueTranslator, "translate", _nothing)
    assert await tree.fingerprint(1) != before


async def _nothing(*_: Any) -> None:
    return None


@pytest.mark.parametrize("locale", [discord.Locale.german, discord.Locale.french, discord.Locale.taiwan_chinese])
async def test_a_language_without_a_catalogue_is_left_to_discord(locale):
    said = await CatalogueTranslator().translate(commands.JOIN, locale, None)
    assert (said is None) is (locale is not discord.Locale.german)


def _inputs(modal: dict[str, Any]) -> list[dict[str, Any]]:
    rows = modal["components"]
    return [part for row in rows for part in row.get("components", [row.get("component", row)])]
