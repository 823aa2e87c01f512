"""What is said between two people: who must still agree, how alike they feel and how sure that is, who may ask."""

from typing import assert_never

from bot.words.amounts import percent, sentences
from bot.words.language import gettext as _
from bot.words.language import ngettext
from core.predicting.alike import FEWEST, Alike, Verdict


def must_agree(name: str) -> str:
    """The asker has not said yes yet."""
    return _(
        "I compare two people only if both say yes. Yours means: {name} may learn how often you two felt the "
        "same, as a number over all pictures that both of you have labelled; neither sees a picture or a feeling "
        "of the other. You can take it back at any time with `/match`."
    ).format(name=name)


def other_must_agree(name: str) -> str:
    """The asker has said yes, and the other has not, or is no member: that is not told apart."""
    return _(
        "You have said yes. I can compare you two as soon as {name} has said yes to you, too: with `/match` and "
        "your name. I do not tell them that you asked."
    ).format(name=name)


def too_few(name: str, pictures: int) -> str:
    """Both have agreed."""
    both = ngettext(
        "You and {name} have labelled one of the same pictures so far.",
        "You and {name} have labelled {number} of the same pictures so far.",
        pictures,
    ).format(name=name, number=pictures)
    if not pictures:
        both = _("You and {name} have labelled none of the same pictures so far.").format(name=name)
    more = _("I say how alike you feel from {fewest} on: fewer would only tell of chance.").format(fewest=FEWEST)
    return sentences(both, more)


def how_alike(name: str, found: Alike) -> str:
    """The answer, with its uncertainty."""
    title = _("### You and {name}").format(name=name)
    share = _("On {number} pictures that both of you have labelled, you felt the same on about **{share}**.")
    sure = _("With so many pictures it may as well be {low} to {high}; by chance it would be about {chance}.")
    figures = {"low": percent(found.low), "high": percent(found.high), "chance": percent(found.chance)}
    told = share.format(number=found.pictures, share=percent(found.share))
    return f"{title}\n{sentences(told, _verdict(found.verdict))}\n-# {sure.format(**figures)}"


def _verdict(verdict: Verdict) -> str:
    match verdict:
        case Verdict.MORE:
            return _("You do feel alike.")
        case Verdict.LESS:
            return _("You do feel differently.")
        case Verdict.OPEN:
            return _("Whether that is more than chance, I cannot tell yet.")
        case _:
            assert_never(verdict)


def nobody_else() -> str:
    """Somebody asks about themselves or a bot."""
    return _("Name somebody else: I compare two people.")


def letting_ask(name: str) -> str:
    """What a yes to be asked about means."""
    return _(
        "You may also let {name} ask how *you* would feel about a picture (`/feel` with your name). They get my "
        "guess by your feelprint, never what you said about a picture, nor your rules. Guesses tell of you all "
        "the same: let only people ask whom you trust with that."
    ).format(name=name)


def may_ask_now(name: str, *, may: bool) -> str:
    """Somebody has just let another ask, or takes that back."""
    if may:
        return _("{name} may ask how you would feel. You can take it back here or with `/match`.").format(
            name=name
        )
    return _("{name} may not ask about you any more.").format(name=name)


def they_must_let_you_ask(name: str) -> str:
    """They have not said yes, or are no member: that is not told apart."""
    return _(
        "I guess for {name} only if they let you ask: with `/match` and your name. I do not tell them that you "
        "asked."
    ).format(name=name)


def they_have_no_feelprint(name: str) -> str:
    """They let the asker ask, and there is nothing to answer from yet."""
    return _("I do not know {name} well enough yet to guess.").format(name=name)


def nobody_to_ask_about() -> str:
    """Somebody asks about a bot."""
    return _("Name a person: bots do not tell me what they feel.")


def who_may_ask(*, here: bool, friends: int) -> str:
    """How it stands with a member's yeses to be asked about."""
    title = _("### Who may ask how you would feel")
    if here:
        now = _("Everybody in this server.")
    elif friends:
        now = ngettext("One person whom you let.", "{number} people whom you let.", friends).format(number=friends)
    else:
        now = _("Nobody.")
    rest = _("What they get is my guess, never what you said. `/match` with a name lets somebody ask.")
    return f"{title}\n{now}\n-# {rest}"


def who_may_guess(*, here: bool) -> str:
    """How it stands with a member's yes to the weekly game."""
    title = _("### Who may guess what you felt")
    now = _("Everybody in this server, in the weekly game.") if here else _("Nobody.")
    rest = _("Then now and then I name you, show a picture, let others guess, and say what you felt about it.")
    return f"{title}\n{now}\n-# {rest}"


def who_may(*, here: bool, friends: int) -> str:
    """How it stands with a member's yeses."""
    title = _("### Who may be compared with you")
    if here:
        now = _("Everybody in this server who says the same, or yes to you.")
    elif friends:
        now = ngettext(
            "One person whom you said yes to, if they say yes to you.",
            "{number} people whom you said yes to, if they say yes to you.",
            friends,
        ).format(number=friends)
    else:
        now = _("Nobody.")
    rest = _("What they learn is one number, never a picture or a feeling. `/match` with a name compares you two.")
    return f"{title}\n{now}\n-# {rest}"
