"""The cards that members read: an answer, a feelprint, a state of things, in words and text bars.

Pure: numbers and records in, text out. What the model wrote is escaped, so that a picture cannot make
the bot format, link or mention anything.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import discord

from bot.words import texts
from core.ports import Profile, RunReport
from core.predicting.predictor import Prediction
from core.tuning.readiness import Standing
from core.tuning.session import Progress
from core.tuning.shown import RuleShown, Tally
from core.vocabulary.calls import Failure
from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.feelprint import Evidence, Feelprint

_BAR = 10
_STEPS = {
    "generic": "looking at your pictures",
    "write": "looking for what sets you apart",
    "match": "finding where each idea applies",
    "alone": "testing each idea by itself",
    "verify": "testing them together",
    "score": "comparing wordings",
}
_FAILURES = {
    Failure.REFUSED: texts.refused,
    Failure.FILTERED: texts.refused,
    Failure.TRUNCATED: texts.unreadable_answer,
    Failure.INVALID: texts.unreadable_answer,
    Failure.UNAVAILABLE: texts.unavailable,
    Failure.QUOTA: texts.out_of_credit,
    Failure.AUTH: texts.model_locked,
    Failure.BUDGET: texts.budget,
}
_OFFLINE = "-# Answered by the offline model: small, and no match for a large one."


def failure(outcome: Failure) -> str:
    """Why there is no answer."""
    return _FAILURES[outcome]()


def bar(share: float) -> str:
    """Ten blocks for a share in [0, 1]."""
    full = round(max(0.0, min(1.0, share)) * _BAR)
    return "▰" * full + "▱" * (_BAR - full)


def safe(text: str, limit: int = 300) -> str:
    """Somebody else's words on one line: no formatting, links or mentions."""
    line = " ".join(text.split())
    line = line if len(line) <= limit else line[: limit - 1] + "…"
    escaped = discord.utils.escape_mentions(discord.utils.escape_markdown(line))
    return escaped.replace("](", "]\u200b(").replace("://", ":\u200b//")


def yours(rule: str, limit: int = 300) -> str:
    """A rule as its owner reads it: rules speak of "this person", who is you."""
    return safe(rule.replace("this person tends to", "you tend to"), limit)


def named(label_set: LabelSet, emotion: str) -> str:
    """An emotion with its emoji."""
    return f"{label_set.emoji_of(emotion)} {emotion}".strip()


def answer(prediction: Prediction, label_set: LabelSet, *, joined: bool, offline: bool) -> list[str]:
    """The answer to "how would I feel about this?", in blocks."""
    blocks = [_headline(prediction, label_set)]
    if prediction.source != "label":
        blocks.append(bars(label_set, prediction.distribution))
    rule = f"Your rule: “{yours(prediction.rule.text)}”" if prediction.rule else ""
    reason = safe(prediction.reason) if prediction.source != "label" else ""
    blocks.append("\n".join(line for line in (reason, rule) if line))
    blocks.append(_footer(prediction, label_set, joined=joined) + (f"\n{_OFFLINE}" if offline else ""))
    return blocks


def bars(label_set: LabelSet, distribution: Distribution, count: int = 4) -> str:
    """The most probable emotions, a bar each."""
    order = sorted(range(len(distribution)), key=lambda i: (-distribution[i], i))[:count]
    return "\n".join(
        f"`{bar(distribution[i])}` {named(label_set, label_set.names[i])} {distribution[i]:.0%}" for i in order
    )


def _headline(prediction: Prediction, label_set: LabelSet) -> str:
    if prediction.label is not None:
        felt = " and ".join(named(label_set, name) for name in label_set.names if name in prediction.label.felt)
        return f"### You told me already: {felt}"
    if prediction.torn is not None:
        one, other = (named(label_set, name) for name in prediction.torn)
        return f"### You might be torn between {one} and {other}"
    return f"### You would most likely feel {named(label_set, prediction.top)}"


def _footer(prediction: Prediction, label_set: LabelSet, *, joined: bool) -> str:
    most = named(label_set, label_set.top(prediction.generic)) if prediction.generic else ""
    if prediction.source == "label":
        return f"-# Most people: {most}." if most else "-# So I need not guess."
    if prediction.source == "feelprint":
        return f"-# By your feelprint, version {prediction.version}." + (f" Most people: {most}." if most else "")
    if prediction.source == "prior":
        return "-# You have no feelprint yet: what most people would feel, leaning to what you feel more often."
    return "-# You have no feelprint yet: this is what most people would feel." + (
        "" if joined else " `/join` and react to pictures, and I learn how *you* feel."
    )


def feelprint(active: Feelprint, rules: Sequence[RuleShown], since: Tally, *, offline: bool) -> list[str]:
    """A feelprint as what it is: its sentences, what each rests on, and how it did since."""
    made = datetime.fromtimestamp(active.created_at / 1000, UTC)
    head = f"### Your feelprint, version {active.version}\n-# From {active.n_labels} labels, {made:%d %B %Y}"
    blocks = [head]
    if active.mode == "paper":
        blocks.append(safe(active.text, 1500))
    blocks += [f"**{yours(shown.rule.text)}**\n-# {evidence(shown)}" for shown in rules]
    blocks.append(record(since) + (f"\n{_OFFLINE}" if offline else ""))
    return blocks


def evidence(shown: RuleShown) -> str:
    """What a rule rests on, and how it did on pictures that came later."""
    words = "Not yet tried on pictures it was not written from."
    if shown.tested.held:
        words = f"On pictures it was not written from: {right_and_wrong(shown.tested)}."
    if shown.since.held:
        words += f" Since it is in use: {right_and_wrong(shown.since)}."
    return words


def record(since: Tally) -> str:
    """The shadow record of the version in use."""
    if not since.pictures:
        return "Not yet tested on new pictures."
    if not since.better and not since.worse:
        new = "one new picture" if since.pictures == 1 else f"{since.pictures} new pictures"
        return f"Since this version, on {new}: the same as most people's answer."
    return (
        f"Since this version, on pictures it had not seen, against what most people would feel: "
        f"better {times(since.better)}, worse {times(since.worse)}, same {since.same}."
    )


def progress(
    profile: Profile | None,
    label_set: LabelSet,
    standing: Standing,
    running: Progress | None,
    report: RunReport | None,
) -> list[str]:
    """Labels for each emotion, what is still needed, and what is going on."""
    blocks = [f"### {_labels(standing.labels)} so far"]
    counts = profile.counts if profile else {}
    most = max([*counts.values(), 1])
    given = [name for name in label_set.names if counts.get(name)]
    if given:
        rows = (f"`{bar(counts[name] / most)}` {named(label_set, name)} {counts[name]}" for name in given)
        blocks.append("\n".join(rows))
    blocks.append(state(standing, running))
    told = report.detail.get("told") if report and report.result != "running" else None
    if told:
        blocks.append(f"-# Last time: {told}")
    return blocks


def state(standing: Standing, running: Progress | None) -> str:
    """What is needed or going on, in a sentence, with a bar where there is a distance to go."""
    if running is not None or standing.state == "running":
        share = running.done / running.total if running and running.total else 0.0
        step = _STEPS.get(running.step, "thinking") if running else "starting"
        return f"Tuning now: {step}.\n`{bar(share)}`"
    if standing.state == "due":
        return "Enough for tuning: it is next in line."
    if standing.state == "settling":
        return "Enough for tuning: it begins as soon as you have been quiet for a moment."
    if standing.state == "later":
        return "The model was not available; I try again by myself."
    needs = []
    if standing.labels_needed:
        needs.append(_labels(standing.labels_needed, "more "))
    if standing.emotions_needed:
        noun = "emotion" if standing.emotions_needed == 1 else "emotions"
        needs.append(f"{standing.emotions_needed} more {noun} among them")
    goal = "your first feelprint" if standing.first else "the next look"
    share = standing.labels / standing.labels_goal if standing.labels_goal else 0.0
    return f"Until {goal}: {' with '.join(needs)}.\n`{bar(share)}` {standing.labels} of {standing.labels_goal}"


def _labels(count: int, more: str = "") -> str:
    return f"{count} {more}{'label' if count == 1 else 'labels'}"


def right_and_wrong(evidence: Evidence) -> str:
    """Evidence in words: how often right where most people's answer was wrong, and the opposite."""
    if not evidence.right and not evidence.wrong:
        return "like most people's answer"
    wrong = f"wrong {times(evidence.wrong)}" if evidence.wrong else "never wrong"
    return f"right {times(evidence.right)}, {wrong}" if evidence.right else f"never right, {wrong}"


def times(number: float) -> str:
    """How often, in words; weighted counts may be fractions."""
    if number == 1:
        return "once"
    if number == 2:
        return "twice"
    return f"{number:g} times" if number % 1 == 0 else f"{number:.1f} times"
