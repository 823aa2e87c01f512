"""A bot on another database answers as it did: on a copy that was put back, and after a move to a server."""

import io
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from bot.operations.keeping import backed_up, restored
from bot.operations.moving import moved
from core.vocabulary.errors import StorageError, StorageProblem
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.conftest import bot_on, deploy, picture, settings_for, text_of
from tests.storage.test_copying import damaged


@asynccontextmanager
async def _bot(settings):
    """The bot in the same server, with the same member, whatever it knows of them."""
    async with bot_on(settings) as (app, env):
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        bob = guild.add_member(env.create_user("bob"))
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))
        message = await bob.send(channel, attachments=[("one.png", picture())])
        yield SimpleNamespace(app=app, channel=channel, bob=bob, message=message)


async def _answers(world):
    """What it says of a picture that was labelled, and of one that was not."""
    labelled = await world.bob.context_menu(world.channel, "How would I feel?", world.message)
    asked = await world.bob.slash(world.channel, "feel", image=("new.png", picture(10, 90, 200)))
    return [text_of(labelled), text_of(asked)]


@pytest.fixture
async def lived(folder):
    """A bot that ran and knows somebody: its settings, what it answers, and a copy from while it ran."""
    settings, copy = settings_for(folder), folder / "copy.db"
    async with _bot(settings) as world:
        await world.bob.slash(world.channel, "join")
        await world.bob.react(world.message, "😂")
        await world.app.intake.drained()
        await deploy(world.app, world.bob.id, "When a picture shows blue, this person tends to feel fear.")
        answers = await _answers(world)
        assert "You told me already: 😂 amusement" in answers[0]
        assert "By your feelprint, version 1" in answers[1]
        said = await backed_up(settings, copy)
        assert "It holds 1 member, 1 label and 1 version of a feelprint" in said
    return SimpleNamespace(settings=settings, copy=copy, answers=answers)


async def test_the_drill_a_damaged_database_is_refused_its_copy_restored_checked_and_answers(lived):
    damaged(Path(lived.settings.database))
    with pytest.raises(StorageError, match=StorageProblem.DAMAGED):
        async with _bot(lived.settings):
            pass
    said = await restored(lived.settings, lived.copy)
    assert "checked and up to date. It holds 1 member, 1 label and 1 version of a feelprint" in said
    async with _bot(lived.settings) as world:
        assert await _answers(world) == lived.answers


async def test_after_a_move_to_a_server_the_bot_answers_as_before_and_goes_on(lived, postgres):
    url = postgres.url(postgres.create())
    console = Console(width=100, file=io.StringIO())
    await moved(lived.settings.database, url, console)
    said = " ".join(console.file.getvalue().split())
    assert "labels 1 " in said
    assert "holds the same as the other" in said
    async with _bot(lived.settings.model_copy(update={"database": url})) as world:
        assert await _answers(world) == lived.answers
        other = await world.bob.send(world.channel, attachments=[("two.png", picture(90, 90, 20))])
        await world.bob.react(other, "😮")
        await world.app.intake.drained()
        assert (await world.app.storage.statistics.all()).labels == 2
