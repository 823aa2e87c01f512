"""Which picture a member is asked about next: the one whose label should teach most, as far as is known already.

Pure, and free: what is known of a picture is what was asked about it before, by whomever; nothing is asked to
find an order. A picture of which nothing is known counts as one that could be felt in any way. That a feelprint
gains by this order is not shown (docs/ablations.md).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.vocabulary.emotions import Distribution

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a picture: what most people would feel, what the member's feelprint says, and for how
    many of their undecided rules it seems to be a test; a `caption` for those who do not see it.
    """

    generic: Distribution | None = None
    personal: Distribution | None = None
    tests: int = 0
    caption: str = ""


NOTHING = Known()


def wanted(names: Sequence[str], counts: Mapping[str, int]) -> tuple[float, ...]:
    """How much one more label of each emotion is wanted, in [0, 1], by how many there are: 1, 1/2, 1/3, ..."""
    return tuple(1.0 / (1 + counts.get(name, 0)) for name in names)


def order(pictures: Mapping[K, Known], want: Sequence[float]) -> list[K]:
    """The pictures, the most telling first; among equals as they were given. `want` is in the label set's order.

    Three parts of at most 1 each: how much the emotions that it may bring are wanted, how far the member's
    feelprint and most people are apart on it (total variation), and whether it decides about rules that are on
    trial.
    """
    return sorted(pictures, key=lambda picture: -_telling(pictures[picture], want))


def _telling(known: Known, want: Sequence[float]) -> float:
    generic, personal = known.generic, known.personal
    guess = personal or generic or tuple(1.0 / len(want) for _ in want)
    missing = sum(share * weight for share, weight in zip(guess, want, strict=True))
    apart = 0.0
    if generic is not None and personal is not None:
        apart = sum(abs(one - other) for one, other in zip(generic, personal, strict=True)) / 2
    return missing + apart + known.tests / (1 + known.tests)
