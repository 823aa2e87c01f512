"""What a member felt about an image.

A reaction is the fact that Discord reports; a label is derived from all of a member's reactions and
button answers for one image, so removals are exact whatever their order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.vocabulary.emotions import Distribution, LabelSet


@dataclass(frozen=True, slots=True)
class Label:
    """One member's feelings about one image.

    `felt` maps emotions to shares that sum to one (k emotions of a reaction label: 1/k each);
    `at` is when the label was last changed, in milliseconds.
    """

    member_id: int
    image_hash: str
    felt: Mapping[str, float]
    at: int

    @staticmethod
    def of(member_id: int, image_hash: str, emotions: Iterable[str], at: int) -> "Label":
        """A label from a set of emotions, shared equally."""
        names = sorted(set(emotions))
        return Label(member_id, image_hash, {name: 1.0 / len(names) for name in names}, at)

    @property
    def emotions(self) -> frozenset[str]:
        """The emotions felt."""
        return frozenset(self.felt)


def hit(label_set: LabelSet, distribution: Distribution, felt: Mapping[str, float]) -> float:
    """How right a prediction is: y[argmax q] / max(y), so that either of two reactions counts as right."""
    return felt.get(label_set.top(distribution), 0.0) / max(felt.values())
