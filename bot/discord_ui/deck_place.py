"""Where somebody is in a deck, written into the buttons of its card, so that a restart of the bot loses nothing.

Discord takes 100 characters: ids are written in base 64, a file of a message and a label set by a few digits; the
mood in which the last picture was labelled stands behind these, where it is not the first.
"""

import base64
from dataclasses import dataclass, replace

from bot.intake.dealer import Dealt, mark_of
from core.vocabulary.emotions import LabelSet

PATTERN = r"(?P<place>[\w.\-]+)"
_NOWHERE = "-"


@dataclass(frozen=True, slots=True)
class Named:
    """A picture, as a button names it."""

    channel_id: int
    message_id: int
    mark: str

    @classmethod
    def of(cls, dealt: Dealt) -> "Named":
        """The name of a dealt picture."""
        return cls(dealt.message.channel_id, dealt.message.message_id, mark_of(dealt.picture.source))


@dataclass(frozen=True, slots=True)
class DeckPlace:
    """Whose deck, the emotions that its buttons stand for, how many pictures are done of how many, which
    picture is on the card, and which was labelled last, in which mood.
    """

    owner: int
    emotions: str
    done: int
    of: int
    picture: Named
    last: Named | None = None
    mood: int = 0

    @classmethod
    def first(cls, owner: int, label_set: LabelSet, of: int, dealt: Dealt) -> "DeckPlace":
        """The beginning of a deck."""
        return cls(owner, label_set.id[:4], 0, of, Named.of(dealt))

    def moved(self, dealt: Dealt, *, labelled: bool, label_set: LabelSet) -> "DeckPlace":
        """With the next picture and the emotions of now; the one before was labelled, or skipped."""
        before = self.labelled(label_set) if labelled else self
        return replace(before, emotions=label_set.id[:4], picture=Named.of(dealt))

    def labelled(self, label_set: LabelSet) -> "DeckPlace":
        """With one label more: of the picture that is on the card."""
        return replace(self, done=self.done + 1, last=self.picture, mood=label_set.mood.number)

    def back(self, dealt: Dealt, label_set: LabelSet) -> "DeckPlace":
        """One label less; what is shown now, perhaps what was labelled last."""
        return replace(
            self, done=max(0, self.done - 1), emotions=label_set.id[:4], last=None, picture=Named.of(dealt)
        )

    def fits(self, label_set: LabelSet) -> bool:
        """Whether the buttons stand for these emotions."""
        return label_set.id.startswith(self.emotions)

    def __str__(self) -> str:
        emotions = f"{self.emotions}-{self.mood}" if self.mood else self.emotions
        last = [_NOWHERE] if self.last is None else _written(self.last)
        return ".".join([_id(self.owner), emotions, str(self.done), str(self.of), *_written(self.picture), *last])

    @classmethod
    def read(cls, text: str) -> "DeckPlace":
        """What was written. Raises ValueError for anything else."""
        owner, emotions, done, of, *named = text.split(".")
        if len(named) not in (4, 6):
            raise ValueError("not a place in a deck")
        last = None if named[3:] == [_NOWHERE] else _named(*named[3:])
        emotions, _, mood = emotions.partition("-")
        return cls(_int(owner), emotions, int(done), int(of), _named(*named[:3]), last, int(mood or 0))


def _written(picture: Named) -> list[str]:
    return [_id(picture.channel_id), _id(picture.message_id), picture.mark]


def _named(channel_id: str, message_id: str, mark: str) -> Named:
    return Named(_int(channel_id), _int(message_id), mark)


def _id(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(8, "big")).decode().rstrip("=")


def _int(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "="), "big")
