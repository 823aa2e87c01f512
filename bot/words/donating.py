"""What is said of research: to the member who is asked, and to the operator who writes a file."""

from pathlib import Path

from bot.words.language import gettext as _
from bot.words.language import ngettext


def asked(*, given: bool) -> str:
    """What a yes to research means, and how it stands."""
    title = _("### Your labels for research")
    now = (
        _("**Now: yes.** What you felt goes into files for research.")
        if given
        else _("**Now: no.** Nothing of yours goes into a file for research.")
    )
    holds = _(
        "With your yes, whoever runs this bot may write files for research and pass them on. **In such a file:** "
        "for each picture that you labelled what you felt, between which emotions and on which day; and for how "
        "many my guess, and most people's, was right. Of several moods only the first. Instead of you and of each "
        "picture stand names that are drawn anew for every file. **Not in it:** your name, any id of Discord, "
        "pictures, your rules, the time of day."
    )
    risk = _(
        "Whoever has seen you react on Discord may recognise you in it by that, and read what else you felt. "
        "A file is only written if at least five people are in it."
    )
    back = _(
        "You can take your yes back here at any time; then, and while you have paused or after `/forget`, you are "
        "in no later file. **A file that is already written cannot be called back.**"
    )
    return f"{title}\n{now}\n\n{holds}\n\n{risk}\n\n{back}"


def written(path: Path, labels: int, people: int, others: int) -> str:
    """What `feelprint research` wrote, of whom, and of how many nothing."""
    of_whom = ngettext(
        "{number} member who said yes to research", "{number} members who said yes to research", people
    ).format(number=people)
    said = ngettext(
        "Written to {path}: {number} label of {of_whom}.",
        "Written to {path}: {number} labels of {of_whom}.",
        labels,
    ).format(path=path, number=labels, of_whom=of_whom)
    rest = ngettext(
        "Of {number} other member nothing is in it.", "Of {number} other members nothing is in it.", others
    ).format(number=others)
    return f"{said} {rest}"
