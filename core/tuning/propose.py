"""PROPOSE: show the model what a person felt beside what most would say, and ask for single rules.

Calls that differ in order, temperature and in what they are not shown propose different rules. Rules of earlier
runs and the member's own compete with them; what the member struck does not. Of every rule it is known which
labels its writers saw.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest

from core.tuning.items import Item
from core.tuning.limits import REMEMBERED, RULES_PER_CALL, SHOWN, TEMPERATURES
from core.tuning.memory import remembered, struck_by
from core.tuning.pool import Candidate, Job
from core.vocabulary.calls import Purpose
from core.vocabulary.images import reference_of


async def propose(
    job: Job, temperatures: Sequence[float] = TEMPERATURES, *, most_shown: int = SHOWN
) -> list[Candidate]:
    """The pool: written rules, best supported first, then deployed and remembered ones, each once.

    Raises Stopped.
    """
    place = {item.image.hash: i for i, item in enumerate(job.items)}
    shown = [most_telling([job.items[i] for i in hand], most_shown) for hand in hands(job)]
    answers = await job.session.all(
        Purpose.WRITE,
        [
            partial(
                job.asker.write_rules,
                job.label_set,
                [item.example() for item in items],
                owner=job.member_id,
                limit=RULES_PER_CALL,
                temperature=temperatures[k % len(temperatures)],
                nonce=f"rules-{k}",
            )
            for k, items in enumerate(shown)
        ],
    )
    seen = [frozenset(place[item.image.hash] for item in items) for items in shown]
    written = [
        [Candidate(rule, k, (seen[k - 1],)) for rule in rules or () if not struck_by(job.records, rule)]
        for k, rules in enumerate(answers, 1)
    ]
    referred = {reference_of(image): i for image, i in place.items()}
    known = [
        Candidate(r.rule, r.writer, (frozenset(referred[image] for image in r.seen if image in referred),))
        for r in remembered(job.records, REMEMBERED)
    ]
    return pool(written, known, job.label_set.names)


def pool(
    written: Sequence[Sequence[Candidate]], known: Sequence[Candidate], names: Sequence[str]
) -> list[Candidate]:
    """Candidates, the best supported of every writer call first; the same (condition, emotion) only once.

    Of a rule that several wrote it is known who did.
    """
    found = [one for first in zip_longest(*written) for one in first if one is not None]
    candidates: dict[str, Candidate] = {}
    for one in (*found, *known):
        if one.rule.feel in names:
            twin = candidates.get(one.rule.id)
            candidates[one.rule.id] = twin.also(one) if twin else one
    return list(candidates.values())


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
