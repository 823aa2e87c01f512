"""What of donors' labels may leave the database: of how many people, under which names, in which order."""

from dataclasses import replace

from core.vocabulary.donated import Donation, lines, shareable
from core.vocabulary.label import Label
from core.vocabulary.mood import FEWEST

DAY_MS = 24 * 60 * 60 * 1000
T0 = 1_700_006_400_000  # 2023-11-15, 00:00 UTC
NAMES = ("awe", "fear")


def donation(member: int, *at: int, emotions: tuple[str, ...] = NAMES) -> Donation:
    labels = tuple(Label.of(member, f"picture {n}", emotions[:1], T0 + when) for n, when in enumerate(at))
    return Donation(member, emotions, labels, tested=3, right=2.0, generic_right=1.0)


def people(number: int, emotions: tuple[str, ...] = NAMES) -> list[Donation]:
    return [donation(member, 0, emotions=emotions) for member in range(number)]


def test_emotions_that_few_people_have_are_left_out() -> None:
    rare = people(FEWEST - 1, ("calm", "wild"))
    assert shareable(rare) == []
    assert shareable(people(FEWEST) + rare) == people(FEWEST)


def test_one_person_with_two_label_sets_of_the_same_emotions_is_one() -> None:
    assert shareable([*people(FEWEST - 1), donation(0, 0)]) == []


def test_whoever_has_labelled_nothing_does_not_count() -> None:
    assert shareable([*people(FEWEST - 1), donation(99)]) == []


def test_names_are_others_under_another_key() -> None:
    def names(key: bytes) -> set[str]:
        return {str(row[what]) for row in lines(people(9), key) for what in ("person", "picture") if what in row}

    one, other = names(b"one"), names(b"other")
    assert len(one) == len(other) == 9 + 1
    assert one.isdisjoint(other)
    assert one == names(b"one")


def test_the_same_picture_has_the_same_name_whoever_felt_it() -> None:
    rows = [row for row in lines(people(3), b"key") if row["kind"] == "label"]
    assert len({row["person"] for row in rows}) == 3
    assert len({row["picture"] for row in rows}) == 1


def test_a_day_is_told_and_no_order_within_it() -> None:
    early = donation(1, 0, 5, 9, DAY_MS)
    late = replace(early, labels=donation(1, 9, 5, 0, DAY_MS).labels[::-1])
    assert list(lines([early], b"key")) == list(lines([late], b"key"))
    days = [row["day"] for row in lines([early], b"key") if row["kind"] == "label"]
    assert days == ["2023-11-15"] * 3 + ["2023-11-16"]


def test_people_stand_in_no_order_of_their_ids() -> None:
    several = [donation(n, *range(n)) for n in range(1, 7)]
    orders = {
        tuple(row["labels"] for row in lines(several, key) if row["kind"] == "person")
        for key in (b"one", b"other")
    }
    assert len(orders) == 2
