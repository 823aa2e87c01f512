"""Reading notes about a person and letting them shift the general opinion where they hold in the pixels.

A note is any sentence with an emotion of the label set and a visual condition that is understood, be it a
rule or free prose. A sentence without either is passed over and changes nothing, exactly.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.offline.lexicon import emotions_in
from core.offline.vocabulary import Condition, Strengths, Vocabulary, strength_of

_FULL = 0.8
_START, _FULLY = 0.35, 0.65
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_DENIED = re.compile(r"\b(?:not|never|no|rarely|hardly|doesn't|without)\b[^,.;]{0,24}$")
_RULE = re.compile(
    r"when(?:ever)?\b(.*?),\s*(?:this person|they|she|he|the person|i|we)\b(.*)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence understood: where `condition` holds, `feels` is felt (or, if `denied`, is not)."""

    condition: Condition
    feels: tuple[str, ...]
    denied: bool
    line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A shifted opinion, and the 1-based line of the note that counted most (0: none did)."""

    opinion: dict[str, float]
    line: int


def read_notes(lines: Sequence[str], names: Sequence[str], vocabulary: Vocabulary) -> tuple[Note, ...]:
    """Every sentence of the lines that is understood."""
    notes: list[Note] = []
    for number, line in enumerate(lines, 1):
        for sentence in _SENTENCES.split(line):
            if note := _note(sentence, number, names, vocabulary):
                notes.append(note)
    return tuple(notes)


def _note(sentence: str, line: int, names: Sequence[str], vocabulary: Vocabulary) -> Note | None:
    rule = _RULE.search(sentence)
    when, then = (rule.group(1), rule.group(2)) if rule else (sentence, sentence)
    found = emotions_in(then, names)
    if not found:
        return None
    if not rule:
        when = "".join(c for place, c in enumerate(sentence) if not any(s <= place < e for s, e, _ in found))
    condition = vocabulary.understand(when)
    if condition is None:
        return None
    denied = bool(_DENIED.search(then[: found[0][0]].lower()))
    return Note(condition, tuple(dict.fromkeys(name for _, _, name in found)), denied, line)


def shift(opinion: Mapping[str, float], notes: Sequence[Note], seen: Strengths) -> Reading:
    """Move probability to what the notes say, graded by how strongly each holds.

    The strongest comes first and leaves the rest to the others; of equal strength, the more specific one
    (more terms) comes first.
    """
    weighed = sorted(
        ((_weight(strength_of(note.condition, seen)), note) for note in notes),
        key=lambda pair: (-pair[0] * (1.0 + 0.1 * _terms(pair[1])), pair[1].line),
    )
    rest, moved, line = 1.0, dict.fromkeys(opinion, 0.0), 0
    for weight, note in weighed:
        if weight <= 0.0:
            continue
        share = rest * weight
        for name, value in _wanted(note, opinion).items():
            moved[name] += share * value
        rest -= share
        line = line or (note.line if weight >= 0.5 * _FULL else 0)
    if rest == 1.0:
        return Reading(dict(opinion), 0)
    return Reading({name: moved[name] + rest * opinion[name] for name in opinion}, line)


def _weight(strength: float) -> float:
    """How much of the opinion a note moves: nothing below 0.35, a smooth step to all it may at 0.65."""
    x = min(1.0, max(0.0, (strength - _START) / (_FULLY - _START)))
    return _FULL * x * x * (3.0 - 2.0 * x)


def _terms(note: Note) -> int:
    return max(len(terms) for terms in note.condition)


def _wanted(note: Note, opinion: Mapping[str, float]) -> dict[str, float]:
    if not note.denied:
        return {name: 1.0 / len(note.feels) for name in note.feels}
    others = {name: value for name, value in opinion.items() if name not in note.feels}
    total = sum(others.values())
    return {name: value / total for name, value in others.items()} if total > 0.0 else dict(opinion)
