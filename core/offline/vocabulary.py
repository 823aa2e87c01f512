"""Reading plain words as conditions over what is seen: "a dark sky with small lights, no green".

The longest known wording wins at each place; unknown words are passed over; a negation reaches to the next
pause. A text in which nothing is understood is no condition at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.offline.concepts import Concept, colour, light, placed
from core.offline.forms import form
from core.offline.pixels import Features
from core.offline.scenes import scenes

Strengths: TypeAlias = Mapping[str, float]
"""How strongly each concept holds for a picture, in [0, 1]; 0.5 is the line."""

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[,;.]")
_SKIPPED_WORDS = """
a an the of is are in at on it its this that there with show shows showing picture pictures image photo
scene some full lot lots more mostly mainly quite rather which has have under over all around
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_PAUSES = frozenset((",", ";", ".", "and", "but", "with", "while", "where", "or"))
_NEGATIONS = frozenset(("no", "not", "without", "never", "lacking", "few", "hardly"))
_MORE = frozenset(("very", "extremely", "deeply", "really", "strongly"))
_IRREGULAR = {
    "color": "colour",
    "gray": "grey",
    "leaves": "leaf",
    "skies": "sky",
    "nighttime": "night",
    "nocturnal": "night",
    "woods": "wood",
    "center": "centre",
    "colored": "coloured",
    "colorful": "colourful",
    "snowy": "snow",
    "colors": "colour",
    "cyan": "turquoise",
    "teal": "turquoise",
    "violet": "purple",
    "magenta": "pink",
    "golden": "yellow",
    "gold": "yellow",
    "tan": "beige",
    "crimson": "red",
    "scarlet": "red",
    "navy": "blue",
    "azure": "blue",
    "lilac": "purple",
    "cream": "beige",
    "reddish": "red",
    "bluish": "blue",
    "greenish": "green",
    "darker": "dark",
    "brighter": "bright",
    "shadowy": "dark",
    "dim": "dark",
    "sunny": "bright",
    "luminous": "bright",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One concept in a condition: wanted or (`negated`) unwanted, plainly or (`very`) strongly."""

    concept: str
    negated: bool = False
    very: bool = False

    def strength(self, seen: Strengths) -> float:
        """How strongly the term holds."""
        value = seen.get(self.concept, 0.0)
        if self.very:
            value = max(0.0, (value - 0.2) / 0.8)
        return 1.0 - value if self.negated else value


Condition: TypeAlias = tuple[tuple[Term, ...], ...]
"""Alternatives ("or"), each a set of terms that must all hold; never empty inside."""


class Vocabulary:
    """All concepts, and the reading of words as conditions over them."""

    def __init__(self, concepts: Sequence[Concept] | None = None) -> None:
        self.concepts = tuple(concepts or (*light(), *colour(), *placed(), *form(), *scenes()))
        self.by_name = {concept.name: concept for concept in self.concepts}
        self._lexicon: dict[tuple[str, ...], str] = {}
        for concept in self.concepts:
            for wording in (*concept.written, *concept.understood):
                self._lexicon.setdefault(_key(wording), concept.name)
        self._longest = max(len(key) for key in self._lexicon)
        self._read: dict[str, Condition | None] = {}

    def see(self, features: Features) -> dict[str, float]:
        """The strength of every concept for a picture's features."""
        return {concept.name: concept.sight(features) for concept in self.concepts}

    def understand(self, text: str) -> Condition | None:
        """The condition that a text states, or None where nothing in it is understood."""
        if text not in self._read:
            if len(self._read) > 20_000:
                self._read.clear()
            self._read[text] = self._parse(text)
        return self._read[text]

    def _parse(self, text: str) -> Condition | None:
        words = _words(text)
        alternatives: list[list[Term]] = [[]]
        negated = very = False
        place = 0
        while place < len(words):
            word = words[place]
            known = self._longest_at(words, place)
            if known is not None:
                name, length = known
                term = Term(name, negated, very)
                if term not in alternatives[-1]:
                    alternatives[-1].append(term)
                very = False
                place += length
                continue
            if word in _PAUSES:
                negated = very = False
                if word == "or" and alternatives[-1]:
                    alternatives.append([])
            elif word in _NEGATIONS:
                negated = True
            elif word in _MORE:
                very = True
            place += 1
        kept = tuple(tuple(terms) for terms in alternatives if terms)
        return kept or None

    def _longest_at(self, words: Sequence[str], place: int) -> tuple[str, int] | None:
        for length in range(min(self._longest, len(words) - place), 0, -1):
            name = self._lexicon.get(tuple(words[place : place + length]))
            if name is not None:
                return name, length
        return None


def strength_of(condition: Condition, seen: Strengths) -> float:
    """How strongly a condition holds: the weakest term of the strongest alternative."""
    return max(min(term.strength(seen) for term in terms) for terms in condition)


def _words(text: str) -> list[str]:
    found = (_stem(word) for word in _WORD.findall(text.lower().replace("-", " ")))
    return [word for word in found if word not in _SKIPPED]


def _key(wording: str) -> tuple[str, ...]:
    return tuple(_words(wording))


def _stem(word: str) -> str:
    word = _IRREGULAR.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return _IRREGULAR.get(word, word)
