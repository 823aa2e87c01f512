"""What people read about whose picture it is: an author's no, an admin's exclusion, and what came of them."""

from bot.words.language import gettext as _


def picture_of_somebody() -> str:
    return _("Whoever posted that picture does not want it used, so I leave it alone.")


def picture_excluded() -> str:
    return _("People who manage this server have excluded that picture, so I leave it alone.")


def not_their_picture() -> str:
    return _("Only whoever posted a picture can say this. People who manage the server can exclude it.")


def message_gone() -> str:
    return _("That message no longer shows this picture, so it counts for nothing.")


def picture_withheld() -> str:
    return _(
        "Done. I have erased what was kept of your picture and of your other copies of it, and what people felt "
        "about it, and I leave it alone from now on. `/pictures off` says so of all that you post here."
    )


def picture_allowed() -> str:
    return _("It may be used again. What was felt about it before stays gone.")


def another_no() -> str:
    """A no was taken back, while another keeps the picture out."""
    return _("Taken back. Another no still holds for it, so it stays unused.")


def pictures_off() -> str:
    return _(
        "Done. I have erased what was kept of the pictures that you posted in this server, and I leave alone "
        "whatever you post here. `/pictures on` takes this back."
    )


def pictures_on() -> str:
    return _("The pictures that you post here may be used again. What was felt about them before stays gone.")


def what_to_exclude() -> str:
    return _("What is Feelprint to leave alone in this server?")


def excluded(*, author: bool) -> str:
    """A message or a picture, or all that somebody posted."""
    if author:
        return _("Excluded, and what was kept here of their pictures is erased.")
    return _("Excluded, and what was kept of it here is erased.")


def no_longer_excluded(*, author: bool) -> str:
    """The same taken back."""
    if author:
        return _("Their pictures may be used again. What was felt about them before stays gone.")
    return _("It may be used again. What was felt about it before stays gone.")
