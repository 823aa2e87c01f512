"""Labels in a real storage, for tests that are about what follows from them."""

from collections.abc import Iterable, Sequence

from core.vocabulary.changes import RecordRating
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.images import Image
from storage import Storage


async def felt(
    storage: Storage,
    member: int,
    feelings: Iterable[tuple[Image, str | Sequence[str], int]],
    label_set: LabelSet = MIKELS,
) -> None:
    """The member, who joins for it, feels this, or these, or nothing any more about pictures at these times."""
    if await storage.members.membership(member) is None:
        await storage.members.join(member, CONSENT_VERSION, 0)
    await storage.labels.apply([_rating(member, label_set, *feeling) for feeling in feelings])


def _rating(member: int, label_set: LabelSet, image: Image, felt: str | Sequence[str], at: int) -> RecordRating:
    emotions = frozenset([felt] if isinstance(felt, str) else felt)
    return RecordRating(member, image.hash, emotions, label_set.id, None, at, image)
