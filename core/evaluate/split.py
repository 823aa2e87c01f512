"""Which of a user's labels are learned from, and which are kept unseen."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from core.evaluate.dataset import Split


class Splittable(Protocol):
    """Anything that knows the side that its dataset gave it."""

    @property
    def split(self) -> Split | None:
        """`train`, `test`, or None where the dataset does not say."""
        ...


S = TypeVar("S", bound=Splittable)


@dataclass(frozen=True, slots=True)
class Sides:
    """How many labels to learn from and to test on, and whether to shuffle (by `seed`) before splitting."""

    train: int
    test: int
    seed: int
    shuffle: bool = False


def split(user: str, samples: Sequence[S], sides: Sides) -> tuple[tuple[S, ...], tuple[S, ...]]:
    """A user's training and test samples, disjoint.

    A dataset's own `split` wins (at most `sides.train` of its training rows, first ones first). Otherwise
    the last `sides.test` are the test and the first `sides.train` of the rest the training, so that a
    larger training size extends a smaller one and the test stays the same.
    """
    if any(sample.split for sample in samples):
        train = [s for s in samples if s.split == "train"]
        test = [s for s in samples if s.split == "test"]
        return tuple(train[: sides.train]), tuple(test[-sides.test :])
    ordered = list(samples)
    if sides.shuffle:
        digest = hashlib.sha256(f"{sides.seed}\n{user}".encode()).digest()
        random.Random(digest).shuffle(ordered)  # noqa: S311 - a reproducible split, not a secret
    cut = max(0, len(ordered) - sides.test)
    return tuple(ordered[:cut][: sides.train]), tuple(ordered[cut:])
