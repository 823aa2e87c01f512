"""A whole prompt is judged only by labels that its writer did not see, and taken only if reliably better."""

import asyncio

import pytest

from core.asking.questions import Generic
from core.evaluate.whole import PROMPTS, by_whole
from core.tuning.constants import DEFAULT
from core.tuning.items import item_of
from core.tuning.pool import Job
from core.tuning.session import Session
from core.vocabulary.calls import Answer, Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.label import Label
from core.vocabulary.reasons import RunResult
from tests.scripted import ScriptedAsker, picture

GOOD = "- When a picture shows storm, this person tends to feel excitement."
BAD = "- When a picture shows sea, this person tends to feel anger."


class Watched(ScriptedAsker):
    """Remembers which pictures each text was judged on."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.judged = set()

    async def judge(self, image, *args, **kwargs):
        self.judged.add(image.hash)
        return await super().judge(image, *args, **kwargs)


async def found(text: str, labels: int, calls: int = 90):
    asker = Watched({"sea": "contentment", "storm": "fear"}, texts=[text])
    items = []
    for i in range(labels):
        image = picture(f"{'storm' if i % 2 else 'sea'} {i}")
        answer = await asker.generic(image, MIKELS)
        assert isinstance(answer, Answer)
        assert isinstance(answer.value, Generic)
        felt = {"excitement" if i % 2 else "contentment": 1.0}
        items.append(item_of(MIKELS, image, Label(1, image.hash, felt, i), answer.value))
    job = Job(Session(asyncio.Semaphore(4)), asker, MIKELS, items, DEFAULT, 1, 7)
    return asker, await by_whole(job, calls)


async def test_the_only_writer_and_its_judges_share_no_label_and_no_more_calls_are_sent_than_allowed() -> None:
    asker, _ = await found(GOOD, 32, calls=9)
    (shown,) = asker.shown
    assert len(shown) == 24
    assert len(asker.judged) == 8
    assert not asker.judged & {example.image.hash for example in shown}
    assert asker.sent[Purpose.WRITE] + asker.sent[Purpose.SCORE] == 9


@pytest.mark.parametrize("labels", [8, 16, 32, 60])
async def test_the_cap_holds_at_every_size(labels: int) -> None:
    asker, _ = await found(GOOD, labels)
    assert 0 < asker.sent[Purpose.WRITE] <= PROMPTS
    assert asker.sent[Purpose.WRITE] + asker.sent[Purpose.SCORE] <= 90


async def test_a_text_that_is_better_on_unseen_labels_is_taken_and_one_that_is_worse_is_not() -> None:
    _, good = await found(GOOD, 32)
    _, bad = await found(BAD, 32)
    assert (good.result, good.text) == (RunResult.DEPLOYED, GOOD)
    assert (bad.result, bad.text) == (RunResult.KEPT, "")


async def test_two_unseen_wins_are_not_enough() -> None:
    _, outcome = await found(GOOD, 8)
    assert outcome.result == RunResult.KEPT
