"""The default mode: write single rules, match, screen, compose, try each alone, verify the whole.

A written prompt mixes good and bad guesses about a person, so the unit of selection is the rule, and
the whole is only a last test (docs/method.md#run). Every rule is kept with what became of it and why.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from core.tuning import notes
from core.tuning.alone import affordable, alone
from core.tuning.aside import Aside, aside
from core.tuning.compose import compose, left_out
from core.tuning.evidence import paired
from core.tuning.job import Candidate, Job, Outcome
from core.tuning.match import anywhere, match
from core.tuning.screen import apart, screen, survivors
from core.tuning.trust import trusted
from core.tuning.verify import Verdict, verify
from core.tuning.write import parts, write
from core.vocabulary.feelprint import Evidence, Rule, RuleRecord, block_of

FAILED_ASIDE = "Labels that I had kept aside did not bear out ideas like this one."
FAILED_TOGETHER = "It was right alone, but together with the others it was not reliably better."
QUARANTINED = "These rules were taken back once, after they had failed on new pictures."
CHOSEN = "It held up alone and in the whole."


async def by_rules(job: Job) -> Outcome:
    """One tuning run in `rules` mode. Raises Stopped."""
    placed, described = await _placed(job, await write(job))
    if not described:
        return await _decide(job, await _tried_everywhere(job, placed), {"described": False})
    different = apart(placed)
    told = aside(survivors(different), parts(job), job.items, job.preset)
    detail = {"described": True, "aside": _tested(told)}
    screened = [c if c.note else now for c, now in zip(different, screen(different, job.items), strict=True)]
    doubtful = told.probability < job.preset.aside_of(len(job.items)) or (job.preset.apart and not told.apart)
    if told.generic.held and doubtful:
        return _kept(job, [c if c.note else dataclasses.replace(c, note=FAILED_ASIDE) for c in screened], detail)
    tested = await _tried(job, screened) if job.preset.alone else screened
    leaning = told.generic.held and not told.apart
    return await _decide(job, tested, detail, notes.LEANING if leaning else notes.NEW)


async def _placed(job: Job, candidates: Sequence[Candidate]) -> tuple[list[Candidate], bool]:
    """The candidates where they hold, and whether descriptions decided it."""
    if candidates and job.preset.match and await trusted(job.session, job.asker):
        placed = await match(job, candidates)
        if placed is not None:
            return placed, True
    return anywhere(job, candidates), False


async def _tried(job: Job, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates after those that would be chosen have been tried alone, until all that are chosen were."""
    tested, calls = list(candidates), job.preset.cap - _verify_calls(job)
    tries, controls = job.preset.tries, job.preset.controls
    while new := [c for c in compose(survivors(tested), job.items, job.preset) if not c.tried]:
        able, late, calls = affordable(job, new, calls, tries, controls)
        now = {c.rule.id: c for c in (*await alone(job, able, tries, controls), *late)}
        tested = [now.get(c.rule.id, c) for c in tested]
    return tested


async def _tried_everywhere(job: Job, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, each tried alone on every image where it could matter, while image calls last.

    Then it holds where it changed the answer.
    """
    able, late, _ = affordable(job, candidates, job.preset.cap - _verify_calls(job))
    tried = [dataclasses.replace(c, held=frozenset(c.gains)) for c in await alone(job, able)]
    return [*tried, *late]


async def _decide(
    job: Job, tested: Sequence[Candidate], detail: Mapping[str, Any], news: str = notes.NEW
) -> Outcome:
    good = survivors(tested)
    chosen = compose(good, job.items, job.preset)
    rest = [c for c in tested if c not in good] + left_out(good, chosen, job.preset.max_rules)
    rules = tuple(c.rule for c in chosen)
    detail = {**detail, "composed": [rule.id for rule in rules]}
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
        verdict = await verify(job, block, spoken, _verify_calls(job))
        detail["verify"] = _explained(verdict)
        chosen = [_borne_out(c, verdict.gains) for c in chosen]
        evidence = verdict.generic
        if not verdict.passed:
            return _kept(job, [*_noted(chosen, FAILED_TOGETHER), *rest], detail)
    deployed = [dataclasses.replace(c, status="deployed", note=CHOSEN) for c in chosen]
    records = _records(job, [*deployed, *rest], stays=frozenset())
    return Outcome("deployed", news, detail, rules=rules, verify=evidence, records=records)


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


def _kept(job: Job, candidates: Sequence[Candidate], detail: Mapping[str, Any]) -> Outcome:
    stays = frozenset(rule.id for rule in job.active.rules) if job.active else frozenset()
    told = notes.kept(job.items, deployed=job.active is not None)
    return Outcome("kept", told, detail, records=_records(job, candidates, stays))


def _noted(candidates: Sequence[Candidate], note: str) -> list[Candidate]:
    return [dataclasses.replace(c, note=note) for c in candidates]


def _borne_out(candidate: Candidate, gains: Mapping[int, float]) -> Candidate:
    """The candidate with what came of the whole text where it holds."""
    return dataclasses.replace(candidate, told={i: gains[i] for i in candidate.held if i in gains})


def _records(job: Job, candidates: Sequence[Candidate], stays: frozenset[str]) -> tuple[RuleRecord, ...]:
    """Every candidate as it is kept. Rules of the deployed version keep their status while it stays.

    What an earlier run showed of a rule stays known where this one tried it less: on whatever was unseen then.
    """
    known = {record.rule.id: record for record in job.records}
    seen = {c.rule.id for c in candidates}
    records = []
    for c in candidates:
        earlier = known.get(c.rule.id)
        fresh = paired(gain for i, gain in sorted(c.told.items()) if i not in c.seen)
        records.append(
            RuleRecord(
                rule=c.rule,
                status="deployed" if c.rule.id in stays else c.status,
                screened=c.screened,
                alone=_fuller(c.alone, earlier.alone) if earlier else c.alone,
                shadow=earlier.shadow if earlier else Evidence(),
                note=c.note,
                fresh=_fuller(fresh, earlier.fresh) if earlier else fresh,
                held_on=_hashes(job, c.held),
                seen=_hashes(job, c.seen),
                source=c.source,
            )
        )
    for rule_id, record in known.items():
        if record.status == "deployed" and rule_id not in stays and rule_id not in seen:
            records.append(dataclasses.replace(record, status="unused"))
    return tuple(records)


def _fuller(now: Evidence, before: Evidence) -> Evidence:
    return now if now.held >= before.held else before


def _hashes(job: Job, places: frozenset[int]) -> tuple[str, ...]:
    return tuple(job.items[i].image.hash for i in sorted(places))


def _tested(told: Aside) -> dict[str, Any]:
    return {
        "pictures": told.generic.held,
        "better": told.generic.right,
        "worse": told.generic.wrong,
        "probability": round(told.probability, 4),
        "apart": told.apart,
    }


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
