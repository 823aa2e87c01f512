"""VERIFY: the composed text is asked as a whole, and must beat what it would replace.

Rules may disturb each other or the rest of the prompt, and no model follows every wording, so only the whole
text's own answers count. A rule that the model passes over or takes too broadly is set aside and others take its
place: that text is asked in turn, while calls last. Where every rule is heard, one text is all that is asked.
"""

import dataclasses
import random
from collections.abc import Mapping, Sequence

from core.asking.questions import Judgement
from core.tuning.choose import choose
from core.tuning.evidence import better, net, paired
from core.tuning.pool import Candidate, Job, Work
from core.tuning.score import score
from core.vocabulary.calls import Answer, Failure, Purpose
from core.vocabulary.explanation import Verification
from core.vocabulary.feelprint import block_of
from core.vocabulary.label import hit
from core.vocabulary.reasons import RuleReason, RuleStatus, Unverified

UNREADABLE = frozenset({Failure.INVALID, Failure.TRUNCATED})
TOLERATED = 20
"""One unreadable answer in so many is the model's slip; more is the text's fault."""


async def verify(work: Work) -> Work:
    """The work with the verdict on the last text that passed, or else on the last one that was asked.

    The chosen rules are those of that text. Raises Stopped.
    """
    passed: Work | None = None
    asked: Work | None = None
    left = work.job.cap
    while not (work.doubtful or work.barred):
        where = places(work)
        left -= len(where)
        if left < 0:
            break
        verdict, said = await ask(work.job, block_of(work.rules), where)
        work = asked = dataclasses.replace(heard(work, said), verdict=verdict)
        passed = asked if verdict.passed else passed
        again = choose(work.pool, work.job.items, work.job.constants)
        if {c.rule.id for c in again} == {rule.id for rule in work.rules}:
            break
        work = dataclasses.replace(work, chosen=again)
    found = passed or asked
    return dataclasses.replace(found, pool=work.pool) if found else work


def places(work: Work) -> list[int]:
    """The images that a text is asked about: those that tell, at most as many as are kept for one text.

    Those of which a new or a deployed rule speaks come first, the newest before others, then a seeded sample of
    those where most people are right; on the rest both are wrong, and ties drop out.
    """
    job = work.job
    speaking = {rule.id for rule in (*work.rules, *(job.active.rules if job.active else ()))}
    spoken = {i for c in work.pool if c.rule.id in speaking for i in c.held if job.items[i].gain_of(c.rule.feel)}
    others = [i for i, item in enumerate(job.items) if i not in spoken and item.generic_hit > 0.0]
    random.Random(f"{job.seed}:verify").shuffle(others)  # noqa: S311 - reproducible, not secret
    right = sum(1 for item in job.items if item.generic_hit > 0.0)
    calls = min(len(job.items), job.cap // 2, right + -(-(len(job.items) - right) // 3))
    return sorted((sorted(spoken, key=lambda i: -job.items[i].at) + others)[:calls])


async def ask(job: Job, block: str, where: Sequence[int]) -> tuple[Verification, Mapping[int, Judgement]]:
    """The verdict on a block by its answers about these images, and the answers.

    The deployed block is asked about the same images; most of these answers were paid when it was verified and
    shadowed, and come from the cache. A picture whose answer cannot be read any more is a miss, not a gap; refused
    ones are left out. Raises Stopped.
    """
    new, said, unread = await hits(job, block, where, Purpose.VERIFY)
    gains = {i: new[i] - job.items[i].generic_hit for i in sorted(new)}
    generic = paired(gains.values())
    probability = better(generic.right, generic.wrong)
    failed = [Unverified.NOT_SURE] if probability < job.constants.gate else []
    deployed = None
    if job.active is not None:
        old, _, _ = await hits(job, job.active.block, sorted(new), Purpose.VERIFY)
        deployed = paired(new[i] - old[i] for i in sorted(new) if i in old)
        failed += [Unverified.NOT_AHEAD] if net(deployed) <= 0.0 else []
    failed += [Unverified.UNREADABLE] if unread * TOLERATED > generic.held else []
    gate = job.constants.gate
    return Verification(generic, round(probability, 4), gate, not failed, unread, deployed, tuple(failed)), said


async def hits(
    job: Job, block: str, where: Sequence[int], purpose: Purpose
) -> tuple[dict[int, float], dict[int, Judgement], int]:
    """The hit of a block per image index, what it said, and how many answers were unreadable.

    Refused images are left out. Raises Stopped.
    """
    outcomes = await job.session.outcomes(purpose, [job.question(i, block, purpose) for i in where])
    said = {i: o.value for i, o in zip(where, outcomes, strict=True) if isinstance(o, Answer)}
    lost = [i for i, outcome in zip(where, outcomes, strict=True) if outcome in UNREADABLE]
    found = {i: hit(job.label_set, answer.distribution, job.items[i].felt) for i, answer in said.items()}
    return found | dict.fromkeys(lost, 0.0), said, len(lost)


def heard(work: Work, said: Mapping[int, Judgement]) -> Work:
    """The chosen rules with what came of them, those out of the race that the model did not follow.

    Where descriptions do not say where rules hold, the answers do: they name the rule that decided.
    """
    chosen = work.chosen
    if not work.described:
        named = [
            dataclasses.replace(c, held=frozenset(i for i, answer in said.items() if answer.rule == place))
            for place, c in enumerate(chosen)
        ]
        chosen = score(named, work.job.items)
    chosen = [_told(work.job, c, chosen, said) for c in chosen]
    now = {c.rule.id: c for c in chosen}
    pool = [now.get(c.rule.id, c) for c in work.pool]
    return dataclasses.replace(work, pool=_other_wordings(pool, chosen), chosen=chosen)


def _other_wordings(pool: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    """The pool; of each chosen idea that was not heard in its wording the next one is under trial."""
    unheard = {(c.rule.feel, c.held) for c in chosen if c.reason is RuleReason.NOT_BETTER}
    found = []
    for c in pool:
        next_one = c.reason is RuleReason.DUPLICATE and (c.rule.feel, c.held) in unheard
        unheard -= {(c.rule.feel, c.held)} if next_one else set()
        found.append(dataclasses.replace(c, reason=None) if next_one else c)
    return found


def _told(job: Job, one: Candidate, chosen: Sequence[Candidate], said: Mapping[int, Judgement]) -> Candidate:
    """The candidate with what came of it, out of the race if the model did not follow it.

    That is judged where it is the only one that holds, beside what it lost where none holds.
    """
    tops = {i: job.label_set.top(answer.distribution) for i, answer in said.items()}
    others = frozenset[int]().union(*(c.held for c in chosen if c.rule.id != one.rule.id))
    told = {i: job.items[i].gain_of(top) for i, top in tops.items() if i in one.held}
    own = {i: gain for i, gain in told.items() if i not in others}
    elsewhere = [i for i, top in tops.items() if i not in one.held | others and top == one.rule.feel]
    came = sum(own.values()) + sum(min(0.0, job.items[i].gain_of(one.rule.feel)) for i in elsewhere)
    one = dataclasses.replace(one, told=told)
    if_followed = sum(job.items[i].gain_of(one.rule.feel) for i in own)
    if one.reason is not None or came >= min(if_followed, job.constants.heard * if_followed):
        return one
    return dataclasses.replace(one, status=RuleStatus.DROPPED, reason=RuleReason.NOT_BETTER)
