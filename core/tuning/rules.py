"""The default mode: write single rules, match, screen, compose, try each alone, verify the whole.

A written prompt mixes good and bad guesses about a person, so the unit of selection is the rule, and
the whole is only a last test (docs/method.md#run). Every rule is kept with what became of it and why.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from core.tuning.alone import affordable, alone
from core.tuning.aside import Aside, aside
from core.tuning.compose import compose, left_out
from core.tuning.evidence import paired
from core.tuning.job import Candidate, Decision, Job, why_kept
from core.tuning.match import anywhere, match
from core.tuning.screen import apart, screen, survivors
from core.tuning.trust import trusted
from core.tuning.verify import Verdict, verify
from core.tuning.write import parts, write
from core.vocabulary.explanation import CrossFit, Explanation, Verification
from core.vocabulary.feelprint import Evidence, Rule, RuleRecord, block_of
from core.vocabulary.images import reference_of
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult


async def by_rules(job: Job) -> Decision:
    """One tuning run in `rules` mode. Raises Stopped."""
    placed, described = await _placed(job, await write(job))
    if not described:
        return await _decide(job, await _tried_everywhere(job, placed), Explanation(described=False))
    different = apart(placed)
    cross = aside(survivors(different), parts(job), job.items, job.preset)
    explanation = Explanation(described=True, cross_fit=_cross_fit(cross))
    screened = [c if c.reason else now for c, now in zip(different, screen(different, job.items), strict=True)]
    doubtful = cross.probability < job.preset.aside_of(len(job.items)) or (job.preset.apart and not cross.apart)
    if cross.generic.held and doubtful:
        return _kept(job, _because(RuleReason.OUT_OF_FOLD, screened), explanation)
    tested = await _tried(job, screened) if job.preset.alone else screened
    leaning = cross.generic.held and not cross.apart
    return await _decide(job, tested, explanation, RunReason.FOUND_LEANING if leaning else RunReason.FOUND)


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
    job: Job, tested: Sequence[Candidate], explanation: Explanation, found: RunReason = RunReason.FOUND
) -> Decision:
    good = survivors(tested)
    chosen = compose(good, job.items, job.preset)
    rest = [c for c in tested if c not in good] + left_out(good, chosen, job.preset.max_rules)
    rules = tuple(c.rule for c in chosen)
    explanation = dataclasses.replace(explanation, composed=tuple(rule.id for rule in rules))
    if not rules:
        return _kept(job, rest, explanation)
    if job.active is not None and {r.id for r in job.active.rules} == {r.id for r in rules}:
        return _kept(job, [*chosen, *rest], explanation)
    block = block_of(rules)
    if block in job.quarantined:
        return _kept(job, [*_because(RuleReason.QUARANTINED, chosen), *rest], explanation)
    evidence = Evidence()
    if job.preset.verify:
        spoken = _spoken(job, [*chosen, *rest], rules)
        verdict = await verify(job, block, spoken, _verify_calls(job))
        explanation = dataclasses.replace(explanation, verification=_verification(verdict))
        chosen = [_borne_out(c, verdict.gains) for c in chosen]
        evidence = verdict.generic
        if not verdict.passed:
            return _kept(job, [*_because(RuleReason.VERIFICATION, chosen), *rest], explanation)
    deployed = [dataclasses.replace(c, status=RuleStatus.DEPLOYED, reason=RuleReason.VERIFIED) for c in chosen]
    records = _records(job, [*deployed, *rest], stays=frozenset())
    return Decision(RunResult.DEPLOYED, found, explanation, rules=rules, verify=evidence, records=records)


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


def _kept(job: Job, candidates: Sequence[Candidate], explanation: Explanation) -> Decision:
    stays = frozenset(rule.id for rule in job.active.rules) if job.active else frozenset()
    reason = why_kept(job.items, deployed=job.active is not None)
    return Decision(RunResult.KEPT, reason, explanation, records=_records(job, candidates, stays))


def _because(reason: RuleReason, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the reason, where they have none yet."""
    return [c if c.reason else dataclasses.replace(c, reason=reason) for c in candidates]


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
                status=RuleStatus.DEPLOYED if c.rule.id in stays else c.status,
                screened=c.screened,
                alone=_fuller(c.alone, earlier.alone) if earlier else c.alone,
                shadow=earlier.shadow if earlier else Evidence(),
                reason=c.reason,
                fresh=_fuller(fresh, earlier.fresh) if earlier else fresh,
                held_on=_references(job, c.held),
                seen=_references(job, c.seen),
                writer=c.writer,
            )
        )
    for rule_id, record in known.items():
        if record.status == RuleStatus.DEPLOYED and rule_id not in stays and rule_id not in seen:
            records.append(dataclasses.replace(record, status=RuleStatus.UNUSED))
    return tuple(records)


def _fuller(now: Evidence, before: Evidence) -> Evidence:
    return now if now.held >= before.held else before


def _references(job: Job, places: frozenset[int]) -> tuple[str, ...]:
    return tuple(reference_of(job.items[i].image.hash) for i in sorted(places))


def _cross_fit(cross: Aside) -> CrossFit:
    return CrossFit(cross.generic, round(cross.probability, 4), cross.apart)


def _verification(verdict: Verdict) -> Verification:
    return Verification(
        verdict.generic,
        round(verdict.probability, 4),
        verdict.gate,
        verdict.passed,
        verdict.unparsed,
        verdict.deployed,
    )
