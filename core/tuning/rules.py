"""The default mode: write single rules, match, screen, test each alone, compose the few that hold, verify.

A written prompt mixes good and bad guesses about a person, so the unit of selection is the rule, and
the whole is only a last test (algorithm 2.6, 3.2). Every rule is kept with what became of it and why.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from core.feelprint import Evidence, Rule, RuleRecord, block_of
from core.tuning import notes
from core.tuning.alone import alone
from core.tuning.compose import compose, left_out
from core.tuning.evidence import paired
from core.tuning.job import Candidate, Job, Outcome
from core.tuning.match import anywhere, match
from core.tuning.screen import believe, screen, survivors
from core.tuning.trust import trusted
from core.tuning.verify import Verdict, verify
from core.tuning.write import write

FAILED_TOGETHER = "It was right alone, but together with the others it was not reliably better."
QUARANTINED = "These rules were taken back once, after they had failed on new pictures."
CHOSEN = "It held up alone and in the whole."


async def by_rules(job: Job) -> Outcome:
    """One tuning run in `rules` mode. Raises Stopped."""
    written = await write(job)
    placed, described = await _placed(job, written)
    screened = screen(placed, job.items, job.preset) if described else placed
    alive = survivors(screened)
    if job.preset.alone:
        calls = job.preset.cap - _verify_calls(job)
        tested = await alone(job, alive, calls, job.preset.controls if described else 0)
    else:
        tested = [believe(c, job.items) for c in alive]
    good = survivors(tested)
    chosen = compose(good, job.items, job.preset)
    rest = [c for c in screened if c not in alive] + [c for c in tested if c not in good]
    rest += left_out(good, chosen, job.preset.max_rules)
    return await _decide(job, chosen, rest, described)


async def _placed(job: Job, candidates: Sequence[Candidate]) -> tuple[list[Candidate], bool]:
    """The candidates where they hold, and whether descriptions decided it."""
    if candidates and job.preset.match and await trusted(job.session, job.asker):
        placed = await match(job, candidates)
        if placed is not None:
            return placed, True
    return anywhere(job, candidates), False


async def _decide(job: Job, chosen: Sequence[Candidate], rest: Sequence[Candidate], described: bool) -> Outcome:
    rules = tuple(c.rule for c in chosen)
    retained = next((c.retained for c in (*chosen, *rest)), 1.0)
    detail: dict[str, Any] = {
        "described": described,
        "retained": round(retained, 3),
        "composed": [rule.id for rule in rules],
    }
    if not rules:
        return _kept(job, rest, detail)
    if job.active is not None and {r.id for r in job.active.rules} == {r.id for r in rules}:
        return _kept(job, [*chosen, *rest], detail)
    block = block_of(rules)
    if block in job.quarantined:
        return _kept(job, [*_noted(chosen, QUARANTINED), *rest], detail)
    evidence = Evidence()
    if job.preset.verify:
        spoken = _spoken(job, [*chosen, *rest], rules)
        verdict = await verify(job, block, spoken, _verify_calls(job), _worth(chosen))
        detail["verify"] = _explained(verdict)
        evidence = verdict.generic
        if not verdict.passed:
            return _kept(job, [*_noted(chosen, FAILED_TOGETHER), *rest], detail)
    deployed = [dataclasses.replace(c, status="deployed", note=CHOSEN) for c in chosen]
    records = _records(job, [*deployed, *rest], stays=frozenset())
    return Outcome("deployed", notes.NEW, detail, rules=rules, verify=evidence, records=records)


def _verify_calls(job: Job) -> int:
    """Image calls kept back to verify: where most people are right, and a third of the rest for what is won."""
    right = sum(1 for item in job.items if item.generic_hit > 0.0)
    return min(job.preset.verify_calls(len(job.items)), right + -(-(len(job.items) - right) // 3))


def _spoken(job: Job, candidates: Sequence[Candidate], rules: Sequence[Rule]) -> frozenset[int]:
    """Images of which a new or a deployed rule speaks, and where its emotion would be a win or a loss."""
    speaking = {rule.id for rule in (*rules, *(job.active.rules if job.active else ()))}
    return frozenset(
        i for c in candidates if c.rule.id in speaking for i in c.held if job.items[i].gain_of(c.rule.feel)
    )


def _worth(chosen: Sequence[Candidate]) -> dict[int, float]:
    """How much each image counts for rules together: no more than for any of those that speak of it."""
    spoken = sorted(frozenset[int]().union(*(c.held for c in chosen)))
    return {i: min(c.worth(i) for c in chosen if i in c.held) for i in spoken}


def _kept(job: Job, candidates: Sequence[Candidate], detail: Mapping[str, Any]) -> Outcome:
    stays = frozenset(rule.id for rule in job.active.rules) if job.active else frozenset()
    told = notes.kept(job.items, deployed=job.active is not None)
    return Outcome("kept", told, detail, records=_records(job, candidates, stays))


def _noted(candidates: Sequence[Candidate], note: str) -> list[Candidate]:
    return [dataclasses.replace(c, note=note) for c in candidates]


def _records(job: Job, candidates: Sequence[Candidate], stays: frozenset[str]) -> tuple[RuleRecord, ...]:
    """Every candidate as it is kept. Rules of the deployed version keep their status while it stays."""
    known = {record.rule.id: record for record in job.records}
    seen = {c.rule.id for c in candidates}
    records = []
    for c in candidates:
        earlier = known.get(c.rule.id)
        records.append(
            RuleRecord(
                rule=c.rule,
                status="deployed" if c.rule.id in stays else c.status,
                screened=c.screened,
                alone=c.alone,
                shadow=earlier.shadow if earlier else Evidence(),
                note=c.note,
                fresh=paired(gain for i, gain in sorted(c.gains.items()) if i not in c.seen),
                held_on=_hashes(job, c.held),
                seen=_hashes(job, c.seen),
                source=c.source,
            )
        )
    for rule_id, record in known.items():
        if record.status == "deployed" and rule_id not in stays and rule_id not in seen:
            records.append(dataclasses.replace(record, status="unused"))
    return tuple(records)


def _hashes(job: Job, places: frozenset[int]) -> tuple[str, ...]:
    return tuple(job.items[i].image.hash for i in sorted(places))


def _explained(verdict: Verdict) -> dict[str, Any]:
    against = verdict.deployed
    return {
        "pictures": verdict.generic.held,
        "better": verdict.generic.right,
        "worse": verdict.generic.wrong,
        "probability": round(verdict.probability, 4),
        "gate": verdict.gate,
        "unreadable": verdict.unparsed,
        "against_deployed": {"better": against.right, "worse": against.wrong} if against else None,
        "passed": verdict.passed,
    }
