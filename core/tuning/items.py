"""Labelled images as a run sees them: the picture, what was felt, what most people would say.

Everything later in the method is arithmetic over these; a picture without a generic answer has no
reference to be compared with and is left out.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core.asking.questions import Asker, Example, Generic
from core.ports import LabelStore
from core.tuning.session import Session
from core.vocabulary.calls import Payer, Purpose
from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.images import Image
from core.vocabulary.label import Label, hit
from core.vocabulary.profile import ProfileKey


@dataclass(frozen=True, slots=True)
class Item:
    """One labelled image.

    A `held_out` label counts for nothing: rules are chosen as if it were not there. `generic_hit` is
    in [0, 1]; `expected` is the probability that the generic answer gave to what was felt.
    """

    image: Image
    felt: Mapping[str, float]
    at: int
    generic: Generic
    generic_hit: float
    expected: float
    held_out: bool = False

    def gain_of(self, emotion: str) -> float:
        """d_i = hit_new - hit_generic of an answer that is simply this emotion."""
        return 0.0 if self.held_out else self.felt.get(emotion, 0.0) / max(self.felt.values()) - self.generic_hit

    def example(self, guess: Distribution | None = None) -> Example:
        """The item as the writer sees it; the generic answer stands beside the label unless told otherwise."""
        return Example(self.image, self.felt, guess or self.generic.distribution, self.generic.description)


def felt_often(items: Sequence[Item]) -> Mapping[str, float]:
    """How much each emotion was felt."""
    felt: defaultdict[str, float] = defaultdict(float)
    for item in items:
        for name, share in item.felt.items():
            felt[name] += share
    return felt


def chance_of(emotion: str, items: Sequence[Item]) -> float:
    """Mean gain per image of answering this emotion everywhere: what an empty condition would do."""
    return _mean([item.gain_of(emotion) for item in items], items)


def at_stake(items: Sequence[Item]) -> float:
    """The share of images for which most people's answer is right: what a rule can spoil.

    On development worlds records of every length came out lower on new images, by .18 for each where this share
    was .28 and by .30 where it was .42: what a picked rule owes to luck goes with it.
    """
    return _mean([0.0 if item.held_out else item.generic_hit for item in items], items)


def _mean(values: Sequence[float], items: Sequence[Item]) -> float:
    """Over the items that are not held out; the values of the others are 0."""
    counted = sum(1 for item in items if not item.held_out)
    return math.fsum(values) / counted if counted else 0.0


async def payer_of(store: LabelStore, key: ProfileKey) -> Payer:
    """Who bears what is asked for a member's profile: they, in the server in which they last labelled."""
    profile = await store.profile(key)
    return Payer(key.member_id, profile.server_id if profile else None)


async def collect(
    session: Session, asker: Asker, store: LabelStore, label_set: LabelSet, labels: Sequence[Label]
) -> list[Item]:
    """Ask the shared generic answer for every labelled image. Raises Stopped."""
    images = await asyncio.gather(*(store.image(label.image_hash) for label in labels))
    known = [(label, image) for label, image in zip(labels, images, strict=True) if image is not None]
    answers = await session.all(Purpose.GENERIC, [partial(asker.generic, image, label_set) for _, image in known])
    return [
        item_of(label_set, image, label, answer)
        for (label, image), answer in zip(known, answers, strict=True)
        if answer is not None
    ]


def item_of(label_set: LabelSet, image: Image, label: Label, generic: Generic) -> Item:
    """A labelled image beside its generic answer."""
    expected = sum(
        share * generic.distribution[label_set.names.index(name)]
        for name, share in label.felt.items()
        if name in label_set.names
    )
    generic_hit = hit(label_set, generic.distribution, label.felt)
    return Item(image, label.felt, label.at, generic, generic_hit, expected)
