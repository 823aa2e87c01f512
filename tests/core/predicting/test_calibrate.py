import asyncio
from collections.abc import Callable

import pytest

from core.ports import Scored, Shadow, ShadowStore
from core.predicting.calibrate import (
    FRESH_MS,
    MEMBERS,
    MIN_RECORDS,
    Calibration,
    Scale,
    fitted,
    scale_of,
    tempered,
)
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from storage import Storage
from tests.altered import Altered
from tests.fakes import ManualClock
from tests.labelling import felt
from tests.scripted import picture

SURE = MIKELS.distribution({"awe": 0.93, **dict.fromkeys(set(MIKELS.names) - {"awe"}, 0.01)})


def rows(count: int, right: int) -> list[Scored]:
    return [Scored(SURE, float(k < right)) for k in range(count)]


async def shadowed(storage: Storage, members: int, each: int = MIN_RECORDS) -> None:
    """Answers that were sure and half of the time wrong."""
    shown = [picture(f"storm {k}") for k in range(each)]
    for member in range(members):
        await felt(storage, member, [(image, "awe", k) for k, image in enumerate(shown)])
        rows = [Shadow(1, image.hash, k, SURE, float(k % 2), 0.0) for k, image in enumerate(shown)]
        await storage.shadows.put(ProfileKey(member, MIKELS.id), rows)


def test_few_records_change_nothing() -> None:
    assert fitted(rows(MIN_RECORDS - 1, 5)) == 1.0
    assert tempered(SURE, 1.0) == SURE


def test_who_sounded_too_sure_sounds_as_sure_as_they_were_right() -> None:
    temperature = fitted(rows(60, 30))
    assert temperature > 1.0
    assert max(tempered(SURE, temperature)) == pytest.approx(0.5, abs=0.06)


def test_who_was_right_more_often_than_they_dared_to_say_sounds_surer() -> None:
    timid = MIKELS.distribution({"awe": 0.3, **dict.fromkeys(set(MIKELS.names) - {"awe"}, 0.1)})
    temperature = fitted([Scored(timid, 1.0)] * 40 + [Scored(timid, 0.0)] * 10)
    assert temperature < 1.0
    assert max(tempered(timid, temperature)) > 0.5


def test_the_order_stays_and_it_still_sums_to_one() -> None:
    one = MIKELS.distribution({"awe": 4, "fear": 3, "anger": 2})
    for temperature in (0.5, 2.0, 8.0):
        found = tempered(one, temperature)
        assert sum(found) == pytest.approx(1.0)
        assert MIKELS.top(found) == "awe"


def test_how_often_answers_as_sure_were_right_is_said_of_enough_of_them_by_enough_people() -> None:
    timid = MIKELS.distribution({"awe": 0.3, **dict.fromkeys(set(MIKELS.names) - {"awe"}, 0.1)})
    sure = [Scored(SURE, float(k % 10 < 8), k % MEMBERS) for k in range(MIN_RECORDS)]
    unsure = [Scored(timid, float(k % 10 < 2), k % MEMBERS) for k in range(MIN_RECORDS)]
    scale = scale_of(sure + unsure)
    certain, doubtful = (max(scale.tempered(one)) for one in (SURE, timid))
    assert scale.right(certain) == pytest.approx(0.8)
    assert scale.right(doubtful) == pytest.approx(0.2)
    assert scale.right(1.0) is None, "nobody was ever as sure as that"
    assert scale_of([*sure[1:], *unsure]).right(certain) is None
    of_two = [Scored(one.distribution, one.hit, one.whose % 2) for one in sure]
    assert scale_of(of_two + unsure).right(certain) is None, "it would tell on somebody"


async def test_records_of_one_member_are_known_for_one_persons_and_not_whose(sqlite_storage: Storage) -> None:
    await shadowed(sqlite_storage, MEMBERS, each=3)
    found = await sqlite_storage.shadows.pooled(MIKELS.id, limit=100, members=MEMBERS)
    assert sorted(one.whose for one in found) == [0] * 3 + [1] * 3 + [2] * 3


async def test_everybody_is_pooled_and_too_few_people_are_not(sqlite_storage: Storage) -> None:
    shadows = sqlite_storage.shadows
    await shadowed(sqlite_storage, MEMBERS - 1)
    assert (await Calibration(shadows, ManualClock()).scale(MIKELS.id)).temperature == 1.0
    await shadowed(sqlite_storage, MEMBERS, each=14)
    assert (await Calibration(shadows, ManualClock()).scale(MIKELS.id)).temperature > 1.0
    assert (await Calibration(shadows, ManualClock()).scale("another set")).temperature == 1.0


async def test_it_is_fitted_anew_after_ten_minutes_and_once_for_all_who_ask_together(
    sqlite_storage: Storage,
) -> None:
    shadows, clock = Counting(sqlite_storage.shadows), ManualClock()
    calibration = Calibration(shadows, clock)
    assert set(await asyncio.gather(*(calibration.scale(MIKELS.id) for _ in range(5)))) == {Scale()}
    assert shadows.asked == 1
    await shadowed(sqlite_storage, MEMBERS)
    clock.advance(seconds=FRESH_MS / 1000 - 1)
    assert (await calibration.scale(MIKELS.id)).temperature == 1.0
    clock.advance(seconds=1)
    assert (await calibration.scale(MIKELS.id)).temperature > 1.0
    assert shadows.asked == 2


async def test_what_was_learned_from_somebody_who_left_is_dropped_at_once_even_under_way(
    sqlite_storage: Storage,
) -> None:
    shadows = Counting(sqlite_storage.shadows)
    calibration = Calibration(shadows, ManualClock())
    await shadowed(sqlite_storage, MEMBERS)
    shadows.meanwhile = calibration.forget
    assert (await calibration.scale(MIKELS.id)).temperature > 1.0
    for member in range(MEMBERS):
        await sqlite_storage.members.forget(member)
    assert (await calibration.scale(MIKELS.id)).temperature == 1.0
    await shadowed(sqlite_storage, MEMBERS)
    calibration.forget()
    assert (await calibration.scale(MIKELS.id)).temperature > 1.0


class Counting(Altered):
    """Counts how often the pool is read; `meanwhile` happens right after the rows were."""

    def __init__(self, shadows: ShadowStore) -> None:
        super().__init__(shadows, pooled=self._pooled)
        self._shadows = shadows
        self.asked = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def _pooled(self, label_set_id: str, *, limit: int, members: int) -> tuple[Scored, ...]:
        self.asked += 1
        found = await self._shadows.pooled(label_set_id, limit=limit, members=members)
        self.meanwhile()
        self.meanwhile = lambda: None
        return found
