"""A replay is the bot's life: its storage, its worker, its due rule, and no label is known before it comes."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.evaluate.dataset import Dataset, Sample
from core.evaluate.lives import LivingStores
from core.evaluate.methods import named
from core.evaluate.refusals import PlanError, PlanProblem
from core.evaluate.replay import Replay, most_questions
from core.evaluate.run import Evaluated, Evaluation, Plan, Result
from core.evaluate.summary import CHANCE, as_json, by_room, summarise
from core.ports import RunReport
from core.vocabulary.calls import Answer, Failure, Purpose, Usage
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import ModelError, ModelProblem
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from storage import open_storage
from tests.bench import worlds
from tests.bench.world import InProcess
from tests.core.evaluate.test_run import SCORES, Model, OnePicture

ROUND = ("awe", "fear", "anger", "awe")
"""What somebody feels, in turn: the model of these tests always says awe."""


def dataset(labels: int, unseen: int, feels: Sequence[str] = ROUND, people: Sequence[str] = ("ann",)) -> Dataset:
    samples = [
        Sample(f"{n}", {feels[n % len(feels)]: 1.0}, "train" if n < labels else "test")
        for n in range(labels + unseen)
    ]
    return Dataset(Path(), MIKELS, {user: tuple(samples) for user in people})


async def load(sample: Sample) -> Image:
    return Image(f"{int(sample.image):064x}", b"jpeg", 10, 10)


class Lived:
    """Opens storages, and says what was in them at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.opened = folder, 0
        self.reports: list[Sequence[RunReport]] = []
        self.shadowed: list[tuple[int, int]] = []
        self.labelled: list[list[int]] = []

    @asynccontextmanager
    async def __call__(self, clock: Clock) -> AsyncIterator[LivingStores]:
        self.opened += 1
        async with open_storage(self.folder / f"{self.opened}.db", clock=clock) as storage:
            yield storage
            for member in await storage.members.starts():
                key = ProfileKey(member, MIKELS.id)
                self.reports.append((await storage.runs.latest(key, limit=99))[::-1])
                came = sorted(await storage.labels.labels(key), key=lambda label: label.at)
                self.labelled.append([int(label.image_hash, 16) for label in came])
                since = min((v.created_at for v in await storage.versions.all(key)), default=clock.now_ms())
                later = sum(label.at >= since for label in await storage.labels.labels(key))
                self.shadowed.append((later, len(await storage.shadows.all(key))))


async def replayed(data, lived, model, at, *methods, load=load, test=4) -> Evaluated:
    plan = Plan(named(methods or ["rules"], replay=True), list(data.people), at, test, seed=0)
    return await Replay(data, plan, model, load, lived).run()


async def test_each_label_is_predicted_before_it_is_learned_from(tmp_path: Path) -> None:
    done = await replayed(dataset(16, 4), Lived(tmp_path), Model(), [8, 16])
    eight, sixteen = (result.life for result in done.results)
    assert (eight.came.total, sixteen.came.total) == (8, 16)
    # Whoever had learned from the label first would answer with it, and be right every time.
    assert sixteen.came.accuracy == pytest.approx(0.5, abs=0.15)
    other = dataset(16, 4, feels=(*ROUND * 3, *ROUND[:3], "disgust"))  # the sixteenth label is another
    again = await replayed(other, Lived(tmp_path / "again"), Model(), [15])
    before = await replayed(dataset(15, 4), Lived(tmp_path / "before"), Model(), [15])
    assert again.results[0].life.came == before.results[0].life.came


async def test_runs_are_made_when_the_bot_would_make_them(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    done = await replayed(dataset(32, 4), lived, Model(), [8, 12, 24, 32])
    (reports,) = lived.reports
    # Twelve labels to begin with; then four more, or a fifth of those that count where that is more.
    assert [report.n_labels for report in reports] == [12, 16, 20, 24, 29]
    assert [(result.n_train, result.life.runs) for result in done.results] == [(8, 0), (12, 1), (24, 4), (32, 5)]


async def test_the_unseen_pictures_are_those_of_one_shot(tmp_path: Path) -> None:
    data = dataset(16, 8)
    lived = await replayed(data, Lived(tmp_path), Model(), [8, 16], "rules", CHANCE, test=8)
    plan = Plan(named(["generic", CHANCE]), ["ann"], [8, 16], 8, seed=0)
    shot = await Evaluation(data, plan, Model(), load).run()
    one, other = ({r.n_train: r.score for r in done.results if r.method == CHANCE} for done in (lived, shot))
    assert one == other
    assert {r.score.total for r in lived.results} == {8}


@pytest.fixture(scope="module")
def turned() -> tuple[Dataset, worlds.World]:
    """One of the demo's people who after 20 labels comes to feel as most people do."""
    world = worlds.demo(55, count=40 + 20)
    samples = world.data.people["Noor-55"]
    most = {sample.image: sample.felt for sample in world.data.people["Mia-55"]}

    def other(sample: Sample) -> Sample:
        return replace(sample, felt=most[sample.image])

    kept = [replace(sample, split="train") for sample in samples[:20]]
    kept += [replace(other(sample), split="train") for sample in samples[20:40]]
    kept += [replace(other(sample), split="test") for sample in samples[40:]]
    return Dataset(Path(), MIKELS, {"Noor": tuple(kept)}), world


@pytest.mark.slow
async def test_a_life_has_versions_withdrawals_and_calls_that_add_up(
    tmp_path: Path, turned: tuple[Dataset, worlds.World]
) -> None:
    data, world = turned
    lived, gateway = Lived(tmp_path), InProcess()
    done = await replayed(data, lived, gateway, [8, 20, 40], "rules", load=world.load, test=20)
    none, some, all_ = done.results
    assert (none.learning.calls, none.life.versions, none.feelprint, none.gain) == (0, 0, "", 0.0)
    assert some.life.versions > 0
    assert some.feelprint
    assert all_.life.withdrawals > 0, "taste has turned, and care goes on after deployment"
    (reports,) = lived.reports
    withdrawals = [report for report in reports if report.explanation.withdrawal is not None]
    assert all_.life.withdrawals == len(withdrawals)
    assert all_.life.runs == len(reports) - len(withdrawals)
    assert 0 < some.learning.calls < all_.learning.calls
    # The ledger of questions: what a life spent is what was sent, but for those the evaluation alone has.
    kinds = gateway.sent
    assert all_.learning.writer_calls == kinds[Purpose.WRITE]
    assert done.shared.image_calls == kinds[Purpose.GENERIC]
    assert all_.learning.calls <= most_questions("rules", 40, 3, 20)


@pytest.mark.slow
async def test_the_same_life_is_lived_again_beside_others_and_every_later_label_shadowed(
    tmp_path: Path, turned: tuple[Dataset, worlds.World]
) -> None:
    data, world = turned
    (samples,) = data.people.values()
    few = Dataset(Path(), MIKELS, {"Noor": samples[:20] + samples[40:]})
    both = replace(few, people={"Abe": samples[4:24] + samples[40:], **few.people})
    gateway = InProcess()
    one = Lived(tmp_path / "a")
    alone = await replayed(few, one, gateway, [20], "rules", load=world.load, test=20)
    beside = await replayed(both, Lived(tmp_path / "b"), gateway, [20], "rules", load=world.load, test=20)
    assert [later for later, _ in one.shadowed] == [shadowed for _, shadowed in one.shadowed] != [0]
    (first,) = alone.results
    (second,) = [result for result in beside.results if result.user == "Noor"]
    assert first.feelprint
    assert told(first) == told(second)


def told(result: Result) -> dict[str, object]:
    """All but the seconds, and what was sent now."""
    found = asdict(result)
    del found["seconds"], found["learning"]["sent"], found["testing"]["sent"]
    return found


async def test_a_life_that_could_not_look_has_no_figure(tmp_path: Path) -> None:
    done = await replayed(dataset(16, 4), Lived(tmp_path), OnePicture(), [8, 16])
    rows = {row.n_train: row for row in summarise(done, seed=0)}
    assert (rows[16].accuracy, rows[16].gain, rows[16].as_they_came, rows[16].lost) == (
        *(None, None, None),
        Failure.REJECTED,
    )
    assert rows[8].gain == 0.0, "until then it was not asked to look"
    assert done.results[-1].life.stopped == done.results[-1].life.runs > 0
    written = as_json(done, summarise(done, seed=0), by_room(done, seed=0), {})
    assert written["results"][-1]["gain"] is None


@pytest.mark.parametrize("failure", [Failure.QUOTA, Failure.BUDGET])
async def test_a_model_that_is_away_in_the_middle_ends_it(tmp_path: Path, failure: Failure) -> None:
    class Away(Model):
        async def ask(self, call, parse):
            return failure if call.purpose is Purpose.WRITE else await super().ask(call, parse)

    with pytest.raises(ModelError) as caught:
        await replayed(dataset(16, 4), Lived(tmp_path), Away(), [16])
    assert (caught.value.reason, caught.value.failure) == (ModelProblem.INTERRUPTED, failure)


async def test_the_paper_method_lives_too_and_others_are_learned_anew(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    done = await replayed(dataset(16, 4), lived, Model(), [8, 16], "generic", "paper", "rules")
    assert lived.opened == 2, "a storage for each method"
    assert [(r.n_train, r.method, r.life is not None) for r in done.results] == [
        (n, method, method != "generic") for n in (8, 16) for method in ("generic", "paper", "rules")
    ]


class Halves(Model):
    """Most people feel awe at the first half of 24 pictures, and fear at the other."""

    async def ask(self, call, parse):
        if call.purpose is not Purpose.GENERIC:
            return await super().ask(call, parse)
        scores = SCORES | {"fear": 60, "awe": 20} if int(call.about, 16) >= 12 else SCORES
        kept = {"reason": "r", "scores": scores, "caption": "c", "tags": ["t"]}
        return Answer(parse(json.dumps(kept)), Usage(7, 3), cached=False)


async def test_a_deck_asks_first_for_what_has_not_been_felt_yet(tmp_path: Path) -> None:
    data, lived = dataset(24, 4, feels=(*["awe"] * 12, *["fear"] * 16)), Lived(tmp_path)
    done = await replayed(data, lived, Halves(), [8], "rules", "rules-deck")
    came, dealt = lived.labelled
    assert came == list(range(8))
    assert sorted(dealt) == [0, 1, 2, 3, 12, 13, 14, 15], "out of all that wait, each emotion in its turn"
    assert [(r.method, r.life.came.total, r.score.total) for r in done.results] == [
        ("rules", 8, 4),
        ("rules-deck", 8, 4),
    ]


def test_only_a_replay_has_a_next_picture() -> None:
    assert "rules-deck" in named(["rules-deck"], replay=True)
    with pytest.raises(PlanError) as refused:
        named(["generic", "rules-deck"])
    assert (refused.value.reason, refused.value.names) == (PlanProblem.ONLY_LIVED, ("rules-deck",))
