"""MATCH: find the pictures for which a rule's condition holds.

Decided from label-blind descriptions in text-only calls, so that every label tests every rule for no image call.
Whether descriptions can be trusted is the riskiest assumption of the method (docs/method.md#trust), so it is
checked with the model at hand first: ten pairs of condition and description whose answer everybody knows. Where
they cannot, a rule is taken to hold wherever its emotion could change the outcome, and the answers tell.
"""

import dataclasses
from collections.abc import Sequence
from functools import partial

import structlog

from core.asking.questions import Asker, Description
from core.tuning.limits import CONDITIONS_PER_CALL, PICTURES_PER_CALL
from core.tuning.pool import Candidate, Job
from core.tuning.session import Session
from core.vocabulary.calls import Purpose
from core.vocabulary.reasons import RuleReason

log = structlog.get_logger(__name__)

WORTH_A_CALL = 2.0
"""Wins that a rule must be able to have, where descriptions say nothing."""

DESCRIPTIONS = (
    Description("A dark night sky over black hills.", ("dark", "black", "night", "sky", "hills")),
    Description(
        "A bright field of yellow flowers under a blue sky.", ("bright", "yellow", "blue", "flowers", "sky")
    ),
    Description("A red circle on a plain white background.", ("red", "white", "circle", "plain background")),
    Description(
        "A crowded street with many colourful signs.", ("busy", "colourful", "crowded", "street", "signs")
    ),
    Description("Grey fog over calm grey water.", ("grey", "fog", "water", "muted colours", "calm")),
)

PAIRS: tuple[tuple[str, int, bool], ...] = (
    ("a dark picture", 0, True),
    ("yellow", 1, True),
    ("a red circle", 2, True),
    ("many colours", 3, True),
    ("grey tones", 4, True),
    ("a bright picture", 0, False),
    ("black", 1, False),
    ("blue", 2, False),
    ("fog", 3, False),
    ("bright red", 4, False),
)
"""(condition, index of a description, whether it holds)."""

ENOUGH = 9
"""Right answers of ten from which descriptions are trusted."""


async def match(job: Job, candidates: Sequence[Candidate]) -> tuple[list[Candidate], bool]:
    """The candidates with the images where each holds, and whether descriptions decided it. Raises Stopped."""
    if candidates and await trusted(job.session, job.asker):
        conditions = list(dict.fromkeys(candidate.rule.when for candidate in candidates))
        descriptions = [item.generic.description for item in job.items]
        pairs = await matched(job.session, job.asker, conditions, descriptions, job.member_id)
        if pairs is not None:
            held: dict[str, set[int]] = {condition: set() for condition in conditions}
            for condition, picture in pairs:
                held[conditions[condition]].add(picture)
            return [dataclasses.replace(c, held=frozenset(held[c.rule.when])) for c in candidates], True
    return anywhere(job, candidates), False


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


async def trusted(session: Session, asker: Asker) -> bool:
    """Whether the model judges at least nine of ten known pairs rightly.

    Where it does not it is asked once more, in another order: its answer is kept like any other, and one slip must
    not turn matching off for good. Whoever runs the bot is told that it is off. Raises Stopped.
    """
    for pairs in (PAIRS, PAIRS[::-1]):
        conditions = [condition for condition, _, _ in pairs]
        (answer,) = await session.all(Purpose.MATCH, [partial(asker.match, conditions, DESCRIPTIONS, owner=None)])
        right = (
            0 if answer is None else sum(((i, at) in answer) == holds for i, (_, at, holds) in enumerate(pairs))
        )
        if right >= ENOUGH:
            return True
    log.warning("match.descriptions_not_trusted", right=right, of=len(PAIRS))
    return False


def anywhere(job: Job, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, each placed on every image where its emotion would be a win or a loss.

    Elsewhere it can change nothing that counts. A rule that could not win twice is not worth a call; what an
    earlier run said of it stands. With no descriptions there is no telling where a condition holds, so what its
    writer saw counts as all else does.
    """
    known = {record.rule.id for record in job.records}
    placed = []
    for candidate in candidates:
        gains = [item.gain_of(candidate.rule.feel) for item in job.items]
        if sum(gain for gain in gains if gain > 0) >= WORTH_A_CALL:
            held = frozenset(i for i, gain in enumerate(gains) if gain != 0)
            placed.append(dataclasses.replace(candidate, held=held))
        elif candidate.rule.id not in known:
            placed.append(dataclasses.replace(candidate, reason=RuleReason.OUT_OF_CALLS))
    return placed
