"""What a member is told of their feelprint by itself, and where: by direct message, or with their next press."""

from dataclasses import replace

import discord
import pytest

from bot.words import buttons, news
from bot.words.language import speaking
from bot.words.outcomes import run_reason
from core.ports import RunReport
from core.vocabulary.feelprint import Feelprint, Rule
from core.vocabulary.reasons import Mode, RunReason, RunResult
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import deploy, picture, plain, text_of
from tests.journeys.test_deck import labels_on
from tests.journeys.test_languages import german, in_language

SNOW, SEA = (f"When a picture shows {what}, this person tends to feel awe." for what in ("snow", "the sea"))


def told(member):
    return [plain(message.content) for message in member.user.dm_channel.history()]


async def nothing_found(world, run_id="run-1", at=1000):
    """A run of Bob's that found nothing, as it is stored and reported."""
    report = RunReport(
        run_id, world.bob.id, world.app.default_label_set.id, Mode.RULES, 0, 12, at, at, RunResult.KEPT,
        RunReason.NOTHING_RELIABLE,
    )  # fmt: skip
    await world.app.storage.runs.start(replace(report, result=RunResult.RUNNING))
    assert await world.app.storage.runs.finish(report)
    return report


async def refused(world, report):
    """Discord lets the bot write to nobody."""
    world.env.inject_error("POST", "/users/@me/channels", status=403, times=1)
    await world.app.announcer.tell(report)


async def test_the_first_feelprint_says_what_was_before(world):
    await world.join(world.bob)
    await world.app.announcer.tell(await deploy(world.app, world.bob.id, SNOW))
    (said,) = told(world.bob)
    assert "Until now I answered with what most people would feel" in said
    assert "(new)" not in said


@pytest.mark.parametrize("reason", [RunReason.FOUND, RunReason.FOUND_LEANING])
async def test_a_feelprint_that_mostly_knows_what_is_felt_often_is_told_as_no_more_than_that(world, reason):
    await world.join(world.bob)
    set_id = world.app.default_label_set.id
    report = RunReport(
        "run-1", world.bob.id, set_id, Mode.RULES, 0, 12, 1000, 1000, RunResult.DEPLOYED, reason
    )  # fmt: skip
    made = Feelprint(world.bob.id, set_id, 1, Mode.RULES, (Rule("snow", "awe", SNOW),), "", 1000, 12, "run-1")
    await world.app.storage.runs.start(replace(report, result=RunResult.RUNNING))
    assert await world.app.storage.runs.finish(report, deploy=made)
    await world.app.announcer.tell(report)
    (said,) = told(world.bob)
    assert ("I cannot tell reliably yet" in said) is (reason is RunReason.FOUND_LEANING)


async def test_a_later_version_says_what_is_new_and_what_no_longer_holds(world):
    await world.join(world.bob)
    first = await deploy(world.app, world.bob.id, SNOW)
    await world.app.announcer.tell(first)
    second = replace(first, run_id="run-2", started_at=2000, finished_at=2000)
    rules = (Rule("the sea", "awe", SEA),)
    made = Feelprint(world.bob.id, first.label_set_id, 2, Mode.RULES, rules, "", 2000, 16, "run-2")
    await world.app.storage.runs.start(replace(second, result=RunResult.RUNNING))
    assert await world.app.storage.runs.finish(second, deploy=made)
    await world.app.announcer.tell(second)
    said = told(world.bob)[-1]
    assert "the sea, you tend to feel awe. (new)" in said
    assert "What no longer holds: When a picture shows snow" in said


async def test_that_the_first_look_found_nothing_is_told_with_what_would_help(world):
    await world.join(world.bob)
    await world.app.announcer.tell(await nothing_found(world))
    assert told(world.bob) == [news.nothing_found(run_reason(RunReason.NOTHING_RELIABLE), 12)]


async def test_a_notice_is_in_the_language_of_the_members_last_press(world):
    await world.join(world.bob)
    with in_language(world.env, "ja"):
        await world.bob.slash(world.channel, "progress")
    await world.app.announcer.tell(await nothing_found(world))
    with speaking("ja"):
        assert told(world.bob) == [news.nothing_found(run_reason(RunReason.NOTHING_RELIABLE), 12)]


async def test_after_a_restart_a_notice_is_in_the_language_of_the_server_where_they_labelled_last(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.labels(world.bob)
    world.app.client.get_guild(world.guild.id).preferred_locale = discord.Locale.german
    world.app.voices.forget(world.bob.id)  # as in another process
    await world.app.announcer.tell(await nothing_found(world))
    with speaking("de"):
        assert told(world.bob) == [news.nothing_found(run_reason(RunReason.NOTHING_RELIABLE), 12)]


async def test_which_language_that_was_is_not_remembered_of_strangers_nor_of_whoever_was_forgotten(world):
    with in_language(world.env, "ja"):
        await world.bob.slash(world.channel, "pause")
        assert not world.app.voices._languages
        await world.join(world.bob)
        await world.bob.slash(world.channel, "progress")
        assert list(world.app.voices._languages) == [world.bob.id]
        asked = await world.bob.slash(world.channel, "forget")
        await world.bob.click(asked.response, label="すべて消す")
    assert not world.app.voices._languages


async def test_later_looks_that_find_nothing_are_not_told(world):
    await world.join(world.bob)
    await world.app.announcer.tell(await nothing_found(world))
    await world.app.announcer.tell(await nothing_found(world, "run-2", 2000))
    assert len(told(world.bob)) == 1


@pytest.mark.parametrize("way", ["progress", "feel", "rate", "press"])
async def test_who_takes_no_direct_messages_is_told_with_the_next_press_and_once(world, way):
    await world.join(world.bob)
    for red in (1, 90, 200):
        await world.post(picture(red))
    card = await world.bob.slash(world.channel, "rate")
    await refused(world, await deploy(world.app, world.bob.id, SNOW))

    async def act():
        if way == "press":
            return await world.bob.click(card.response, label="awe")
        given = {"image": ("a.png", picture())} if way == "feel" else {}
        return await world.bob.slash(world.channel, way, **given)

    said = [text_of(also) for also in (await act()).followups]
    assert len(said) == 1
    assert "I have learned something about you" in said[0]
    assert (await act()).followups == []


async def test_it_is_told_in_the_language_of_whoever_presses(world):
    await world.join(world.bob)
    await refused(world, await nothing_found(world))
    with in_language(world.env, "de"):
        (also,) = (await world.bob.slash(world.channel, "progress")).followups
    assert text_of(also).startswith(german(news.nothing_found, "", 12).partition("\n")[0].strip())


async def test_nothing_is_told_to_somebody_who_was_forgotten_meanwhile(world):
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, SNOW)
    await refused(world, replace(report, result=RunResult.KEPT, reason=RunReason.ROLLED_BACK))
    await world.app.forget(world.bob.id)
    await world.join(world.bob)
    assert (await world.bob.slash(world.channel, "progress")).followups == []


async def test_a_member_chooses_to_be_told_with_a_press_and_back_again_by_buttons_that_outlive_restarts(world):
    await world.join(world.bob)
    await world.app.announcer.tell(await deploy(world.app, world.bob.id, SNOW))
    (message,) = world.bob.user.dm_channel.history()
    await away_and_back(world)
    with in_language(world.env, "de"):
        chosen = await world.bob.user.click(message, custom_id="fp-tell:press")
    with speaking("de"):
        assert text_of(chosen) == news.told_there(at_press=True)
    assert chosen.ephemeral
    await world.app.announcer.tell(await nothing_found(world, "run-2", 2000))
    await world.app.announcer.tell(await deploy(world.app, world.bob.id, SEA, created_at=3000, run_id="run-3"))
    await world.app.announcer.tell_all()
    assert len(told(world.bob)) == 1
    (also,) = (await world.bob.slash(world.channel, "progress")).followups
    assert "the sea, you tend to feel awe" in text_of(also)
    assert labels_on(also) == [buttons.tell_by_message()]
    assert (await world.bob.slash(world.channel, "progress")).followups == []
    assert text_of(await world.bob.click(also, label=buttons.tell_by_message())) == news.told_there(at_press=False)
    await world.app.announcer.tell(await deploy(world.app, world.bob.id, SNOW, created_at=4000, run_id="run-4"))
    assert len(told(world.bob)) == 2


async def test_what_waits_for_a_press_since_discord_refused_it_has_no_button_for_what_it_will_not_do(world):
    await world.join(world.bob)
    await refused(world, await nothing_found(world))
    (also,) = (await world.bob.slash(world.channel, "progress")).followups
    assert labels_on(also) == []
