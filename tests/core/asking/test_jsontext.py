"""One JSON object out of what a model said, however it was wrapped; anything else is a ValueError."""

import contextlib
import json
import time

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


DRAFT, FINAL = '{"rule": 1, "scores": {"awe": 90}}', '{"rule": 0, "scores": {"awe": 10}}'


@pytest.mark.parametrize(
    "text",
    [
        f"First idea: {DRAFT} but no note applies.\n</think>\n\n{FINAL}",
        f"<think>{DRAFT}</think>{FINAL}",
        f"[THINK]{DRAFT}[/THINK]{FINAL}",
        f"◁think▷{DRAFT}◁/think▷{FINAL}",
        f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{FINAL}",
        f"<seed:think>{DRAFT}</seed:think>{FINAL}",
        f"At first: {DRAFT}. On a second look: {FINAL}",
        f'{FINAL} I hope that helps! {{"note": 1}}',
    ],
)
def test_the_answer_is_the_last_whole_object_with_the_fields_asked_for(text: str) -> None:
    assert read_object(text, ("rule", "scores")) == {"rule": 0, "scores": {"awe": 10}}


def test_a_draft_is_no_answer_even_where_it_says_more() -> None:
    draft = '{"rule": 1, "reason": "r", "scores": {"awe": 90}}'
    assert read_object(f"{draft}</think>{FINAL}", ("rule", "reason", "scores"))["rule"] == 0
    with pytest.raises(ValueError, match="no JSON object"):
        read_object(f"{draft}</think>I cannot say.", ("rule", "scores"))


@pytest.mark.parametrize(
    "text",
    [
        f'{{"answer": {FINAL}}}',
        f'{{"result": {FINAL}, "ok": true}}',
        f'{{"name": "judge_1_1", "arguments": {FINAL}}}',
        json.dumps({"name": "judge_1_1", "arguments": FINAL}),
        f'{{"data": {{"Response": {FINAL}}}}}',
        f'{{"draft": {{"rule": 1}}, "final": {FINAL}}}',
    ],
)
def test_an_answer_that_stands_in_another_object_is_found_there(text: str) -> None:
    assert read_object(text, ("rule", "scores")) == {"rule": 0, "scores": {"awe": 10}}


def test_what_has_the_fields_itself_is_not_looked_into() -> None:
    whole = '{"rule": 0, "scores": {"awe": 10, "rule": 5, "scores": {}}}'
    assert read_object(whole, ("rule", "scores"))["rule"] == 0
    deep = '{"a":' * 5000 + FINAL + "}" * 5000
    with pytest.raises(ValueError, match="JSON"):
        read_object(deep[:60_000], ("rule", "scores"))


SLIPS = [
    '{"a": 1, "b": [1, 2,],}',
    "{'a': 1, 'b': [1, 2]}",
    "{a: 1, b: [1, 2]}",
    '{"a": 1, "b": [1, 2], "c": None}',
    '```json\n{"a": 1,\n "b": [1, 2,]\n}\n```',
]


@pytest.mark.parametrize("text", SLIPS)
def test_slips_that_a_person_reads_over_are_read_over(text: str) -> None:
    read = read_object(text)
    assert (read["a"], read["b"]) == (1, [1, 2])


@pytest.mark.parametrize("words", ["it's, {so} 'quoted',}", "a: b, None", "line\none"])
def test_what_stands_in_quotes_is_not_mended(words: str) -> None:
    broken = json.dumps({"reason": words}, ensure_ascii=False).replace("}", "}")[:-1] + ",}"
    assert read_object(broken.replace("\\n", "\n")) == {"reason": words}


@pytest.mark.parametrize("piece", ["{", "{'", '{"a": ', "{a}"])
def test_mending_takes_as_long_as_the_text_where_there_is_nothing_to_mend(piece: str) -> None:
    def seconds(count: int) -> float:
        began = time.process_time()
        with contextlib.suppress(ValueError):
            read_object(piece * count)
        return time.process_time() - began

    short, long = (min(seconds(count) for _ in range(3)) for count in (2_500, 20_000))
    assert long < 24 * short, (
        "eight times the text; were each piece looked at for each, it would be 64 times as long"
    )
