"""SCREEN: drop rules that cannot help, for nothing.

If the model followed a rule wherever its condition holds, where would it be right and most people
wrong, and where the opposite? The generic answers are there already, so this costs no call. A rule is
worth what it adds: ten wordings of one insight must not use up the calls that others would need.
"""

import dataclasses
from collections.abc import Sequence

from core.tuning.compose import adds
from core.tuning.evidence import net, paired
from core.tuning.items import Item
from core.tuning.job import Candidate
from core.tuning.presets import Preset
from core.tuning.promise import chance_of, retention

NOT_HELD = "It speaks of none of your pictures."
NO_GAIN = "Most people's answer was right as often where it applies."
OUTNUMBERED = "Other rules promised more."


def screen(candidates: Sequence[Candidate], items: Sequence[Item], preset: Preset) -> list[Candidate]:
    """All candidates with their free evidence; those that fail are marked dropped or set aside with a note.

    A rule stays with wins - losses >= 1, the best `preset.screened` of them; the survivors come first, in
    the order in which they should be tested.
    """
    chances = {c.rule.feel: chance_of(c.rule.feel, items) for c in candidates}
    retained = retention(candidates, items)
    judged = [
        dataclasses.replace(_screened(c, items), chance=chances[c.rule.feel], retained=retained)
        for c in candidates
    ]
    alive = ranked([c for c in judged if net(c.screened) >= 1.0], items, preset)
    over = [dataclasses.replace(c, note=OUTNUMBERED) for c in alive[preset.screened :]]
    gone = [
        dataclasses.replace(c, status="dropped", note=NO_GAIN if c.held else NOT_HELD)
        for c in judged
        if net(c.screened) < 1.0
    ]
    return alive[: preset.screened] + over + gone


def ranked(candidates: Sequence[Candidate], items: Sequence[Item], preset: Preset) -> list[Candidate]:
    """Most promising first, but a rule that repeats those before it waits: calls are for different ideas.

    In layers: each takes the rule that adds most to the layer's others until none adds anything.
    """
    believed = [believe(c, items) for c in candidates]
    order: list[Candidate] = []
    layer: list[Candidate] = []
    rest = list(range(len(believed)))
    while rest:
        best = max(rest, key=lambda i: adds(believed[i], layer, items, preset.doubt))
        if layer and adds(believed[best], layer, items, preset.doubt) <= 0.0:
            layer = []
            continue
        layer.append(believed[best])
        order.append(candidates[best])
        rest.remove(best)
    return order


def believe(candidate: Candidate, items: Sequence[Item]) -> Candidate:
    """The candidate as if the model followed it wherever it holds."""
    feel = candidate.rule.feel
    gains = {i: items[i].gain_of(feel) for i in sorted(candidate.held)}
    return dataclasses.replace(candidate, alone=candidate.screened, gains=gains)


def survivors(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those still under trial: neither dropped nor set aside with a note."""
    return [c for c in candidates if c.status != "dropped" and not c.note]


def _screened(candidate: Candidate, items: Sequence[Item]) -> Candidate:
    gains = [items[i].gain_of(candidate.rule.feel) for i in sorted(candidate.held)]
    return dataclasses.replace(candidate, screened=paired(gains))
