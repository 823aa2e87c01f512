"""How a feelprint was found, as its owner reads it: the last look at their pictures, idea by idea.

Everything comes from what is stored. Of an idea only what it did on pictures that its writer had not seen
is told in numbers: a count on the others would be a score on the labels that it was written from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.words.amounts import times
from bot.words.cards import right_and_wrong, safe, yours
from core.ports import RunReport
from core.tuning.shown import RuleShown
from core.vocabulary.feelprint import Evidence, Feelprint, RuleRecord

TITLE = "### How your feelprint was found"
NEVER = "I have not looked for what sets you apart yet: `/progress` tells what is still needed."
LOOKING = "-# I am looking again right now: `/progress` tells how far I am."
CHANGING = "Your feelings seemed to be changing, so I went by newer pictures only."
LEANS = (
    "To always guess the feeling that you have most often would have done no worse there: "
    "so far the rules know how often you feel what, hardly why."
)
PROMISED_LITTLE = "Even the best of them promised too little, alone or together, so I went no further."
PAGE_CHARS = 3200
"""Discord shows at most 4,000 characters of text in one message, and 40 parts."""
PAGE_BLOCKS = 12

LINES = 12
"""How many untried ideas stand in one block."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NTH = {str(n): word for n, word in enumerate(_ORDINALS, 1)}
_SPELT = {n: f"{word} times" for n, word in enumerate(("three", "four", "five", "six", "seven", "eight"), 3)}

_STEPS = {
    "generic": "to see what most people would feel",
    "write": "to find ideas",
    "match": "to see where each idea applies",
    "alone": "to test each idea by itself",
    "verify": "to test them together",
    "score": "to compare wordings",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is stored about a member's feelprint; `reports` newest first, `shown` the rules in use."""

    reports: Sequence[RunReport]
    records: Sequence[RuleRecord]
    shown: Sequence[RuleShown] = ()
    active: Feelprint | None = None


def explained(told: Told) -> list[str]:
    """The blocks of the explanation, most important first; `pages` makes messages of them."""
    done = [report for report in told.reports if report.result != "running"]
    looking = LOOKING if any(report.result == "running" for report in told.reports[:1]) else ""
    look = next((report for report in done if "asked" in report.detail), None)
    later = done[: done.index(look)] if look else done
    if look is None and not later:
        return [f"{TITLE}\n{looking or NEVER}"]
    head = [_head(look, told.records) if look else TITLE]
    head += [f"-# {_day(report)}: {_words(report, 'told')}" for report in later]
    return ["\n".join(line for line in (*head, looking) if line), *_ideas(look, told)]


def pages(blocks: Sequence[str]) -> list[list[str]]:
    """The blocks in order, as many on a page as Discord can show; no block is divided."""
    made: list[list[str]] = [[]]
    for block in blocks:
        full = len(made[-1]) >= PAGE_BLOCKS or sum(map(len, made[-1])) + len(block) > PAGE_CHARS
        if made[-1] and full:
            made.append([])
        made[-1].append(block)
    return made


def _head(look: RunReport, records: Sequence[RuleRecord]) -> str:
    labels = "one label" if look.n_labels == 1 else f"{look.n_labels} labels"
    lines = [
        TITLE,
        f"-# My last look at your pictures: {_day(look)}, {labels}",
        _words(look, "told"),
        CHANGING if look.detail.get("drift") else "",
        _funnel(look, records),
        _aside(look),
        _together(look),
        _cost(look.detail),
    ]
    return "\n".join(line for line in lines if line)


def _funnel(look: RunReport, records: Sequence[RuleRecord]) -> str:
    """From readings to rules, in numbers."""
    readings = _numbers(look.detail, "asked").get("write", 0)
    mine = [record for record in records if record.rule.id in _ids(look)]
    if not readings or not mine:
        return ""
    tried = [record for record in mine if record.alone.held]
    held_up = sum(record.status != "dropped" for record in tried)
    read = (
        f"The model read your pictures {_often(readings)}, with what you felt beside what most people would feel. "
        f"There were {_many(len(mine), 'idea')} to look at."
    )
    alone = f" Those that promised most, {len(tried)}, were each tried alone: {held_up} held up." if tried else ""
    return read + alone


def _aside(look: RunReport) -> str:
    """What came of learning without a part of the labels and guessing that part."""
    test = look.detail.get("aside")
    if not isinstance(test, Mapping):
        return ""
    stopped, learned = "composed" not in look.detail, "I also learned without a part of your labels at a time"
    if not (test.get("better") or test.get("worse")):
        nothing = f"To see whether such ideas come true, {learned}: too little was left to find any of them again"
        return f"{nothing}, so I went no further." if stopped else ""
    better, worse = round(test.get("better", 0)), round(test.get("worse", 0))
    told = (
        f"To see whether such ideas come true, {learned} and guessed that part: better than most people's answer "
        f"{_often(better)}, worse {_often(worse)}."
    )
    if stopped:
        why = "That is too little to rely on" if better > worse else "That spoke against them"
        return f"{told} {why}, so I went no further."
    return told if test.get("apart", True) else f"{told} {LEANS}"


def _together(look: RunReport) -> str:
    """What became of the last test, without its score: most of those labels were written from."""
    if look.detail.get("composed") == []:
        return PROMISED_LITTLE
    test = look.detail.get("verify")
    if not isinstance(test, Mapping):
        return ""
    ended = "They passed" if test.get("passed") else "They did not pass"
    return (
        f"The best were tested together on {_many(test.get('pictures', 0), 'picture')}. {ended}: I use them only "
        f"if I am at least {test.get('gate', 0):.0%} sure that they beat most people's answer."
    )


def _cost(detail: Mapping[str, Any]) -> str:
    asked, sent = _numbers(detail, "asked"), _numbers(detail, "sent")
    total = sum(asked.values())
    if not total:
        return "This look took no questions."
    parts = ", ".join(f"{number} {_STEPS.get(step, 'for other things')}" for step, number in _in_order(asked))
    lines = [f"It took {_many(total, 'question')} to the model: {parts}."]
    most = sum(_numbers(_numbers(detail, "planned"), "calls").values())
    if most:
        lines.append(f"Before I began, I had reckoned with {most} at most.")
    failed = sum(_numbers(detail, "failures").values())
    if known := total - failed - sum(sent.values()):
        lines.append(f"{known} of the answers were known already and cost nothing again.")
    if failed:
        lines.append(f"{failed} got no usable answer.")
    usd = detail.get("usd") or 0.0
    if usd:
        lines.append(f"All answers together are worth {f'${usd:.2f}' if usd >= 0.01 else 'less than a cent'}.")
    return " ".join(lines)


def _ideas(look: RunReport | None, told: Told) -> Iterator[str]:
    """Whatever was in use or tried, idea by idea; the rest in a line each, under the reason why."""
    if look is not None and look.mode == "paper":
        yield from _texts(look, told.active)
        return
    latest = _ids(look) if look else frozenset()
    described = look is None or bool(look.detail.get("described", True))
    since = {shown.rule.id: shown.since for shown in told.shown}
    by_id = {record.rule.id: record for record in told.records}
    used = [by_id[rule_id] for rule_id in since if rule_id in by_id]
    others = [record for record in told.records if record not in used]
    old = [r for r in others if r.status == "dropped" and r.rule.id not in latest]
    retired = [r for r in others if r.status == "retired"]
    tried = [r for r in others if r.alone.held and r not in old and r not in retired]
    sections = (
        ("In use", used),
        ("Taken out again", retired),
        ("Tried, and kept in mind for next time", [r for r in tried if r.status != "dropped"]),
        ("Tried, and dropped", [r for r in tried if r.status == "dropped"]),
    )
    for title, records in sections:
        for place, record in enumerate(records):
            heading = "" if place else f"### {title}\n"
            yield heading + _idea(record, since.get(record.rule.id, record.shadow), described)
    yield from _untried([r for r in others if r not in (*old, *retired, *tried)])
    if old:
        yield f"-# Earlier looks dropped {_many(len(old), 'more idea')}."


def _idea(record: RuleRecord, since: Evidence, described: bool) -> str:
    """One idea: its sentence, who wrote it from what, where it held, what it changed, what became of it."""
    facts = [_origin(record) + (f" and speaks of {len(record.held_on)}." if described and record.seen else ".")]
    if record.alone.held:
        facts.append(_changed(record))
    if since.held:
        facts.append(f"While in use: {right_and_wrong(since)}.")
    if record.note:
        facts.append(safe(record.note, 200))
    return f"**{yours(record.rule.text)}**\n-# {' '.join(facts)}"


def _origin(record: RuleRecord) -> str:
    kind, _, number = record.source.partition(" ")
    nth = _NTH.get(number, f"{number}th")
    who = (
        f"Written at the {nth} reading" if kind == "writer" and number.isdigit() else "Written at an earlier look"
    )
    return f"{who}; it rests on {len(record.seen)} of your pictures" if record.seen else who


def _changed(record: RuleRecord) -> str:
    """What asking with the idea came to, counted where its writers had not seen the label."""
    if set(record.held_on) <= set(record.seen):
        return "Its writer had seen what you felt about all of these, so how it did there is no test."
    if not record.fresh.held:
        return "It was not tried on pictures that it was not written from."
    asked = "one picture" if record.fresh.held == 1 else f"{record.fresh.held} pictures"
    return f"Tried on {asked} that it was not written from: {right_and_wrong(record.fresh)}."


def _untried(records: Sequence[RuleRecord]) -> Iterator[str]:
    """Ideas that were not tried, by the reason why, each with its pictures in brackets."""
    reasons: dict[str, list[str]] = {}
    for record in sorted(records, key=lambda r: (-len(r.held_on), r.rule.id)):
        line = f"• {safe(record.rule.when, 120)}: {record.rule.feel} ({len(record.held_on)}, {len(record.seen)})"
        reasons.setdefault(record.note or "Not tried.", []).append(line)
    heading = (
        f"### Not tried, of this and earlier looks: {_many(len(records), 'idea')}\n"
        "-# In brackets: of how many of your pictures it speaks, and on how many it rests.\n"
    )
    for reason, lines in sorted(reasons.items(), key=lambda item: -len(item[1])):
        for first in range(0, len(lines), LINES):
            title = f"**{safe(reason, 200)}**\n" if not first else ""
            yield heading + title + "\n".join(lines[first : first + LINES])
            heading = ""


def _texts(look: RunReport, active: Feelprint | None) -> Iterator[str]:
    """The wordings that `paper` mode compared, without the scores by which it chose."""
    tried = [text for text in look.detail.get("tried", ()) if text.get("text")]
    if tried:
        many = _many(len(tried), "wording")
        yield (
            f"I compared {many} of a text about you with most people's answer, on {tried[0].get('of', 0)} of your "
            "pictures. It was chosen for fitting these; how it does on new ones is under `/feelprint show`."
        )
    for text in tried:
        used = " In use." if active is not None and text["text"] == active.text else ""
        yield f"{safe(text['text'], 600)}\n-# {safe(str(text.get('source', '')), 60).capitalize()}.{used}"


def _ids(look: RunReport) -> frozenset[str]:
    return frozenset(rule.get("id", "") for rule in look.detail.get("rules", ()))


def _numbers(detail: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = detail.get(key)
    return found if isinstance(found, Mapping) else {}


def _in_order(asked: Mapping[str, int]) -> list[tuple[str, int]]:
    order = list(_STEPS)
    return sorted(asked.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))


def _words(report: RunReport, key: str) -> str:
    return str(report.detail.get(key, ""))


def _day(report: RunReport) -> str:
    at = datetime.fromtimestamp((report.finished_at or report.started_at) / 1000, UTC)
    return f"{at.day} {at:%B %Y}"


def _often(number: int) -> str:
    """How often, spelt out: it stands in running text."""
    return _SPELT.get(number) or (times(number) if number else "never")


def _many(number: float, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number:g} {noun}s"
