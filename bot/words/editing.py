"""What is said of rules that members write, change or strike, and of looking again."""

from typing import assert_never

from bot.words.cards import needs
from bot.words.language import gettext as _
from core.predicting.readiness import Standing
from core.tending.by_hand import MOST, Outcome
from core.vocabulary.reasons import Mode


def edit_title(*, any_rules: bool) -> str:
    """Above a member's rules."""
    what = _(
        "What you write goes on trial like any other rule: the next look tests it on your pictures, and I tell "
        "you how it did. What you strike is gone at once, and I do not propose it again."
    )
    title = _("### Your rules")
    none = "" if any_rules else "\n" + _("There is no rule yet.")
    return f"{title}\n{what}{none}"


def written(outcome: Outcome) -> str:
    """What became of a rule that somebody wrote."""
    match outcome:
        case Outcome.ON_TRIAL:
            return _("Noted. It is on trial: the next look tests it on your pictures, and I tell you how it did.")
        case Outcome.DONE:
            return _("Done.")
        case Outcome.NOT_TO_SEE:
            return _(
                "That cannot be checked by looking at a picture, so I cannot test it. Name what can be seen, in "
                "up to twelve plain words: “a dark sky with small lights”."
            )
        case Outcome.IN_USE:
            return _("That rule is in use already.")
        case Outcome.TOO_MANY:
            return _(
                "You have {most} rules on trial, which is as many as I can test at once. Strike one first."
            ).format(most=MOST)
        case Outcome.GONE:
            return _("That is no longer there, so I changed nothing.")
        case _:
            assert_never(outcome)


def struck(rule: str) -> str:
    """A rule is gone."""
    return _("Struck: “{rule}” I do not propose it again; you can write it anew at any time.").format(rule=rule)


def no_single_rules(mode: Mode) -> str:
    """There are none in `paper` mode."""
    return (
        ""
        if mode is Mode.RULES
        else _("Here I learn whole texts instead of single rules: there is none to change.")
    )


def waits() -> str:
    """Under a rule that a member wrote."""
    return _("-# Yours, on trial: the next look tests it.")


def too_few(standing: Standing) -> str:
    """There are too few labels for a look, or of too few emotions."""
    return _("Until I can look: {needs}.").format(needs=needs(standing))


def looking_now() -> str:
    """A run begins."""
    return _(
        "I look at your pictures again in a moment. `/progress` shows how far I am, and I tell you what came of "
        "it."
    )


def looking_already() -> str:
    """A run is under way."""
    return _("I am looking right now. `/progress` shows how far I am.")


def nothing_new() -> str:
    """A run would find what the last one found."""
    return _(
        "Nothing is new since I last looked: no picture, and no rule of yours. `/rate` shows you pictures, and "
        "`/feelprint edit` takes a rule."
    )


def own_judged(rule: str, result: str) -> str:
    """What the run found of a rule of theirs."""
    return _("Your own rule “{rule}”: {result}").format(rule=rule, result=result)


def own_in_use() -> str:
    """It held up."""
    return _("It held up, and is in use now.")
