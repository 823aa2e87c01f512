"""What copies of the database hold, for whoever made or restored one."""

from collections.abc import Sequence
from pathlib import Path

from bot.words.amounts import date, listed, number
from bot.words.language import gettext as _
from bot.words.language import ngettext

_MB = 1_000_000


def backed_up(path: Path, size: int, holds: str) -> str:
    """What `feelprint backup` made; `size` in bytes."""
    return _("Copied to {path} ({size} MB), checked. {holds}").format(
        path=path, size=number(size / _MB), holds=holds
    )


def restored(path: Path, kept: Path | None, holds: str, brought_back: Sequence[int]) -> str:
    """What `feelprint restore` did; `kept` is the database of before, `brought_back` whom that did not know."""
    said = _("Restored to {path}, checked and up to date. {holds}").format(path=path, holds=holds)
    if kept is None:
        return said
    before = _("What was there is kept as {kept}: delete it once all is well.").format(kept=kept)
    again = _("Whoever was forgotten since that copy is in it: `feelprint forget` them again.")
    if brought_back:
        whom = ngettext(
            "What was there did not know this member of the copy: {ids}.",
            "What was there did not know these {number} members of the copy: {ids}.",
            len(brought_back),
        ).format(number=number(len(brought_back)), ids=listed([str(member) for member in brought_back]))
        again = f"{again} {whom}"
    return f"{said}\n{before}\n{again}"


def holds(members: int, labels: int, versions: int, last_label_at: int | None) -> str:
    """What is in a copy."""
    counted = [
        ngettext("{number} member", "{number} members", members).format(number=number(members)),
        ngettext("{number} label", "{number} labels", labels).format(number=number(labels)),
        ngettext("{number} version of a feelprint", "{number} versions of feelprints", versions).format(
            number=number(versions)
        ),
    ]
    if last_label_at is None:
        return _("It holds {counted}.").format(counted=listed(counted))
    return _("It holds {counted}; the last label is of {day}.").format(
        counted=listed(counted), day=date(last_label_at)
    )
