"""WRITE: show the model what a person felt beside what most would say, and ask for single rules.

Three calls that differ in order and temperature propose different rules; more calls gained nothing
(algorithm 2.6). Rules that an earlier run deployed, retired or had no use for compete again.
"""

import math
from collections.abc import Sequence
from functools import partial

from core.feelprint import Rule, RuleRecord
from core.model.calls import Purpose
from core.tuning.items import Item
from core.tuning.job import Candidate, Job

TEMPERATURES = (0.2, 0.7, 1.0)


async def write(job: Job) -> list[Candidate]:
    """The pool: written rules, best supported first, then deployed and remembered ones, each once.

    Raises Stopped.
    """
    shown = most_telling(job.items, job.preset.shown)
    uniform = tuple(1.0 / len(job.label_set.names) for _ in job.label_set.names)
    guess = None if job.preset.contrast else uniform
    examples = [item.example(guess) for item in shown]
    answers = await job.session.all(
        Purpose.WRITE,
        [
            partial(
                job.asker.write_rules,
                job.label_set,
                examples,
                owner=job.member_id,
                limit=job.preset.rules_per_call,
                temperature=TEMPERATURES[k % len(TEMPERATURES)],
                nonce=f"rules-{k}",
            )
            for k in range(job.preset.writer_calls)
        ],
    )
    written = [(f"writer {k + 1}", rules) for k, rules in enumerate(answers) if rules]
    return pool(written, remembered(job.records, job.preset.remembered), job.label_set.names)


def most_telling(items: Sequence[Item], limit: int) -> list[Item]:
    """At most `limit` items, newest and most surprising first.

    Surprise is -log2 of what the generic answer gave to what was felt; a halving of the age is worth
    one bit, so that a new label and an unexpected one count alike.
    """
    newest = sorted(items, key=lambda item: (-item.at, item.image.hash))

    def order(place: tuple[int, Item]) -> tuple[float, str]:
        age, item = place
        return (math.log2(age + 1.0) + math.log2(max(item.expected, 1e-6)), item.image.hash)

    return [item for _, item in sorted(enumerate(newest), key=order)][:limit]


def remembered(records: Sequence[RuleRecord], limit: int) -> list[RuleRecord]:
    """Deployed rules, and up to `limit` retired or unused ones with the best evidence."""
    deployed = [record for record in records if record.status == "deployed"]
    others = [record for record in records if record.status in ("retired", "unused")]
    others.sort(key=lambda r: (r.alone.wrong - r.alone.right, r.screened.wrong - r.screened.right, r.rule.id))
    return deployed + others[:limit]


def pool(
    written: Sequence[tuple[str, Sequence[Rule]]], known: Sequence[RuleRecord], names: Sequence[str]
) -> list[Candidate]:
    """Candidates, the best supported of every writer call first; the same (condition, emotion) only once."""
    candidates: dict[str, Candidate] = {}
    longest = max((len(rules) for _, rules in written), default=0)
    for place in range(longest):
        for source, rules in written:
            if place < len(rules) and rules[place].feel in names:
                rule = rules[place]
                candidates.setdefault(rule.id, Candidate(rule, source))
    for record in known:
        if record.rule.feel in names:
            candidates.setdefault(record.rule.id, Candidate(record.rule, record.source or "an earlier run"))
    return list(candidates.values())
