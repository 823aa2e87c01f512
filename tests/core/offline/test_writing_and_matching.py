"""The writer induces what labels and pixels show; shuffled labels teach it nothing; the matcher reads words."""

import random
from typing import TypeVar

import pytest

from core.asking.asker import ModelAsker
from core.asking.questions import Description, Example
from core.vocabulary.calls import Answer, Outcome, Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Rule, block_of
from core.vocabulary.images import Image
from tests.core.offline.pictures import KINDS, InProcess, image_of

T = TypeVar("T")
ASKER = ModelAsker(InProcess())


def value(outcome: Outcome[T]) -> T:
    assert isinstance(outcome, Answer)
    return outcome.value


def drawn(seeds: range) -> list[tuple[str, Image]]:
    return [(kind, image_of(draw(seed))) for seed in seeds for kind, draw in KINDS.items()]


async def labelled(images: list[tuple[str, Image]], feelings: list[str]) -> list[Example]:
    guesses = [value(await ASKER.generic(image, MIKELS)).distribution for _, image in images]
    return [
        Example(image, {felt: 1.0}, guess)
        for (_, image), felt, guess in zip(images, feelings, guesses, strict=True)
    ]


async def written(examples: list[Example], nonce: str = "a") -> tuple[Rule, ...]:
    return value(await ASKER.write_rules(MIKELS, examples, owner=1, limit=12, temperature=0.7, nonce=nonce))


async def gain(rules: tuple[Rule, ...], images: list[tuple[str, Image]], feelings: list[str]) -> int:
    """How many more pictures the rules get right than the generic prompt."""
    total = 0
    for (_, image), felt in zip(images, feelings, strict=True):
        before = value(await ASKER.generic(image, MIKELS)).distribution
        outcome = await ASKER.judge(image, MIKELS, block_of(rules), owner=1, purpose=Purpose.ALONE)
        total += (MIKELS.top(value(outcome).distribution) == felt) - (MIKELS.top(before) == felt)
    return total


async def feelings_of(images: list[tuple[str, Image]], planted: dict[str, str]) -> list[str]:
    return [
        planted.get(kind) or MIKELS.top(value(await ASKER.generic(image, MIKELS)).distribution)
        for kind, image in images
    ]


@pytest.mark.parametrize(("kind", "feel"), [("starry", "amusement"), ("snow", "anger"), ("balls", "sadness")])
async def test_a_planted_taste_is_found_and_helps_on_other_pictures(kind: str, feel: str) -> None:
    images, others = drawn(range(5)), drawn(range(50, 54))
    rules = await written(await labelled(images, await feelings_of(images, {kind: feel})))
    assert rules[0].feel == feel
    assert {rule.feel for rule in rules} == {feel}
    assert await gain(rules[:1], others, await feelings_of(others, {kind: feel})) == 4


async def test_a_taste_cannot_be_learnt_from_its_labels_shuffled_between_pictures() -> None:
    planted = {"starry": "amusement", "snow": "anger"}
    images, others = drawn(range(6)), drawn(range(60, 64))
    feelings, truth = await feelings_of(images, planted), await feelings_of(others, planted)
    honest = await gain((await written(await labelled(images, feelings)))[:3], others, truth)
    assert honest >= 4
    shuffled = 0
    for seed in range(6):
        mixed = random.Random(seed).sample(feelings, len(feelings))
        shuffled += await gain((await written(await labelled(images, mixed)))[:3], others, truth)
    assert shuffled <= 6, "one picture of twenty each, by chance"


async def test_somebody_who_feels_as_most_people_do_gets_no_rule() -> None:
    images = drawn(range(4))
    assert await written(await labelled(images, await feelings_of(images, {}))) == ()


async def test_the_same_request_gives_the_same_rules_and_another_order_other_ones() -> None:
    images = drawn(range(4))
    feelings = await feelings_of(images, {"starry": "awe", "dusk": "disgust", "flowers": "fear"})
    examples = await labelled(images, feelings)
    assert await written(examples, "a") == await written(examples, "a")
    assert len({await written(examples, nonce) for nonce in "abcdef"}) > 1


async def test_a_prompt_is_written_that_helps_and_keeps_something_of_its_parent() -> None:
    images = drawn(range(5))
    feelings = await feelings_of(images, {"snow": "anger"})
    examples = await labelled(images, feelings)
    options = {"owner": 1, "temperature": 1.0}
    gains = []
    for nonce in "abcd":
        text = value(await ASKER.write_prompt(MIKELS, examples, parent="", nonce=nonce, **options))
        assert 1 <= len(text.splitlines()) <= 6
        gains.append(await gain((Rule("", "", text.replace("\n", " ")),), images, feelings))
    assert max(gains) >= 3
    parent = "Pictures with stars tend to bring this person contentment."
    assert parent in value(await ASKER.write_prompt(MIKELS, examples, parent=parent, nonce="a", **options))


async def test_conditions_are_matched_with_descriptions_by_words_alone() -> None:
    descriptions = [
        Description("A picture of stars, with dark sky.", ("stars", "darkness")),
        Description("A picture of snow.", ("white ground", "bright light")),
        Description("Something else.", ("helicopter",)),
    ]
    conditions = ["a starry sky", "very bright light", "helicopters", "darkness and snow", "no stars"]
    matched = value(await ASKER.match(conditions, descriptions, owner=1))
    assert matched == {(0, 0), (1, 1), (4, 1), (4, 2)}


async def test_what_the_matcher_says_of_descriptions_agrees_with_the_pixels() -> None:
    images = drawn(range(2))
    descriptions = [value(await ASKER.generic(image, MIKELS)).description for _, image in images]
    matched = value(await ASKER.match(["stars", "flowers", "snow", "round shapes"], descriptions, owner=1))
    kinds = ("starry", "flowers", "snow", "balls")
    assert matched == {(c, i) for c, k in enumerate(kinds) for i, (kind, _) in enumerate(images) if kind == k}


async def test_few_shot_examples_draw_the_answer_towards_pictures_that_look_alike() -> None:
    images = drawn(range(2))
    examples = await labelled(images, await feelings_of(images, {"snow": "anger"}))
    for kind, image in drawn(range(70, 71)):
        answer = value(await ASKER.fewshot(image, MIKELS, examples, owner=1)).distribution
        assert (MIKELS.top(answer) == "anger") == (kind == "snow")
