"""What stands on the card of `/me` and in its chart, for those who see it and those who listen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.words.amounts import in_a_row, sentences
from bot.words.drawing import Chart, Count, Record, drawable
from bot.words.emotions import called
from bot.words.language import ENGLISH, ngettext, speaking
from bot.words.language import gettext as _
from core.ports import Shadow
from core.vocabulary.emotions import LabelSet

_VERSIONS = 5
"""So many versions are drawn, the newest."""


def chart(counts: Mapping[str, int], label_set: LabelSet, shadows: Sequence[Shadow]) -> Chart:
    """The chart of somebody's labels and of the guesses about later ones."""
    versions: dict[int, list[Shadow]] = {}
    for shadow in shadows:
        versions.setdefault(shadow.version, []).append(shadow)
    return Chart(
        felt_title=_("What you felt"),
        felt=[Count(called(label_set, name), counts.get(name, 0)) for name in label_set.names],
        right_title=_("How often I was right"),
        records=[_record(version, versions[version]) for version in sorted(versions)[-_VERSIONS:]],
        none=_("Not yet tried: a version is tested by the pictures that you label after it was made."),
        mine=_("my guess for you"),
        most=_("what most people would feel"),
    )


def drawn(counts: Mapping[str, int], label_set: LabelSet, shadows: Sequence[Shadow]) -> Chart:
    """The same as it is drawn: in English where the letters cannot write the language that is spoken. Emotions
    keep their names, which are numbered then.
    """
    said = chart(counts, label_set, shadows)
    if drawable(said.felt_title + said.right_title + said.none + said.mine + said.most):
        return said
    with speaking(ENGLISH):
        return replace(chart(counts, label_set, shadows), felt=said.felt)


def _record(version: int, rows: Sequence[Shadow]) -> Record:
    right, most = sum(row.hit > 0 for row in rows), sum(row.generic_hit > 0 for row in rows)
    return Record(_("Version {version}").format(version=version), right, most, len(rows))


def described(drawn: Chart) -> str:
    """The chart in words; the names that it shows as numbers are told with them."""
    felt = [
        f"{one.name} {one.number}" if drawable(one.name) else f"{place}. {one.name} {one.number}"
        for place, one in enumerate(drawn.felt, 1)
        if one.number
    ]
    tried = [
        _("{version}: {right} of {of} right, most people's answer {most}").format(
            version=one.name, right=one.right, of=one.of, most=one.most
        )
        for one in drawn.records
    ]
    *said, last = [f"{drawn.felt_title}: {in_a_row(felt) or '0'}", *(tried or [drawn.none])]
    return sentences(*(_("{written}.").format(written=one) for one in said), last)


def numbered(drawn: Chart) -> str:
    """The names that the chart shows as numbers."""
    names = [f"{place} = {one.name}" for place, one in enumerate(drawn.felt, 1) if not drawable(one.name)]
    return f"-# {in_a_row(names)}" if names else ""


def title() -> str:
    """Above the card."""
    return _("### You, so far")


def right(times: int, of: int) -> str:
    """How often the guesses were right, of all that were made before the label was looked at."""
    if not of:
        return ""
    return ngettext(
        "Before I knew what you felt, I was right about **{right} of {number} picture**.",
        "Before I knew what you felt, I was right about **{right} of {number} pictures**.",
        of,
    ).format(right=times, number=of)


def wrong_ones(number: int, shown: int) -> str:
    """Above those where they were not."""
    all_of_them = ngettext(
        "### Here I was wrong: {number} picture", "### Here I was wrong: {number} pictures", number
    ).format(number=number)
    if shown == number:
        return all_of_them
    latest = ngettext("-# The last {number}.", "-# The last {number}.", shown).format(number=shown)
    return f"{all_of_them}\n{latest}"


def none_wrong() -> str:
    """There is none (any more)."""
    return _("There is none left: I was right about all that you have labelled since.")
