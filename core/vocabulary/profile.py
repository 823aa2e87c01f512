"""Whose labels: what belongs to a member belongs to them in one label set at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ProfileKey:
    """A member and a label set: labels, rules, versions, runs and shadow records are kept under it."""

    member_id: int
    label_set_id: str
