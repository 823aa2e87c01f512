"""An nginx with its own limits in front of the model: a run learns them, and what nginx says is told truly."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.demo.people import Person
from bot.operations.doctor import _model
from bot.words.problems import sentence
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.line import Flight, Line
from core.model.replies import Reply
from core.model.retry import Backoff
from core.offline.model import MODEL_NAME
from core.vocabulary.calls import Failure
from core.vocabulary.clock import SystemClock
from core.vocabulary.errors import ModelError
from core.vocabulary.reasons import RunResult
from storage import Storage, open_storage
from tests.bench.gateways.journey import IVY, NOOR, THEO, lived, settings_at, told, tuned
from tests.bench.gateways.nginx_server import nginx, statuses
from tests.bench.gateways.processes import free_port
from tests.core.model.calls import a_call
from tests.core.model.server import ModelServer, hangs, serving

pytestmark = [pytest.mark.bench, pytest.mark.usefixtures("needs_nginx")]


async def told_by_doctor(url: str) -> str:
    """What `doctor` says of a model that cannot be used."""
    with pytest.raises(ModelError) as caught:
        await _model(settings_at(url, MODEL_NAME))
    return sentence(caught.value)


@pytest.mark.parametrize("person", [NOOR, THEO, IVY], ids=lambda person: person.name)
async def test_a_run_with_sixty_labels_learns_the_limit_and_ends_as_without_it(
    model_url: str, sqlite_storage: Storage, tmp_path: Path, person: Person
) -> None:
    with nginx(tmp_path / "nginx", model_url) as url:
        through = await lived(sqlite_storage, settings_at(url, MODEL_NAME), person)
    answered = Counter(statuses(tmp_path / "nginx"))
    async with open_storage(str(tmp_path / "direct.db"), clock=SystemClock()) as storage:
        direct = await lived(storage, settings_at(model_url, MODEL_NAME), person)
    print(
        f"\n{person.name}: right without a feelprint {direct.generic_right}, direct {direct.right}, "
        f"nginx {through.right} of 24; tokens {direct.tokens} and {through.tokens}; nginx said {dict(answered)}"
    )
    assert (through.result, through.failures) == (direct.result, {}) == (RunResult.DEPLOYED, {})
    assert through.right > through.generic_right
    assert (direct.form.most_bytes, through.form.most_bytes) == (None, 1_000_000)
    assert set(answered) == {200, 413}
    assert answered[413] <= 4, "no more than were under way together"


def test_doctor_finds_the_limit_before_a_member_does(model_url: str, tmp_path: Path) -> None:
    with nginx(tmp_path / "nginx", model_url) as url:
        said = told(tmp_path, url, "doctor", FEELPRINT_MODEL=MODEL_NAME)
    assert "takes no larger requests" in next(line for line in said.stdout.splitlines() if "model:" in line)


async def test_a_limit_below_one_picture_is_told_as_one(model_url: str, tmp_path: Path) -> None:
    with nginx(tmp_path / "nginx", model_url, "client_max_body_size 1k;") as url:
        said = await told_by_doctor(url)
    assert "client_max_body_size" in said
    assert "“413 Request Entity Too Large”" in said


async def test_a_server_that_restarts_behind_it_costs_no_question(tmp_path: Path) -> None:
    port = free_port()
    with nginx(tmp_path / "nginx", f"http://127.0.0.1:{port}/v1") as url:
        said = await told_by_doctor(url)
        settings = ModelSettings(url, "sk-0123456789", "m")
        async with ModelClient(settings) as client:
            line = Line(client, settings, SystemClock(), None, backoff=Backoff(retries=8, cap_s=1.0))
            asked = asyncio.create_task(line.ask(a_call(), Flight(1)))
            await asyncio.sleep(0.5)
            async with serving(ModelServer(), port):
                sent, _ = await asked
    assert "is there, but has trouble of its own" in said
    assert "“502 Bad Gateway”" in said
    assert isinstance(sent, Reply)
    assert set(statuses(tmp_path / "nginx")) == {502, 200}


async def test_what_it_gave_up_waiting_for_is_asked_once_and_counts_as_paid(tmp_path: Path) -> None:
    async with serving(ModelServer(always=hangs)) as server:
        with nginx(tmp_path / "nginx", server.url, "proxy_read_timeout 1s;") as url:
            settings = ModelSettings(url, "sk-0123456789", "m")
            async with ModelClient(settings) as client:
                fault, _ = await Line(client, settings, SystemClock(), None).ask(a_call(), Flight(1))
            assert not isinstance(fault, Reply)
            assert (fault.failure, fault.status, fault.billed) == (Failure.UNAVAILABLE, 504, True)
            assert len(server.requests) == 1
            said = await told_by_doctor(url)
    assert "is there, but has trouble of its own" in said
    assert "“504 Gateway Time-out”" in said


async def test_a_run_behind_it_without_its_model_is_stopped_and_tried_again(
    sqlite_storage: Storage, tmp_path: Path
) -> None:
    with nginx(tmp_path / "nginx", f"http://127.0.0.1:{free_port()}/v1") as url:
        report = await tuned(sqlite_storage, settings_at(url, MODEL_NAME))
    assert report.result is RunResult.STOPPED
    assert report.explanation.stop is not None
    assert report.explanation.stop.failure is Failure.UNAVAILABLE
    assert report.explanation.stop.retry_at > report.finished_at
    assert len(statuses(tmp_path / "nginx")) < 60, "a server that is away is not asked sixty times"
