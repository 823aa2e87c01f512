"""Who follows another on Discord: what is asked meanwhile is answered once, whoever hears of it first."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Never

from hypothesis import example, given
from hypothesis import strategies as st

from bot.host.handover import Handover
from core.ports import News, Told
from core.vocabulary.errors import StorageError, StorageProblem

PART = "11 0-1/2"
OLD, NEW = "old", "new"


class Wire(News):
    """Hands what is told to whoever is at the other end; `cut`, it reaches nobody."""

    def __init__(self) -> None:
        self.cut = False
        self.told: list[Told] = []
        self.ends: list[Callable[[Told], None]] = []

    async def tell(self, told: Told) -> None:
        if self.cut:
            raise StorageError(StorageProblem.AWAY)
        self.told.append(told)
        for end in self.ends:
            end(told)

    async def listen(self, heard: Callable[[Told], None], missed: Callable[[], None]) -> Never:
        raise NotImplementedError


class Two:
    """A process that answers, and one that waits to follow it, on one Discord; `answered` is who answered what."""

    def __init__(self) -> None:
        self.now_s, self.wire = 100.0, Wire()
        self.old = Handover(self.wire, PART, now_s=lambda: self.now_s)
        self.new = Handover(self.wire, PART, waits=True, now_s=lambda: self.now_s)
        self.wire.ends = [self.old.told, self.new.told]
        self.answered: list[tuple[int, str]] = []

    def heard(self, by: str, snowflake: int) -> None:
        process = self.old if by == OLD else self.new
        process.hear(snowflake, partial(self.answered.append, (snowflake, by)))

    async def until_followed(self) -> None:
        following = asyncio.create_task(self.new.follow(lambda: True, asyncio.sleep(60)))
        await asyncio.wait_for(self.old.followed.wait(), 60)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


@given(st.lists(st.tuples(st.integers(0, 7), st.sampled_from([OLD, NEW])), unique=True), st.integers(0, 16))
@example([(1, OLD), (1, NEW), (2, NEW), (2, OLD)], 3)
def test_each_question_that_both_hear_is_answered_once_in_whatever_order(
    heard: list[tuple[int, str]], leaves_after: int
) -> None:
    async def handed_over() -> None:
        two = Two()
        await two.until_followed()
        missing = [(of, by) for of in {of for of, _ in heard} for by in (OLD, NEW) if (of, by) not in heard]
        for number, (snowflake, by) in enumerate(heard + missing):
            if number == leaves_after:
                await two.old.leave()
            two.heard(by, snowflake)
        await two.old.leave()
        assert Counter(of for of, _ in two.answered) == Counter({of for of, _ in heard})

    asyncio.run(handed_over())


async def test_more_than_one_piece_of_news_holds_are_told_in_several() -> None:
    two = Two()
    await two.until_followed()
    for snowflake in range(1_450_000_000_000_000_000, 1_450_000_000_000_001_000):
        two.heard(NEW, snowflake)
        two.heard(OLD, snowflake)
    await two.old.leave()
    assert {by for _, by in two.answered} == {OLD}
    assert all(len(json.dumps([told.topic, told.subject, *told.more])) < 8000 for told in two.wire.told)
    assert not two.new.waits


async def test_what_nobody_could_answer_in_time_any_more_is_not_answered() -> None:
    two = Two()
    await two.until_followed()
    two.heard(NEW, 1)
    two.now_s += 3.5
    await two.old.leave()
    two.heard(NEW, 2)
    assert two.answered == [(2, NEW)]


async def test_who_hears_nothing_of_the_other_begins_once_it_has_the_place() -> None:
    two = Two()
    two.wire.cut = True
    place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    following = asyncio.create_task(two.new.follow(lambda: True, place))
    await asyncio.sleep(0)
    two.heard(NEW, 1)
    assert not two.old.followed.is_set()
    place.set_result(None)
    await following
    two.heard(NEW, 2)
    assert two.answered == [(2, NEW)]


async def test_who_is_not_followed_goes_on_answering_while_it_ends() -> None:
    two = Two()
    await two.old.leave()
    two.heard(OLD, 1)
    assert two.answered == [(1, OLD)]
    assert two.wire.told == []
    two.old.end()
    two.heard(OLD, 2)
    assert two.answered == [(1, OLD)]


async def test_one_part_of_a_bot_does_not_leave_for_another() -> None:
    two = Two()
    elsewhere = Handover(two.wire, "11 2-3/4")
    two.wire.ends.append(elsewhere.told)
    await two.until_followed()
    assert not elsewhere.followed.is_set()


async def test_of_two_that_wait_one_follows_and_the_other_follows_that_one() -> None:
    two = Two()
    third = Handover(two.wire, PART, waits=True)
    two.wire.ends.append(third.told)
    await two.until_followed()
    await two.old.leave()
    assert (two.new.waits, third.waits) == (False, True)
    following = asyncio.create_task(third.follow(lambda: True, asyncio.sleep(60)))
    await asyncio.wait_for(two.new.followed.wait(), 60)
    await two.new.leave()
    following.cancel()
    assert not third.waits


async def test_who_is_not_connected_yet_tells_nobody_to_leave() -> None:
    two = Two()
    await asyncio.wait_for(two.new.follow(lambda: False, asyncio.sleep(0.05)), 5)
    assert not two.old.followed.is_set()
