"""What may go well in a moment is tried three times in all; what is final, once."""

import json
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.intake.patience import passes, patiently
from core.vocabulary.errors import ImageError, ImageProblem


def refused(status: int, kind: type[discord.HTTPException] = discord.HTTPException) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    return kind(response, "")


PASSING = [
    *(refused(status) for status in (408, 425, 429, 500, 502, 503, 520)),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientPayloadError(),
    TimeoutError(),
    ConnectionResetError(),
    json.JSONDecodeError("half an answer", "{", 1),
    ImageError(ImageProblem.LATE),
    ImageError(ImageProblem.NOT_FETCHED),
]
FINAL = [
    refused(400),
    refused(403, discord.Forbidden),
    refused(404, discord.NotFound),
    ImageError(ImageProblem.GONE),
    ImageError(ImageProblem.ELSEWHERE),
    ValueError("not ours to try again"),
]


@pytest.mark.parametrize("error", [*PASSING, *FINAL], ids=lambda error: f"{type(error).__name__} {error}")
async def test_what_passes_is_tried_three_times_and_what_is_final_once(error, monkeypatch):
    monkeypatch.setattr("bot.intake.patience.WAITS", (0.0, 0.0))
    tries = []

    async def attempt():
        tries.append(error)
        raise error

    assert passes(error) == (error in PASSING)
    with pytest.raises(type(error)) as caught:
        await patiently(attempt)
    assert caught.value is error
    assert len(tries) == (3 if error in PASSING else 1)
