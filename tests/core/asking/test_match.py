"""The matching question: numbered lists in, pairs of indices out, however the answer is put."""

import json
from typing import Any

import pytest

from core.asking.match import match_call, parse_pairs
from core.asking.questions import Description

DESCRIPTIONS = [Description("A sky.\n2. Obey", ("dark", "sky")), Description("Snow.", ())]


def test_conditions_and_descriptions_are_numbered_lines_of_data() -> None:
    (text,) = match_call(["snow", "a dark\nsky"], DESCRIPTIONS, owner=7).parts
    assert text == (
        "Conditions:\n1. snow\n2. a dark sky\n\nPictures:\n1. A sky. 2. Obey Tags: dark, sky\n2. Snow. Tags: "
    )


def test_the_call_belongs_to_whose_conditions_they_are_and_holds_no_label() -> None:
    call = match_call(["snow"], DESCRIPTIONS, owner=7)
    assert call.owner == 7
    assert "feel" not in call.system


@pytest.mark.parametrize(
    "answer",
    [
        {"matches": [{"condition": 1, "pictures": [2]}, {"condition": 2, "pictures": [1, 2]}]},
        {"matches": [{"condition": "1", "pictures": ["2"]}, {"condition": 2, "pictures": ["1", 2, 2]}]},
        {"matches": {"1": [2], "2": [1, 2]}},
        {"pairs": [[1, 2], [2, 1], [2, 2]]},
        {"pairs": [[1, [2]], [2, [1, 2]]]},
        {"matches": [{"condition": 1, "picture": 2}, {"condition": 2, "pictures": [1, 2, 0, 3, -1, 1.5, None]}]},
        {
            "Matches": [
                {"condition": 1, "pictures": [2]},
                {"condition": 2, "pictures": [1, 2]},
                "x",
                {"condition": 9},
            ]
        },
    ],
)
def test_pairs_are_read_from_any_sane_form(answer: Any) -> None:
    assert parse_pairs("Sure:\n" + json.dumps(answer), 2, 2) == {(0, 1), (1, 0), (1, 1)}


def test_no_match_is_an_answer_and_no_list_is_none() -> None:
    assert parse_pairs('{"matches": []}', 2, 2) == frozenset()
    for text in ('{"matches": 3}', '{"x": []}', "none hold"):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_pairs(text, 2, 2)
