"""What was seen of messages lately: most reactions are to pictures that others have just reacted to.

Where an image stands is small and is kept for many messages; the pictures themselves are bounded in bytes, each
once however often it was posted. A record goes to be written with its picture, as the stored one may be erased
before it is its turn.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from core.collecting.policy import MessageView, Picture
from core.vocabulary.changes import Sighting
from core.vocabulary.images import Image

MESSAGES = 5_000
ROOM = 16 * 1024 * 1024
"""Bytes of pictures."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A usable message: where its image stands, and the image."""

    sighting: Sighting
    image: Image


class Recent:
    """Sightings by message and pictures by content; those that were used longest ago make room."""

    def __init__(self, messages: int = MESSAGES, room: int = ROOM) -> None:
        self._messages, self._room = messages, room
        self._sightings: OrderedDict[int, Sighting] = OrderedDict()
        self._images: OrderedDict[str, Image] = OrderedDict()

    def get(self, message_id: int) -> Seen | None:
        """What is known of a message; None where its picture is not at hand."""
        sighting = self._sightings.get(message_id)
        image = self._images.get(sighting.image_hash) if sighting else None
        if sighting is None or image is None:
            return None
        self._sightings.move_to_end(message_id)
        self._images.move_to_end(image.hash)
        return Seen(sighting, image)

    def keep(self, seen: Seen) -> Seen:
        """Remember a message; returns what was given."""
        self._sightings[seen.sighting.message_id] = seen.sighting
        self._sightings.move_to_end(seen.sighting.message_id)
        if len(self._sightings) > self._messages:
            self._sightings.popitem(last=False)
        if seen.image.hash not in self._images:
            self._images[seen.image.hash] = seen.image
            self._room -= len(seen.image.jpeg)
        self._images.move_to_end(seen.image.hash)
        while self._room < 0:
            self._erase(next(iter(self._images)))
        return seen

    def drop(self, gone: Callable[[Sighting], bool]) -> None:
        """Forget the messages of which this is so, and what they show: they may have been the last to show it."""
        for sighting in [sighting for sighting in self._sightings.values() if gone(sighting)]:
            self.drop_message(sighting.message_id)

    def drop_message(self, message_id: int, *, unless: tuple[str, ...] = ()) -> None:
        """Forget a message, unless it shows one of these files."""
        sighting = self._sightings.get(message_id)
        if sighting is not None and sighting.source not in unless:
            del self._sightings[message_id]
            self._erase(sighting.image_hash)

    def clear(self) -> None:
        """Forget everything."""
        self._sightings.clear()
        for image_hash in list(self._images):
            self._erase(image_hash)

    def _erase(self, image_hash: str) -> None:
        if image := self._images.pop(image_hash, None):
            self._room += len(image.jpeg)


def sighted(view: MessageView, image: Image, shown: Picture) -> Sighting:
    """Where an image stands, and how, as its message shows it."""
    return Sighting(
        view.message_id,
        view.channel_id,
        view.server_id,
        image.hash,
        view.posted_at,
        shown.source,
        view.author_id,
        view.parent_id,
        shown.spoiler,
        view.nsfw,
    )
