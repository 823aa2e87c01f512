"""Which model answers, and what may be asked of its server."""

import asyncio
import io
import re
from pathlib import Path

import pytest
from PIL import Image as Pillow

import bot
from bot.host import model as road
from bot.host.model import model_settings, open_model, prices_of
from bot.host.settings import Settings
from bot.operations.doctor import _prices
from core.model.prices import DEAREST, Price
from core.ports import Caps, Purchase
from core.vocabulary.calls import Failure
from core.vocabulary.emotions import MIKELS
from storage import Storage
from tests.core.model.server import serving
from tests.fakes import ManualClock
from tests.journeys.test_health import free_port
from tests.ledger import endings, live_on


def test_openai_knows_low_detail_and_a_server_at_home_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(_env_file=None)
    assert model_settings(settings).send_detail
    elsewhere = settings.model_copy(update={"openai_base_url": "http://localhost:11434/v1"})
    assert not model_settings(elsewhere).send_detail


async def test_one_road_to_the_offline_model_answers_and_is_closed_in_order(
    monkeypatch: pytest.MonkeyPatch, sqlite_storage: Storage, clock: ManualClock
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings, answers = Settings(_env_file=None, image_workers=1), sqlite_storage.answers
    await answers.reserve(Purchase(0, "judge", None, "m", 1.0), Caps())
    await live_on(sqlite_storage)
    async with open_model(settings, answers, clock) as model:
        assert await endings(sqlite_storage) == ["lost"]
        out = io.BytesIO()
        Pillow.new("RGB", (64, 64), "red").save(out, "PNG")
        image = await model.images.normalise(out.getvalue())
        answer = await model.asker.generic(image, MIKELS)
        assert not isinstance(answer, Failure)
    assert await model.asker.generic(image, MIKELS) is Failure.UNAVAILABLE


async def test_a_model_that_is_away_at_the_start_is_known_to_be_and_found_again_though_nobody_asks(
    monkeypatch: pytest.MonkeyPatch, sqlite_storage: Storage, clock: ManualClock
) -> None:
    monkeypatch.setattr(road, "_LOOKS_EVERY_S", 0.02)
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1"
    settings = Settings(_env_file=None, image_workers=1).model_copy(update={"openai_base_url": url, "model": "m"})
    async with open_model(settings, sqlite_storage.answers, clock, probe_first=True) as model:
        line = model.gateway.line
        assert line.away is Failure.UNAVAILABLE
        async with serving(port=port) as server, asyncio.timeout(60):
            while line.away:
                clock.advance(seconds=31)
                await asyncio.sleep(0.05)
            asked = len(server.requests)
            await asyncio.sleep(0.2)
        assert len(server.requests) == asked, "a model that answers is not asked again"
    assert await endings(sqlite_storage), "it is in the ledger"


def test_nobody_else_builds_a_road_to_the_model() -> None:
    made = re.compile(r"\b(ModelClient|Gateway|ImageWorkers|OfflineServer)\(")
    found = [path.name for path in Path(bot.__file__).parent.rglob("*.py") if made.search(path.read_text())]
    assert found == ["model.py"]


def test_a_price_that_nobody_stated_is_asked_for_and_never_taken_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    known = Settings(_env_file=None)
    assert prices_of(known) == {"gpt-4.1-mini": Price(0.40, 1.60)}
    two = known.model_copy(update={"writer_model": "gpt-4.1", "writer_price_in": 3.0, "writer_price_out": 9.0})
    assert prices_of(two) == {"gpt-4.1-mini": Price(0.40, 1.60), "gpt-4.1": Price(3.0, 9.0)}
    elsewhere = two.model_copy(update={"openai_base_url": "https://router.example/v1", "price_in": 1.0})
    assert prices_of(elsewhere) == {"gpt-4.1-mini": None, "gpt-4.1": Price(3.0, 9.0)}
    assert model_settings(elsewhere).price_of("gpt-4.1-mini") == DEAREST
    at_home = known.model_copy(
        update={"openai_base_url": "http://localhost:11434/v1", "price_in": 0.0, "price_out": 0.0}
    )
    assert model_settings(at_home).price_of("gpt-4.1-mini") == Price()


async def test_doctor_asks_for_a_price_by_the_name_of_its_setting() -> None:
    settings = Settings(_env_file=None, model="llava", openai_base_url="https://router.example/v1")
    found = await _prices(settings)
    assert found.warning
    assert "FEELPRINT_PRICE_IN" in found.sentence
    assert "llava" in found.sentence
