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

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from core.tuning import choose, match, propose, score
from core.tuning.evidence import paired
from core.tuning.pool import Candidate, Decision, Job, Work, because, on_trial
from core.tuning.rehearse import rehearse
from core.tuning.verify import verify
from core.vocabulary.explanation import CrossFit, Explanation, Withdrawal
from core.vocabulary.feelprint import Evidence, Feelprint, RuleRecord
from core.vocabulary.images import reference_of
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult

Step: TypeAlias = Callable[[Work], Awaitable[Work]]


async def _propose(work: Work) -> Work:
    return replace(work, pool=await propose.propose(work.job))


async def _match(work: Work) -> Work:
    pool, described = await match.match(work.job, work.pool)
    return replace(work, pool=score.apart(pool) if described else pool, described=described)


async def _rehearse(work: Work) -> Work:
    job = work.job
    told = rehearse(work.pool, propose.parts(job), job.items, job.constants) if work.described else None
    return replace(work, rehearsal=told)


async def _score(work: Work) -> Work:
    return replace(work, pool=score.score(work.pool, work.job.items)) if work.described else work


async def _choose(work: Work) -> Work:
    """By promise; or, where nobody knows where rules hold, those that stand first: the answers will tell."""
    job = work.job
    if work.described:
        return replace(work, chosen=choose.choose(work.pool, job.items, job.constants))
    first = on_trial(work.pool)[: job.constants.max_rules]
    late = because(RuleReason.OUT_OF_CALLS, [c for c in work.pool if c not in first])
    return replace(work, pool=[*first, *late], chosen=first)


STEPS: tuple[Step, ...] = (_propose, _match, _rehearse, _score, _choose, verify)


async def by_rules(job: Job, steps: Sequence[Step] = STEPS) -> Decision:
    """One tuning run in `rules` mode. Raises Stopped."""
    work = Work(job)
    for step in steps:
        work = await step(work)
    return _decided(work)


def _decided(work: Work) -> Decision:
    job, told, verdict = work.job, work.rehearsal, work.verdict
    explanation = replace(
        job.known,
        described=work.described,
        composed=None if work.doubtful else tuple(rule.id for rule in work.rules),
        cross_fit=_rounded(told) if told else None,
        verification=verdict,
    )
    if work.doubtful:
        pool = because(RuleReason.OUT_OF_FOLD, work.pool)
        if job.active is not None and work.no_better and not job.borne_out:
            return _taken_back(job, job.active, pool, explanation)
        return _kept(job, pool, explanation)
    picked = {rule.id for rule in work.rules}
    rest = choose.left_out([c for c in work.pool if c.rule.id not in picked], len(picked), job.constants.max_rules)
    if work.barred:
        chosen = because(RuleReason.QUARANTINED, work.chosen) if work.quarantined else work.chosen
        return _kept(job, [*chosen, *rest], explanation)
    if verdict is not None and not verdict.passed:
        return _kept(job, [*because(RuleReason.VERIFICATION, work.chosen), *rest], explanation)
    deployed = [replace(c, status=RuleStatus.DEPLOYED) for c in because(RuleReason.VERIFIED, work.chosen)]
    leaning = told is not None and told.evidence.held and not told.beats_favourite
    return Decision(
        RunResult.DEPLOYED,
        RunReason.FOUND_LEANING if leaning else RunReason.FOUND,
        explanation,
        rules=work.rules,
        verify=verdict.evidence if verdict else Evidence(),
        records=_records(job, [*deployed, *rest], stays=frozenset()),
    )


def _rounded(told: CrossFit) -> CrossFit:
    return replace(told, probability=round(told.probability, 4), needed=round(told.needed, 4))


def _kept(job: Job, candidates: Sequence[Candidate], explanation: Explanation) -> Decision:
    stays = frozenset(rule.id for rule in job.active.rules) if job.active else frozenset()
    return Decision(RunResult.KEPT, job.why_kept(), explanation, records=_records(job, candidates, stays))


def _taken_back(
    job: Job, active: Feelprint, candidates: Sequence[Candidate], explanation: Explanation
) -> Decision:
    """The version in use goes: nothing like it would be deployed today."""
    explanation = replace(explanation, withdrawal=Withdrawal(active.version))
    records = _records(job, candidates, stays=frozenset())
    return Decision(RunResult.KEPT, RunReason.ROLLED_BACK_TO_GENERIC, explanation, records=records)


def _records(job: Job, candidates: Sequence[Candidate], stays: frozenset[str]) -> tuple[RuleRecord, ...]:
    """Every candidate as it is kept, and what leaves use. Rules of the deployed version keep their status while it
    stays.
    """
    known = {record.rule.id: record for record in job.records}
    records = [_record(job, c, known.get(c.rule.id), deployed=c.rule.id in stays) for c in candidates]
    left = known.keys() - {c.rule.id for c in candidates} - stays
    gone = [r for r in job.records if r.rule.id in left and r.status == RuleStatus.DEPLOYED]
    return (*records, *(replace(record, status=RuleStatus.UNUSED) for record in gone))


def _record(job: Job, c: Candidate, earlier: RuleRecord | None, *, deployed: bool) -> RuleRecord:
    """What an earlier run showed of a rule stays known where this one tried it less: on what was unseen then."""
    asked = paired(gain for _, gain in sorted(c.told.items()))
    fresh = paired(gain for i, gain in sorted(c.told.items()) if i not in c.seen)
    return RuleRecord(
        rule=c.rule,
        status=RuleStatus.DEPLOYED if deployed else c.status,
        screened=c.screened,
        unseen=paired(gain for i, gain in sorted(c.gains.items()) if i not in c.seen),
        asked=_fuller(asked, earlier.asked) if earlier else asked,
        shadow=earlier.shadow if earlier else Evidence(),
        reason=c.reason,
        fresh=_fuller(fresh, earlier.fresh) if earlier else fresh,
        held_on=_references(job, c.held),
        seen=_references(job, c.seen),
        writer=c.writer,
        same_as=c.same_as if c.reason is RuleReason.DUPLICATE else None,
    )


def _fuller(now: Evidence, before: Evidence) -> Evidence:
    return now if now.held >= before.held else before


def _references(job: Job, places: frozenset[int]) -> tuple[str, ...]:
    return tuple(reference_of(job.items[i].image.hash) for i in sorted(places))
