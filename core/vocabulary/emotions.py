"""Emotions, label sets and the emojis that stand for them.

A label set is identified by its names in order, so two servers that only differ in emojis share the
profiles of their members, and two with different emotions never mix them; and, where it is asked for a member who
keeps several, by the mood for which it is.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from core.vocabulary.errors import LabelSetError, LabelSetProblem
from core.vocabulary.own_moods import FIRST, OwnMood, in_mood
from core.vocabulary.scripts import folded, is_emoji, is_letter

Distribution: TypeAlias = tuple[float, ...]
"""Probabilities over a label set, in its order; they sum to one."""

_CUSTOM_EMOJI = re.compile(r"^(?:<a?:\w+:(\d+)>|\w+:(\d+)|(\d{15,22}))$")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_VARIATION_SELECTORS = (0xFE0E, 0xFE0F)
MOST_EMOTIONS = 150
"""More than any public dataset of emotions has; how many a server may have is Discord's to say."""

_MOST_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Emotion:
    """One emotion of a label set, and the emoji that members react with."""

    name: str
    emoji: str


@dataclass(frozen=True)
class LabelSet:
    """Two emotions or more, in a fixed order.

    Raises LabelSetError where names or emojis repeat (case and composition of letters do not tell names apart), a
    name is not a short plain word, or an emoji is none.
    """

    emotions: tuple[Emotion, ...]
    mood: OwnMood = field(default=FIRST)

    def __post_init__(self) -> None:
        if not 2 <= len(self.emotions) <= MOST_EMOTIONS:
            raise LabelSetError(LabelSetProblem.COUNT)
        if bad := [e.name for e in self.emotions if not is_name(e.name)]:
            raise LabelSetError(LabelSetProblem.NOT_A_WORD, names=bad)
        if _repeats(self.names):
            raise LabelSetError(LabelSetProblem.SAME_EMOTION)
        if _repeats([e.emoji for e in self.emotions if e.emoji]):
            raise LabelSetError(LabelSetProblem.SAME_EMOJI)
        if any(e.emoji and not is_emoji(e.emoji.strip()) for e in self.emotions):
            raise LabelSetError(LabelSetProblem.NOT_AN_EMOJI)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The emotions' names, in order."""
        return tuple(e.name for e in self.emotions)

    @cached_property
    def id(self) -> str:
        """16 hex digits that depend on the names and their order, not on the emojis; and the mood behind them."""
        return in_mood(self.shared_id, self.mood.number)

    @cached_property
    def shared_id(self) -> str:
        """The same without a mood: what people have in common."""
        return hashlib.sha256("\n".join(self.names).encode()).hexdigest()[:16]

    def of_mood(self, mood: OwnMood) -> "LabelSet":
        """The same emotions for one of a member's moods."""
        return self if mood == self.mood else replace(self, mood=mood)

    @cached_property
    def _by_emoji(self) -> Mapping[str, str]:
        return {normalise_emoji(e.emoji): e.name for e in self.emotions if e.emoji}

    def emotion_of(self, emoji: str) -> str | None:
        """The emotion that an emoji (unicode, `<:name:id>`, `name:id` or id) stands for, or None."""
        return self._by_emoji.get(normalise_emoji(emoji))

    def emoji_of(self, name: str) -> str:
        """The emoji of an emotion; KeyError for a name outside the set."""
        return {e.name: e.emoji for e in self.emotions}[name]

    def distribution(self, weights: Mapping[str, float]) -> Distribution:
        """Weights by name, normalised in the set's order; uniform where nothing is positive."""
        values = [max(0.0, weights.get(name, 0.0)) for name in self.names]
        total = sum(values)
        if total <= 0.0:
            return tuple(1.0 / len(values) for _ in values)
        return tuple(v / total for v in values)

    def top(self, distribution: Sequence[float]) -> str:
        """The most probable emotion; the earlier one in the set's order on a tie."""
        return self.names[max(range(len(self.names)), key=lambda i: (distribution[i], -i))]

    def name_now(self, name: str, emoji: str, before: "LabelSet") -> str | None:
        """What an emotion of an earlier set is called in this one: the same or, renamed, what its emoji stands
        for, where that name is new; None where it is here no longer.
        """
        if name in self.names:
            return name
        new = self.emotion_of(emoji) if emoji else None
        return None if new in before.names else new

    def in_order_of(self, other: "LabelSet") -> "LabelSet":
        """The same emotions in another's order, where that has the same ones: order never makes another set."""
        if set(self.names) != set(other.names):
            return self
        return LabelSet(tuple(sorted(self.emotions, key=lambda e: other.names.index(e.name))))

    def with_emojis(self, emojis: Mapping[str, str]) -> "LabelSet":
        """The same emotions with some emojis replaced. Raises LabelSetError as the constructor does."""
        return LabelSet(tuple(Emotion(e.name, emojis.get(e.name, e.emoji)) for e in self.emotions))


def is_name(text: str) -> bool:
    """Whether an emotion may be called so: a letter first, then letters with their marks, digits, blanks,
    hyphens, apostrophes, and strokes, as in Doubt/Confusion.
    """
    if not 0 < len(text) <= _MOST_LETTERS or not text[0].isalpha():
        return False
    return all(is_letter(c) or c.isdecimal() or c in "_' ’-/" for c in text)


def normalise_emoji(emoji: str) -> str:
    """An emoji's identity: the id of a custom one; a unicode one without variation selectors and skin tone."""
    emoji = emoji.strip()
    if match := _CUSTOM_EMOJI.match(emoji):
        return next(group for group in match.groups() if group)
    kept = (c for c in emoji if ord(c) not in _VARIATION_SELECTORS and ord(c) not in _SKIN_TONES)
    return unicodedata.normalize("NFC", "".join(kept))


def _repeats(written: Sequence[str]) -> bool:
    return len({folded(normalise_emoji(text)) for text in written}) != len(written)


MIKELS = LabelSet(
    (
        Emotion("amusement", "😂"),
        Emotion("awe", "😮"),
        Emotion("contentment", "😌"),
        Emotion("excitement", "🤩"),
        Emotion("anger", "😠"),
        Emotion("disgust", "🤢"),
        Emotion("fear", "😨"),
        Emotion("sadness", "😢"),
    )
)
"""Mikels' eight emotions (Mikels et al. 2005, Behavior Research Methods 37), the default label set."""
