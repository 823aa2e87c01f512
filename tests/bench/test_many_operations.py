"""100,000 random reaction operations, each batch applied twice: is the database what the model says?"""

import random
import time
from typing import Any

import pytest

from storage import Storage
from tests.databases import empty
from tests.storage.test_random_operations import FEELINGS, MEMBERS, PICTURES, compare, perform

OPERATIONS, PROGRAM, BATCH = 100_000, 1000, 25
MESSAGES = range(1, 120)


def step(dice: random.Random) -> tuple[Any, ...]:  # noqa: PLR0911
    who, where, felt = dice.choice(MEMBERS), dice.choice(MESSAGES), dice.choice(FEELINGS)
    kind = dice.choices(
        ["react", "withdraw", "clear", "rate", "delete", "channel", "server", "forget", "join", "pause"],
        [500, 300, 40, 60, 20, 1, 4, 2, 8, 2],
    )[0]
    match kind:
        case "react" | "withdraw":
            return kind, who, where, felt, dice.random() < 0.2
        case "clear":
            return kind, where, dice.choice([None, felt])
        case "rate":
            return kind, who, dice.choice(PICTURES), dice.sample(FEELINGS, dice.randint(0, 2))
        case "delete":
            return kind, dice.sample(MESSAGES, dice.choice([1, 1, 1, 5]))
        case "channel":
            return kind, dice.randrange(50, 54)
        case "server":
            return kind, dice.choice((5, 6))
        case _:
            return kind, who


@pytest.mark.bench
async def test_a_hundred_thousand_operations(storage: Storage, request: pytest.FixtureRequest) -> None:
    dice = random.Random(14)
    start = time.perf_counter()
    for _ in range(OPERATIONS // PROGRAM):
        await empty(storage)
        model = await perform(storage, [[step(dice) for _ in range(BATCH)] for _ in range(PROGRAM // BATCH)])
        await compare(storage, model, MESSAGES)
    seconds = time.perf_counter() - start
    print(f"\n{request.node.name}: {OPERATIONS} operations, no difference, {seconds:.0f} s")
