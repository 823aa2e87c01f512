"""LiteLLM's proxy in front of the model: the same figures as without it, and what it refuses is told truly."""

import json
from pathlib import Path

import pytest

from bot.words.problems import sentence
from core.asking.problems import problem_of
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.line import Flight, Line
from core.model.replies import Fault
from core.model.retry import Backoff
from core.offline.model import MODEL_NAME
from core.vocabulary.calls import Failure
from core.vocabulary.clock import SystemClock
from core.vocabulary.reasons import RunResult
from storage import Storage, open_storage
from tests.bench.gateways.journey import dataset, lived, settings_at, told, tuned
from tests.bench.gateways.litellm_proxy import KEY, POOR_KEY, Proxy
from tests.core.model.calls import a_call
from tests.core.model.server import ModelServer, fails, serving

pytestmark = pytest.mark.bench

OPENAIS_EMPTY = "You exceeded your current quota, please check your plan and billing details."


def doctor(folder: Path, url: str, key: str, model: str = "some-model") -> str:
    """What `doctor` says about the model, in one line."""
    said = told(folder, url, "doctor", OPENAI_API_KEY=key, FEELPRINT_MODEL=model)
    assert "Traceback" not in said.stderr
    return next(line for line in said.stdout.splitlines() if "model:" in line)


async def test_a_whole_life_has_the_same_outcome_as_without_it(
    model_url: str, litellm: Proxy, sqlite_storage: Storage, tmp_path: Path
) -> None:
    through = await lived(sqlite_storage, settings_at(litellm.url, key=KEY))
    async with open_storage(str(tmp_path / "direct.db"), clock=SystemClock()) as storage:
        direct = await lived(storage, settings_at(model_url, MODEL_NAME))
    print(
        f"\nright without a feelprint {direct.generic_right}, direct {direct.right}, LiteLLM {through.right} of 24"
    )
    assert through == direct
    assert (through.result, through.failures) == (RunResult.DEPLOYED, {})
    assert through.right > through.generic_right


def test_an_evaluation_has_the_same_table_as_without_it(model_url: str, litellm: Proxy, tmp_path: Path) -> None:
    folder, results = dataset(tmp_path / "data"), []
    for name, url, changes in (
        ("direct", model_url, {"FEELPRINT_MODEL": MODEL_NAME}),
        ("through", litellm.url, {"OPENAI_API_KEY": KEY}),
    ):
        out = tmp_path / name
        asked = ("--methods", "generic,fewshot,rules", "--train", "12", "--test", "10", "--out", str(out))
        done = told(tmp_path, url, "evaluate", str(folder), *asked, **changes)
        assert done.returncode == 0, done.stdout + done.stderr
        results.append(json.loads((out / "results.json").read_text()))
    figures = {row["method"]: (row["accuracy"], row["gain"]) for row in results[0]["summary"]}
    print(f"\naccuracy and gain, direct and through LiteLLM alike: {figures}")
    assert figures
    assert results[0]["summary"] == results[1]["summary"]
    asked = ("--train", "12", "--test", "10", "--out", str(tmp_path / "none"))
    refused = told(tmp_path, litellm.url, "evaluate", str(folder), *asked)
    assert refused.returncode == 5
    assert "No connected db." in refused.stderr


def test_doctor_tells_a_key_a_budget_and_a_model_apart(
    litellm: Proxy, litellm_with_keys: Proxy, tmp_path: Path
) -> None:
    assert "sees pictures" in doctor(tmp_path, litellm.url, KEY)
    for proxy, words in ((litellm, "No connected db."), (litellm_with_keys, "Invalid proxy server token")):
        wrong = doctor(tmp_path, proxy.url, "sk-wrong-0123456789")
        assert "does not accept the key" in wrong
        assert words in wrong
    spent = doctor(tmp_path, litellm_with_keys.url, POOR_KEY)
    assert "credit or budget" in spent
    assert "Budget has been exceeded" in spent
    assert "has no model “other-model”" in doctor(tmp_path, litellm.url, KEY, "other-model")


async def test_a_run_that_meets_its_budget_is_stopped_and_not_told_as_one_that_found_nothing(
    litellm: Proxy, sqlite_storage: Storage, tmp_path: Path
) -> None:
    report = await tuned(sqlite_storage, settings_at(litellm.url, "dear-model", KEY))
    assert report.result is RunResult.STOPPED
    assert report.explanation.stop is not None
    assert report.explanation.stop.failure is Failure.QUOTA
    assert "credit or budget" in doctor(tmp_path, litellm.url, KEY, "dear-model")


TROUBLES = [
    (408, "Request timed out", "has trouble of its own", Failure.UNAVAILABLE),
    (500, "The server had an error", "has trouble of its own", Failure.UNAVAILABLE),
    (503, "overloaded", "has trouble of its own", Failure.UNAVAILABLE),
    (429, "Rate limit reached for requests", "asked too fast", Failure.RATE_LIMITED),
    (429, OPENAIS_EMPTY, "credit or budget", Failure.QUOTA),
    (401, "Incorrect API key provided: sk-1", "does not accept the key", Failure.AUTH),  # it rests after that
]


@pytest.mark.parametrize(("status", "message", "told_as", "failure"), TROUBLES)
async def test_what_the_model_behind_it_answers_is_told_truly(
    litellm: Proxy, status: int, message: str, told_as: str, failure: Failure
) -> None:
    settings = ModelSettings(litellm.url, KEY, "troubled")
    server = ModelServer(always=fails(status, message))
    async with serving(server, litellm.troubled_port), ModelClient(settings) as client:
        fault = await client.send(a_call())
    assert isinstance(fault, Fault)
    assert (fault.failure, fault.billed) == (failure, status == 408)
    said = sentence(problem_of(fault, settings, "FEELPRINT_MODEL"))
    assert told_as in said
    assert message in said


async def test_its_own_tries_can_be_switched_off_by_a_header(litellm: Proxy) -> None:
    """By default each of our tries is three of its own: nine paid requests where three are meant."""
    seen = []
    for headers in ({}, {"x-litellm-num-retries": "0"}):
        settings = ModelSettings(litellm.url, KEY, "troubled-too", headers=headers)
        server = ModelServer(always=fails(500, "boom"))
        async with serving(server, litellm.troubled_port), ModelClient(settings) as client:
            line = Line(client, settings, SystemClock(), None, backoff=Backoff(base_s=0.05))
            await line.ask(a_call(), Flight(1))
        seen.append(len(server.requests))
    print(f"\nrequests behind LiteLLM for one question that meets a 500: {seen[0]}, with the header {seen[1]}")
    assert seen == [9, 3]
