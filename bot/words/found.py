"""How a feelprint was found, as its owner reads it: the last look at their pictures, idea by idea.

Everything comes from what is stored. Of an idea only what it did on pictures that its writer had not seen
is told in numbers: a count on the others would be a score on the labels that it was written from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.words import ideas
from bot.words.amounts import date, in_a_row, money, percent, sentences, times
from bot.words.cards import yours
from bot.words.language import gettext as _
from bot.words.language import ngettext
from bot.words.outcomes import run_reason
from core.ports import RunReport
from core.predicting.shown import RuleShown
from core.vocabulary.calls import Purpose
from core.vocabulary.explanation import Cost, Explanation, Forecast
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.reasons import RuleReason, RuleStatus, RunResult, Unverified

_ORDER = (Purpose.GENERIC, Purpose.WRITE, Purpose.MATCH, Purpose.ALONE, Purpose.VERIFY, Purpose.SCORE)
"""In which order a run asks; whatever else it may ask comes last."""


@dataclass(frozen=True, slots=True)
class History:
    """What is stored about a member's feelprint; `reports` newest first, `shown` the rules in use."""

    reports: Sequence[RunReport]
    records: Sequence[RuleRecord]
    shown: Sequence[RuleShown] = ()
    active: Feelprint | None = None

    @property
    def look(self) -> RunReport | None:
        """The last run that asked anything."""
        return next((report for report in self._done if report.explanation.cost is not None), None)

    @property
    def later(self) -> Sequence[RunReport]:
        """What happened after it."""
        return self._done[: self._done.index(self.look)] if self.look else self._done

    @property
    def under_way(self) -> bool:
        """Whether the next one is."""
        return any(report.result == RunResult.RUNNING for report in self.reports[:1])

    @property
    def _done(self) -> list[RunReport]:
        return [report for report in self.reports if report.result != RunResult.RUNNING]


def explained(history: History) -> list[str]:
    """The blocks of the whole explanation, most important first."""
    look = history.look
    if look is None and not history.later:
        return [f"{_title()}\n{looking() if history.under_way else never()}"]
    head = [_head(look, history.records) if look else _title(), *_since(history)]
    tried = ideas.listed(look, history.records, history.shown, history.active)
    return ["\n".join(line for line in head if line), *tried]


def steps(history: History) -> list[str]:
    """The same in three: what was tried, what held, what was kept."""
    look = history.look
    if look is None:
        return explained(history)
    told = look.explanation
    tried = [
        changing() if told.taste_changed else "",
        _funnel(told, history.records) or _cost(told.cost or Cost(), None),
    ]
    held = [_cross_fit(told), _together(told)]
    kept = [run_reason(look.reason, told.stop) if look.reason else "", *_used(history)]
    parts = (
        ("", [_title(), _last(look)]),
        (_("**1. What I tried**"), tried),
        (_("**2. What held**"), held if any(held) else [_("Nothing came so far that it could be tested.")]),
        (_("**3. What I kept**"), [*kept, *_since(history)]),
    )
    return ["\n".join(line for line in (title, *lines) if line) for title, lines in parts]


def as_text(blocks: Sequence[str]) -> str:
    """Blocks as a file of plain text: without what Discord makes of them."""
    marks = ("### ", "-# ", "**", "\\", "\u200b")
    text = "\n\n".join(blocks) + "\n"
    for one in marks:
        text = text.replace(one, "")
    return text


def _since(history: History) -> list[str]:
    lines = [
        f"-# {_day(report)}: {run_reason(report.reason, report.explanation.stop)}"
        for report in history.later
        if report.reason
    ]
    return [*lines, looking()] if history.under_way else lines


def _title() -> str:
    return _("### How your feelprint was found")


def never() -> str:
    """Before the first look."""
    return _("I have not looked for what sets you apart yet: `/progress` tells what is still needed.")


def looking() -> str:
    """During one."""
    return _("-# I am looking again right now: `/progress` tells how far I am.")


def changing() -> str:
    """Where labels from before a change of taste were left out."""
    return _("Your feelings seemed to be changing, so I went by newer pictures only.")


def _head(look: RunReport, records: Sequence[RuleRecord]) -> str:
    explanation = look.explanation
    lines = [
        _title(),
        _last(look),
        _before(explanation),
        run_reason(look.reason, look.explanation.stop) if look.reason else "",
        changing() if explanation.taste_changed else "",
        _funnel(explanation, records),
        _cross_fit(explanation),
        _needed(explanation),
        _together(explanation),
        _why_not(explanation),
        _cost(explanation.cost or Cost(), explanation.forecast),
    ]
    return "\n".join(line for line in lines if line)


def _last(look: RunReport) -> str:
    last = ngettext(
        "-# My last look at your pictures: {day}, one label",
        "-# My last look at your pictures: {day}, {labels} labels",
        look.n_labels,
    )
    return last.format(day=_day(look), labels=look.n_labels)


def _funnel(explanation: Explanation, records: Sequence[RuleRecord]) -> str:
    """From readings to rules, in numbers."""
    readings = explanation.cost.asked.get(Purpose.WRITE, 0) if explanation.cost else 0
    mine = [record for record in records if record.rule.id in explanation.candidates]
    ideas = len(explanation.candidates)  # whether each is still kept or not
    if not readings or not ideas:
        return ""
    tried = [record for record in mine if record.asked.held]
    said = [
        _("The model read your pictures {often}, with what you felt beside what most people would feel.").format(
            often=_often(readings)
        ),
        ngettext("There was one idea to look at.", "There were {ideas} ideas to look at.", ideas).format(
            ideas=ideas
        ),
    ]
    if tried:
        held_up = sum(r.status != RuleStatus.DROPPED and r.reason != RuleReason.NOT_BETTER for r in tried)
        said.append(_tried(len(tried), held_up))
    return sentences(*said)


def _tried(tried: int, held_up: int) -> str:
    if tried == 1:
        return (
            _("Of these one was tried, and held up.")
            if held_up
            else _("Of these one was tried, and did not hold up.")
        )
    return _("Of these {tried} were tried: {held_up} held up.").format(tried=tried, held_up=held_up)


def _used(history: History) -> list[str]:
    """The rules in use; those that were kept beside the tried ones are said to be untried so far."""
    untried = {record.rule.id for record in history.records if not record.asked.held}
    untried -= {one.rule.id for one in history.shown if one.since.held}
    rules = history.active.rules if history.active else ()
    told = {rule.id: f"• {yours(rule)}" for rule in rules}
    return [sentences(said, _("(not tried yet)")) if one in untried else said for one, said in told.items()]


def _cross_fit(explanation: Explanation) -> str:
    """What came of learning without a part of the labels and guessing that part."""
    test, stopped = explanation.cross_fit, explanation.composed is None
    if test is None:
        return ""
    evidence = test.evidence
    if not (evidence.right or evidence.wrong):
        return _nothing_left() if stopped else ""
    better, worse = round(evidence.right), round(evidence.wrong)
    guessed = _(
        "To see whether such ideas come true, I also learned without a part of your labels at a time and guessed "
        "that part: better than most people's answer {better}, worse {worse}."
    ).format(better=_often(better), worse=_often(worse))
    if stopped:
        little = _("That is too little to rely on, so I went no further.")
        against = _("That spoke against them, so I went no further.")
        return sentences(guessed, little if better > worse else against)
    return guessed if test.beats_favourite else sentences(guessed, _leans())


def _before(explanation: Explanation) -> str:
    if explanation.before is None:
        return ""
    return _("When I began, version {version} was in use.").format(version=explanation.before)


def _needed(explanation: Explanation) -> str:
    """From how sure on a run goes on, and how sure it was."""
    test = explanation.cross_fit
    if test is None or not test.needed or not (test.evidence.right or test.evidence.wrong):
        return ""
    return _(
        "That makes it {probability} likely that such ideas beat most people's answer; "
        "with so many labels I go on from {needed}."
    ).format(probability=percent(min(test.probability, 0.99)), needed=percent(test.needed))


def _why_not(explanation: Explanation) -> str:
    """What the rules did not pass, together."""
    test = explanation.verification
    return sentences(*(_failed(one, explanation.before) for one in test.failed)) if test else ""


def _failed(why: Unverified, before: int | None) -> str:
    match why:
        case Unverified.NOT_SURE:
            return _("I was less sure than that.")
        case Unverified.NOT_AHEAD:
            words = _("They were not ahead of version {version}, which I asked about the same pictures.")
            return words.format(version=before or 1)
        case Unverified.UNREADABLE:
            return _("With them, too many of the model's answers could not be read.")
        case _:
            assert_never(why)


def _nothing_left() -> str:
    return _(
        "To see whether such ideas come true, I also learned without a part of your labels at a time: too little "
        "was left to find any of them again, so I went no further."
    )


def _leans() -> str:
    return _(
        "To always guess the feeling that you have most often would have done no worse there: "
        "so far the rules know how often you feel what, hardly why."
    )


def _together(explanation: Explanation) -> str:
    """What became of the last test, without its score: most of those labels were written from."""
    if explanation.composed == ():
        return _("Even the best of them promised too little, so I went no further.")
    test = explanation.verification
    if test is None:
        return ""
    pictures = test.evidence.held
    tested = ngettext(
        "The best were tested together on one picture.",
        "The best were tested together on {pictures} pictures.",
        pictures,
    ).format(pictures=pictures)
    passed = _("They passed: I use them only if I am at least {gate} sure that they beat most people's answer.")
    failed = _(
        "They did not pass: I use them only if I am at least {gate} sure that they beat most people's answer."
    )
    return sentences(tested, (passed if test.passed else failed).format(gate=percent(test.gate)))


def _cost(cost: Cost, forecast: Forecast | None) -> str:
    total = sum(cost.asked.values())
    if not total:
        return _("This look took no questions.")
    asked = sorted(cost.asked, key=lambda purpose: (*_ORDER, purpose).index(purpose))
    parts = in_a_row(f"{cost.asked[purpose]} {_what_for(purpose)}" for purpose in asked)
    took = ngettext(
        "It took one question to the model: {parts}.", "It took {total} questions to the model: {parts}.", total
    )
    lines = [took.format(total=total, parts=parts)]
    most = sum(forecast.calls.values()) if forecast else 0
    if most:
        lines.append(_("Before I began, I had reckoned with {most} at most.").format(most=most))
    failed = sum(cost.failures.values())
    if known := total - failed - sum(cost.sent.values()):
        words = _("{known} of the answers were known already and cost nothing again.")
        lines.append(words.format(known=known))
    if failed:
        lines.append(_("{failed} got no usable answer.").format(failed=failed))
    if usd := cost.usage.usd:
        worth = _("All answers together are worth {dollars}.").format(dollars=money(usd))
        lines.append(worth if usd >= 0.01 else _("All answers together are worth less than a cent."))
    return sentences(*lines)


def _what_for(purpose: Purpose) -> str:  # noqa: PLR0911 - as many as there are purposes
    match purpose:
        case Purpose.GENERIC:
            return _("to see what most people would feel")
        case Purpose.WRITE:
            return _("to find ideas")
        case Purpose.MATCH:
            return _("to see where each idea applies")
        case Purpose.ALONE:
            return _("to test each idea by itself")
        case Purpose.VERIFY:
            return _("to test them together")
        case Purpose.SCORE:
            return _("to compare wordings")
        case Purpose.PREDICT | Purpose.SHADOW | Purpose.FEWSHOT | Purpose.PROBE:
            return _("for other things")
        case _:
            assert_never(purpose)


def _day(report: RunReport) -> str:
    return date(report.finished_at or report.started_at)


def _often(number: int) -> str:
    """How often, spelt out: it stands in running text."""
    spelt = {
        0: _("never"),
        3: _("three times"),
        4: _("four times"),
        5: _("five times"),
        6: _("six times"),
        7: _("seven times"),
        8: _("eight times"),
    }
    return spelt.get(number) or times(number)
