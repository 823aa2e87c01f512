"""Facts for storage tests, made from small numbers."""

import hashlib

from core.vocabulary.changes import Origin, RecordRating, RecordReaction, Sighting, WithdrawReaction
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey

SET = MIKELS.id
T0 = 1_700_000_000_000
EMOJI = {emotion.name: emotion.emoji for emotion in MIKELS.emotions}


def key(member: int) -> ProfileKey:
    return ProfileKey(member, SET)


def hash_of(n: int) -> str:
    return hashlib.sha256(f"picture {n}".encode()).hexdigest()


def image(n: int, size: int = 40) -> Image:
    return Image(hash_of(n), (f"jpeg {n} " * size).encode()[:size], 640, 480)


def sighting(
    message: int, picture: int, channel: int = 50, server: int | None = 5, author: int | None = None
) -> Sighting:
    """Where a picture stands; who posted it and how it stands is not known unless an author is given."""
    if author is None:
        return Sighting(message, channel, server, hash_of(picture), T0 - 1000)
    place = (message, channel, server, hash_of(picture), T0 - 1000)
    return Sighting(*place, source=f"/{picture}.png", author_id=author, spoiler=False, nsfw=False)


def reacted(
    member: int,
    message: int,
    emotion: str,
    *,
    picture: int | None = None,
    at: int = 0,
    burst: bool = False,
    channel: int = 50,
    server: int | None = 5,
    author: int | None = None,
    with_image: bool = True,
) -> RecordReaction:
    """A reaction to a message; the picture has the message's number unless given."""
    shown = message if picture is None else picture
    return RecordReaction(
        member_id=member,
        sighting=sighting(message, shown, channel, server, author),
        emoji=EMOJI[emotion],
        burst=burst,
        emotion=emotion,
        label_set_id=SET,
        at=T0 + at,
        image=image(shown) if with_image else None,
    )


def withdrew(member: int, message: int, emotion: str, *, at: int = 0, burst: bool = False) -> WithdrawReaction:
    return WithdrawReaction(member, message, EMOJI[emotion], burst, T0 + at)


def rated(
    member: int,
    picture: int,
    *emotions: str,
    at: int = 0,
    server: int | None = 5,
    with_image: bool = True,
    origin: Origin | None = None,
) -> RecordRating:
    brought = image(picture) if with_image else None
    return RecordRating(member, hash_of(picture), frozenset(emotions), SET, server, T0 + at, brought, origin)


def shown(message: int, picture: int, channel: int = 50, author: int = 77) -> Origin:
    """The message in which a rated picture stands."""
    return Origin(message, channel, author, f"/{picture}.png")
