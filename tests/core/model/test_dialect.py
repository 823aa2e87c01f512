import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.calls import Failure
from core.model.dialect import REMINDER, json_in, mended
from tests.core.model.conftest import a_call


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('Sure! {"a": {"b": "}"}} Hope that helps.', '{"a": {"b": "}"}}'),
        ('<think>maybe {"a": 1}?</think>{"a": 2}', '{"a": 2}'),
        ("I like {curly} braces", "I like {curly} braces"),
        ('{"a": 1', '{"a": 1'),
        ("", ""),
    ],
)
def test_an_object_is_found_in_what_a_model_says_around_it(text: str, found: str) -> None:
    assert json_in(text) == found


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 100_000, "[" * 100_000, '{"a":[' * 3000])
def test_hostile_nesting_is_given_up_on_quickly(text: str) -> None:
    assert json_in(text) == text


@given(st.text(), st.dictionaries(st.text(max_size=5), st.integers(), max_size=3))
def test_any_object_after_any_prose_without_braces_is_found(prose: str, value: dict[str, int]) -> None:
    prose = prose.replace("{", "(").replace("}", ")")
    assert json.loads(json_in(f"{prose} x {json.dumps(value)}")) == value


def test_a_cut_answer_is_asked_for_again_with_more_room() -> None:
    call = a_call(max_tokens=100)
    again = mended(call, Failure.TRUNCATED)
    assert again.max_tokens > call.max_tokens
    assert again.parts == call.parts


def test_an_answer_not_in_form_is_asked_for_again_with_a_reminder() -> None:
    call = a_call()
    assert mended(call, Failure.INVALID).parts == (*call.parts, REMINDER)
