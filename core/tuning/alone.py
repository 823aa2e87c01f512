"""ALONE: ask the model with one rule as the only rule, on a few of the pictures where the rule holds.

Whether a rule's emotion would be right there is known from the labels; only whether the model follows the
rule is not, and a few answers tell that. So calls go to many rules, not to many pictures of one. On a
picture of which it does not speak it must change nothing.
"""

import dataclasses
import random
from collections.abc import Mapping, Sequence

from core.asking.questions import Judgement
from core.tuning.evidence import paired
from core.tuning.pool import Candidate, Job
from core.vocabulary.calls import Purpose
from core.vocabulary.feelprint import block_of
from core.vocabulary.reasons import RuleReason, RuleStatus


async def alone(
    job: Job, candidates: Sequence[Candidate], tries: int | None = None, controls: int = 0
) -> list[Candidate]:
    """The candidates with what came of asking each alone: on `tries` pictures (None: all) and `controls` others.

    Raises Stopped.
    """
    places = [_where(job, candidate, tries, controls) for candidate in candidates]
    answers = await job.session.all(
        Purpose.ALONE,
        [
            job.question(i, block_of((candidate.rule,)), Purpose.ALONE)
            for candidate, asked in zip(candidates, places, strict=True)
            for i in asked
        ],
    )
    rows = iter(answers)
    return [
        _judged(job, candidate, {i: next(rows) for i in asked})
        for candidate, asked in zip(candidates, places, strict=True)
    ]


def affordable(
    job: Job, candidates: Sequence[Candidate], calls: int, tries: int | None = None, controls: int = 0
) -> tuple[list[Candidate], list[Candidate], int]:
    """Those that can be tried whole for so many calls, in order; the others, with why; and the calls left."""
    able: list[Candidate] = []
    late: list[Candidate] = []
    for candidate in candidates:
        cost = len(_where(job, candidate, tries, controls))
        if cost <= calls:
            calls -= cost
            able.append(candidate)
        else:
            late.append(dataclasses.replace(candidate, reason=RuleReason.OUT_OF_CALLS))
    return able, late, calls


def _where(job: Job, candidate: Candidate, tries: int | None, controls: int) -> list[int]:
    """The images that a candidate is asked about alone.

    Of those where it holds, only where its emotion would be a win or a loss: on the others it can change
    nothing that counts. Labels that its writer had not seen come first: they tell about the rule as well.
    """
    rng = random.Random(f"{job.seed}:{candidate.rule.id}")  # noqa: S311 - reproducible, not secret
    telling = [i for i in sorted(candidate.held) if job.items[i].gain_of(candidate.rule.feel)]
    if tries is not None:
        rng.shuffle(telling)
        telling = sorted(telling, key=lambda i: i in candidate.seen)[:tries]
    others = [i for i in range(len(job.items)) if i not in candidate.held]
    rng.shuffle(others)
    others.sort(key=lambda i: -job.items[i].generic_hit)
    return telling + others[:controls]


def _judged(job: Job, candidate: Candidate, answers: Mapping[int, Judgement | None]) -> Candidate:
    tops = {i: job.label_set.top(a.distribution) for i, a in answers.items() if a is not None}
    held = {i: top for i, top in tops.items() if i in candidate.held}
    told = {i: job.items[i].gain_of(top) for i, top in held.items()}
    judged = dataclasses.replace(
        candidate, alone=paired(told.values()), told=told, gains=_expected(job, candidate, held), tried=True
    )
    if any(_spread(job, candidate, i, top) for i, top in tops.items() if i not in candidate.held):
        return dataclasses.replace(judged, status=RuleStatus.DROPPED, reason=RuleReason.SPREADS)
    if sum(judged.gains.values()) <= 0.0:
        return dataclasses.replace(judged, status=RuleStatus.DROPPED, reason=RuleReason.NOT_BETTER)
    return judged


def _expected(job: Job, candidate: Candidate, tops: Mapping[int, str]) -> dict[int, float]:
    """d_i where the rule changes the answer: as it was told, or on the rest by the share that followed the rule.

    Where it changes nothing it does not contend with other rules.
    """
    moved = {i: job.items[i].gain_of(top) for i, top in tops.items() if top != _before(job, i)}
    followed = sum(1 for top in tops.values() if top == candidate.rule.feel) / len(tops) if tops else 0.0
    rest = {i: followed * gain for i, gain in candidate.gains.items() if i not in tops} if followed else {}
    return dict(sorted((moved | rest).items()))


def _spread(job: Job, candidate: Candidate, i: int, top: str) -> bool:
    """Whether it pulled a picture that it does not speak of to its emotion, without being right there."""
    return top == candidate.rule.feel and top != _before(job, i) and job.items[i].gain_of(top) <= 0.0


def _before(job: Job, i: int) -> str:
    return job.label_set.top(job.items[i].generic.distribution)
