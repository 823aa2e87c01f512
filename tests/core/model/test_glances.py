"""Pictures that are one of many go small, the one that is asked about goes whole, and nothing else changes."""

import base64
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image as Pillow

from core.decoding.workers import ImageWorkers
from core.model.budget import Budget
from core.model.client import ModelClient
from core.model.known import Known
from core.model.prices import Price
from core.vocabulary.calls import Glance
from core.vocabulary.images import GLANCE_SIDE, Image
from tests.core.model.calls import a_call, settings_for
from tests.core.model.server import ModelServer
from tests.fakes import ManualClock


def drawn(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Pillow.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def workers() -> AsyncIterator[ImageWorkers]:
    async with ImageWorkers() as workers:
        yield workers


def shown(server: ModelServer) -> list[dict[str, Any]]:
    """The pictures of the last request, as they were sent."""
    content = server.requests[-1]["messages"][1]["content"]
    return [part["image_url"] for part in content if part["type"] == "image_url"]


def size_of(picture: dict[str, Any]) -> tuple[int, int]:
    data = base64.b64decode(picture["url"].removeprefix("data:image/jpeg;base64,"))
    with Pillow.open(io.BytesIO(data)) as opened:
        return opened.size


async def test_one_of_many_goes_small_and_the_one_to_judge_whole(
    server: ModelServer, workers: ImageWorkers
) -> None:
    wide, tall, tiny = [await workers.normalise(drawn(*size)) for size in ((1600, 900), (300, 900), (64, 64))]
    call = a_call(parts=("Some:", Glance(wide), Glance(tall), Glance(tiny), "And this one:", wide))
    async with ModelClient(settings_for(server), workers.normalise) as client:
        await client.send(call)
    sizes = [size_of(picture) for picture in shown(server)]
    assert sizes == [(512, 288), (171, 512), (64, 64), (768, 432)]
    assert [Glance(wide).size, Glance(tall).size, Glance(tiny).size] == sizes[:3]


async def test_low_detail_is_asked_for_only_of_glances_and_only_where_it_is_known(
    server: ModelServer, workers: ImageWorkers
) -> None:
    image = await workers.normalise(drawn(64, 64))
    for knows, details in ((True, ["low", None]), (False, [None, None])):
        async with ModelClient(settings_for(server, send_detail=knows)) as client:
            await client.send(a_call(parts=(Glance(image), image)))
        assert [picture.get("detail") for picture in shown(server)] == details


async def test_what_cannot_be_made_small_goes_whole(server: ModelServer) -> None:
    async with ImageWorkers() as workers:
        image = await workers.normalise(drawn(900, 900))
    for shrink in (workers.normalise, None):
        async with ModelClient(settings_for(server), shrink) as client:
            await client.send(a_call(parts=(Glance(image),)))
        assert size_of(shown(server)[0]) == (768, 768)


def test_a_glance_has_a_key_of_its_own_that_no_encoder_changes() -> None:
    image = Image("a" * 64, b"one encoding", 768, 768)
    glance = a_call(parts=(Glance(image),)).key("m")
    assert glance != a_call(parts=(image,)).key("m")
    assert glance == a_call(parts=(Glance(replace(image, jpeg=b"another")),)).key("m")


def test_many_glances_are_estimated_at_less_than_half(server: ModelServer) -> None:
    settings, clock = settings_for(server, prices={"m": Price(1.0)}), ManualClock()
    budget = Budget(None, settings, clock, Known(settings, clock))
    image = Image("a" * 64, b"", 768, 768)
    whole, small = (budget.estimate(a_call(parts=(part,) * 40)).usd for part in (image, Glance(image)))
    assert small < 0.5 * whole
    assert small == budget.estimate(a_call(parts=(Image("b" * 64, b"", GLANCE_SIDE, GLANCE_SIDE),) * 40)).usd
