import asyncio
from collections.abc import Sequence

import structlog

from core.asking.asker import ModelAsker
from core.asking.questions import Description
from core.tuning.match import PAIRS, trusted
from core.tuning.session import Session
from core.vocabulary.calls import Failure, Outcome, Purpose
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


class Slips(ScriptedAsker):
    """Says once that everything holds, and from then on what is true."""

    async def match(
        self, conditions: Sequence[str], descriptions: Sequence[Description], *, owner: int | None
    ) -> Outcome[frozenset[tuple[int, int]]]:
        self.honest_match = bool(self.sent[Purpose.MATCH])
        return await super().match(conditions, descriptions, owner=owner)


async def test_one_that_slips_once_is_asked_again_in_other_words_and_trusted() -> None:
    asker = Slips({})
    assert await trusted(session(), asker)
    assert asker.sent[Purpose.MATCH] == 2  # the same question would have found the first answer kept


async def test_that_matching_is_off_is_told_to_whoever_runs_the_bot() -> None:
    with structlog.testing.capture_logs() as lines:
        await trusted(session(), ScriptedAsker({}, honest_match=False))
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("match.descriptions_not_trusted", "warning")
    ]


async def test_one_that_cannot_answer_is_not() -> None:
    fails = ScriptedAsker({}, fails=lambda purpose, _: Failure.INVALID if purpose is Purpose.MATCH else None)
    assert not await trusted(session(), fails)


def test_the_ten_known_pairs_hold_and_do_not_hold_equally_often() -> None:
    assert [holds for _, _, holds in PAIRS].count(True) == len(PAIRS) // 2 == 5
    assert MIKELS.names
