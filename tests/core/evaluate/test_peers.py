"""Optimisers of others run as they are distributed, within the cap, through the gateway of all methods."""

import json

import pytest

from core.evaluate import peers
from core.evaluate.methods import named
from core.evaluate.refusals import PlanError, PlanProblem
from core.evaluate.run import Evaluated, Evaluation, Plan
from core.vocabulary.calls import Answer, Call, Failure, Glance, Purpose, Usage
from core.vocabulary.errors import ModelError, ModelProblem
from tests.core.evaluate.test_replay import dataset, load
from tests.core.evaluate.test_run import SCORES

CAP = 60
FEARFUL = ("fear", "fear", "awe", "fear")


class Reads:
    """Says awe, and fear to whoever's notes speak of it; writes just that."""

    def __init__(self, failure: Failure | None = None) -> None:
        self.failure, self.calls = failure, list[Call]()

    async def ask(self, call, parse):
        self.calls.append(call)
        if call.purpose is Purpose.WRITE:
            if self.failure is not None:
                return self.failure
            return Answer(
                parse(json.dumps({"text": "```\nThis person feels fear.\n```"})), Usage(7, 3), cached=False
            )
        fear = 100 if "feels fear" in call.system else 0
        kept = {"rule": 0, "reason": "r", "scores": SCORES | {"fear": fear}, "caption": "c", "tags": ["t"]}
        return Answer(parse(json.dumps(kept)), Usage(7, 3), cached=False)


async def evaluated(model: Reads, cap: int = CAP) -> Evaluated:
    data = dataset(16, 8, feels=FEARFUL)
    plan = Plan(named(["generic", "gepa"]), list(data.people), [16], 8, seed=0, max_calls=cap)
    return await Evaluation(data, plan, model, load).run()


async def test_gepa_finds_what_its_writer_says_and_keeps_to_the_cap() -> None:
    pytest.importorskip("gepa")
    model = Reads()
    _, found = (await evaluated(model)).results
    assert found.feelprint == "This person feels fear."
    assert (found.score.accuracy, found.gain) == (0.75, 50.0)
    assert 16 < found.learning.calls <= CAP
    written = [call for call in model.calls if call.purpose is Purpose.WRITE]
    assert found.learning.writer_calls == len(written) > 0
    shown = written[0].parts
    assert sum(isinstance(part, Glance) for part in shown) == peers.MINIBATCH
    assert any(isinstance(part, str) and "This person felt: fear" in part for part in shown)


async def test_gepa_begins_no_round_that_could_pass_the_cap() -> None:
    pytest.importorskip("gepa")
    (_, none), (_, one) = [(await evaluated(Reads(), cap)).results for cap in (38, 39)]
    # All labels by the text that it begins with, then 3 + 1 + 3 + 16.
    assert (none.learning.calls, none.learning.writer_calls, none.feelprint) == (16, 0, "")
    assert one.learning.writer_calls == 1
    assert one.learning.calls <= 39


async def test_a_model_that_is_away_ends_gepa_too() -> None:
    pytest.importorskip("gepa")
    with pytest.raises(ModelError) as caught:
        await evaluated(Reads(Failure.QUOTA))
    assert (caught.value.reason, caught.value.failure) == (ModelProblem.INTERRUPTED, Failure.QUOTA)


def test_a_peer_whose_package_is_not_there_is_refused_before_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.evaluate.methods.PEERS", {"gepa": "no_such_package"})
    with pytest.raises(PlanError) as refused:
        named(["generic", "gepa"])
    assert (refused.value.reason, refused.value.names) == (PlanProblem.NOT_INSTALLED, ("gepa",))


def test_a_long_text_loses_no_word_on_its_way_into_the_notes() -> None:
    text = "Seas and storms. " * 90 + "\n\nThe end."
    notes = peers.as_notes(text).splitlines()
    assert max(map(len, notes)) <= peers.LINE
    assert " ".join(notes).split() == text.split()
