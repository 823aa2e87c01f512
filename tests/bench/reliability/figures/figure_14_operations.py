"""Figure 14: after random reactions, withdrawals, clearings, deletions and departures the database is the model.

On both databases; each batch is applied twice, as events come twice. A trial is one operation; they are compared
after every thousand.
"""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

from core.vocabulary.clock import SystemClock
from storage import open_storage
from storage.labelling import batch
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import KINDS, fresh
from tests.databases import empty
from tests.storage.test_random_operations import FEELINGS, MEMBERS, PICTURES, compare, perform

PROGRAM, BATCH = 1000, 25
MESSAGES = range(1, 120)


async def body(trials: Trials) -> None:
    """Perform programs of a thousand operations and compare after each."""
    dice = random.Random(trials.seed)
    for kind in KINDS:
        folder = trials.folder / kind
        folder.mkdir()
        async with open_storage(await fresh(kind, folder), clock=SystemClock()) as storage:
            left = trials.n // len(KINDS)
            while left > 0:
                operations = min(PROGRAM, left)
                left -= operations
                program = [[step(dice) for _ in range(BATCH)] for _ in range(operations // BATCH)]
                try:
                    await empty(storage)
                    await compare(storage, await perform(storage, program), MESSAGES)
                    wrong = ""
                except AssertionError as error:
                    wrong = str(error)[:200] or "they differ"
                trials.check(not wrong, f"{kind}: {wrong}", times=operations)


def step(dice: random.Random) -> tuple[Any, ...]:  # noqa: PLR0911
    """What happens next."""
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


@contextlib.contextmanager
def without() -> Iterator[None]:
    """A message that was deleted may be labelled once more, by an event that comes late."""
    was = batch.add

    def add(connection: Any, table: Any, rows: Any) -> Any:
        return was(connection, table, [] if table.name == "tombstones" else rows)

    batch.add = add
    try:
        yield
    finally:
        batch.add = was


FIGURE = Figure(14, "After random operations the database is the model", body, without, 2_000, 100_000, 2_000)
