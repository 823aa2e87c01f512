"""An evaluation whose model is away ends in one sentence; one that works repeats itself byte for byte."""

import asyncio
import json

import pytest

from core.evaluate import patience
from core.evaluate.dataset import load
from core.evaluate.methods import named
from core.evaluate.refusals import DatasetError, DatasetProblem, UnusedImage, UnusedUser
from core.evaluate.run import Evaluation, Plan
from core.evaluate.summary import THIRDS, as_json, by_room, summarise
from core.vocabulary.calls import Answer, Failure, Usage
from core.vocabulary.errors import ImageError, ImageProblem, ModelError, ModelProblem
from core.vocabulary.images import Image

SCORES = {
    "amusement": 1,
    "awe": 60,
    "contentment": 5,
    "excitement": 5,
    "anger": 1,
    "disgust": 1,
    "fear": 20,
    "sadness": 5,
}


class Model:
    """Answers every question in form, always the same: no rules, most people feel awe."""

    def __init__(self, failure=None, refuses=()):
        self.failure, self.refuses, self.asked = failure, refuses, 0

    async def ask(self, call, parse):
        self.asked += 1
        if self.failure:
            return self.failure
        if call.about in self.refuses:
            return Failure.REFUSED
        kept = {"rules": [], "prompt": "x", "pairs": [], "rule": 0, "reason": "r", "scores": SCORES}
        return Answer(parse(json.dumps(kept | {"caption": "c", "tags": ["t"]})), Usage(7, 3, 0.001), cached=False)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    rows = ["user,image,emotion"]
    for i in range(30):
        (tmp_path / "images" / f"{i}.png").write_bytes(b"x")
        rows += [f"ann,{i}.png,{'awe' if i % 3 else 'fear'}", f"bob,{i}.png,{'anger' if i % 2 else 'awe'}"]
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    return tmp_path


async def picture(sample):
    if sample.image == "3.png":
        raise ImageError(ImageProblem.UNREADABLE)
    # Two files with the same pixels: one picture, which must never stand on both sides.
    name = "29.png" if sample.image == "0.png" else sample.image
    return Image(f"hash of {name}", b"jpeg", 10, 10)


def plan(dataset, *methods):
    return Plan(named(methods), list(dataset.people), [8, 16], 10, seed=1)


async def evaluated(folder, model, *methods):
    dataset = load(folder)
    done = await Evaluation(dataset, plan(dataset, *methods), model, picture).run()
    return done, as_json(done, summarise(done, seed=1), by_room(done, seed=1), {})


async def test_the_same_seed_gives_the_same_results_but_for_the_seconds(folder):
    first, second = [
        (await evaluated(folder, Model(), "generic", "prior", "rules", "reworded"))[1] for _ in range(2)
    ]
    for report in (first, second):
        for result in report["results"]:
            del result["seconds"]
    assert json.dumps(first) == json.dumps(second)
    assert {(r["user"], r["method"], r["n_train"]) for r in first["results"]} == {
        (user, method, n) for user in ("ann", "bob") for method in ("generic", "prior", "rules") for n in (8, 16)
    }


async def test_people_are_grouped_by_what_there_was_to_learn(folder):
    done, report = await evaluated(folder, Model(), "generic", "prior")
    room = {(r.user, r.n_train): r.room for r in done.results}
    assert room["bob", 16] > room["ann", 16], "the model says awe, and bob is angry half the time"
    thirds = [t for t in report["by_room"] if (t["method"], t["n_train"]) == ("prior", 16)]
    assert [(t["third"], t["users"]) for t in thirds] == [(THIRDS[1], 1), (THIRDS[2], 1)]
    assert [t["room"] for t in thirds] == sorted([room["ann", 16], room["bob", 16]])


async def test_the_generic_answers_are_shared_and_counted_once_apart(folder):
    _, report = await evaluated(folder, Model(), "generic")
    assert all(r["image_calls"] == r["test_calls"] == 0 for r in report["results"])
    assert report["shared"]["generic_calls"] <= 28, "30 files, one unreadable, two the same picture"


async def test_an_unreadable_picture_is_named_and_left_out(folder):
    done, _ = await evaluated(folder, Model(), "generic")
    (left,) = (unused for unused in done.left_out if isinstance(unused, UnusedImage))
    assert (left.name, left.error.reason) == ("3.png", ImageProblem.UNREADABLE)


async def test_a_refused_picture_costs_that_picture_alone(folder):
    _, report = await evaluated(folder, Model(refuses={"hash of 25.png"}), "generic")
    assert {r["total"] for r in report["results"]} == {9}
    assert report["shared"]["failures"] == 1


@pytest.mark.parametrize("failure", [Failure.QUOTA, Failure.AUTH, Failure.UNAVAILABLE])
async def test_a_model_that_is_away_ends_it_and_says_why(folder, failure):
    with pytest.raises(ModelError) as caught:
        await evaluated(folder, Model(failure), "generic", "rules")
    assert (caught.value.reason, caught.value.failure) == (ModelProblem.INTERRUPTED, failure)


class Unlucky(Model):
    """A server of which one question in five ends as if it were away, whatever was tried."""

    async def ask(self, call, parse):
        outcome = await super().ask(call, parse)
        return Failure.UNAVAILABLE if self.asked % 5 == 0 else outcome


async def test_one_questions_bad_luck_does_not_end_it(folder, monkeypatch):
    monkeypatch.setattr(patience, "FIRST_WAIT_S", 0.0)
    model = Unlucky()
    _, report = await evaluated(folder, model, "generic", "fewshot", "rules")
    assert model.asked > 50
    assert report["shared"]["failures"] == 0
    assert {r["failed"] for r in report["results"]} == {0}


class Stubborn(Model):
    """A server that never ends an answer about one picture."""

    def __init__(self, about):
        super().__init__()
        self.about, self.in_vain = about, 0

    async def ask(self, call, parse):
        if call.about != self.about:
            await asyncio.sleep(0)
            return await super().ask(call, parse)
        self.in_vain += 1
        return Failure.UNAVAILABLE


async def test_a_picture_that_is_never_answered_costs_itself_alone_and_few_questions(folder, monkeypatch):
    monkeypatch.setattr(patience, "FIRST_WAIT_S", 0.001)
    model = Stubborn("hash of 25.png")
    _, report = await evaluated(folder, model, "generic")
    assert {r["total"] for r in report["results"]} == {9}
    assert model.in_vain <= 2 * 2 * patience.EACH, "two people, two sizes"


async def test_a_user_with_too_few_labels_is_named(folder):
    with (folder / "labels.csv").open("a") as file:
        file.write("\ncyd,1.png,awe\ncyd,2.png,awe\n")
    done, _ = await evaluated(folder, Model(), "generic")
    assert UnusedUser("cyd", 8, to_learn=0, to_test=2) in done.left_out


class OnePicture(Model):
    """A server that takes one picture a request: the writer and few-shot questions are refused."""

    async def ask(self, call, parse):
        if sum(not isinstance(part, str) for part in call.parts) > 1:
            return Failure.REJECTED
        return await super().ask(call, parse)


async def test_a_method_that_could_not_look_has_no_figure(folder):
    _, report = await evaluated(folder, OnePicture(), "generic", "fewshot", "paper", "rules")
    rows = {(row["method"], row["n_train"]): row for row in report["summary"]}
    for method in ("fewshot", "paper", "rules"):
        row = rows[method, 16]
        assert (row["accuracy"], row["gain"], row["gain_low"], row["worse"]) == (None,) * 4, method
        assert row["lost"] == Failure.REJECTED
    assert rows["generic", 16]["gain"] == 0.0
    assert all(r["gain"] is None for r in report["results"] if r["method"] != "generic")


async def test_a_plan_that_fits_nobody_is_said_before_anything_is_asked(folder):
    dataset, model = load(folder), Model()
    plan_ = Plan(named(["generic", "rules"]), list(dataset.people), [64], 10, seed=1)
    with pytest.raises(DatasetError) as refused:
        await Evaluation(dataset, plan_, model, picture).run()
    assert (refused.value.reason, refused.value.needed, refused.value.most) == (DatasetProblem.TOO_FEW, 64, 28)
    assert model.asked == 0


async def test_whoever_has_too_few_labels_is_asked_nothing(folder):
    with (folder / "labels.csv").open("a") as file:
        file.write("\ncyd,cyd1.png,awe\ncyd,cyd2.png,awe\n")
    for name in ("cyd1.png", "cyd2.png"):
        (folder / "images" / name).write_bytes(b"x")
    asked: set[str] = set()

    class Noting(Model):
        async def ask(self, call, parse):
            asked.add(call.about)
            return await super().ask(call, parse)

    await evaluated(folder, Noting(), "generic")
    assert not {about for about in asked if "cyd" in about}
