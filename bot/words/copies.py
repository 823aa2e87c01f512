"""What copies of the database hold, for whoever made or restored one."""

from collections.abc import Sequence
from pathlib import Path

from bot.words.amounts import date, listed, number
from bot.words.language import gettext as _
from bot.words.language import ngettext

_MB = 1_000_000
_CHECKSUM = 12


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


def moving(table: str, *, compares: bool) -> str:
    """What `feelprint move` is at."""
    said = _("comparing {table}") if compares else _("moving {table}")
    return said.format(table=table)


def moved_columns() -> tuple[str, str, str]:
    """The heads of the table of what is equal in both."""
    return _("table"), _("rows in both"), _("checksum in both")


def moved_row(table: str, rows: int, checksum: str) -> tuple[str, str, str]:
    """A line of it."""
    return table, number(rows), checksum[:_CHECKSUM]


def moved(where: str, tables: int, rows: int) -> str:
    """What `feelprint move` came to."""
    counted = [
        ngettext("{number} row", "{number} rows", rows).format(number=number(rows)),
        ngettext("{number} table", "{number} tables", tables).format(number=number(tables)),
    ]
    equal = _("The database {where} holds the same as the other: {counted} were compared.").format(
        where=where, counted=listed(counted)
    )
    after = _(
        "Set FEELPRINT_DATABASE to it and start the bot. The other was not changed; delete it once all is well, "
        "as whoever is forgotten from now on stays in it."
    )
    return f"{equal}\n{after}"
