"""Gain and harm of the method on people, pictures and labels that were not looked at before it was settled.

Constants were chosen on seeds up to 140; 141 to 350 and 1001 to 1008 were looked at on the way. More worlds, sizes
and ablations: `python -m tests.bench.gain --help`; the page of all of them is docs/ablations.md.
"""

from functools import partial

import pytest

from core.evaluate.run import Evaluated
from core.evaluate.scoring import share
from tests.bench.gain import (
    HELD_OUT_DEMO,
    MANY_HELD_OUT_DEMO,
    difference,
    got_one,
    joined,
    measure,
    of,
    row,
    table,
)
from tests.bench.people import HELD_OUT
from tests.bench.wayward import Wayward
from tests.bench.world import InProcess
from tests.bench.worlds import demo, generated, shuffled

pytestmark = pytest.mark.bench

open_question = partial(pytest.mark.xfail, strict=True)
"""What a feelprint should do and does not yet: each turns red again as soon as it is so."""

FAIR = ("generic", "prior", "fewshot", "paper", "whole-gated", "rules")


def beats_the_abstracts_method(evaluated: Evaluated) -> None:
    ours, theirs = row(evaluated, "rules", 32), row(evaluated, "paper", 32)
    assert ours.gain > theirs.gain
    assert ours.worse < theirs.worse
    calls = [r.image_calls + r.text_calls + r.writer_calls for r in (ours, theirs)]
    assert calls[0] < calls[1]


async def test_the_demos_members_gain_as_much_as_by_the_abstracts_method_for_half_the_calls() -> None:
    """150 people: of 50, chance alone makes five in a hundred more or fewer worse. As much: within what they tell;
    the writer's chance alone has moved which of the two is ahead.
    """
    methods = ["generic", "paper", "rules"]
    evaluated = joined([await measure(demo(seed), InProcess(), methods, [32]) for seed in MANY_HELD_OUT_DEMO])
    print("\n" + table(evaluated))
    ours, theirs = row(evaluated, "rules", 32), row(evaluated, "paper", 32)
    mean, low, high = difference(evaluated, "rules", "paper", 32)
    print(f"rules over paper {mean:+.1f} [{low:+.1f}, {high:+.1f}]")
    assert high > 0.0
    assert ours.worse < theirs.worse
    calls = [r.image_calls + r.text_calls + r.writer_calls for r in (ours, theirs)]
    assert calls[0] < calls[1] / 2


async def test_generated_people_gain_more_than_by_the_abstracts_method_for_fewer_calls_and_less_harm() -> None:
    gateway = InProcess()
    evaluated = await measure(await generated(gateway, HELD_OUT, 32), gateway, FAIR, [8, 16, 32, 60])
    print("\n" + table(evaluated))
    beats_the_abstracts_method(evaluated)


async def test_who_feels_as_most_people_do_is_left_alone() -> None:
    gateway = InProcess()
    world = await generated(gateway, HELD_OUT, 32, tastes=0)
    evaluated = await measure(world, gateway, ["generic", "paper", "rules"], [16, 32, 60])
    print("\n" + table(evaluated))
    gains = [result.gain for result in of(evaluated, "rules")]
    assert abs(sum(gains) / len(gains)) <= 1.0
    assert share([gain < -1.0 for gain in gains]) <= 0.1


async def test_of_labels_dealt_out_to_other_pictures_nothing_is_learned_but_how_often_each_is_felt() -> None:
    """Then the generic answer is far below always saying the favourite emotion, so to lean to that is a real
    gain over generic. What would be self-deception: to be better than the favourite, which takes pictures to
    tell something, or to say as often as with labels that mean something that pictures are told apart.
    """
    gateway = InProcess()
    worlds = [demo(seed) for seed in HELD_OUT_DEMO] + [await generated(gateway, HELD_OUT, 32)]
    methods = ["generic", "favourite", "prior", "paper", "rules", "rules-apart"]
    true = joined([await measure(world, gateway, ["rules", "rules-apart"], [16, 32]) for world in worlds])
    dealt = joined([await measure(shuffled(world), gateway, methods, [16, 32]) for world in worlds])
    print("\ntrue labels\n" + table(true) + "\ndealt out to other pictures\n" + table(dealt))
    for size in (16, 32):
        for other in ("favourite", "prior"):
            mean, low, high = difference(dealt, "rules", other, size)
            print(f"n={size}: rules over {other} {mean:+.1f} [{low:+.1f}, {high:+.1f}]")
            assert other != "favourite" or low <= 0.0
        told = [got_one(of(evaluated, "rules-apart", size)) for evaluated in (dealt, true)]
        assert told[0] < told[1] / 2


@open_question(reason="n=16 and 32: 66 and 89 % got a feelprint, with true labels 49 and 76 %")
async def test_of_labels_dealt_out_to_other_pictures_fewer_feelprints_come_than_of_true_ones() -> None:
    gateway = InProcess()
    worlds = [demo(seed) for seed in HELD_OUT_DEMO] + [await generated(gateway, HELD_OUT, 32)]
    true = joined([await measure(world, gateway, ["rules"], [16, 32]) for world in worlds])
    dealt = joined([await measure(shuffled(world), gateway, ["rules"], [16, 32]) for world in worlds])
    for size in (16, 32):
        assert got_one(of(dealt, "rules", size)) < got_one(of(true, "rules", size))


async def test_with_a_model_that_does_not_always_follow_other_wordings_gain_and_verifying_prevents_harm() -> None:
    methods = ["generic", "rules", "rules-once", "rules-no-verify"]
    worlds = [demo(seed) for seed in HELD_OUT_DEMO] + [await generated(InProcess(), HELD_OUT, 32)]
    evaluated = joined([await measure(world, InProcess(Wayward()), methods, [32, 60]) for world in worlds])
    print("\n" + table(evaluated))
    for size in (32, 60):
        assert difference(evaluated, "rules-once", "rules", size)[0] < 0.0
        assert difference(evaluated, "rules-no-verify", "rules", size)[2] < 0.0
        assert row(evaluated, "rules", size).worse < row(evaluated, "rules-no-verify", size).worse
