"""PROPOSE: show the model what a person felt beside what most would say, and ask for single rules.

Calls that differ in order, temperature and in what they are not shown propose different rules. Rules that an
earlier run deployed, retired or had no use for compete again. Of every rule it is known which labels its
writer saw. A rule that the member wrote competes like them; what they struck is not proposed
again.
"""

import dataclasses
import hashlib
import math
from collections.abc import Sequence
from functools import partial

from core.tuning.by_hand import struck_by, waiting
from core.tuning.items import Item
from core.tuning.pool import Candidate, Job
from core.vocabulary.calls import Purpose
from core.vocabulary.feelprint import Rule, RuleRecord
from core.vocabulary.images import reference_of
from core.vocabulary.reasons import RuleReason, RuleStatus


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """One writer call: its number, from 1; its rules, and the items that it was shown."""

    writer: int
    rules: Sequence[Rule]
    seen: frozenset[int]


async def propose(job: Job) -> list[Candidate]:
    """The pool: written rules, best supported first, then deployed and remembered ones, each once.

    Raises Stopped.
    """
    shown = [most_telling([job.items[i] for i in hand], job.constants.shown) for hand in hands(job)]
    answers = await job.session.all(
        Purpose.WRITE,
        [
            partial(
                job.asker.write_rules,
                job.label_set,
                [item.example() for item in items],
                owner=job.member_id,
                limit=job.constants.rules_per_call,
                temperature=job.constants.temperatures[k % len(job.constants.temperatures)],
                nonce=f"rules-{k}",
            )
            for k, items in enumerate(shown)
        ],
    )
    place = {item.image.hash: i for i, item in enumerate(job.items)}
    written = [
        Written(k, kept, frozenset(place[item.image.hash] for item in items))
        for k, (rules, items) in enumerate(zip(answers, shown, strict=True), 1)
        if (kept := [rule for rule in rules or () if not struck_by(job.records, rule)])
    ]
    referred = {reference_of(image): i for image, i in place.items()}
    known = [
        (record, frozenset(referred[image] for image in record.seen if image in referred))
        for record in remembered(job.records, job.constants.remembered)
    ]
    return pool(written, known, job.label_set.names)


def hands(job: Job) -> list[list[int]]:
    """The items that each writer call may be shown: all for the first, then all but one part for each part."""
    every = frozenset(range(len(job.items)))
    return [sorted(every)] + [sorted(every - part) for part in parts(job)]


def parts(job: Job) -> list[frozenset[int]]:
    """The items dealt out by seed into `parts`, evenly over the emotions.

    What a rule does on labels that its writer did not see is the only honest word about it.
    """

    def turn(i: int) -> tuple[str, bytes]:
        felt = job.items[i].felt
        strongest = max(sorted(felt), key=lambda name: felt[name])
        return strongest, hashlib.sha256(f"{job.seed}:{job.items[i].image.hash}".encode()).digest()

    order = sorted(range(len(job.items)), key=turn)
    return [frozenset(order[first :: job.constants.parts]) for first in range(job.constants.parts)]


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
    """Deployed rules, the member's own, and up to `limit` retired or unused ones with the best evidence.

    None that the member struck.
    """
    deployed = [*(r for r in records if r.status == RuleStatus.DEPLOYED), *waiting(records)]
    others = [
        r
        for r in records
        if r.status in (RuleStatus.RETIRED, RuleStatus.UNUSED)
        and r.reason != RuleReason.STRUCK
        and r not in deployed
    ]
    others.sort(key=lambda r: (r.asked.wrong - r.asked.right, r.screened.wrong - r.screened.right, r.rule.id))
    return deployed + others[:limit]


def pool(
    written: Sequence[Written], known: Sequence[tuple[RuleRecord, frozenset[int]]], names: Sequence[str]
) -> list[Candidate]:
    """Candidates, the best supported of every writer call first; the same (condition, emotion) only once.

    Of a rule that several wrote it is known who did.
    """
    longest = max((len(call.rules) for call in written), default=0)
    found = [
        Candidate(call.rules[place], call.writer, (call.seen,))
        for place in range(longest)
        for call in written
        if place < len(call.rules)
    ]
    found += [Candidate(record.rule, record.writer, (seen,)) for record, seen in known]
    candidates: dict[str, Candidate] = {}
    for one in found:
        if one.rule.feel in names:
            twin = candidates.get(one.rule.id)
            candidates[one.rule.id] = twin.also(one) if twin else one
    return list(candidates.values())
