"""SCREEN: drop rules that cannot help, for nothing.

If the model followed a rule wherever its condition holds, where would it be right and most people
wrong, and where the opposite? The generic answers are there already, so this costs no call. A rule is
worth what it adds: ten wordings of one insight must not use up the calls that others would need.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence

from core.tuning.evidence import net, paired
from core.tuning.items import Item
from core.tuning.job import Candidate

NOT_HELD = "It speaks of none of your pictures."
NO_GAIN = "Most people's answer was right as often where it applies."
OUTNUMBERED = "Other rules promised more."


def screen(candidates: Sequence[Candidate], items: Sequence[Item], keep: int) -> list[Candidate]:
    """All candidates with their free evidence; those that fail are marked dropped or unused.

    A rule stays with wins - losses >= 1, at most `keep` of them; the survivors come first, in the order in
    which each adds most to those before it.
    """
    judged = [_screened(candidate, items) for candidate in candidates]
    alive = [c for c in judged if net(c.screened) >= 1.0]
    alive = by_what_they_add(alive, items)
    over = [dataclasses.replace(c, note=OUTNUMBERED) for c in alive[keep:]]
    gone = [
        dataclasses.replace(c, status="dropped", note=NO_GAIN if c.held else NOT_HELD)
        for c in judged
        if net(c.screened) < 1.0
    ]
    return alive[:keep] + over + gone


def by_what_they_add(candidates: Sequence[Candidate], items: Sequence[Item]) -> list[Candidate]:
    """Greedy order of expected gain, a picture counting half with every earlier rule that holds for it.

    Diminishing returns make this the usual (1 - 1/e) approximation of the best set (Nemhauser, Wolsey and
    Fisher 1978, Mathematical Programming 14). Ties go to the candidate that stands earlier.
    """
    gains = [{i: items[i].gain_of(c.rule.feel) for i in c.held} for c in candidates]
    covered: Counter[int] = Counter()
    rest = list(range(len(candidates)))
    order: list[Candidate] = []
    while rest:
        best = max(rest, key=lambda k: sum(gain / 2 ** covered[i] for i, gain in sorted(gains[k].items())))
        rest.remove(best)
        covered.update(candidates[best].held)
        order.append(candidates[best])
    return order


def survivors(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those still under trial: neither dropped nor set aside with a note."""
    return [c for c in candidates if c.status != "dropped" and not c.note]


def _screened(candidate: Candidate, items: Sequence[Item]) -> Candidate:
    gains = [items[i].gain_of(candidate.rule.feel) for i in sorted(candidate.held)]
    return dataclasses.replace(candidate, screened=paired(gains))
