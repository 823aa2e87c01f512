"""Who takes part: everybody's pictures by content, what of them is learned from, and what is kept unseen.

One file under two names is one picture, and never on both sides.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.evaluate.dataset import Dataset, Sample, Split
from core.evaluate.refusals import UnusedImage
from core.vocabulary.errors import ImageError
from core.vocabulary.images import Image

Load: TypeAlias = Callable[[Sample], Awaitable[Image]]
"""The normalised image of a dataset's file; raises ImageError."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A sample with its picture: what is split, and later becomes an item."""

    image: Image
    felt: Mapping[str, float]
    split: Split | None
    order: int


@dataclass(frozen=True, slots=True)
class People:
    """Everybody's pictures in the order of their labels, and the files that could not be read."""

    pictures: Mapping[str, Sequence[Picture]]
    unused: tuple[UnusedImage, ...]

    @property
    def most(self) -> int:
        """The most pictures that anybody has."""
        return max(map(len, self.pictures.values()), default=0)


async def people(dataset: Dataset, users: Iterable[str], load: Load) -> People:
    """Read the pictures of these users, each file once in the order of the dataset."""
    unused: dict[str, UnusedImage] = {}
    pictures = {user: await _pictures(dataset.people[user], load, unused) for user in users}
    return People(pictures, tuple(sorted(unused.values(), key=lambda image: image.name)))


async def _pictures(samples: Sequence[Sample], load: Load, unused: dict[str, UnusedImage]) -> list[Picture]:
    by_hash: dict[str, Picture] = {}
    for order, sample in enumerate(samples):
        try:
            image = await load(sample)
        except ImageError as error:
            unused[sample.image] = UnusedImage(sample.image, error)
            continue
        twin = by_hash.get(image.hash)
        if twin is None or (twin.split != "test" and sample.split == "test"):
            by_hash[image.hash] = Picture(image, sample.felt, sample.split, order)
    return list(by_hash.values())


def number_of(text: str) -> int:
    """A stable 48-bit number for a text: cache owners and seeds are the same on any machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def owner_of(user: str) -> int:
    """Under which number a user's questions are asked and kept."""
    return number_of(f"user {user}")
