"""Matching conditions with descriptions, by words alone: no pixels, no labels."""

import re
from collections.abc import Sequence

from core.offline.vocabulary import Strengths, Vocabulary, strength_of

_NUMBERED = re.compile(r"^(\d+)\.\s+(.*)$")


def match_text(text: str, vocabulary: Vocabulary) -> list[dict[str, object]]:
    """Answers a list of numbered conditions and numbered pictures, as the matching question asks."""
    conditions, pictures = _sections(text)
    seen = [(number, mentioned(words, vocabulary)) for number, words in pictures]
    matches: list[dict[str, object]] = []
    for number, words in conditions:
        condition = vocabulary.understand(words)
        held = (
            [] if condition is None else [n for n, strengths in seen if strength_of(condition, strengths) >= 0.5]
        )
        matches.append({"condition": number, "pictures": held})
    return matches


def _sections(text: str) -> tuple[Sequence[tuple[int, str]], Sequence[tuple[int, str]]]:
    sections: dict[str, list[tuple[int, str]]] = {"conditions": [], "pictures": []}
    current = sections["conditions"]
    for line in text.splitlines():
        heading = line.strip().rstrip(":").lower()
        current = sections.get(heading, current)
        if found := _NUMBERED.match(line.strip()):
            current.append((int(found.group(1)), found.group(2)))
    return sections["conditions"], sections["pictures"]


def mentioned(words: str, vocabulary: Vocabulary) -> Strengths:
    """What a description says that can be seen."""
    condition = vocabulary.understand(words.replace(":", ","))
    return {} if condition is None else {t.concept: 1.0 for terms in condition for t in terms if not t.negated}
