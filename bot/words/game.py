"""What is said in the weekly guessing game, and about it."""

from collections.abc import Collection, Sequence

from bot.words.amounts import listed, sentences
from bot.words.emotions import named
from bot.words.language import gettext as _
from bot.words.language import ngettext
from core.vocabulary.emotions import LabelSet
from core.vocabulary.weekly import FEWEST

_NAMED = 10


def question(name: str, ends_at: int) -> str:
    """Above the picture, for everybody to see."""
    title = _("### What did {name} feel here?").format(name=name)
    how = _(
        "Guess by pressing. Nobody else sees your guess; it can be changed until {when}. Then I say what {name} "
        "felt, how many guessed, and who was right."
    ).format(name=name, when=f"<t:{ends_at // 1000}:f>")
    note = _("Only people who have said yes to that are guessed about, and no guess is kept when it is over.")
    return f"{title}\n{how}\n-# {note}"


def invitation() -> str:
    """What everybody sees before there is a question."""
    title = _("## What did they feel?")
    how = ngettext(
        "Once a week I show a picture of this server here, and you guess what one of you felt about it. It takes "
        "{number} person who lets others guess.",
        "Once a week I show a picture of this server here, and you guess what one of you felt about it. It takes "
        "{number} people who let others guess.",
        FEWEST,
    ).format(number=FEWEST)
    return f"{title}\n{how}"


def answer(name: str, felt: Collection[str], link: str, label_set: LabelSet) -> str:
    """What was felt, when it is over; `link` leads to the picture."""
    what = listed([named(label_set, emotion) for emotion in label_set.names if emotion in felt])
    return _("### {name} felt: {emotions}\n[The picture]({link})").format(name=name, emotions=what, link=link)


def guessed_by(right: Sequence[str], guesses: int) -> str:
    """How many guessed, and who was right; `right` are mentions."""
    if not guesses:
        return _("Nobody guessed this time.")
    if not right:
        return ngettext(
            "{number} person guessed, and it was something else.",
            "{number} people guessed, and nobody this.",
            guesses,
        ).format(number=guesses)
    more = len(right) - _NAMED
    shown = [*right[:_NAMED], *([f"+{more}"] if more > 0 else [])]
    return ngettext(
        "{number} person guessed; right: {who}.", "{number} people guessed; right: {who}.", guesses
    ).format(number=guesses, who=listed(shown))


def noted(emotion: str, label_set: LabelSet, ends_at: int) -> str:
    """After a guess, to whoever made it."""
    return _(
        "Your guess: {emotion}. Press another to change it, until {when}. If you are right, your name is among "
        "those who were; a wrong guess nobody sees, and once it is over none is kept."
    ).format(emotion=named(label_set, emotion), when=f"<t:{ends_at // 1000}:f>")


def guess_gone() -> str:
    """A guess was taken back."""
    return _("Your guess is gone.")


def over() -> str:
    """Somebody presses what is over, or was called off."""
    return _("This question is closed: it is over, or was taken back.")


def about_you() -> str:
    """Whom it is about presses."""
    return _(
        "This one is about you, so let the others guess. If you would rather not: what takes your yes back takes "
        "the question away, too."
    )


def may_guess(*, yes: bool) -> str:
    """What a yes means, and how it stands."""
    title = _("### May others guess what you felt?")
    if yes:
        now = _("Yes: in this server you may be asked about in the weekly game. You can take it back at any time.")
    else:
        now = _("No: nobody guesses about you.")
    means = _(
        "A yes means: now and then I show a picture of this server that you labelled, with your name, let others "
        "guess, and then say to everybody here what you felt about it. Taken back, it ends at once, a question "
        "that is open as well; what was said before stays in the channel."
    )
    return f"{title}\n{now}\n{means}"


def panel(channel_id: int | None, players: int) -> str:
    """To who manages the server, before a channel is chosen."""
    title = _("**The weekly guessing game**")
    what = _(
        "Once a week, for two days, I show a picture that counts here and ask what one member felt about it. I "
        "ask only about people who let others guess (`/match`, or the button under the invitation), and begin as "
        "soon as there are enough of them with something to guess: {fewest}. I show only pictures that everybody "
        "in that channel may see where they stand, and no spoilers."
    ).format(fewest=FEWEST)
    now = _("It is played in {channel}.").format(channel=f"<#{channel_id}>") if channel_id else _("It is off.")
    who = ngettext(
        "{number} member lets others guess so far.", "{number} members let others guess so far.", players
    ).format(number=players)
    return f"{title}\n{what}\n{sentences(now, who)}"


def invited(channel: str) -> str:
    """The invitation was posted."""
    return _("The invitation to the game stands in {channel}.").format(channel=channel)


def nowhere() -> str:
    """The invitation cannot be posted."""
    return _("Choose a channel first, in which I may see and send messages.")
