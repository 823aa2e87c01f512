"""What members who said yes to research give to it, and what of that may leave the database.

Ids and hashes are replaced by keyed hashes (HMAC-SHA256) under a key that is drawn for one file and kept nowhere.
What was felt stands as it is, so this is pseudonymous and not anonymous: whoever saw somebody's reactions can find
them by those. A set of emotions that few share would tell of a server: it needs as many people as a server's mood.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.vocabulary.label import Label
from core.vocabulary.mood import FEWEST

_HEX = 24
"""Of a hash: 96 bits, so that no two of a billion are likely to be the same."""


@dataclass(frozen=True, slots=True)
class Donation:
    """A donor's labels with one label set, of which the names of `emotions`.

    `tested`: how many of them tested a version that was not made from them; `right` and `generic_right`: for how
    many the version and the generic answer were right.
    """

    member_id: int
    emotions: tuple[str, ...]
    labels: tuple[Label, ...]
    tested: int = 0
    right: float = 0.0
    generic_right: float = 0.0


def shareable(donations: Iterable[Donation]) -> list[Donation]:
    """Those with emotions between which at least `FEWEST` donors chose."""
    given = [donation for donation in donations if donation.labels]
    people = Counter(emotions for emotions, _ in {(one.emotions, one.member_id) for one in given})
    return [donation for donation in given if people[donation.emotions] >= FEWEST]


def lines(donations: Iterable[Donation], key: bytes) -> Iterator[Mapping[str, Any]]:
    """A line for each donor and label set, then one for each label.

    In the order of their new names: that of ids would tell how old an account is, that of labels the time of day.
    """
    named = sorted(
        ((_name(key, "person", donation.member_id), donation) for donation in donations),
        key=lambda one: (one[0], one[1].emotions),
    )
    for person, donation in named:
        yield {
            "kind": "person",
            "person": person,
            "emotions": list(donation.emotions),
            "labels": len(donation.labels),
            "tested": donation.tested,
            "right": donation.right,
            "generic_right": donation.generic_right,
        }
        for day, picture, felt in sorted(_told(key, label) for label in donation.labels):
            yield {
                "kind": "label",
                "person": person,
                "picture": picture,
                "felt": felt,
                "day": day,
                "emotions": list(donation.emotions),
            }


def _told(key: bytes, label: Label) -> tuple[str, str, list[str]]:
    day = datetime.fromtimestamp(label.at / 1000, UTC).date().isoformat()
    return day, _name(key, "picture", label.image_hash), sorted(label.emotions)


def _name(key: bytes, kind: str, what: int | str) -> str:
    return hmac.digest(key, f"{kind} {what}".encode(), "sha256").hex()[:_HEX]
