"""MATCH: find the pictures for which a rule's condition holds.

Decided from label-blind descriptions in one or two text-only calls, so that a rule is later asked about
only where it can matter: less than half of the image calls for more gain (docs/ablations.md#ablations).
Where descriptions cannot be trusted, a rule is asked about every picture whose outcome its emotion could change.
"""

import dataclasses
from collections.abc import Sequence
from functools import partial

from core.asking.questions import Asker, Description
from core.tuning.job import Candidate, Job
from core.tuning.presets import CONDITIONS_PER_CALL, PICTURES_PER_CALL
from core.tuning.promise import chance_of
from core.tuning.session import Session
from core.vocabulary.calls import Purpose

WORTH_A_CALL = 2.0


async def match(job: Job, candidates: Sequence[Candidate]) -> list[Candidate] | None:
    """The candidates with the images where each holds; None where no call could be read. Raises Stopped."""
    conditions = list(dict.fromkeys(candidate.rule.when for candidate in candidates))
    descriptions = [item.generic.description for item in job.items]
    pairs = await matched(job.session, job.asker, conditions, descriptions, job.member_id)
    if pairs is None:
        return None
    held: dict[str, set[int]] = {condition: set() for condition in conditions}
    for condition, picture in pairs:
        held[conditions[condition]].add(picture)
    return [dataclasses.replace(c, held=frozenset(held[c.rule.when])) for c in candidates]


async def matched(
    session: Session,
    asker: Asker,
    conditions: Sequence[str],
    descriptions: Sequence[Description],
    owner: int,
) -> frozenset[tuple[int, int]] | None:
    """The (condition, description) pairs that hold, asked in blocks together for the member whose conditions they
    are; None where no block was answered.

    A block that failed by itself holds for nothing. Raises Stopped.
    """
    blocks = [
        (first, start)
        for first in range(0, len(conditions), CONDITIONS_PER_CALL)
        for start in range(0, len(descriptions), PICTURES_PER_CALL)
    ]
    answers = await session.all(
        Purpose.MATCH,
        [
            partial(
                asker.match,
                conditions[first : first + CONDITIONS_PER_CALL],
                descriptions[start : start + PICTURES_PER_CALL],
                owner=owner,
            )
            for first, start in blocks
        ],
    )
    if answers and all(answer is None for answer in answers):
        return None
    found = zip(blocks, answers, strict=True)
    return frozenset((first + c, start + d) for (first, start), pairs in found for c, d in pairs or ())


def anywhere(job: Job, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, each placed on every image where its emotion would be a win or a loss.

    Elsewhere it can change nothing that counts. A rule that could not win twice is not worth a call. With no
    descriptions there is no telling where a condition holds, so what its writer saw counts as all else does.
    """
    placed = []
    for candidate in candidates:
        gains = [item.gain_of(candidate.rule.feel) for item in job.items]
        if sum(gain for gain in gains if gain > 0) >= WORTH_A_CALL:
            placed.append(
                dataclasses.replace(
                    candidate,
                    held=frozenset(i for i, gain in enumerate(gains) if gain != 0),
                    chance=chance_of(candidate.rule.feel, job.items),
                )
            )
    return placed
