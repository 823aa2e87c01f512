"""SCREEN: drop rules that cannot help, for nothing.

If the model followed a rule wherever its condition holds, where would it be right and most people
wrong, and where the opposite? The generic answers are there already, so this costs no call.
"""

import dataclasses
from collections.abc import Sequence

from core.tuning.evidence import net, paired
from core.tuning.items import Item
from core.tuning.job import Candidate

NOT_HELD = "It speaks of none of your pictures."
NO_GAIN = "Most people's answer was right as often where it applies."
OUTNUMBERED = "Other rules promised more."


def screen(candidates: Sequence[Candidate], items: Sequence[Item], keep: int) -> list[Candidate]:
    """All candidates with their free evidence; those that fail are marked dropped or unused.

    A rule stays with wins - losses >= 1, the best `keep` of them; the survivors come first, best first.
    """
    judged = [_screened(candidate, items) for candidate in candidates]
    alive = [c for c in judged if net(c.screened) >= 1.0]
    alive.sort(key=lambda c: -net(c.screened))
    over = [dataclasses.replace(c, note=OUTNUMBERED) for c in alive[keep:]]
    gone = [
        dataclasses.replace(c, status="dropped", note=NO_GAIN if c.held else NOT_HELD)
        for c in judged
        if net(c.screened) < 1.0
    ]
    return alive[:keep] + over + gone


def survivors(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those still under trial: neither dropped nor set aside with a note."""
    return [c for c in candidates if c.status != "dropped" and not c.note]


def _screened(candidate: Candidate, items: Sequence[Item]) -> Candidate:
    gains = [items[i].gain_of(candidate.rule.feel) for i in sorted(candidate.held)]
    return dataclasses.replace(candidate, screened=paired(gains))
