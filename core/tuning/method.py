"""The method on one page: the list of steps of a run, each a module of its own (docs/method.md).

    propose   the model writes single rules; those of earlier runs compete again
    match     from descriptions: where does each rule hold?
    rehearse  do choices made without a part of the labels come true on that part?
    score     what would each rule win and lose where it holds, and what does that promise?
    choose    greedily, the few that promise most together
    verify    the whole text against the generic prompt and the deployed one; rules that are not heard give way

Later labels are watched (core.tuning.watch). To leave out or replace a step, give another list. Every rule is kept
with what became of it and why.
"""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from core.tuning import choose, match, propose, score, verify
from core.tuning.pool import Candidate, Decision, Job, Verdict, Work, on_trial, why_kept
from core.tuning.score import paired
from core.vocabulary.explanation import CrossFit, Explanation, Verification
from core.vocabulary.feelprint import Evidence, RuleRecord, block_of
from core.vocabulary.images import reference_of
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult

Step: TypeAlias = Callable[[Work], Awaitable[Work]]


async def _propose(work: Work) -> Work:
    return dataclasses.replace(work, pool=await propose.propose(work.job))


async def _match(work: Work) -> Work:
    pool, described = await match.match(work.job, work.pool)
    return dataclasses.replace(work, pool=score.apart(pool) if described else pool, described=described)


async def _rehearse(work: Work) -> Work:
    job = work.job
    told = choose.rehearse(work.pool, propose.parts(job), job.items, job.constants) if work.described else None
    return dataclasses.replace(work, rehearsal=told)


async def _score(work: Work) -> Work:
    return dataclasses.replace(work, pool=score.score(work.pool, work.job.items)) if work.described else work


async def _choose(work: Work) -> Work:
    """By promise; or, where nobody knows where rules hold, those that stand first: the answers will tell."""
    job = work.job
    if work.described:
        return dataclasses.replace(work, chosen=choose.choose(work.pool, job.items, job.constants))
    first = on_trial(work.pool)[: job.constants.max_rules]
    late = _because(RuleReason.OUT_OF_CALLS, [c for c in work.pool if c not in first])
    return dataclasses.replace(work, pool=[*first, *late], chosen=first)


async def _verify(work: Work) -> Work:
    return await verify.verify(work)


STEPS: tuple[Step, ...] = (_propose, _match, _rehearse, _score, _choose, _verify)


async def by_rules(job: Job, steps: Sequence[Step] = STEPS) -> Decision:
    """One tuning run in `rules` mode. Raises Stopped."""
    work = Work(job)
    for step in steps:
        work = await step(work)
    return _decided(work)


def _decided(work: Work) -> Decision:
    job, told, verdict = work.job, work.rehearsal, work.verdict
    explanation = Explanation(
        described=work.described,
        composed=None if work.doubtful else tuple(rule.id for rule in work.rules),
        cross_fit=CrossFit(told.generic, round(told.probability, 4), told.apart) if told else None,
        verification=_verification(verdict) if verdict else None,
    )
    if work.doubtful:
        return _kept(job, _because(RuleReason.OUT_OF_FOLD, work.pool), explanation)
    picked = {rule.id for rule in work.rules}
    rest = choose.left_out([c for c in work.pool if c.rule.id not in picked], len(picked), job.constants.max_rules)
    if work.barred:
        again = bool(work.rules) and block_of(work.rules) in job.quarantined
        chosen = _because(RuleReason.QUARANTINED, work.chosen) if again else work.chosen
        return _kept(job, [*chosen, *rest], explanation)
    if verdict is not None and not verdict.passed:
        return _kept(job, [*_because(RuleReason.VERIFICATION, work.chosen), *rest], explanation)
    deployed = [
        dataclasses.replace(c, status=RuleStatus.DEPLOYED, reason=RuleReason.VERIFIED) for c in work.chosen
    ]
    leaning = told is not None and told.generic.held and not told.apart
    return Decision(
        RunResult.DEPLOYED,
        RunReason.FOUND_LEANING if leaning else RunReason.FOUND,
        explanation,
        rules=work.rules,
        verify=verdict.generic if verdict else Evidence(),
        records=_records(job, [*deployed, *rest], stays=frozenset()),
    )


def _kept(job: Job, candidates: Sequence[Candidate], explanation: Explanation) -> Decision:
    stays = frozenset(rule.id for rule in job.active.rules) if job.active else frozenset()
    reason = why_kept(job.items, deployed=job.active is not None)
    return Decision(RunResult.KEPT, reason, explanation, records=_records(job, candidates, stays))


def _because(reason: RuleReason, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the reason, where they have none yet."""
    return [c if c.reason else dataclasses.replace(c, reason=reason) for c in candidates]


def _records(job: Job, candidates: Sequence[Candidate], stays: frozenset[str]) -> tuple[RuleRecord, ...]:
    """Every candidate as it is kept. Rules of the deployed version keep their status while it stays.

    What an earlier run showed of a rule stays known where this one tried it less: on whatever was unseen then.
    """
    known = {record.rule.id: record for record in job.records}
    seen = {c.rule.id for c in candidates}
    records = []
    for c in candidates:
        earlier = known.get(c.rule.id)
        asked = paired(gain for _, gain in sorted(c.told.items()))
        fresh = paired(gain for i, gain in sorted(c.told.items()) if i not in c.seen)
        records.append(
            RuleRecord(
                rule=c.rule,
                status=RuleStatus.DEPLOYED if c.rule.id in stays else c.status,
                screened=c.screened,
                asked=_fuller(asked, earlier.asked) if earlier else asked,
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


def _verification(verdict: Verdict) -> Verification:
    return Verification(
        verdict.generic,
        round(verdict.probability, 4),
        verdict.gate,
        verdict.passed,
        verdict.unparsed,
        verdict.deployed,
    )
