import asyncio

from core.asking.asker import ModelAsker
from core.tuning.match import PAIRS, trusted
from core.tuning.session import Session
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.emotions import MIKELS
from tests.bench.world import InProcess
from tests.scripted import ScriptedAsker


def session() -> Session:
    return Session(asyncio.Semaphore(1))


async def test_a_model_that_reads_descriptions_is_trusted() -> None:
    assert await trusted(session(), ScriptedAsker({}))
    assert await trusted(session(), ModelAsker(InProcess()))


async def test_one_that_says_that_everything_holds_is_not() -> None:
    assert not await trusted(session(), ScriptedAsker({}, honest_match=False))


async def test_one_that_cannot_answer_is_not() -> None:
    fails = ScriptedAsker({}, fails=lambda purpose, _: Failure.INVALID if purpose is Purpose.MATCH else None)
    assert not await trusted(session(), fails)


def test_the_ten_known_pairs_hold_and_do_not_hold_equally_often() -> None:
    assert [holds for _, _, holds in PAIRS].count(True) == len(PAIRS) // 2 == 5
    assert MIKELS.names
