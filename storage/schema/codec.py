"""Records as JSON-ready data and back: the shapes inside the JSON columns, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.feelprint import Evidence, Rule, RuleRecord
from core.vocabulary.reasons import RuleReason, RuleStatus
from core.vocabulary.scripts import folded, is_emoji


def storable(text: str) -> str:
    """Text that any database takes: without NUL characters and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def emotions_out(label_set: LabelSet) -> list[list[str]]:
    """A label set as [[name, emoji], ...], in order."""
    return [[emotion.name, emotion.emoji] for emotion in label_set.emotions]


def emotions_in(data: Sequence[Sequence[str]]) -> LabelSet:
    """The label set that `emotions_out` wrote.

    Once, anything was taken for an emoji, and names could differ by case alone; what is no emoji was never
    reacted with, and of two such names the first counts. Most servers have the same, so each is made once.
    """
    return _label_set(tuple((name, emoji) for name, emoji in data))


@lru_cache(256)
def _label_set(written: tuple[tuple[str, str], ...]) -> LabelSet:
    emotions: dict[str, Emotion] = {}
    for name, emoji in written:
        emotions.setdefault(folded(name), Emotion(name, emoji if is_emoji(emoji.strip()) else ""))
    return LabelSet(tuple(emotions.values()))


def rule_out(rule: Rule) -> dict[str, str]:
    """A rule by field name."""
    return asdict(rule)


def rule_in(data: Mapping[str, Any]) -> Rule:
    """The rule that `rule_out` wrote."""
    return Rule(**data)


def evidence_out(evidence: Evidence) -> dict[str, float]:
    """Evidence by field name."""
    return asdict(evidence)


def evidence_in(data: Mapping[str, Any]) -> Evidence:
    """The evidence that `evidence_out` wrote."""
    return Evidence(**data)


def record_out(record: RuleRecord) -> dict[str, Any]:
    """A rule record by field name, except what is a column: its status, its reason, when its member wrote it.

    What nothing is known of is left out, and references stand in one line: a member has hundreds of them.
    """
    parts: dict[str, Any] = {"rule": rule_out(record.rule)}
    for name in _EVIDENCE:
        evidence: Evidence = getattr(record, name)
        if evidence != Evidence():
            parts[name] = evidence_out(evidence)
    for name in _REFERENCES:
        parts[name] = " ".join(getattr(record, name))
    if record.same_as is not None:
        parts["same_as"] = record.same_as
    return {**parts, "writer": record.writer}


def record_in(status: str, reason: str | None, data: Mapping[str, Any]) -> RuleRecord:
    """The record that `record_out` wrote; once, references stood in a list, and what was asked elsewhere."""
    parts = {"asked": data["alone"], **data} if "alone" in data else data
    evidence: dict[str, Any] = {name: evidence_in(parts[name]) for name in _EVIDENCE if name in parts}
    references: dict[str, Any] = {name: _references(parts[name]) for name in _REFERENCES}
    return RuleRecord(
        rule=rule_in(parts["rule"]),
        status=RuleStatus(status),
        reason=None if reason is None else RuleReason(reason),
        writer=parts.get("writer"),
        same_as=parts.get("same_as"),
        **evidence,
        **references,
    )


def _references(written: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(written.split() if isinstance(written, str) else written)


_EVIDENCE = ("screened", "unseen", "asked", "fresh", "shadow")
_REFERENCES = ("held_on", "seen")
