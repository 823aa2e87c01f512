"""The wire of the offline model: pure replies, every dialect of the question, honest usage, clear errors."""

import ast
import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import core.offline
from core.asking.generic import generic_call, parse_generic
from core.asking.questions import Example
from core.asking.sight import colour_call, parse_colour, plain_pictures
from core.asking.write import rules_call
from core.model.dialect import request_of
from core.offline.model import MODEL_NAME, OfflineModel
from core.offline.request import OfflineError
from core.vocabulary.calls import Call
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from tests.core.asking.examples import example
from tests.core.offline.pictures import SETTINGS, image_of, snow, starry

IMAGE = image_of(starry())


def question(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(json.dumps(request_of(generic_call(IMAGE, MIKELS), SETTINGS)))
    return request | changes


def test_the_same_request_gives_the_same_reply_and_is_not_changed() -> None:
    request = question()
    before = copy.deepcopy(request)
    first = OfflineModel().complete(request)
    assert request == before
    model = OfflineModel()
    model.complete(request_of(generic_call(image_of(snow()), MIKELS), SETTINGS))
    assert model.complete(request) == first == model.complete(request)


def test_a_writers_dice_do_not_hang_on_how_the_request_is_put() -> None:
    guess = MIKELS.distribution({"fear": 1.0})
    drawn = [(draw(seed), feel) for seed in range(4) for draw, feel in ((starry, "awe"), (snow, "anger"))]
    examples = [Example(image_of(picture), {feel: 1.0}, guess) for picture, feel in drawn]
    call = rules_call(MIKELS, examples, owner=1, limit=12, temperature=0.7, nonce="a")
    request = request_of(call, SETTINGS)
    model = OfflineModel()
    said = model.complete(request)["choices"]
    assert json.loads(said[0]["message"]["content"])["rules"]
    assert model.complete({key: value for key, value in request.items() if key != "store"})["choices"] == said
    assert model.complete(request | {"seed": 7, "max_tokens": 2000})["choices"] == said
    unsystematic = request_of(call, SETTINGS, replace(SETTINGS.abilities(MODEL_NAME), send_system=False))
    assert model.complete(unsystematic)["choices"] == said
    others = request_of(replace(call, temperature=0.2), SETTINGS)
    assert model.complete(others)["choices"] != said


def test_temperature_changes_no_judgement() -> None:
    model = OfflineModel()
    answers = [model.complete(question(temperature=t))["choices"][0]["message"] for t in (0.0, 1.0)]
    assert answers[0] == answers[1]


def test_the_answer_does_not_depend_on_the_order_of_the_labels() -> None:
    text = OfflineModel().complete(question())["choices"][0]["message"]["content"]
    request = question()
    scores = request["response_format"]["json_schema"]["schema"]["properties"]["scores"]["properties"]
    for name in sorted(scores):
        scores[name] = scores.pop(name)
    other = OfflineModel().complete(request)["choices"][0]["message"]["content"]
    assert parse_generic(text, MIKELS).distribution == parse_generic(other, MIKELS).distribution


def test_a_client_that_sends_no_schema_is_answered_from_the_words_of_the_prompt() -> None:
    request = question()
    del request["response_format"]
    with_schema = OfflineModel().complete(question())["choices"][0]["message"]["content"]
    without = OfflineModel().complete(request)["choices"][0]["message"]["content"]
    assert json.loads(without) == json.loads(with_schema)


@pytest.mark.parametrize("colour", ["red", "blue"])
def test_the_start_up_check_finds_that_it_sees(colour: str) -> None:
    call = colour_call(plain_pictures()[colour])
    reply = OfflineModel().complete(request_of(call, SETTINGS))
    assert parse_colour(reply["choices"][0]["message"]["content"]) == colour


def test_usage_counts_words_and_pictures() -> None:
    usage = OfflineModel().complete(question())["usage"]
    words = sum(len(part) for part in [question()["messages"][0]["content"]]) // 4
    assert usage["prompt_tokens"] > words
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_an_answer_longer_than_it_may_be_is_cut_and_says_so() -> None:
    reply = OfflineModel().complete(question(max_tokens=20))
    assert reply["choices"][0]["finish_reason"] == "length"
    assert len(reply["choices"][0]["message"]["content"]) == 80


def test_a_writer_without_readable_labels_writes_nothing() -> None:
    call = rules_call(MIKELS, [], owner=1, limit=12, temperature=0.0, nonce="")
    content = OfflineModel().complete(request_of(call, SETTINGS))["choices"][0]["message"]["content"]
    assert json.loads(content) == {"rules": []}


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({}, 400, "invalid_messages"),
        ({"messages": []}, 400, "invalid_messages"),
        ({"messages": "hello"}, 400, "invalid_messages"),
        ({"messages": ["hello"]}, 400, "invalid_messages"),
        ({"messages": [{"role": "user", "content": 3}]}, 400, "invalid_content"),
        ({"messages": [{"role": "user", "content": [{"type": "audio"}]}]}, 400, "invalid_content"),
        ({"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}]}, 404, "model_not_found"),
    ],
)
def test_a_request_that_cannot_be_answered_is_an_error_of_the_usual_form(
    request_: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(OfflineError) as caught:
        OfflineModel().complete(request_)
    assert caught.value.status == status
    assert caught.value.body()["error"]["code"] == code
    assert caught.value.body()["error"]["type"] == "invalid_request_error"


def test_a_picture_that_cannot_be_read_is_an_error() -> None:
    text = json.dumps(question()).replace(json.dumps(question()).split("base64,")[1].split('"')[0], "AAAA")
    with pytest.raises(OfflineError, match="cannot be decoded"):
        OfflineModel().complete(json.loads(text))


def test_it_knows_nothing_of_the_rest_of_the_program() -> None:
    allowed = ("core.offline", "core.vocabulary.errors")
    for file in Path(core.offline.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith(("bot", "storage", "tests")), (file.name, name)
                assert not name.startswith("core.") or name.startswith(allowed), (file.name, name)


def test_what_stands_beside_the_pictures_in_the_request_is_all_that_a_writer_has() -> None:
    """The same pictures and labels under other hashes give the same rules: nothing is known by name."""
    shown = [example(n, "awe", "fear") for n in range(4)]
    images = [image_of(starry(n)) for n in range(4)]

    def call_with(prefix: str, owner: int) -> Call:
        renamed = [
            Example(Image(prefix * 32, image.jpeg, image.width, image.height), e.felt, e.guess)
            for e, image in zip(shown, images, strict=True)
        ]
        return rules_call(MIKELS, renamed, owner=owner, limit=12, temperature=0.0, nonce="")

    calls = [call_with("ab", 1), call_with("cd", 2)]
    one, other = (OfflineModel().complete(request_of(call, SETTINGS))["choices"][0]["message"] for call in calls)
    assert one == other
