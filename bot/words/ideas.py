"""Idea by idea: who wrote it from what, where it held, what it changed, what became of it.

Ideas that were never tried stand in a line each, under the reason why; `paper` mode has wordings instead.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.words.amounts import sentences
from bot.words.cards import right_and_wrong, safe, yours
from bot.words.emotions import in_words
from bot.words.language import gettext as _
from bot.words.language import ngettext
from bot.words.outcomes import rule_reason, rule_status
from core.ports import RunReport
from core.predicting.shown import RuleShown
from core.vocabulary.explanation import Wording
from core.vocabulary.feelprint import Evidence, Feelprint, RuleRecord
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus

LINES = 12
"""How many untried ideas stand in one block."""


def listed(
    look: RunReport | None, records: Sequence[RuleRecord], shown: Sequence[RuleShown], active: Feelprint | None
) -> Iterator[str]:
    """Whatever was in use or tried, a block each; the rest in a line each, under the reason why."""
    if look is not None and look.mode == Mode.PAPER:
        yield from _wordings(look.explanation.wordings, active)
        return
    latest = look.explanation.candidates if look else ()
    described = look is None or look.explanation.described is not False
    since = {one.rule.id: one.since for one in shown}
    by_id = {record.rule.id: record for record in records}
    used = [by_id[rule_id] for rule_id in since if rule_id in by_id]
    others = [record for record in records if record not in used]
    old = [r for r in others if r.status == RuleStatus.DROPPED and r.rule.id not in latest]
    retired = [r for r in others if r.status == RuleStatus.RETIRED]
    tried = [r for r in others if r.asked.held and r not in old and r not in retired]
    sections = (
        (rule_status(RuleStatus.DEPLOYED), used),
        (rule_status(RuleStatus.RETIRED), retired),
        (_("Tried, and kept in mind for next time"), [r for r in tried if r.status != RuleStatus.DROPPED]),
        (_("Tried, and dropped"), [r for r in tried if r.status == RuleStatus.DROPPED]),
    )
    for title, chosen in sections:
        for place, record in enumerate(chosen):
            heading = "" if place else f"### {title}\n"
            yield heading + _idea(record, since.get(record.rule.id, record.shadow), described)
    yield from _untried([r for r in others if r not in (*old, *retired, *tried)], by_id)
    if gone := unkept(look, records):
        yield gone
    if old:
        dropped = ngettext(
            "-# Earlier looks dropped one more idea.", "-# Earlier looks dropped {ideas} more ideas.", len(old)
        )
        yield dropped.format(ideas=len(old))


def unkept(look: RunReport | None, records: Sequence[RuleRecord]) -> str:
    """That some ideas of the latest look are no longer kept, where it is so."""
    kept = {record.rule.id for record in records}
    gone = [rule_id for rule_id in look.explanation.candidates if rule_id not in kept] if look else []
    if not gone:
        return ""
    return ngettext(
        "-# One more idea of this look was not tried, and is no longer kept.",
        "-# {ideas} more ideas of this look were not tried, and are no longer kept.",
        len(gone),
    ).format(ideas=len(gone))


def _idea(record: RuleRecord, since: Evidence, described: bool) -> str:
    """One idea: its sentence, and the facts about it."""
    facts = [_origin(record, described)]
    if record.asked.held:
        facts.append(_changed(record))
    if since.held:
        facts.append(_("While in use: {record}.").format(record=right_and_wrong(since)))
    if record.reason is not None:
        facts.append(rule_reason(record.reason))
    return f"**{yours(record.rule)}**\n-# {sentences(*facts)}"


def _origin(record: RuleRecord, described: bool) -> str:
    written = _("Written at an earlier look")
    if record.writer is not None:
        written = _("Written at the {nth} reading").format(nth=_nth(record.writer))
    if not record.seen:
        return _("{written}.").format(written=written)
    rests = _("{written}; it rests on {seen} of your pictures.")
    if described:
        rests = _("{written}; it rests on {seen} of your pictures and speaks of {held}.")
    return rests.format(written=written, seen=len(record.seen), held=len(record.held_on))


def _nth(number: int) -> str:
    ordinals = (_("first"), _("second"), _("third"), _("fourth"), _("fifth"))
    return ordinals[number - 1] if number <= len(ordinals) else _("{number}th").format(number=number)


def _changed(record: RuleRecord) -> str:
    """What asking with the idea came to, counted where its writers had not seen the label."""
    if set(record.held_on) <= set(record.seen):
        return _("Its writer had seen what you felt about all of these, so how it did there is no test.")
    fresh = record.fresh
    if not fresh.held:
        return _("It was not tried on pictures that it was not written from.")
    words = ngettext(
        "Tried on one picture that it was not written from: {record}.",
        "Tried on {pictures} pictures that it was not written from: {record}.",
        fresh.held,
    )
    return words.format(pictures=fresh.held, record=right_and_wrong(fresh))


def _untried(records: Sequence[RuleRecord], by_id: Mapping[str, RuleRecord]) -> Iterator[str]:
    """Ideas that were not tried, by the reason why, with their pictures in brackets; whose duplicate each is."""
    reasons: dict[RuleReason | None, list[str]] = {}
    for record in sorted(records, key=lambda r: (-len(r.held_on), r.rule.id)):
        counts = f"({len(record.held_on)}, {len(record.seen)})"
        line = f"• {safe(record.rule.when, 120)}: {in_words(record.rule.feel)} {counts}"
        if twin := by_id.get(record.same_as or ""):
            line += f" = {safe(twin.rule.when, 120)}"
        reasons.setdefault(record.reason, []).append(line)
    heading = ngettext(
        "### Not tried, of this and earlier looks: one idea",
        "### Not tried, of this and earlier looks: {ideas} ideas",
        len(records),
    ).format(ideas=len(records))
    explained = _("-# In brackets: of how many of your pictures it speaks, and on how many it rests.")
    heading = f"{heading}\n{explained}\n"
    for reason, lines in sorted(reasons.items(), key=lambda item: -len(item[1])):
        why = rule_reason(reason) if reason is not None else _("Not tried.")
        for first in range(0, len(lines), LINES):
            title = f"**{why}**\n" if not first else ""
            yield heading + title + "\n".join(lines[first : first + LINES])
            heading = ""


def _wordings(wordings: Sequence[Wording], active: Feelprint | None) -> Iterator[str]:
    """The wordings that `paper` mode compared, without the scores by which it chose."""
    tried = [wording for wording in wordings if wording.text]
    if tried:
        words = ngettext(
            "I compared one wording of a text about you with most people's answer, on {pictures} of your "
            "pictures. It was chosen for fitting these; how it does on new ones is under `/feelprint show`.",
            "I compared {wordings} wordings of a text about you with most people's answer, on {pictures} of your "
            "pictures. It was chosen for fitting these; how it does on new ones is under `/feelprint show`.",
            len(tried),
        )
        yield words.format(wordings=len(tried), pictures=tried[0].pictures)
    for wording in tried:
        source = _("Round {round}, writer {writer}.").format(round=wording.round_, writer=wording.writer)
        if active is not None and wording.text == active.text:
            source = sentences(source, _("In use."))
        yield f"{safe(wording.text, 600)}\n-# {source}"
