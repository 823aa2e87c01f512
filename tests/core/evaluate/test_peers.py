"""Optimisers of others run as they are distributed, within the cap, through the gateway of all methods."""

import asyncio
import hashlib
import json
import random
from collections.abc import Sequence

import numpy as np
import pytest

from core.evaluate.methods import PEERS, named
from core.evaluate.peers import gepa, search
from core.evaluate.refusals import PlanError, PlanProblem
from core.evaluate.run import Evaluated, Evaluation, Plan
from core.vocabulary.calls import Answer, Call, Failure, Glance, Purpose, Usage
from core.vocabulary.errors import ModelError, ModelProblem
from tests.bench import worlds
from tests.bench.world import InProcess
from tests.core.evaluate.test_replay import dataset, load
from tests.core.evaluate.test_run import SCORES

CAP = 60
FEARFUL = ("fear", "fear", "awe", "fear")
AS_IT_READS = {
    "gepa": "```\n{}\n```",
    "miprov2": "{}",
    "capo": "<prompt>{}</prompt>",
    "opro": "<prompt>{}</prompt>",
}
"""How each finds the text in what its writer says."""

FIRST = {"gepa": 39, "miprov2": 36, "capo": 223, "opro": 163}
"""The smallest cap at which each begins, for sixteen labels; GEPA knows one text already."""

IDLE = {"gepa": 16, "miprov2": 0, "capo": 0, "opro": 0}
"""What each has asked where the cap is smaller."""


@pytest.fixture(params=PEERS)
def peer(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(PEERS[request.param])
    return request.param


class Reads:
    """Says awe, and fear to whoever's notes speak of it; writes just that."""

    def __init__(self, failure: Failure | None = None) -> None:
        self.failure, self.calls = failure, list[Call]()

    async def ask(self, call, parse):
        self.calls.append(call)
        if call.purpose is Purpose.WRITE:
            if self.failure is not None:
                return self.failure
            return Answer(parse(self.writes(call)), Usage(7, 3), cached=False)
        fear = 100 if "feels fear" in call.system and self.follows(call) else 0
        kept = {"rule": 0, "reason": "r", "scores": SCORES | {"fear": fear}, "caption": "c", "tags": ["t"]}
        return Answer(parse(json.dumps(kept)), Usage(7, 3), cached=False)

    def writes(self, call: Call) -> str:
        said = AS_IT_READS[call.schema_name.removesuffix("_reflection")].format(self.text(call))
        return json.dumps(dict.fromkeys(call.schema["properties"], said))

    def text(self, call: Call) -> str:
        return "This person feels fear."

    def follows(self, call: Call) -> bool:
        return True


class Writes(Reads):
    """Writes another text for whatever else it reads, and follows each on other pictures: three of four."""

    def text(self, call: Call) -> str:
        return f"This person feels fear, says {call.key('')[:8]}."

    def follows(self, call: Call) -> bool:
        return hashlib.sha256(f"{call.system}{call.about}".encode()).digest()[0] % 4 > 0


class GoesAway(Writes):
    """Answers so many questions."""

    async def ask(self, call, parse):
        outcome = await super().ask(call, parse)
        await asyncio.sleep(0)
        return outcome if len(self.calls) <= 200 else Failure.QUOTA


class Waits(Writes):
    """Leaves a question unanswered until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def ask(self, call, parse):
        if len(self.calls) >= 200:
            self.reached.set()
            await self.go_on.wait()
        return await super().ask(call, parse)


async def evaluated(model: Reads, peer: str, cap: int = CAP, people: Sequence[str] = ("ann",)) -> Evaluated:
    data = dataset(16, 8, feels=FEARFUL, people=people)
    plan = Plan(named(["generic", peer]), list(data.people), [16], 8, seed=0, max_calls=cap)
    return await Evaluation(data, plan, model, load).run()


async def test_a_peer_finds_what_its_writer_says_and_that_predicts(peer: str) -> None:
    model = Reads()
    done = await evaluated(model, peer, 400)
    _, found = done.results
    assert "This person feels fear." in found.feelprint.splitlines()
    assert (found.score.accuracy, found.gain) == (0.75, 50.0)
    assert sum("This person feels fear." in call.system for call in model.calls[-8:]) == 8
    assert found.testing.image_calls == 8


async def test_every_question_of_a_peer_goes_through_the_gateway_and_is_counted(peer: str) -> None:
    model = Writes()
    done = await evaluated(model, peer, 400)
    _, found = done.results
    asked = {call.key("") for call in model.calls}
    assert len(asked) == done.shared.calls + found.learning.calls + found.testing.calls
    written = [call for call in model.calls if call.purpose is Purpose.WRITE]
    assert found.learning.writer_calls == len(written) > 0
    assert {call.owner for call in written} == {model.calls[-1].owner} != {None}


async def test_a_peer_begins_nothing_that_could_pass_the_cap(peer: str) -> None:
    (_, none), (_, one) = [(await evaluated(Writes(), peer, FIRST[peer] - less)).results for less in (1, 0)]
    assert (none.learning.calls, none.learning.writer_calls, none.feelprint) == (IDLE[peer], 0, "")
    assert one.learning.writer_calls > 0
    assert one.learning.calls <= FIRST[peer]


@pytest.mark.parametrize("cap", [90, 250, 400, 700])
async def test_a_peer_keeps_to_the_cap_and_is_never_stopped_by_it(peer: str, cap: int) -> None:
    _, found = (await evaluated(Writes(), peer, cap)).results
    assert found.learning.calls <= cap
    assert found.learning.failures == 0
    assert bool(found.feelprint) == (cap >= FIRST[peer])


async def test_a_round_of_opro_is_as_long_as_it_is_reckoned() -> None:
    pytest.importorskip("promptolution")
    spent = [(await evaluated(Writes(), "opro", cap)).results[1].learning.calls for cap in (298, 299)]
    assert spent == [163, 299]


async def test_capo_reckons_with_what_its_texts_have_not_been_asked_yet() -> None:
    pytest.importorskip("promptolution")
    data = dataset(32, 8, feels=FEARFUL)  # two races of three blocks, in which most texts have not run
    plan = Plan(named(["generic", "capo"]), list(data.people), [32], 8, seed=0, max_calls=500)
    _, found = (await Evaluation(data, plan, Writes(), load).run()).results
    assert 265 < found.learning.calls <= 500
    assert found.feelprint


async def test_the_same_seed_gives_the_same_texts_of_people_side_by_side(peer: str) -> None:
    people = ("ann", "bob", "cyd")
    runs = []
    for order in (people, people[::-1]):
        random.seed()
        np.random.seed()
        model = Writes()
        done = await evaluated(model, peer, 400, order)
        texts = {result.user: result.feelprint for result in done.results if result.method == peer}
        runs.append((texts, {call.key("") for call in model.calls}))
    assert runs[0] == runs[1]
    assert len(set(runs[0][0].values())) == len(people)


async def test_an_evaluation_that_is_repeated_sends_nothing_new(peer: str) -> None:
    world = worlds.demo(54, 64, count=24)
    user = next(iter(world.data.people))
    gateway, sent, found = InProcess(), [], []
    for _ in range(2):
        plan = Plan(named(["generic", peer]), [user], [16], 8, seed=0, max_calls=FIRST[peer] + 9)
        done = await Evaluation(world.data, plan, gateway, world.load).run()
        sent.append(sum(gateway.sent.values()))
        found.append(done.results[1].feelprint)
    assert sent[0] == sent[1] > 24
    assert found[0] == found[1]


async def test_a_model_that_is_away_ends_a_peer_at_once(peer: str) -> None:
    model = Reads(Failure.QUOTA)
    with pytest.raises(ModelError) as caught:
        await evaluated(model, peer, 400)
    assert (caught.value.reason, caught.value.failure) == (ModelProblem.INTERRUPTED, Failure.QUOTA)
    assert [call.purpose for call in model.calls].count(Purpose.WRITE) == 1


async def test_a_model_that_goes_away_half_way_ends_a_peer_too(peer: str) -> None:
    model = GoesAway()
    with pytest.raises(ModelError):
        await evaluated(model, peer, 400)
    assert len(model.calls) <= 200 + 2 * 4


async def test_what_nobody_waits_for_asks_nothing_more(peer: str) -> None:
    model = Waits()
    task = asyncio.create_task(evaluated(model, peer, 400))
    await model.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    asked = len(model.calls)
    model.go_on.set()
    await asyncio.sleep(0.2)
    assert len(model.calls) == asked


async def test_a_peer_prints_nothing_and_leaves_the_process_as_it_was(
    peer: str, capfd: pytest.CaptureFixture[str]
) -> None:
    random.seed(1)
    np.random.seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist()
    await evaluated(Writes(), peer, 400)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    assert capfd.readouterr() == ("", "")


async def test_gepas_writer_sees_the_pictures_of_a_minibatch() -> None:
    pytest.importorskip("gepa")
    model = Reads()
    await evaluated(model, "gepa")
    shown = next(call for call in model.calls if call.purpose is Purpose.WRITE).parts
    assert sum(isinstance(part, Glance) for part in shown) == gepa.MINIBATCH
    assert any(isinstance(part, str) and "This person felt: fear" in part for part in shown)


@pytest.mark.parametrize("peer_name", ["miprov2", "opro"])
async def test_a_writer_of_texts_reads_of_a_picture_what_it_shows_and_what_was_felt(peer_name: str) -> None:
    pytest.importorskip(PEERS[peer_name])
    model = Reads()
    await evaluated(model, peer_name, 400)
    parts = [part for call in model.calls if call.purpose is Purpose.WRITE for part in call.parts]
    told = "\n".join(part for part in parts if isinstance(part, str))
    assert "c (t)" in told
    assert "fear" in told
    assert not any(isinstance(part, Glance) for part in parts)


async def test_capo_begins_with_the_texts_that_its_writer_lists() -> None:
    pytest.importorskip("promptolution")

    class Lists(Reads):
        def writes(self, call: Call) -> str:
            if "n_prompts" not in self.seen(call) and "as an array" in self.seen(call):
                return json.dumps({"text": json.dumps([f"Text {n}." for n in range(10)])})
            return super().writes(call)

        def seen(self, call: Call) -> str:
            return "\n".join(map(str, call.parts))

    model = Lists()
    await evaluated(model, "capo", 400)
    written = ["\n".join(map(str, call.parts)) for call in model.calls if call.purpose is Purpose.WRITE]
    assert sum("as an array" in told for told in written) == 1
    assert any("Prompt 1: Text " in told for told in written)


def test_a_peer_whose_package_is_not_there_is_refused_before_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.evaluate.methods.PEERS", {"gepa": "no_such_package"})
    with pytest.raises(PlanError) as refused:
        named(["generic", "gepa"])
    assert (refused.value.reason, refused.value.names) == (PlanProblem.NOT_INSTALLED, ("gepa",))


def test_a_long_text_loses_no_word_on_its_way_into_the_notes() -> None:
    text = "Seas and storms. " * 90 + "\n\nThe end."
    notes = search.as_notes(text).splitlines()
    assert max(map(len, notes)) <= search.LINE
    assert " ".join(notes).split() == text.split()
