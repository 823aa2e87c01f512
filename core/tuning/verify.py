"""VERIFY: the gate. The composed text is asked as a whole, and must beat what it would replace.

Rules that hold up alone may still disturb each other or the rest of the prompt; only the whole text's
own answers count here. A picture whose answer cannot be read any more is a miss, not a gap.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.tuning.evidence import better, net, paired
from core.tuning.pool import Job
from core.vocabulary.calls import Answer, Failure, Purpose
from core.vocabulary.feelprint import Evidence
from core.vocabulary.label import hit

UNREADABLE = frozenset({Failure.INVALID, Failure.TRUNCATED})
TOLERATED = 20
"""One unreadable answer in so many is the model's slip; more is the text's fault."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a composed text did against the generic prompt and, if there is one, against the deployed text.

    `gains` maps image indices to d_i against the generic prompt.
    """

    generic: Evidence
    deployed: Evidence | None
    unparsed: int
    gate: float
    gains: Mapping[int, float]

    @property
    def probability(self) -> float:
        """That it is better than the generic prompt."""
        return better(self.generic.right, self.generic.wrong)

    @property
    def passed(self) -> bool:
        """Whether the member may get it."""
        beats = self.deployed is None or net(self.deployed) > 0.0
        return self.probability >= self.gate and beats and self.unparsed * TOLERATED <= self.generic.held


async def verify(job: Job, block: str, spoken: frozenset[int], calls: int) -> Verdict:
    """Ask a composed block about the images whose outcome it could change, at most `calls`.

    Those are the images where most people's answer is right, and those of which a new or a deployed rule
    speaks (`spoken`); on the rest both are wrong, and ties drop out. The deployed block's answers on the
    same images were paid when it was verified and shadowed, so they come from the cache. Raises Stopped.
    """
    where = _where(job, spoken, calls)
    new, unparsed = await hits(job, block, where, Purpose.VERIFY)
    deployed: Evidence | None = None
    if job.active is not None:
        old, _ = await hits(job, job.active.block, sorted(new), Purpose.VERIFY)
        deployed = paired(_gains(job, new, old).values())
    gains = _gains(job, new, {i: job.items[i].generic_hit for i in new})
    return Verdict(paired(gains.values()), deployed, unparsed, job.preset.gate, gains)


async def hits(job: Job, block: str, where: Sequence[int], purpose: Purpose) -> tuple[dict[int, float], int]:
    """The hit of a block per image index, and how many answers were unreadable. Refused images are left out."""
    outcomes = await job.session.outcomes(
        purpose,
        [job.question(i, block, purpose) for i in where],
    )
    found: dict[int, float] = {}
    for i, outcome in zip(where, outcomes, strict=True):
        if isinstance(outcome, Answer):
            found[i] = hit(job.label_set, outcome.value.distribution, job.items[i].felt)
        elif outcome in UNREADABLE:
            found[i] = 0.0
    return found, sum(1 for outcome in outcomes if outcome in UNREADABLE)


def _where(job: Job, spoken: frozenset[int], calls: int) -> list[int]:
    """The images that tell: spoken of first, then a seeded sample of those where most people are right."""
    rng = random.Random(f"{job.seed}:verify")  # noqa: S311 - reproducible, not secret
    others = [i for i, item in enumerate(job.items) if i not in spoken and item.generic_hit > 0.0]
    rng.shuffle(others)
    return sorted((sorted(spoken, key=lambda i: -job.items[i].at) + others)[:calls])


def _gains(job: Job, new: Mapping[int, float], old: Mapping[int, float]) -> dict[int, float]:
    """d_i of the new hits against the old ones, where both are known."""
    return {i: new[i] - old[i] for i in sorted(new) if i in old}
