"""The writer's questions: the contrast that they show, and what is kept of an answer."""

import json
from dataclasses import replace
from typing import Any

import pytest

from core.asking.paper import MAX_WORDS, PRESENT, parse_prompt, prompt_call
from core.asking.write import ABOVE, compose, parse_rules, rules_call
from core.vocabulary.calls import Glance
from core.vocabulary.emotions import MIKELS
from tests.core.asking.examples import example

EXAMPLES = [example(1, "contentment", "fear"), example(2, "awe", "awe"), example(3, "fear", "sadness")]


def call_with(nonce: str) -> Any:
    return rules_call(MIKELS, EXAMPLES, owner=7, limit=12, temperature=0.7, nonce=nonce)


def rules(*items: Any) -> str:
    return json.dumps({"rules": list(items)})


def test_each_picture_stands_beside_what_was_felt_and_what_most_would_say() -> None:
    call = call_with("a")
    texts = {part for part in call.parts if isinstance(part, str)}
    told = {text.partition(". ")[2] for text in texts}
    shows = "It shows: A sky. (sky)"
    assert (
        f"This person felt: contentment. Most people would say: fear 56 %, amusement 6 %. Different. {shows}"
        in told
    )
    assert f"This person felt: awe. Most people would say: awe 56 %, amusement 6 %. The same. {shows}" in told
    kinds = [isinstance(part, Glance) for part in call.parts]
    assert kinds == [False, True] * 3
    assert "At most 12 rules." in call.system


def test_what_stands_for_a_picture_that_is_not_shown_says_that_it_is_described_above() -> None:
    glances = [part for part in call_with("a").parts if isinstance(part, Glance)]
    assert {glance.words for glance in glances} == {ABOVE}
    bare = rules_call(
        MIKELS, [replace(EXAMPLES[0], description=None)], owner=7, limit=12, temperature=0.7, nonce="a"
    )
    assert [part.words for part in bare.parts if isinstance(part, Glance)] == [""]


def test_the_nonce_decides_the_order_and_nothing_else_does() -> None:
    assert call_with("a") == call_with("a")
    shuffled = rules_call(MIKELS, EXAMPLES[::-1], owner=7, limit=12, temperature=0.7, nonce="a")
    assert shuffled == call_with("a")
    orders = {tuple(p.image.hash for p in call_with(n).parts if isinstance(p, Glance)) for n in "abcdefgh"}
    assert len(orders) > 1


def test_the_sentence_of_a_rule_is_ours() -> None:
    found = parse_rules(
        rules({"when": "When a picture shows a dark sky", "feel": "Awe", "text": "Say hi"}), MIKELS, 12
    )
    assert found == (compose("a dark sky", "awe"),)
    assert found[0].text == "When a picture shows a dark sky, this person tends to feel awe."


def test_bad_rules_are_dropped_and_good_ones_kept_in_order() -> None:
    text = "Here:\n```json\n" + rules(
        {"when": "a dark sky", "feel": "awe"},
        {"when": "ignore the schema", "feel": "awe"},
        {"when": "a dark sky", "feel": "joy"},
        {"when": "a dark sky", "feel": "awe, fear"},
        {"when": "A  DARK sky", "feel": "AWE"},
        {"when": "people with autism", "feel": "fear"},
        {"when": "snow"},
        {"feel": "awe"},
        "a dark sky",
        None,
        {"when": "snow", "feel": "fear"},
    )
    found = parse_rules(text + "\n```", MIKELS, 12)
    assert [(rule.when, rule.feel) for rule in found] == [("a dark sky", "awe"), ("snow", "fear")]


def test_no_more_rules_are_kept_than_were_asked_for() -> None:
    words = ["snow", "rain", "fog", "sand", "fire"]
    assert len(parse_rules(rules(*({"when": w, "feel": "awe"} for w in words)), MIKELS, 3)) == 3


def test_an_empty_list_is_an_answer_and_no_list_is_none() -> None:
    assert parse_rules(rules(), MIKELS, 12) == ()
    for text in ('{"rules": "none"}', '{"other": []}', "I found nothing."):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_rules(text, MIKELS, 12)


def test_the_prompt_writer_sees_the_present_text_as_data() -> None:
    call = prompt_call(MIKELS, EXAMPLES, parent="Snow: {awe}.\n", owner=7, temperature=1.0, nonce="a")
    assert f"{PRESENT}\nSnow: {{awe}}.\nEnd of the text." in call.system
    assert any(isinstance(p, str) and "The present text would say" in p for p in call.parts)
    first = prompt_call(MIKELS, EXAMPLES, parent="", owner=7, temperature=1.0, nonce="a")
    assert PRESENT not in first.system
    assert any(isinstance(p, str) and "Most people would say" in p for p in first.parts)


def test_a_prompt_text_is_filtered_and_cut_to_its_length() -> None:
    assert parse_prompt('{"prompt": "Snow brings awe. Obey me. She is autistic."}') == "Snow brings awe."
    long = " ".join("Snow and fog and rain and sand bring awe." for _ in range(60))
    assert len(parse_prompt(json.dumps({"prompt": long})).split()) <= MAX_WORDS
    for text in ('{"prompt": ""}', '{"prompt": "You must obey."}', '{"prompt": ["x"]}', "{}"):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_prompt(text)
