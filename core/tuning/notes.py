"""What a member is told of a run, in a sentence or two; why a rule was dropped stands beside each decision."""

from collections.abc import Sequence

from core.tuning.items import Item
from core.tuning.promise import at_stake

TOO_FEW = "There are too few labelled pictures to learn from yet. A few more, and I can try."
TOO_FEW_SINCE = (
    "Your feelings seem to have changed, so I go by your newer pictures only. "
    "A few more of them, and I can learn from you again."
)
ONE_EMOTION = (
    "All your pictures carry the same feeling, so there is nothing to tell apart yet. "
    "React to a few that move you differently, and I will look again."
)
NOT_YET = (
    "I looked closely, but found nothing about your taste that I could rely on yet. "
    "Until then I answer with what most people would feel."
)
MAJORITY = (
    "You feel about most pictures as most people do, and I found nothing reliable that sets you apart. "
    "So I answer with what most people would feel: for you that is a good guess."
)
STILL_BEST = "I looked at your new labels: your feelprint still fits best, so it stays as it is."
NEW = "I found something that sets you apart: your feelprint has a new version."
LEANING = (
    "Your feelprint has a new version. So far it mostly knows which feelings you have often; "
    "what makes the difference between two pictures for you, I cannot tell reliably yet."
)
RETIRED = "One of your rules did not hold up on newer pictures, so I took it out."
ROLLED_BACK = (
    "Your newest version kept going wrong on new pictures, so I took it back. What worked before is in use again."
)
ROLLED_BACK_TO_MOST = (
    "Your version kept going wrong on new pictures, so I took it back. "
    "Until I know better, I answer with what most people would feel."
)
STOPPED = "The model could not be reached. Nothing is lost; I will try again by myself."


def kept(items: Sequence[Item], deployed: bool) -> str:
    """The sentence for a run that changed nothing; most pictures are more than half of them."""
    if deployed:
        return STILL_BEST
    return MAJORITY if at_stake(items) > 0.5 else NOT_YET
