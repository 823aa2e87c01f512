"""MATCH parts long lists into calls and puts the pairs together again."""

import asyncio
import json

from core.asking.asker import ModelAsker
from core.asking.questions import Description
from core.tuning.match import matched
from core.tuning.session import Session
from core.vocabulary.calls import Failure
from tests.core.asking.examples import ListedGateway

CONDITIONS = ["snow"] * 35
DESCRIPTIONS = [Description("Snow.", ())] * 45


def diagonal(size: int) -> str:
    """An answer that says: each condition holds for the picture of its own number."""
    return json.dumps({"matches": [{"condition": n + 1, "pictures": [n + 1]} for n in range(size)]})


async def test_long_lists_are_matched_in_several_calls_and_indices_stay_right() -> None:
    gateway = ListedGateway([diagonal(32), diagonal(5), diagonal(3), diagonal(3)])
    session = Session(asyncio.Semaphore(1))
    found = await matched(session, ModelAsker(gateway), CONDITIONS, DESCRIPTIONS, 7)
    expected = {(n, n) for n in range(32)} | {(n, n + 40) for n in range(5)}
    expected |= {(32 + n, n) for n in range(3)} | {(32 + n, 40 + n) for n in range(3)}
    assert found == expected
    assert session.usage.prompt_tokens == 40


async def test_a_part_that_failed_holds_for_nothing_and_costs_the_others_nothing() -> None:
    gateway = ListedGateway([diagonal(32), Failure.INVALID, diagonal(3), diagonal(3)])
    found = await matched(Session(asyncio.Semaphore(1)), ModelAsker(gateway), CONDITIONS, DESCRIPTIONS, 7)
    expected = {(n, n) for n in range(32)}
    expected |= {(32 + n, n) for n in range(3)} | {(32 + n, 40 + n) for n in range(3)}
    assert found == expected
