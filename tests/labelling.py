"""Labels in a real storage, for tests that are about what follows from them."""

from collections.abc import Iterable

from core.vocabulary.changes import RecordRating
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.images import Image
from storage import Storage


async def felt(
    storage: Storage, member: int, feelings: Iterable[tuple[Image, str, int]], label_set: LabelSet = MIKELS
) -> None:
    """The member, who joins for it, feels this about these pictures at these times."""
    if await storage.members.membership(member) is None:
        await storage.members.join(member, CONSENT_VERSION, 0)
    await storage.labels.apply(
        [
            RecordRating(member, image.hash, frozenset({emotion}), label_set.id, None, at, image)
            for image, emotion, at in feelings
        ]
    )
