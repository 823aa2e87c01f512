"""Whole prompts, honestly chosen: the baseline between the abstract's method and ours.

As in `paper` mode the unit is a whole written text, but a text is judged only on labels that its writer did not
see, and the best is taken only where it is reliably better than the generic prompt there (docs/method.md#whole).
"""

import dataclasses
from functools import partial

from core.tuning.evidence import better, net, paired
from core.tuning.limits import SHOWN, TEMPERATURES
from core.tuning.pool import Decision, Job
from core.tuning.propose import most_telling, parts
from core.tuning.session import Question
from core.tuning.verify import hits
from core.vocabulary.calls import Purpose
from core.vocabulary.explanation import Explanation, Wording
from core.vocabulary.feelprint import Evidence
from core.vocabulary.reasons import RunReason, RunResult

PROMPTS = 8
"""At most so many texts: the best of more looks good by chance alone on so few unseen labels."""

FEW = 24
"""Of fewer labels a writer is not shown a half, else a quarter: a quarter of few could not reach the gate."""


async def by_whole(job: Job, calls: int) -> Decision:
    """One run within `calls` of all kinds. Raises Stopped."""
    dealt = dataclasses.replace(job.constants, parts=2 if len(job.items) < FEW else 4)
    hidden = _hidden(dataclasses.replace(job, constants=dealt), calls)
    texts = await job.session.all(Purpose.WRITE, [_written(job, k, part) for k, part in enumerate(hidden)])
    written = [(text, part) for text, part in zip(texts, hidden, strict=True) if text]
    tried = [(text, await _judged(job, text, part)) for text, part in written]
    explanation = Explanation(
        wordings=tuple(Wording(t, net(e), e.held, writer=k) for k, (t, e) in enumerate(tried, 1))
    )
    text, evidence = max(tried, key=lambda one: better(one[1].right, one[1].wrong), default=("", Evidence()))
    if not text or better(evidence.right, evidence.wrong) < job.constants.gate:
        return Decision(RunResult.KEPT, job.why_kept(), explanation)
    return Decision(RunResult.DEPLOYED, RunReason.FOUND, explanation, text=text, verify=evidence)


def _hidden(job: Job, calls: int) -> list[frozenset[int]]:
    """What each writer is not shown: the parts in turn, while a text and its judging are within `calls`."""
    dealt: list[frozenset[int]] = []
    every = parts(job)
    while len(dealt) < PROMPTS:
        part = every[len(dealt) % len(every)]
        calls -= 1 + len(part)
        if calls < 0:
            break
        dealt.append(part)
    return dealt


def _written(job: Job, k: int, hidden: frozenset[int]) -> Question[str]:
    seen = most_telling([item for i, item in enumerate(job.items) if i not in hidden], SHOWN)
    return partial(
        job.asker.write_prompt,
        job.label_set,
        [item.example() for item in seen],
        parent="",
        owner=job.member_id,
        temperature=TEMPERATURES[k % len(TEMPERATURES)],
        nonce=f"whole-{k}",
    )


async def _judged(job: Job, text: str, where: frozenset[int]) -> Evidence:
    found, _, _ = await hits(job, text, sorted(where), Purpose.SCORE)
    return paired(found[i] - job.items[i].generic_hit for i in sorted(found))
