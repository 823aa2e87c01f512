"""Why there is no answer to a member's question: each way in which a call can fail, in their words.

Whoever asks can do little about most of them, so each says what happens next, or who can help.
"""

from bot.words.language import gettext as _
from bot.words.language import mark
from core.vocabulary.calls import Failure

_REFUSED = mark("The model would rather not judge that picture. Others will work.")
_UNREADABLE = mark("The model gave an answer that I could not read. Please try once more.")
_SENTENCES = {
    Failure.REFUSED: _REFUSED,
    Failure.FILTERED: _REFUSED,
    Failure.TRUNCATED: _UNREADABLE,
    Failure.INVALID: _UNREADABLE,
    Failure.UNAVAILABLE: mark(
        "The model is not answering right now. Your reactions are safe; please try again in a little while."
    ),
    Failure.REJECTED: mark(
        "The model does not take my question. Whoever runs this bot can find out why with `feelprint doctor`."
    ),
    Failure.RATE_LIMITED: mark(
        "The model is asked more often than it allows right now; please try again in a minute."
    ),
    Failure.QUOTA: mark("The model's budget is used up for now. Whoever runs this bot has to refill it."),
    Failure.AUTH: mark(
        "The model does not let me in. Whoever runs this bot can find out why with `feelprint doctor`."
    ),
    Failure.BUDGET: mark("Today's budget for questions is used up. Please try again tomorrow."),
}


def sentence(failure: Failure) -> str:
    """Why there is no answer."""
    return _(_SENTENCES[failure])
