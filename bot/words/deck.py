"""What stands on the cards of a deck: where somebody is in it, what was noted, and how it ends."""

from bot.words.language import gettext as _
from bot.words.language import ngettext


def question(number: int, of: int, note: str = "") -> str:
    """Above the picture: which one it is, and what came of the press before."""
    asked = _("### How does this make you feel?")
    place = _("{number} of {of}").format(number=number, of=of)
    return f"{asked}\n-# {place}" + (f" · {note}" if note else "")


def picture() -> str:
    """What stands behind a picture for those who do not see it, where nothing is known of it."""
    return _("A picture from this server")


def own_picture() -> str:
    """What stands behind a picture of their own."""
    return _("A picture of yours")


def left_out(number: int, why: str) -> str:
    """One of their pictures cannot be asked about."""
    return _("Picture {number} is left out: {why}").format(number=number, why=why)


def finished(labelled: int, *, whole: bool) -> str:
    """The end of a deck; `whole`: there would be more pictures."""
    if not labelled:
        thanks = _("### That was all for now")
    else:
        thanks = ngettext("### Thank you for {number} picture", "### Thank you for {number} pictures", labelled)
    rest = "" if whole else "\n" + nothing_left()
    return thanks.format(number=labelled) + rest


def nothing_left() -> str:
    """Nothing more can be dealt."""
    return _(
        "I have no other picture to show you here just now. `/rate` brings back what you skipped, and new ones "
        "come in by themselves."
    )


def empty() -> str:
    """There is no deck."""
    return _(
        "I find no picture here that you could tell me about: either you have answered them all, or there is none "
        "in the chosen channels that you may see. Your own pictures work everywhere."
    )


def unread() -> str:
    """There is no deck, as messages may not be read."""
    return _(
        "I may not read messages here, so I find no pictures by myself. Apps → “Rate this image” works on any "
        "picture, and your own pictures work, too."
    )


def in_a_server() -> str:
    """A deck was asked for in a private conversation."""
    return _("A deck is made of a server's pictures, so start it there. Here you can use your own.")
