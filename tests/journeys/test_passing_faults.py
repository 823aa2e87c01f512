"""One passing fault costs no label: it is tried again, and where that does not help the next walk takes it up."""

import pytest

from core.vocabulary.errors import ImageError, ImageProblem
from tests.journeys.conftest import deaf, picture


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr("bot.intake.patience.WAITS", (0.01, 0.01))


def _flaky(world, monkeypatch, times, reason=ImageProblem.NOT_FETCHED):
    real, asked = world.app.client.http.get_from_cdn, [0]

    async def get(url):
        asked[0] += 1
        if asked[0] <= times:
            raise ImageError(reason)
        return await real(url)

    monkeypatch.setattr(world.app.client.http, "get_from_cdn", get)
    return asked


@pytest.mark.parametrize("reason", [ImageProblem.LATE, ImageProblem.NOT_FETCHED])
async def test_a_file_that_fails_twice_is_had_the_third_time(world, monkeypatch, reason):
    await world.join(world.bob)
    _flaky(world, monkeypatch, 2, reason)
    await world.bob.react(await world.post(), "😂")
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_file_that_is_gone_is_not_asked_for_again(world, monkeypatch):
    await world.join(world.bob)
    asked = _flaky(world, monkeypatch, 9, ImageProblem.GONE)
    await world.bob.react(await world.post(), "😂")
    assert await world.labels(world.bob) == []
    assert asked == [1]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_message_that_a_proxy_refuses_twice_is_had_the_third_time(world, status):
    await world.join(world.bob)
    with deaf(world.app.intake):
        message = await world.post()
    world.app.look._views.clear()
    world.env.inject_error("GET", f"/channels/*/messages/{message.id}", status=status, times=2)
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_what_fails_for_longer_is_taken_up_later(world, monkeypatch):
    await world.join(world.bob)
    _flaky(world, monkeypatch, 3)
    await world.bob.react(await world.post(), "😂")
    assert await world.labels(world.bob) == []
    world.app.catchup._again_at = 0
    world.app.catchup._wake()
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_channel_whose_page_fails_is_put_off_and_not_forgotten(world):
    await world.join(world.bob)
    with deaf(world.app.intake):
        await world.bob.react(await world.post(picture(3)), "😂")
    world.env.inject_error("GET", f"/channels/{world.channel.id}/messages", status=503, times=3)
    world.app.catchup._round_wanted = True
    assert await world.app.catchup._walk() == 0
    assert world.app.catchup.left == 1
    assert await world.app.catchup._walk() == 1
    assert await world.labels(world.bob) == [{"amusement"}]
