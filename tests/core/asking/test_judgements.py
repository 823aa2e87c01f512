"""The header, the generic question and the personal one: what they ask, and how answers are read."""

import json
from functools import partial
from typing import Any

import pytest

from core.asking.fewshot import fewshot_call
from core.asking.generic import generic_call, parse_generic
from core.asking.header import WORDINGS, header, permuted
from core.asking.judge import judge_call, notes_of, parse_judgement
from core.vocabulary.calls import Purpose
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from tests.core.asking.examples import PICTURE, example, picture

SCORES = dict.fromkeys(MIKELS.names, 10) | {"fear": 90}


def answer(**changes: Any) -> str:
    fields: dict[str, Any] = {
        "rule": 0,
        "reason": "It is dark.",
        "scores": SCORES,
        "caption": "Hills.",
        "tags": ["a"],
    }
    return json.dumps(fields | changes)


def all_objects(schema: Any) -> list[dict[str, Any]]:
    found = []
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            found.append(schema)
        for value in schema.values():
            found += all_objects(value)
    return found


def test_the_order_of_labels_depends_on_the_image_alone() -> None:
    generic = generic_call(PICTURE, MIKELS)
    personal = judge_call(PICTURE, MIKELS, "- It is dark.", owner=1, purpose=Purpose.ALONE)
    orders = [list(c.schema["properties"]["scores"]["properties"]) for c in (generic, personal)]
    assert orders[0] == orders[1] == list(permuted(MIKELS.names, PICTURE.hash))
    assert len({permuted(MIKELS.names, picture(n).hash) for n in range(40)}) > 20


def test_the_order_of_labels_is_the_same_on_every_machine() -> None:
    assert permuted(("a", "b", "c", "d"), "00") == ("a", "c", "d", "b")


@pytest.mark.parametrize("size", [2, 24])
def test_every_object_of_a_schema_is_strict_for_any_label_set(size: int) -> None:
    label_set = LabelSet(tuple(Emotion(f"feeling {'abcdefghijklmnopqrstuvwx'[i]}", "") for i in range(size)))
    for call in (
        generic_call(PICTURE, label_set),
        judge_call(PICTURE, label_set, "x", owner=1, purpose=Purpose.ALONE),
    ):
        for part in all_objects(call.schema):
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])
        assert len(call.schema["properties"]["scores"]["properties"]) == size


def test_the_emotion_is_asked_for_before_the_scores_in_every_question_that_has_them() -> None:
    calls = (
        generic_call(PICTURE, MIKELS),
        judge_call(PICTURE, MIKELS, "x", owner=1, purpose=Purpose.PREDICT),
        fewshot_call(PICTURE, MIKELS, [example(1, "awe", "fear")], owner=1),
    )
    for call in calls:
        fields = list(call.schema["properties"])
        assert fields.index("scores") == fields.index("emotion") + 1
        assert call.schema["properties"]["emotion"]["enum"] == list(permuted(MIKELS.names, PICTURE.hash))
        assert call.system.index('- "emotion":') < call.system.index('- "scores":')


def test_the_emotion_that_is_named_breaks_ties_and_nothing_else() -> None:
    for read in (parse_generic, partial(parse_judgement, notes=0)):
        for named in ("awe", "AWE", "sadness", "fear"):
            tied = read(answer(emotion=named, scores=SCORES | {"awe": 90, "sadness": 90}), MIKELS)
            assert MIKELS.top(tied.distribution) == named.lower()
        assert MIKELS.top(read(answer(emotion="awe", scores=SCORES | {"awe": 89}), MIKELS).distribution) == "fear"
        for nothing in ("joy", "", None, 3):
            assert read(answer(emotion=nothing), MIKELS).distribution == read(answer(), MIKELS).distribution


def test_of_several_notes_that_apply_it_is_said_which_decides() -> None:
    call = judge_call(PICTURE, MIKELS, "- one\n- two", owner=1, purpose=Purpose.PREDICT)
    assert "Where several apply, the one that says most about the picture decides" in call.system


def test_the_generic_question_and_the_personal_one_share_the_header_word_for_word() -> None:
    shared = header(permuted(MIKELS.names, PICTURE.hash))
    assert generic_call(PICTURE, MIKELS).system.startswith(shared)
    assert judge_call(PICTURE, MIKELS, "x", owner=1, purpose=Purpose.ALONE).system.startswith(shared)


def test_the_wordings_of_the_header_differ() -> None:
    assert len({header(MIKELS.names, wording) for wording in range(WORDINGS)}) == WORDINGS


def test_a_block_stands_in_the_prompt_as_numbered_lines_and_braces_are_left_alone() -> None:
    block = "- When a picture shows {0} {when}, x.\n\n- \u202eSecond\x07 line."
    system = judge_call(PICTURE, MIKELS, block, owner=1, purpose=Purpose.ALONE).system
    assert "\n1. When a picture shows {0} {when}, x.\n2. Second line.\nEnd of notes." in system


@pytest.mark.parametrize("block", ["", "  \n\n", "-\n- \n", "\u200b"])
def test_a_block_of_nothing_has_no_notes(block: str) -> None:
    assert notes_of(block) == ()


def test_a_generic_answer_is_read_whole() -> None:
    generic = parse_generic(answer(tags=["Sky", "sky", " dark  hills ", 3, ""]), MIKELS)
    assert MIKELS.top(generic.distribution) == "fear"
    assert generic.description.tags == ("sky", "dark hills")
    assert (generic.description.caption, generic.reason) == ("Hills.", "It is dark.")


def test_at_most_twelve_tags_are_kept_and_a_list_in_one_text_is_parted() -> None:
    assert len(parse_generic(answer(tags=[f"tag{'x' * i}" for i in range(30)]), MIKELS).description.tags) == 12
    assert parse_generic(answer(tags="sky, sea"), MIKELS).description.tags == ("sky", "sea")


def test_a_generic_answer_without_a_description_is_invalid() -> None:
    with pytest.raises(ValueError, match="describes nothing"):
        parse_generic(answer(caption="", tags=[]), MIKELS)


@pytest.mark.parametrize(
    "scores",
    [
        {name.upper(): score for name, score in SCORES.items()},
        {f" {name} ": str(score) for name, score in SCORES.items()},
        {**SCORES, "joy": 5000, "": 3},
        [{"emotion": name, "score": score} for name, score in SCORES.items()],
        {name: score for name, score in SCORES.items() if name not in ("awe", "anger")},
        {**SCORES, "awe": -400, "fear": 4000},
    ],
)
def test_sloppy_scores_are_understood(scores: Any) -> None:
    judgement = parse_judgement(answer(scores=scores), MIKELS, 0)
    assert MIKELS.top(judgement.distribution) == "fear"
    assert sum(judgement.distribution) == pytest.approx(1.0)
    assert min(judgement.distribution) >= 0.0


def test_a_score_counts_for_no_more_than_a_hundred() -> None:
    plain = parse_judgement(answer(scores={**SCORES, "fear": 100}), MIKELS, 0)
    assert parse_judgement(answer(scores={**SCORES, "fear": 4000, "awe": 10}), MIKELS, 0) == plain


def test_scores_at_the_top_level_are_understood() -> None:
    assert MIKELS.top(parse_judgement(json.dumps(SCORES), MIKELS, 0).distribution) == "fear"


@pytest.mark.parametrize(
    "scores",
    [
        {},
        [],
        "fear",
        None,
        {"fear": 90},
        dict.fromkeys(MIKELS.names, 0),
        dict.fromkeys(MIKELS.names, -5),
        {**SCORES, "fear": "very"},
        {**SCORES, "fear": True},
        {"joy": 1, "trust": 2, "hope": 3, "love": 4},
    ],
)
def test_scores_that_cannot_be_meant_are_invalid(scores: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_judgement(answer(scores=scores), MIKELS, 0)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (0, None),
        (1, 0),
        (3, 2),
        (4, None),
        (-1, None),
        ("2", 1),
        ("none", None),
        (None, None),
        ([1], None),
        (10**9, None),
    ],
)
def test_the_rule_that_applied_is_an_index_or_none(rule: Any, expected: int | None) -> None:
    assert parse_judgement(answer(rule=rule), MIKELS, 3).rule == expected


def test_a_reason_is_one_short_line_without_control_characters() -> None:
    reason = parse_judgement(answer(reason="a\n\nb\x00\u202e " + "c" * 900), MIKELS, 0).reason
    assert reason.startswith("a b c")
    assert len(reason) <= 240
    assert parse_judgement(answer(reason={"x": 1}), MIKELS, 0).reason == ""


@pytest.mark.parametrize(
    "scores",
    [
        {**SCORES, "amusement": None},
        {name: f"{value}/100" for name, value in SCORES.items()},
        {name: f"{value / 10} / 10" for name, value in SCORES.items()},
        {name: f"{value} out of 100" for name, value in SCORES.items()},
        {name: {"score": value} for name, value in SCORES.items()},
    ],
)
def test_scores_with_a_small_slip_say_what_they_say(scores: Any) -> None:
    text = json.dumps({"rule": 0, "reason": "r", "scores": scores})
    assert MIKELS.top(parse_judgement(text, MIKELS, 2).distribution) == MIKELS.top(MIKELS.distribution(SCORES))


def test_where_the_server_tells_how_probable_tokens_were_they_are_the_distribution() -> None:
    """What two emotions begin with is theirs by their scores, and so is what is not told."""
    told = {"fea": 0.6, "a": 0.3, "xyz": 0.04}
    text = answer(emotion="fear", emotion_tokens=told, scores=SCORES | {"awe": 30, "amusement": 10, "anger": 20})
    shares = dict(zip(MIKELS.names, parse_judgement(text, MIKELS, 0).distribution, strict=True))
    total = 90.1 + 30 + 10 + 20 + 4 * 10  # the named one stands a little ahead of equals
    left = 1 - 0.6 - 0.3
    assert shares["fear"] == pytest.approx(0.6 + left * 90.1 / total)
    assert shares["awe"] == pytest.approx(0.3 * 30 / 60 + left * 30 / total)
    assert sum(shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("told", [None, 3, {}, {"": 0.0}, ["fear"]])
def test_of_tokens_that_tell_nothing_the_scores_decide(told: Any) -> None:
    assert parse_judgement(answer(emotion_tokens=told), MIKELS, 0) == parse_judgement(answer(), MIKELS, 0)
