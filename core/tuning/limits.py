"""How much a run may ask: what keeps a request small and a run within its calls. None of it decides what is true.

The cap is about new texts alone; the shared generic answers, text-only calls and what the version in use is asked
beside them come on top of it, and `estimate` counts them all.
"""

from core.tuning.constants import Constants
from core.vocabulary.calls import Purpose
from core.vocabulary.reasons import Mode

MIN_LABELS = 8
"""Fewer labelled images than this teach nothing that could be tested (docs/method.md#run)."""

MAX_LABELS = 200
"""Only the newest labels are used: time and memory of a run stay flat as labels pile up."""

CAP = 80
"""Image calls of a run about new texts; one text is asked about half as many pictures at most."""

SHOWN = 40
"""Labelled pictures that one writer call is shown at most."""

RULES_PER_CALL = 12
TEMPERATURES = (0.2, 0.7, 1.0)
"""Of the writer's calls in turn, so that they do not all write the same."""

REMEMBERED = 10
"""Rules of earlier runs that compete again, beside those in use and the member's own."""

CONDITIONS_PER_CALL = 32
PICTURES_PER_CALL = 40
"""How much one text-only call of MATCH is asked."""


def estimate(
    labels: int, constants: Constants, mode: Mode = Mode.RULES, *, cap: int = CAP, deployed: bool = False
) -> dict[Purpose, int]:
    """The most calls by purpose that a run over so many labels can ask for.

    `generic` is what it costs where no other member's run has asked for the pictures yet. `deployed`: a version is
    in use, and is asked about the pictures of every text that would replace it; most of these answers are known.
    """
    n = min(labels, MAX_LABELS) if labels >= MIN_LABELS else 0
    if mode == Mode.PAPER:
        scored = min(n, cap // 2)
        texts = affordable(scored, cap) if n else 0
        return {Purpose.GENERIC: n, Purpose.WRITE: texts, Purpose.SCORE: texts * scored}
    writers = 1 + constants.parts
    conditions = writers * RULES_PER_CALL + constants.max_rules + REMEMBERED
    blocks = -(-conditions // CONDITIONS_PER_CALL) * -(-n // PICTURES_PER_CALL)
    return {
        Purpose.GENERIC: n,
        Purpose.WRITE: writers if n else 0,
        Purpose.MATCH: 2 + blocks if n else 0,
        Purpose.VERIFY: cap * (2 if deployed else 1) if n else 0,
    }


def affordable(labels: int, cap: int) -> int:
    """How many prompts `paper` mode can score on so many images within the cap."""
    return max(1, cap // max(1, labels))
