"""What a rule's condition may be: a short phrase for things that can be seen, and nothing else.

It is said positively: plain words of one phrase, of which at least one names something to be seen, none speaks
of all or nothing, of rating, of feelings or of who looks; and people only as the eye sees them, by number,
place, doing and clothing. A good condition that is refused costs a rule, a bad one that passes costs trust.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from core.asking.plain_words import (
    CROWDS,
    EMPTY,
    FUNCTION,
    NEVER,
    NEVER_WITHIN,
    OF_PEOPLE,
    OFTEN_ADJECTIVES,
    ORDERS,
    PEOPLE,
    PEOPLE_WITHIN,
    SKIN,
)
from core.asking.safety import forbidden, plain
from core.vocabulary.scripts import folded, is_letter

MAX_CONDITION_WORDS = 12
_MAX_LETTERS = 160
_PREAMBLE = re.compile(
    r"^\W*(?:(?:when(?:ever)?|if)?\s*(?:(?:the|a|an|any|this)\s+)?(?:picture|image|photo|scene)?\s*"
    r"(?:shows?|has|contains?)\s+)+",
    re.I,
)
_DIVIDERS = re.compile(r"[ ,'-]+")
_APART = re.compile(r"(?:'s\b|[ ,'])+")
"""What is made by man-made things is not said of people, so here words keep their hyphens."""


def condition_of(text: object, names: Sequence[str]) -> str | None:
    """A rule's condition in plain words, or None if it may not be one: see the module's text.

    `names` are the emotions, which are no words for what can be seen.
    """
    written = _PREAMBLE.sub("", plain(text, 200)).strip(" .!,;:\"'“”।。").replace("’", "'")
    written = written[:1].lower() + written[1:]
    if not _is_phrase(written) or forbidden(written):
        return None
    words = [folded(word) for word in _DIVIDERS.split(written) if word]
    if words[0] in ORDERS or not NEVER.isdisjoint(words) or _holds(written, NEVER_WITHIN):
        return None
    if _names_emotion(words, names) or not _says_something(words, names):
        return None
    return written if _only_seen_of_people(written) else None


def _is_phrase(written: str) -> bool:
    """Whether it is made of words, blanks, commas, hyphens and apostrophes, in order, and short."""
    if not written or len(written) > _MAX_LETTERS or len(written.split()) > MAX_CONDITION_WORDS:
        return False
    if not (written[0].isalpha() and is_letter(written[-1])):
        return False
    return all(is_letter(c) or c in " ,'-" for c in written)


def _holds(written: str, parts: Iterable[str]) -> bool:
    return any(part in written for part in parts)


def _names_emotion(words: Sequence[str], names: Sequence[str]) -> bool:
    """Whether an emotion is named, other than as a word that is also said of landscapes and stands before one."""
    text = f" {' '.join(words)} "
    for name in map(folded, names):
        spelled = " ".join(word for word in _DIVIDERS.split(name) if word)
        undivided = not spelled.isascii() and len(spelled) > 1 and spelled in text
        if f" {spelled} " in text or undivided:
            at = words.index(spelled) if spelled in words else len(words)
            if spelled not in OFTEN_ADJECTIVES or not set(words[at + 1 :]) - EMPTY:
                return True
    return False


def _says_something(words: Sequence[str], names: Sequence[str]) -> bool:
    """Whether one word at least is neither empty nor the name of an emotion."""
    empty = EMPTY | {folded(name) for name in names}
    return any(word not in empty and len(word) > 1 - (not word.isascii()) for word in words)


def _only_seen_of_people(written: str) -> bool:
    """Whether there are no people in it, or only what the eye sees of them is said."""
    words = [folded(word) for word in _APART.split(written) if word]
    if _holds(written, PEOPLE_WITHIN):
        return False
    if PEOPLE.isdisjoint(words):
        return True
    if any(one in SKIN and other in PEOPLE - CROWDS for one, other in pairwise(words)):
        return False
    return all(word in OF_PEOPLE or word in PEOPLE or word in FUNCTION for word in words)
