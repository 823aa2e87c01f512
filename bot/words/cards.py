"""The cards that members read: an answer, a feelprint, a state of things, in words and text bars.

Pure: numbers and records in, text out. What the model wrote is escaped, so that a picture cannot make
the bot format, link or mention anything.
"""

import re
from collections.abc import Sequence

import discord

from bot.words.amounts import date, listed, percent, sentences, times
from bot.words.emotions import in_words, named
from bot.words.language import gettext as _
from bot.words.language import mark, ngettext
from bot.words.outcomes import run_reason
from core.asking.write import compose
from core.ports import Profile, RunReport
from core.predicting.predictor import Prediction
from core.predicting.readiness import Standing
from core.predicting.shown import RuleShown, Tally
from core.tuning.session import Progress
from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.feelprint import Evidence, Feelprint, Rule
from core.vocabulary.reasons import AnswerSource, Mode, ProfileState, RunReason

_BAR = 10
_STEPS = {
    "generic": mark("looking at your pictures"),
    "write": mark("looking for what sets you apart"),
    "match": mark("finding where each idea applies"),
    "verify": mark("testing them together"),
    "score": mark("comparing wordings"),
}
_WAITING = {
    ProfileState.DUE: mark("Enough to learn from: you are next in line."),
    ProfileState.BEHIND: mark("Enough to learn from: another run is under way, and yours follows."),
    ProfileState.SETTLING: mark("Enough to learn from: I begin as soon as you have been quiet for a moment."),
    ProfileState.PAUSED: mark("You have paused, so I note nothing new and learn nothing. `/join` resumes."),
}
_THINKING = mark("thinking")
_BRACKETS = str.maketrans("<>", "‹›")
_INSIDE_A_WORD = re.compile(r"(?<=\S)([.:/])(?=\S)")
_OFFLINE = mark("-# Answered by the offline model: small, and no match for a large one.")


def bar(share: float) -> str:
    """Ten blocks for a share in [0, 1]."""
    full = round(max(0.0, min(1.0, share)) * _BAR)
    return "▰" * full + "▱" * (_BAR - full)


def safe(text: str, limit: int = 300) -> str:
    """Somebody else's words on one line: no formatting, and nothing that Discord makes a link or a mention of.

    All that it makes more of than words is written with pointed brackets (members, roles, channels, commands,
    times, emojis), or with a dot, colon or stroke inside a word (addresses, invites without a scheme).
    """
    line = " ".join(text.translate(_BRACKETS).split())
    line = line if len(line) <= limit else line[: limit - 1] + "…"
    escaped = discord.utils.escape_mentions(discord.utils.escape_markdown(line))
    return _INSIDE_A_WORD.sub("\\1\u200b", escaped.replace("](", "]\u200b("))


def yours(rule: Rule, limit: int = 300) -> str:
    """A rule as its owner reads it: rules speak of "this person", who is you.

    Only what a picture shows stands as it was written, by the model in English whatever language is spoken.
    """
    return safe(yours_plain(rule), limit)


def yours_plain(rule: Rule) -> str:
    """The same where nothing is made of what stands in it."""
    if rule != compose(rule.when, rule.feel):  # of an earlier version, in words of its own
        return rule.text.replace("this person tends to", "you tend to")
    said = _("When a picture shows {when}, you tend to feel {feel}.")
    return said.format(when=rule.when, feel=in_words(rule.feel))


def answer(prediction: Prediction, label_set: LabelSet, *, joined: bool, offline: bool) -> list[str]:
    """The answer to "how would I feel about this?", in blocks."""
    blocks = [_headline(prediction, label_set)]
    if prediction.source != AnswerSource.LABEL:
        blocks.append(bars(label_set, prediction.distribution))
    rule = _("Your rule: “{rule}”").format(rule=yours(prediction.rule)) if prediction.rule else ""
    reason = safe(prediction.reason) if prediction.source != AnswerSource.LABEL else ""
    blocks.append("\n".join(line for line in (reason, rule) if line))
    blocks.append(_footer(prediction, label_set, joined=joined) + (f"\n{_(_OFFLINE)}" if offline else ""))
    return blocks


def guess_of(name: str, prediction: Prediction, label_set: LabelSet, *, offline: bool) -> list[str]:
    """How somebody else would feel, in blocks; their name is plain already."""
    guess = listed([named(label_set, emotion) for emotion in prediction.torn or (prediction.top,)])
    most = named(label_set, label_set.top(prediction.generic)) if prediction.generic else ""
    people = _("Most people: {emotion}.").format(emotion=most) if most else ""
    told = _("My guess, by what {name} taught me; what they said about a picture I tell nobody.")
    return [
        f"### {name}: {guess}?",
        bars(label_set, prediction.distribution),
        f"-# {sentences(told.format(name=name), people)}".rstrip() + (f"\n{_(_OFFLINE)}" if offline else ""),
    ]


def bars(label_set: LabelSet, distribution: Distribution, count: int = 4) -> str:
    """The most probable emotions, a bar each."""
    order = sorted(range(len(distribution)), key=lambda i: (-distribution[i], i))[:count]
    rows = ((named(label_set, label_set.names[i]), distribution[i]) for i in order)
    return "\n".join(f"`{bar(share)}` {emotion} {percent(share)}" for emotion, share in rows)


def _headline(prediction: Prediction, label_set: LabelSet) -> str:
    if prediction.label is not None:
        felt = [named(label_set, name) for name in label_set.names if name in prediction.label.felt]
        return _("### You told me already: {felt}").format(felt=listed(felt))
    if prediction.torn is not None:
        one, other = (named(label_set, name) for name in prediction.torn)
        return _("### You might be torn between {one} and {other}").format(one=one, other=other)
    top = named(label_set, prediction.top)
    if prediction.unsure:
        return _("### Hard to say; if anything, {emotion}").format(emotion=top)
    return _("### You would most likely feel {emotion}").format(emotion=top)


def _footer(prediction: Prediction, label_set: LabelSet, *, joined: bool) -> str:
    most = named(label_set, label_set.top(prediction.generic)) if prediction.generic else ""
    people = _("Most people: {emotion}.").format(emotion=most) if most else ""
    if prediction.source == AnswerSource.LABEL:
        return "-# " + (people or _("So I need not guess."))
    if prediction.source == AnswerSource.FEELPRINT:
        version = _("By your feelprint, version {version}.").format(version=prediction.version)
        return f"-# {sentences(version, people)}{_as_sure(prediction)}".rstrip()
    if prediction.source == AnswerSource.PRIOR:
        return "-# " + _(
            "You have no feelprint yet: what most people would feel, leaning to what you feel more often."
        )
    none = _("You have no feelprint yet: this is what most people would feel.")
    invitation = _("`/join` and react to pictures, and I learn how *you* feel.")
    return f"-# {none if joined else sentences(none, invitation)}"


def _as_sure(prediction: Prediction) -> str:
    """How often answers that sounded like this one were right, on a line of its own."""
    if prediction.right is None:
        return ""
    tenths = round(10 * prediction.right)
    if tenths == 0:
        return "\n-# " + _("Answers as sure as this one were hardly ever right so far.")
    if tenths == 10:
        return "\n-# " + _("Answers as sure as this one were almost always right so far.")
    return "\n-# " + ngettext(
        "Answers as sure as this one were right about {number} time in 10.",
        "Answers as sure as this one were right about {number} times in 10.",
        tenths,
    ).format(number=tenths)


def feelprint(active: Feelprint, rules: Sequence[RuleShown], since: Tally, *, offline: bool) -> list[str]:
    """A feelprint as what it is: its sentences, what each rests on, and how it did since."""
    title = _("### Your feelprint, version {version}").format(version=active.version)
    origin = ngettext("From {number} label, {date}", "From {number} labels, {date}", active.n_labels)
    blocks = [f"{title}\n-# {origin.format(number=active.n_labels, date=date(active.created_at))}"]
    if active.mode == Mode.PAPER:
        blocks.append(safe(active.text, 1500))
    blocks += [f"**{yours(shown.rule)}**\n-# {evidence(shown)}" for shown in rules]
    blocks.append(record(since) + (f"\n{_(_OFFLINE)}" if offline else ""))
    return blocks


def evidence(shown: RuleShown) -> str:
    """What a rule rests on, and how it did on pictures that came later."""
    words = _("Not yet tried on pictures it was not written from.")
    if shown.tested.held:
        tested = right_and_wrong(shown.tested)
        words = _("On pictures it was not written from: {evidence}.").format(evidence=tested)
    if shown.since.held:
        since = _("Since it is in use: {evidence}.").format(evidence=right_and_wrong(shown.since))
        words = sentences(words, since)
    return words


def record(since: Tally) -> str:
    """The shadow record of the version in use."""
    if not since.pictures:
        return _("Not yet tested on new pictures.")
    if not since.better and not since.worse:
        return ngettext(
            "Since this version, on one new picture: the same as most people's answer.",
            "Since this version, on {number} new pictures: the same as most people's answer.",
            since.pictures,
        ).format(number=since.pictures)
    return _(
        "Since this version, on pictures it had not seen, against what most people would feel: better {better}, "
        "worse {worse}, same {same}."
    ).format(better=times(since.better), worse=times(since.worse), same=since.same)


def progress(
    profile: Profile | None,
    label_set: LabelSet,
    standing: Standing,
    running: Progress | None,
    report: RunReport | None,
) -> list[str]:
    """Labels for each emotion, what is still needed, and what is going on."""
    title = ngettext("### {number} label so far", "### {number} labels so far", standing.labels)
    blocks = [title.format(number=standing.labels)]
    counts = profile.counts if profile else {}
    most = max([*counts.values(), 1])
    given = [name for name in label_set.names if counts.get(name)]
    if given:
        rows = (f"`{bar(counts[name] / most)}` {named(label_set, name)} {counts[name]}" for name in given)
        blocks.append("\n".join(rows))
    blocks.append(state(standing, running, report))
    waits = standing.state == ProfileState.LATER  # which says already what came of it
    if report is not None and report.reason is not None and not waits:
        blocks.append(
            "-# " + _("Last time: {result}").format(result=run_reason(report.reason, report.explanation.stop))
        )
    return blocks


def state(standing: Standing, running: Progress | None, report: RunReport | None = None) -> str:
    """What is needed, waited for or going on, in a sentence, with a bar where there is a distance to go."""
    if running is not None or standing.state == ProfileState.RUNNING:
        share = running.done / running.total if running and running.total else 0.0
        step = _(_STEPS.get(running.step, _THINKING)) if running else _("starting")
        return _("Learning now: {step}.").format(step=step) + f"\n`{bar(share)}`"
    if standing.state in _WAITING:
        return _(_WAITING[standing.state])
    if standing.state == ProfileState.LATER:
        return _waits(standing, report)
    share = standing.labels / standing.labels_goal if standing.labels_goal else 0.0
    until = _("Until your first feelprint: {needs}.") if standing.first else _("Until the next look: {needs}.")
    said = until.format(needs=needs(standing))
    if not standing.labels_needed:
        return said
    distance = _("{number} of {goal}").format(number=standing.labels, goal=standing.labels_goal)
    return f"{said}\n`{bar(min(share, 1 - 1 / _BAR))}` {distance}"


def _waits(standing: Standing, report: RunReport | None) -> str:
    """Why the last run could not look, and when it is tried again, which Discord shows in each reader's time."""
    stop = report.explanation.stop if report else None
    why = run_reason(RunReason.UNAVAILABLE, stop)
    again = _("Next try: {when}.").format(when=f"<t:{(standing.ready_at or 0) // 1000}:R>")
    return sentences(why, again)


def needs(standing: Standing) -> str:
    """What is missing before a run."""
    labels, emotions = standing.labels_needed, standing.emotions_needed
    more = ngettext("{number} more label", "{number} more labels", labels).format(number=labels)
    kinds = ngettext("{number} more emotion among them", "{number} more emotions among them", emotions)
    if labels and emotions:
        return _("{labels} with {emotions}").format(labels=more, emotions=kinds.format(number=emotions))
    if labels or not emotions:
        return more if labels else ""
    return ngettext(
        "{number} emotion that you have not named yet", "{number} emotions that you have not named yet", emotions
    ).format(number=emotions)


def right_and_wrong(evidence: Evidence) -> str:
    """Evidence in words: how often right where most people's answer was wrong, and the opposite."""
    right, wrong = times(evidence.right), times(evidence.wrong)
    if evidence.right and evidence.wrong:
        return _("right {right}, wrong {wrong}").format(right=right, wrong=wrong)
    if evidence.right:
        return _("right {right}, never wrong").format(right=right)
    if evidence.wrong:
        return _("never right, wrong {wrong}").format(wrong=wrong)
    return _("like most people's answer")
