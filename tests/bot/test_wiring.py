"""What the wiring must not leave out: promises that no part alone can hold, over the real composition root."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.http import handle_message_parameters

from bot.app import App
from bot.bootstrap import open_app
from bot.host.settings import Settings
from bot.intake.recent import Seen
from core.vocabulary.errors import ImageError, ImageProblem
from core.vocabulary.profile import ProfileKey
from tests.storage.made import image, sighting


@pytest.fixture
async def app(sqlite_url: str, tmp_path: Path) -> AsyncIterator[App]:
    """The whole bot, not logged in; nothing works in the background."""
    settings = Settings(_env_file=None, database=sqlite_url, state_dir=tmp_path, image_workers=1, model="offline")
    async with open_app(settings) as app, app.client:
        yield app


async def test_a_bot_that_is_stopped_before_it_logs_in_ends_in_order(sqlite_url, tmp_path):
    settings = Settings(_env_file=None, database=sqlite_url, state_dir=tmp_path, image_workers=1, model="offline")
    async with open_app(settings) as app:
        app.start()
        await app.stop()


@pytest.mark.parametrize("address", ["https://example.org/a.png", "http://169.254.169.254/latest/meta-data"])
async def test_the_client_reads_no_file_from_a_foreign_host(app, address):
    uploaded: Any = {"id": 1, "filename": "a.png", "size": 1, "url": address, "proxy_url": address}
    with pytest.raises(ImageError, match=ImageProblem.ELSEWHERE):
        await discord.Attachment(data=uploaded, state=app.client._connection).read()


async def test_nothing_that_the_client_sends_pings_anybody(app):
    said = handle_message_parameters("@everyone <@1> <@&2>", previous_allowed_mentions=app.client.allowed_mentions)
    assert said.payload is not None
    assert said.payload["allowed_mentions"] == {"parse": []}


async def test_nothing_is_under_way_for_whoever_leaves_when_they_are_erased_nor_after_it(app):
    erase, begun = app.roster.forget, []

    async def endless(_):
        await asyncio.Event().wait()
        return 0

    async def begin():
        begun.append(asyncio.create_task(app.worker._together([ProfileKey(7, "mikels")], endless)))
        await asyncio.sleep(0)
        assert list(app.worker._tasks) == [7]

    async def erasing(member_id):
        assert not app.worker._tasks
        await begin()
        return await erase(member_id)

    app.roster.forget = erasing
    await app.roster.join(7, 1)
    await begin()
    await asyncio.wait_for(app.forget(7), 60)
    assert not app.worker._tasks
    assert await asyncio.gather(*begun) == [0, 0]


async def test_no_picture_stays_at_hand_when_somebody_is_forgotten(app):
    app.intake._recent.keep(Seen(sighting(1, 1), image(1)))
    await app.roster.join(7, 1)
    await app.forget(7)
    assert app.intake._recent.get(1) is None
