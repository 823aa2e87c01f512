"""Why a run, a rule or a version came to what it came to, as people read it: one sentence for each reason.

Reasons are stored, sentences are not, so each is said in the language of whoever reads it, whenever that is.
A reason without its sentence does not pass the type checker.
"""

from typing import assert_never

from bot.words.language import gettext as _
from bot.words.language import mark
from core.vocabulary.calls import Failure
from core.vocabulary.explanation import Stop
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult

_STOPPED = {
    Failure.RATE_LIMITED: mark(
        "The model is asked more often than it allows. Nothing is lost; I will go on by myself."
    ),
    Failure.QUOTA: mark("The model's budget is used up for now. Nothing is lost; I will try again by myself."),
    Failure.BUDGET: mark("The day's spending cap is reached. Nothing is lost; I will go on by myself."),
    Failure.AUTH: mark(
        "The model does not let me in. Nothing is lost; whoever runs this bot has to look after it."
    ),
    Failure.REJECTED: mark(
        "The model does not take my questions, so I could not look. Nothing is lost; I will try again by myself."
    ),
    Failure.INVALID: mark("I could not read the model's answers. Nothing is lost; I will try again by myself."),
    Failure.TRUNCATED: mark("I could not read the model's answers. Nothing is lost; I will try again by myself."),
    Failure.REFUSED: mark(
        "The model refuses to look at these pictures. Nothing is lost; I will try again by myself."
    ),
    Failure.FILTERED: mark(
        "The model refuses to look at these pictures. Nothing is lost; I will try again by myself."
    ),
}
"""Beside a server that is away: why a run could not look."""


def run_reason(reason: RunReason, stop: Stop | None = None) -> str:  # noqa: PLR0911, PLR0912 - as many as there are
    """What a member is told of a run, in a sentence or two; of one that `stop`ped, why it could not look."""
    match reason:
        case RunReason.TOO_FEW_LABELS:
            return _("There are too few labelled pictures to learn from yet. A few more, and I can try.")
        case RunReason.TOO_FEW_SINCE_CHANGE:
            return _(
                "Your feelings seem to have changed, so I go by your newer pictures only. "
                "A few more of them, and I can learn from you again."
            )
        case RunReason.ONE_EMOTION:
            return _(
                "All your pictures carry the same feeling, so there is nothing to tell apart yet. "
                "React to a few that move you differently, and I will look again."
            )
        case RunReason.NOTHING_RELIABLE:
            return _(
                "I looked closely, but found nothing about your taste that I could rely on yet. "
                "Until then I answer with what most people would feel."
            )
        case RunReason.FEELS_AS_MOST:
            return _(
                "You feel about most pictures as most people do, and I found nothing reliable that sets you "
                "apart. So I answer with what most people would feel: for you that is a good guess."
            )
        case RunReason.STILL_BEST:
            return _("I looked at your new labels: your feelprint still fits best, so it stays as it is.")
        case RunReason.FOUND:
            return _("I found something that sets you apart: your feelprint has a new version.")
        case RunReason.FOUND_LEANING:
            return _(
                "Your feelprint has a new version. So far it mostly knows which feelings you have often; "
                "what makes the difference between two pictures for you, I cannot tell reliably yet."
            )
        case RunReason.RULE_RETIRED:
            return _("One of your rules did not hold up on newer pictures, so I took it out.")
        case RunReason.ROLLED_BACK:
            return _(
                "Your newest version kept going wrong on new pictures, so I took it back. "
                "What worked before is in use again."
            )
        case RunReason.ROLLED_BACK_TO_GENERIC:
            return _(
                "By what you have shown me since, your version does not hold up any more, so I took it back. "
                "Until I know better, I answer with what most people would feel."
            )
        case RunReason.RULE_STRUCK:
            return _("You struck a rule, so your feelprint goes on without it.")
        case RunReason.WENT_BACK:
            return _("You went back to an earlier version.")
        case RunReason.UNAVAILABLE if stop is not None and stop.failure in _STOPPED:
            return _(_STOPPED[stop.failure])
        case RunReason.UNAVAILABLE:
            return _("The model could not be reached. Nothing is lost; I will try again by myself.")
        case _:
            assert_never(reason)


def rule_reason(reason: RuleReason) -> str:  # noqa: PLR0911, PLR0912 - as many as there are reasons
    """What the last test of a rule came to, in a sentence."""
    match reason:
        case RuleReason.HOLDS_NOWHERE:
            return _("It speaks of none of your pictures.")
        case RuleReason.NO_GAIN:
            return _("Over all your labels, most people's answer is as good where it applies, or better.")
        case RuleReason.DUPLICATE:
            return _("Another idea says the same of these pictures.")
        case RuleReason.OUT_OF_CALLS:
            return _("Not tested: others stood first, and only so many can be tried at once.")
        case RuleReason.NOT_BETTER:
            return _("When it was tried, answers did not get better as it promised.")
        case RuleReason.SPREADS:
            return _("It also changed pictures that it does not speak of.")
        case RuleReason.TOO_LITTLE_EVIDENCE:
            return _("What it adds is too little to tell it from luck.")
        case RuleReason.REFUTED:
            return _("On labels that its writer had not seen it was wrong more often than right.")
        case RuleReason.FEELPRINT_FULL:
            return _("Others came first, and a feelprint holds only the best few rules.")
        case RuleReason.OUT_OF_FOLD:
            return _("Labels that I had kept aside did not bear out ideas like this one.")
        case RuleReason.VERIFICATION:
            return _("Together with the others it was not reliably better.")
        case RuleReason.QUARANTINED:
            return _("These rules were taken back once, after they had failed on new pictures.")
        case RuleReason.VERIFIED:
            return _("It held up together with the others.")
        case RuleReason.FAILED_IN_USE:
            return _("Taken out: on newer pictures it went wrong again and again.")
        case RuleReason.STRUCK:
            return _("You struck it, so it does not come back unless you write it yourself.")
        case _:
            assert_never(reason)


def run_result(result: RunResult) -> str:
    """What became of a run, for whoever runs the bot."""
    match result:
        case RunResult.DEPLOYED:
            return _("A new version was deployed.")
        case RunResult.KEPT:
            return _("Nothing more reliable was found.")
        case RunResult.NOTHING:
            return _("There was nothing to learn from these labels.")
        case RunResult.STOPPED:
            return _("The model was not available; it is tried again.")
        case RunResult.RUNNING:
            return _("It is under way, or was interrupted and will be taken up again.")
        case _:
            assert_never(result)


def run_result_short(result: RunResult, version: int | None) -> str:
    """What became of a run in a few words, with the version that it made."""
    match result:
        case RunResult.DEPLOYED:
            return _("feelprint, version {version}").format(version=version or 1)
        case RunResult.KEPT:
            return _("no reliable improvement")
        case RunResult.NOTHING:
            return _("nothing to learn")
        case RunResult.STOPPED:
            return _("stopped")
        case RunResult.RUNNING:
            return _("running")
        case _:
            assert_never(result)


def rule_status(status: RuleStatus) -> str:
    """The heading over rules of this status."""
    match status:
        case RuleStatus.DEPLOYED:
            return _("In use")
        case RuleStatus.RETIRED:
            return _("Taken out again")
        case RuleStatus.UNUSED:
            return _("Kept in mind")
        case RuleStatus.DROPPED:
            return _("Dropped")
        case _:
            assert_never(status)
