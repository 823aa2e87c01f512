"""ALONE: ask the model with one rule as the only rule, where the rule holds.

A rule that sounds right may still not be followed, or be followed elsewhere: so it is tried on the
pictures where it holds and on two where it does not, which it must leave as they were. Of the first only
those are asked where its emotion would be a win or a loss: on the others it can change nothing that counts.
"""

import dataclasses
import random
from collections.abc import Mapping, Sequence

from core.asking.questions import Judgement
from core.feelprint import block_of
from core.model.calls import Purpose
from core.tuning.evidence import net, paired
from core.tuning.job import Candidate, Job

NO_CALLS = "Not tested: this run's calls went to rules that promised more."
NOT_BETTER = "Tested alone, it was not right more often than most people's answer."
SPREADS = "It also changed pictures that it does not speak of."


async def alone(job: Job, candidates: Sequence[Candidate], calls: int, controls: int) -> list[Candidate]:
    """The candidates, best promise first, with what came of asking each alone.

    A rule is tested whole or not at all, while image calls last. Raises Stopped.
    """
    tested: list[tuple[Candidate, list[int]]] = []
    late: list[Candidate] = []
    for candidate in candidates:
        where = _where(job, candidate, controls)
        if len(where) <= calls:
            calls -= len(where)
            tested.append((candidate, where))
        else:
            late.append(dataclasses.replace(candidate, note=NO_CALLS))
    answers = await job.session.all(
        Purpose.ALONE,
        [
            job.question(i, block_of((candidate.rule,)), Purpose.ALONE)
            for candidate, where in tested
            for i in where
        ],
    )
    rows = iter(answers)
    return [_judged(job, c, {i: next(rows) for i in where}) for c, where in tested] + late


def _where(job: Job, candidate: Candidate, controls: int) -> list[int]:
    telling = [i for i in sorted(candidate.held) if job.items[i].gain_of(candidate.rule.feel)]
    others = [i for i in range(len(job.items)) if i not in candidate.held]
    rng = random.Random(f"{job.seed}:{candidate.rule.id}")  # noqa: S311 - reproducible, not secret
    rng.shuffle(others)
    others.sort(key=lambda i: -job.items[i].generic_hit)
    return telling + others[:controls]


def _judged(job: Job, candidate: Candidate, answers: Mapping[int, Judgement | None]) -> Candidate:
    tops = {i: job.label_set.top(a.distribution) for i, a in answers.items() if a is not None}
    held = {i: top for i, top in tops.items() if i in candidate.held}
    gains = [job.items[i].gain_of(top) for i, top in held.items()]
    judged = dataclasses.replace(candidate, alone=paired(gains), gains=_moved(job, candidate, held))
    if any(_spread(job, candidate, i, top) for i, top in tops.items() if i not in candidate.held):
        return dataclasses.replace(judged, status="dropped", note=SPREADS)
    if net(judged.alone) <= 0.0:
        return dataclasses.replace(judged, status="dropped", note=NOT_BETTER)
    return judged


def _moved(job: Job, candidate: Candidate, tops: Mapping[int, str]) -> dict[int, float]:
    """d_i on the images where the rule changed the answer: elsewhere it does not contend with other rules."""
    return {i: job.items[i].gain_of(top) for i, top in sorted(tops.items()) if top != _before(job, i)}


def _spread(job: Job, candidate: Candidate, i: int, top: str) -> bool:
    """Whether it pulled a picture that it does not speak of to its emotion, without being right there."""
    return top == candidate.rule.feel and top != _before(job, i) and job.items[i].gain_of(top) <= 0.0


def _before(job: Job, i: int) -> str:
    return job.label_set.top(job.items[i].generic.distribution)
