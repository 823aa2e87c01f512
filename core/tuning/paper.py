"""The `paper` mode: what the abstract says, as a baseline and for those who ask for it.

Generate prompts from the member's labelled images, score each on them (half the cap at most), take the best, use
it to update the prompt, and again, with the same black-box model (Takahashi et al. 2025, arXiv 2509.04480).
The number of prompts and rounds is ours: as many as the same cap of image calls allows.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.tuning.evidence import paired
from core.tuning.limits import SHOWN, TEMPERATURES, affordable
from core.tuning.pool import Decision, Job
from core.tuning.propose import most_telling
from core.vocabulary.calls import Answer, Purpose
from core.vocabulary.emotions import Distribution
from core.vocabulary.explanation import Wording
from core.vocabulary.label import hit
from core.vocabulary.reasons import RunReason, RunResult

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Text:
    """A prompt with its answers: hits by image index, their sum, what it said, who wrote it (0: nobody)."""

    block: str
    hits: Mapping[int, float]
    said: Mapping[int, Distribution]
    score: float
    round_: int = 0
    writer: int = 0


async def by_paper(job: Job) -> Decision:
    """One tuning run in `paper` mode. Raises Stopped."""
    rng = random.Random(job.seed)  # noqa: S311 - reproducible, not secret
    where = sorted(rng.sample(range(len(job.items)), min(len(job.items), job.cap // 2)))
    base = Text(
        "",
        {i: job.items[i].generic_hit for i in where},
        {i: job.items[i].generic.distribution for i in where},
        sum(job.items[i].generic_hit for i in where),
    )
    tried = [base]
    best = base
    for round_, size in enumerate(plan(len(where), job.cap)):
        texts = await _generated(job, best, round_, size)
        known = {text.block for text in tried}
        new = [(text, writer) for writer, text in texts if text not in known]
        tried += [await _scored(job, text, where, round_ + 1, writer) for text, writer in new]
        best = max(tried, key=lambda text: text.score)
    wordings = tuple(Wording(t.block, t.score, len(where), t.round_, t.writer) for t in tried)
    explanation = replace(job.known, wordings=wordings)
    if not best.block or (job.active is not None and best.block == job.active.block):
        return Decision(RunResult.KEPT, job.why_kept(), explanation)
    verify = paired(best.hits[i] - base.hits[i] for i in where if i in best.hits)
    return Decision(RunResult.DEPLOYED, RunReason.FOUND, explanation, text=best.block, verify=verify)


def plan(labels: int, cap: int) -> tuple[int, ...]:
    """How many prompts each round generates, so that scoring them on `labels` images keeps the cap."""
    prompts = affordable(labels, cap)
    rounds = min(ROUNDS, prompts)
    return tuple(prompts // rounds + (1 if k < prompts % rounds else 0) for k in range(rounds))


async def _generated(job: Job, best: Text, round_: int, size: int) -> list[tuple[int, str]]:
    shown = most_telling(job.items, SHOWN)
    at = {item.image.hash: i for i, item in enumerate(job.items)}
    examples = [item.example(best.said.get(at[item.image.hash])) for item in shown]
    answers = await job.session.all(
        Purpose.WRITE,
        [
            partial(
                job.asker.write_prompt,
                job.label_set,
                examples,
                parent=best.block,
                owner=job.member_id,
                temperature=TEMPERATURES[k % len(TEMPERATURES)],
                nonce=f"paper-{round_}-{k}",
            )
            for k in range(size)
        ],
    )
    return [(k, text) for k, text in enumerate(answers, 1) if text]


async def _scored(job: Job, block: str, where: Sequence[int], round_: int, writer: int) -> Text:
    questions = [job.question(i, block, Purpose.SCORE) for i in where]
    outcomes = await job.session.outcomes(Purpose.SCORE, questions)
    said = {i: o.value.distribution for i, o in zip(where, outcomes, strict=True) if isinstance(o, Answer)}
    hits = {i: hit(job.label_set, distribution, job.items[i].felt) for i, distribution in said.items()}
    return Text(block, hits, said, sum(hits.values()), round_, writer)
