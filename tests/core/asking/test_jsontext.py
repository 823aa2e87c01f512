"""One JSON object out of what a model said, however it was wrapped; anything else is a ValueError."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.asking.jsontext import MAX_CHARS, number, read_object, strict_object


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '```json\n{"a": 1}\n```',
        'Sure! Here you are:\n```\n{"a": 1}\n```\nAnything else?',
        '<think>{"a": 99} is wrong</think>{"a": 1}',
        'I looked at {the sky} and say {"a": 1}',
        '{} {"a": 1}',
        '\ufeff  {"A ": 1}',
    ],
)
def test_an_object_is_found_in_its_wrapping(text: str) -> None:
    assert read_object(text) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "[1, 2]",
        "{}",
        '{"a": 1',
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a":' * 30_000,
        '{"a": ' + "[" * 20_000,
        '{"a": 1}' + " " * MAX_CHARS,
        '{"a": ' + "9" * 6000 + "}",
    ],
)
def test_anything_else_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is the contract
        read_object(text)


@given(st.text(alphabet='{}[]":,0aN\\ \n<think>/', max_size=60))
def test_no_text_raises_anything_but_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert read_object(text)


@pytest.mark.parametrize(
    ("value", "expected"), [(3, 3.0), (2.5, 2.5), ("80", 80.0), (" 80 % ", 80.0), ("-1", -1.0)]
)
def test_numbers_and_numeric_texts_are_numbers(value: object, expected: float) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [True, None, "many", [], {}, "nan", "inf", 10**400, float("inf")])
def test_other_values_are_not_numbers(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        number(value)


def test_a_strict_object_requires_every_property_and_adds_none() -> None:
    schema = strict_object({"x": {"type": "integer"}, "y": {"type": "string"}})
    assert schema["required"] == ["x", "y"]
    assert schema["additionalProperties"] is False
