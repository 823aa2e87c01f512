"""TRUST: check whether descriptions may decide where a rule holds.

The riskiest assumption of the method (docs/method.md#trust), so it is checked with the model at hand before
the first run: ten pairs of condition and description whose answer everybody knows.
"""

from functools import partial

from core.asking.questions import Asker, Description
from core.tuning.session import Session
from core.vocabulary.calls import Purpose

DESCRIPTIONS = (
    Description("A dark night sky over black hills.", ("dark", "black", "night", "sky", "hills")),
    Description(
        "A bright field of yellow flowers under a blue sky.", ("bright", "yellow", "blue", "flowers", "sky")
    ),
    Description("A red circle on a plain white background.", ("red", "white", "circle", "plain background")),
    Description(
        "A crowded street with many colourful signs.", ("busy", "colourful", "crowded", "street", "signs")
    ),
    Description("Grey fog over calm grey water.", ("grey", "fog", "water", "muted colours", "calm")),
)

PAIRS: tuple[tuple[str, int, bool], ...] = (
    ("a dark picture", 0, True),
    ("yellow", 1, True),
    ("a red circle", 2, True),
    ("many colours", 3, True),
    ("grey tones", 4, True),
    ("a bright picture", 0, False),
    ("black", 1, False),
    ("blue", 2, False),
    ("fog", 3, False),
    ("bright red", 4, False),
)
"""(condition, index of a description, whether it holds)."""

ENOUGH = 9
"""Right answers of ten from which descriptions are trusted."""


async def trusted(session: Session, asker: Asker) -> bool:
    """Whether the model judges at least nine of ten known pairs rightly. Raises Stopped."""
    conditions = [condition for condition, _, _ in PAIRS]
    (answer,) = await session.all(Purpose.MATCH, [partial(asker.match, conditions, DESCRIPTIONS, owner=None)])
    if answer is None:
        return False
    return sum(((i, at) in answer) == holds for i, (_, at, holds) in enumerate(PAIRS)) >= ENOUGH
