"""Joining, being asked about the past, and the rights over what is kept."""

import asyncio
import io
import json
import zipfile
from dataclasses import replace

import pytest

from bot.discord_ui import exporting
from bot.discord_ui.commands.joining import JoinPanel
from bot.words import texts
from bot.words.problems import sentence
from core.vocabulary.calls import Failure, Payer
from core.vocabulary.errors import StorageError, StorageProblem
from core.vocabulary.reasons import RunReason, RunResult
from tests.core.model.calls import a_call, colour
from tests.journeys.conftest import deploy, picture, text_of


async def test_joining_says_in_four_lines_what_is_kept(world):
    result = await world.bob.slash(world.channel, "join")
    assert result.ephemeral
    assert text_of(result).count("\n• ") == 4
    assert world.app.roster.joined(world.bob.id)


async def test_joining_twice_changes_nothing(world):
    await world.join(world.bob)
    assert text_of(await world.bob.slash(world.channel, "join")) == texts.joined_before()


@pytest.mark.parametrize(("button", "counted"), [("Yes, count them", [{"awe"}]), ("No, start fresh", [])])
async def test_reactions_from_before_joining_count_only_if_the_member_says_so(world, button, counted):
    message = await world.post()
    await world.bob.react(message, "😮")
    await world.alice.react(message, "😂")
    asked = await world.bob.slash(world.channel, "join")
    assert texts.count_past() in text_of(asked)
    await world.bob.click(asked.response, label=button)
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == counted
    assert await world.labels(world.alice) == []


async def test_the_panel_joins_whoever_presses_it_even_after_a_restart(world):
    sent = await world.app.client.get_channel(world.channel.id).send(view=JoinPanel(world.app))
    world.app.renew_client(message_content=False)
    await world.env.restart_bot(world.app.client)
    panel = world.channel.last_message
    assert panel.id == sent.id
    result = await world.bob.click(panel, label="Join")
    assert result.ephemeral
    assert world.app.roster.joined(world.bob.id)


async def test_a_full_disk_is_said_to_whoever_presses_join(world, monkeypatch):
    async def full(*_):
        raise StorageError(StorageProblem.FULL)

    sent = await world.app.client.get_channel(world.channel.id).send(view=JoinPanel(world.app))
    monkeypatch.setattr(world.app.roster, "join", full)
    pressed = await world.bob.click(sent, label="Join")
    assert text_of(pressed) == sentence(StorageError(StorageProblem.FULL))


async def test_forgetting_asks_first_and_then_leaves_nothing(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.labels(world.bob)
    asked = await world.bob.slash(world.channel, "forget")
    assert await world.labels(world.bob) == [{"amusement"}]
    kept = await world.bob.click(asked.response, label="Keep it")
    assert text_of(kept) == texts.forget_kept()
    asked = await world.bob.slash(world.channel, "forget")
    done = await world.bob.click(asked.response, label="Erase everything")
    assert "your label" in text_of(done)
    assert await world.labels(world.bob) == []
    assert await world.app.storage.members.membership(world.bob.id) is None


async def test_how_sure_answers_sound_is_learned_anew_without_whoever_was_forgotten(world, monkeypatch):
    shadows, set_id, asked = world.app.storage.shadows, world.app.default_label_set.id, []
    pooled = shadows.pooled

    async def counted(label_set_id, **more):
        asked.append(label_set_id)
        return await pooled(label_set_id, **more)

    monkeypatch.setattr(shadows, "pooled", counted)
    calibration = world.app.predictor.calibration
    await world.join(world.bob)
    for _ in range(2):
        assert (await calibration.scale(set_id)).temperature == 1.0
    assert asked == [set_id]
    await world.app.forget(world.bob.id)
    await calibration.scale(set_id)
    assert asked == [set_id] * 2


async def test_a_late_reaction_does_not_bring_a_forgotten_member_back(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.labels(world.bob)
    await world.app.forget(world.bob.id)
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == []


async def test_the_export_is_a_private_file_with_the_members_own_data(world):
    await world.join(world.bob, world.alice)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.alice.react(message, "😨")
    await world.labels(world.bob)
    result = await world.bob.slash(world.channel, "export")
    assert result.ephemeral
    (file,) = result.response.attachments
    with zipfile.ZipFile(io.BytesIO(await file.read())) as whole:
        body = whole.read("data.json").decode()
        image = await world.app.images.normalise(picture())
        readable = ["labels.csv", "index.html"]  # and no text of rules, as there is none
        assert whole.namelist() == ["data.json", *readable, f"pictures/{image.hash}.jpg"]
        assert whole.read(f"pictures/{image.hash}.jpg") == image.jpeg
    assert json.loads(body)
    assert "amusement" in body
    assert "fear" not in body
    assert str(world.alice.id) not in body


async def test_an_export_that_is_too_large_for_one_file_comes_in_several(world, monkeypatch):
    await world.join(world.bob)
    for shade in range(5):
        await world.bob.react(await world.post(picture(shade * 40)), "😂")
    await world.labels(world.bob)
    monkeypatch.setattr(exporting, "_MARGIN", 26_214_400 - 3_500)  # of what the simulation says is the limit
    result = await world.bob.slash(world.channel, "export")
    messages = [result.response, *result.followups]
    names = []
    for message in messages:
        (file,) = message.attachments
        with zipfile.ZipFile(io.BytesIO(await file.read())) as part:
            names += part.namelist()
    assert len(messages) > 1
    assert names[0] == "data.json"
    assert len(set(names)) == len(names) == 8
    assert text_of(result.followups[0]) == texts.export_part(2)


async def test_who_has_not_joined_has_nothing_to_export_or_pause(world):
    assert text_of(await world.bob.slash(world.channel, "export")) == texts.not_joined()
    assert text_of(await world.bob.slash(world.channel, "pause")) == texts.not_joined()


async def test_privacy_names_the_model_and_whom_to_ask(world):
    world.app.settings = world.app.settings.model_copy(update={"contact": "ada@example.org"})
    said = text_of(await world.bob.slash(world.channel, "privacy"))
    assert "ada@example.org" in said
    assert world.app.model.model in said
    assert "at least three members together, without names" in said


async def test_a_new_version_is_told_by_direct_message(world):
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, "When a picture shows [snow](x), @everyone feels awe.")
    await world.app.listeners[0](report)
    (told,) = world.bob.user.dm_channel.history()
    assert "version 1" in told.content
    assert "snow" in told.content
    assert "](" not in told.content
    assert "@everyone" not in told.content


async def test_a_version_that_was_taken_back_is_told_like_a_new_one(world):
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, "When a picture shows snow, this person tends to feel awe.")
    await world.app.listeners[0](report)
    for reason in (RunReason.ROLLED_BACK, RunReason.ROLLED_BACK_TO_GENERIC, RunReason.STILL_BEST):
        kept = replace(report, run_id=f"run: {reason}", result=RunResult.KEPT, reason=reason)
        assert await world.app.storage.runs.finish(kept)
        await world.app.listeners[0](kept)
    told = [message.content for message in world.bob.user.dm_channel.history()][1:]
    with world.app.voices.telling(world.bob.id):
        expected = {texts.taken_back(RunReason.ROLLED_BACK), texts.taken_back(RunReason.ROLLED_BACK_TO_GENERIC)}
    assert set(told) == expected


async def test_a_member_who_takes_no_direct_messages_is_let_be(world):
    await world.join(world.bob)
    report = await deploy(world.app, world.bob.id, "When a picture shows snow, this person tends to feel awe.")
    world.env.inject_error("POST", "/users/@me/channels", status=403, times=1)
    await world.app.listeners[0](report)


async def test_forgetting_ends_what_waits_to_be_asked_for_the_member(world):
    await world.join(world.bob)
    gateway = world.app.gateway
    for _ in range(world.app.settings.concurrency):
        await gateway._background.acquire()
    call = a_call(owner=world.bob.id, payer=Payer(world.bob.id))
    asking = asyncio.create_task(gateway.ask(call, colour))
    await asyncio.sleep(0.05)
    await world.app.forget(world.bob.id)
    assert await asyncio.wait_for(asking, 5) is Failure.UNAVAILABLE
    for _ in range(world.app.settings.concurrency):
        gateway._background.release()
