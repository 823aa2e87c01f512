import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from PIL import Image as Pillow

from core.asking.probe import probe
from core.asking.sight import plain_pictures
from core.model.answering import NOT_AN_API
from core.model.config import ModelSettings
from core.model.prices import Price
from core.offline.server import OfflineServer
from core.vocabulary.calls import Failure
from core.vocabulary.errors import ModelProblem
from storage import Storage
from tests.core.model.calls import settings_for
from tests.core.model.server import Behaviour, ModelServer, answers, completion, fails, hangs, text
from tests.fakes import ManualClock

Complaint = Callable[[dict[str, Any]], Behaviour | None]


def sighted(*complaints: Complaint, says: str = '{"colour": "%s"}') -> Behaviour:
    """A server that really looks at the picture in the request, after it has complained."""

    async def behave(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        for complaint in complaints:
            if (complain := complaint(body)) is not None:
                return await complain(request)
        parts = body["messages"][1]["content"]
        (url,) = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        red, _, blue = Pillow.open(io.BytesIO(_decoded(url))).convert("RGB").getpixel((32, 32))
        return await answers(completion(says % ("red" if red > blue else "blue")))(request)

    return behave


def _decoded(url: str) -> bytes:
    import base64

    return base64.b64decode(url.removeprefix("data:image/jpeg;base64,"))


def no(field: str, message: str) -> Complaint:
    return lambda body: fails(400, message) if field in body else None


OLD_TOKENS = no("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
NEW_TOKENS = no("max_completion_tokens", "Unrecognized request argument supplied: max_completion_tokens")
TEMPERATURE = no("temperature", "Unsupported value: 'temperature' does not support 0.0 with this model.")
SCHEMA = no("response_format", "'response_format.type' must be 'text'")


async def test_a_server_that_does_it_all_needs_no_change(server: ModelServer) -> None:
    server.always = sighted()
    settings = settings_for(server)
    result = await probe(settings)
    assert (result.ok, result.settings, result.adjusted) == (True, settings, ())
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("complaints", "changes"),
    [
        ([OLD_TOKENS], {"max_tokens_field": "max_completion_tokens"}),
        ([TEMPERATURE], {"send_temperature": False}),
        ([SCHEMA], {"structured": "text"}),
        (
            [SCHEMA, OLD_TOKENS, TEMPERATURE],
            {"structured": "text", "max_tokens_field": "max_completion_tokens", "send_temperature": False},
        ),
        ([no("response_format", "Bad request")], {"structured": "text"}),
    ],
)
async def test_what_a_server_refuses_is_not_sent_again(
    server: ModelServer, complaints: list[Complaint], changes: dict[str, Any]
) -> None:
    server.always = sighted(*complaints)
    settings = settings_for(server)
    result = await probe(settings)
    assert result.ok, result.problem
    changed = {
        name: getattr(result.settings, name)
        for name in ("structured", "max_tokens_field", "send_temperature")
        if getattr(result.settings, name) != getattr(settings, name)
    }
    assert changed.items() >= changes.items()
    assert len(result.adjusted) == len(changed)


async def test_the_older_name_for_the_length_is_found_too(server: ModelServer) -> None:
    server.always = sighted(NEW_TOKENS)
    result = await probe(settings_for(server, max_tokens_field="max_completion_tokens"))
    assert result.settings.max_tokens_field == "max_tokens"


async def test_a_server_that_ignores_the_schema_is_asked_without(server: ModelServer) -> None:
    prose = answers(completion("It is a lovely red."))
    server.always = sighted(lambda body: prose if "response_format" in body else None)
    result = await probe(settings_for(server))
    assert (result.ok, result.settings.structured) == (True, "text")


async def test_answers_in_a_fence_are_good_enough(server: ModelServer) -> None:
    server.always = sighted(says='```json\n{"colour": "%s"}\n```')
    assert (await probe(settings_for(server))).settings.structured == "json_schema"


BROKEN: list[tuple[str, Behaviour, Failure, ModelProblem, str]] = [
    ("a wrong key", fails(401, "Incorrect API key"), Failure.AUTH, ModelProblem.WRONG_KEY, "Incorrect API key"),
    (
        "an empty account",
        fails(429, "You exceeded your current quota", code="insufficient_quota"),
        Failure.QUOTA,
        ModelProblem.NO_CREDIT,
        "You exceeded your current quota",
    ),
    (
        "an unknown model",
        fails(404, "The model `m` does not exist"),
        Failure.AUTH,
        ModelProblem.NO_SUCH_MODEL,
        "The model `m` does not exist",
    ),
    ("a web page", text("<html>", "text/html"), Failure.UNAVAILABLE, ModelProblem.NOT_AN_API, NOT_AN_API),
    (
        "a redirect",
        answers({}, 301, Location="https://elsewhere"),
        Failure.UNAVAILABLE,
        ModelProblem.NOT_AN_API,
        "",
    ),
    (
        "a server that is overloaded",
        fails(503, "overloaded"),
        Failure.UNAVAILABLE,
        ModelProblem.TROUBLED,
        "overloaded",
    ),
    ("a server that hangs", hangs, Failure.UNAVAILABLE, ModelProblem.LATE, "no answer in time"),
    (
        "no eyes, politely",
        answers(completion('{"colour": "red"}')),
        Failure.INVALID,
        ModelProblem.BLIND,
        "a wrong colour",
    ),
    (
        "no eyes, in a 400",
        fails(400, "This model does not support image input"),
        Failure.REJECTED,
        ModelProblem.BLIND,
        "This model does not support image input",
    ),
    (
        "no eyes, in a 404",
        fails(404, "No endpoints found that support image input"),
        Failure.AUTH,
        ModelProblem.BLIND,
        "No endpoints found that support image input",
    ),
    ("no form", answers(completion("It is red.")), Failure.INVALID, ModelProblem.FORMLESS, ""),
    ("a refusal", answers(completion(None, refusal="no")), Failure.REFUSED, ModelProblem.UNWILLING, ""),
    ("endless thought", answers(completion("hm", finish="length")), Failure.TRUNCATED, ModelProblem.ENDLESS, ""),
    (
        "a stubborn server",
        fails(400, "Computer says no"),
        Failure.REJECTED,
        ModelProblem.REJECTED,
        "Computer says no",
    ),
]


@pytest.mark.parametrize(
    ("behave", "failure", "reason", "said"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN]
)
async def test_a_problem_has_its_reason_and_what_is_needed_to_mend_it(
    server: ModelServer, behave: Behaviour, failure: Failure, reason: ModelProblem, said: str
) -> None:
    server.always = behave
    result = await probe(settings_for(server, deadline_s=0.3, retries=0))
    assert result.problem is not None
    assert (result.ok, result.problem.failure) == (False, failure)
    problem = result.problem
    assert (problem.reason, problem.said) == (reason, said)
    assert (problem.model, problem.variable, problem.seconds) == ("m", "FEELPRINT_MODEL", 0.3)
    assert len(server.requests) <= 5  # one, and one without each thing that may be meant


async def test_an_address_where_nobody_listens_is_said() -> None:
    result = await probe(ModelSettings("http://127.0.0.1:9/v1", "", "m", retries=0))
    assert result.problem is not None
    assert (result.problem.reason, result.problem.host) == (ModelProblem.UNREACHABLE, "127.0.0.1:9")


async def test_the_writer_model_is_looked_at_too(server: ModelServer) -> None:
    server.always = sighted(lambda body: fails(404, "no such model") if body["model"] == "w" else None)
    settings = settings_for(server, writer_model="w")
    problem = (await probe(settings)).problem
    assert problem is not None
    assert problem.variable == "FEELPRINT_WRITER_MODEL"
    assert (await probe(replace(settings, writer_model="m"))).ok


async def test_looking_is_written_in_the_ledger(server: ModelServer, sqlite_storage: Storage) -> None:
    server.always, ledger = sighted(), sqlite_storage.answers
    assert (await probe(settings_for(server), ledger, ManualClock())).ok
    assert await ledger.calls() == {"probe": 2}


async def test_a_cap_holds_for_looking_too(server: ModelServer, sqlite_storage: Storage) -> None:
    settings = settings_for(server, cap_usd_day=0.0, prices={"m": Price(1.0)})
    result = await probe(settings, sqlite_storage.answers, ManualClock())
    assert result.problem is not None
    assert (result.problem.failure, server.requests) == (Failure.BUDGET, [])


async def test_the_offline_model_passes_the_same_check() -> None:
    async with OfflineServer() as offline:
        result = await probe(ModelSettings(offline.base_url, "", "offline-model"))
    assert result.ok, result.problem


@pytest.mark.parametrize(("name", "pixel"), [("red", (254, 0, 0)), ("blue", (0, 0, 254))])
def test_the_plain_pictures_are_what_they_are_called(name: str, pixel: tuple[int, int, int]) -> None:
    picture = Pillow.open(io.BytesIO(plain_pictures()[name].jpeg))
    assert picture.convert("RGB").getcolors() == [(64 * 64, pixel)]
