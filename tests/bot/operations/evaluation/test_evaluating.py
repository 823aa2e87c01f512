"""Evaluations by the real client: nine requests in a hundred fail, and a day has a cap."""

import dataclasses
import hashlib
import io
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from rich.console import Console

from bot.demo.people import PEOPLE, reactions
from bot.demo.pictures import draw_many
from bot.host.settings import Settings
from bot.operations.evaluation.command import Request, evaluate
from bot.operations.evaluation.rates import measure
from core.evaluate.formats import Format
from core.offline.model import MODEL_NAME, OfflineModel
from core.vocabulary.calls import Failure
from core.vocabulary.errors import ModelError, ModelProblem
from tests.core.model.server import ModelServer, fails, resets, serving

pytestmark = pytest.mark.slow

LABELS, TEST = 12, 4


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two of the demo's people over the demo's pictures."""
    folder = tmp_path_factory.mktemp("dataset")
    (folder / "images").mkdir()
    drawn = list(draw_many(LABELS + TEST, 51))
    felt = reactions([picture.scene for picture in drawn], 51)
    rows = ["user,image,emotion"]
    for n, picture in enumerate(drawn):
        (folder / "images" / f"{n}.png").write_bytes(picture.png)
        rows += [f"{person.name},{n}.png,{felt[person.name][n]}" for person in PEOPLE[:2]]
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


class Flaky:
    """The offline model behind 9 % of faults, and one question in seven whose first three requests all fail:
    more than the gateway tries.
    """

    def __init__(self) -> None:
        self.model, self.faults, self.given_up, self.rng = OfflineModel(), 0, 0, random.Random(9)
        self._tried: Counter[bytes] = Counter()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        question = hashlib.sha256(body).digest()
        self._tried[question] += 1
        unlucky = question[0] % 7 == 0 and self._tried[question] <= 3
        if unlucky or self.rng.random() < 0.09:
            self.faults += 1
            self.given_up += unlucky and self._tried[question] == 3
            ways: tuple[Callable[[web.Request], Awaitable[web.StreamResponse]], ...]
            ways = (fails(503), fails(502), resets)
            return await self.rng.choice(ways)(request)
        return web.json_response(self.model.complete(json.loads(body)))


def settings_at(url: str, **more: float | None) -> Settings:
    at = {"openai_base_url": url, "model": MODEL_NAME, "concurrency": 8}
    return Settings(_env_file=None).model_copy(update=at | more)


def results(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    for result in found["results"]:
        del result["seconds"]
    return found


@pytest.mark.parametrize("replay", [False, True], ids=["in one shot", "as it lives"])
async def test_it_ends_well_and_is_paid_once(dataset: Path, tmp_path: Path, replay: bool) -> None:
    request = Request(
        dataset, Format.FOLDER, "generic,rules", "", f"8,{LABELS}", TEST, 0, False, True, 90, tmp_path, replay
    )
    flaky = Flaky()
    async with serving(ModelServer(always=flaky)) as server:
        at = {
            "openai_base_url": server.url,
            "model": MODEL_NAME,
            "price_in": 0.0,
            "price_out": 0.0,
            "concurrency": 8,
        }
        settings = Settings(_env_file=None).model_copy(update=at)
        rows = await evaluate(request, settings, Console(quiet=True))
        first, sent = results(tmp_path), len(server.requests)
        assert flaky.faults > 0.09 * sent
        assert flaky.given_up > 2, "or one call's bad luck was not tried"
        assert {(row.method, row.users, row.failures) for row in rows} == {("generic", 2, 0), ("rules", 2, 0)}
        assert first["shared"]["failures"] == 0

        await evaluate(request, settings, Console(quiet=True))
        again = results(tmp_path)
        assert len(server.requests) == sent, "what was answered is not asked again"
        assert again["results"] == first["results"]
        assert again["summary"] == first["summary"]


async def test_users_of_a_dataset_have_no_members_cap_and_the_days_is_told_before(
    dataset: Path, tmp_path: Path
) -> None:
    request = Request(dataset, Format.FOLDER, "fewshot", "", "8", TEST, 0, False, True, 90, tmp_path)
    told = Console(file=io.StringIO(), width=200)
    model = OfflineModel()

    async def answer(asked: web.Request) -> web.StreamResponse:
        return web.json_response(model.complete(await asked.json()))

    async with serving(ModelServer(always=answer)) as server:
        (row,) = await evaluate(request, settings_at(server.url, member_usd_per_day=0.0001), told)
        assert row.users == 2
        assert row.usd > 0.0001
        assert isinstance(told.file, io.StringIO)
        assert "It stops at $2.00 a day (FEELPRINT_USD_PER_DAY)" in told.file.getvalue()

        capped = dataclasses.replace(request, out=tmp_path / "capped")
        with pytest.raises(ModelError) as caught:
            await evaluate(capped, settings_at(server.url, usd_per_day=0.01), Console(quiet=True))
    assert (caught.value.reason, caught.value.failure) == (ModelProblem.INTERRUPTED, Failure.BUDGET)


async def test_rates_are_kept_with_the_models_name_and_cost_nothing_again(dataset: Path, tmp_path: Path) -> None:
    request = Request(
        dataset, Format.FOLDER, "rules", "", f"{LABELS}", 1, 0, False, True, 1, tmp_path, replay=True
    )
    model = OfflineModel()

    async def answer(asked: web.Request) -> web.StreamResponse:
        return web.json_response(model.complete(await asked.json()))

    told = Console(file=io.StringIO(), width=120)
    async with serving(ModelServer(always=answer)) as server:
        found = await measure(request, settings_at(server.url), told)
        kept, sent = json.loads((tmp_path / "rates.json").read_text(encoding="utf-8")), len(server.requests)
        assert await measure(request, settings_at(server.url), Console(quiet=True)) == found
        assert len(server.requests) == sent
    assert (kept["model"], kept["people"], kept["labels"]) == (MODEL_NAME, 2, LABELS)
    never = found["never_used"]
    assert kept["never_used"]["places"] == never.places > 10
    assert never.right + never.generic + never.neither == pytest.approx(1.0), "here nobody names two emotions"
    assert isinstance(told.file, io.StringIO)
    assert f"as those of the {MODEL_NAME}" in " ".join(told.file.getvalue().split())
