"""Figure 19: after "Done" not one canary of the member is in the database, its log, a copy, or a late answer.

A member's life with fifty labels a canary, interleaved with another's, and questions in the queue and on their way
when they go. A trial is one canary; whoever else writes meanwhile must not wait for a second.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.ports import NewAnswer, Purchase
from core.vocabulary.calls import Payer
from core.vocabulary.clock import SystemClock
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.reasons import RuleStatus
from storage import Storage, open_storage
from storage.stores.answers import SqlAnswerStore
from tests.bench.reliability.figure import Figure, Trials
from tests.core.model.calls import a_call, settings_for
from tests.core.model.server import after, answers, completion, serving
from tests.storage.lives import live, rule
from tests.storage.made import key

MEMBER, OTHER, IN_THE_QUEUE, AT_ONCE, LABELS = 11, 12, 6, 2, 50
SECONDS = 5.0


def canary(n: int) -> str:
    """A text that is nowhere else."""
    return f"CANARY-{n:04d}-"


async def body(trials: Trials) -> None:
    """Live, ask, forget, and look at every byte."""
    folder = trials.folder / "data"
    async with open_storage(folder / "feelprint.db", clock=SystemClock()) as storage:
        await _lives(storage, trials.n, random.Random(trials.seed))
        async with serving() as server, contextlib.AsyncExitStack() as stack:
            server.always = after(0.5, answers(completion('{"colour": "' + canary(0) + '"}')))
            settings = settings_for(server, concurrency=AT_ONCE)
            client = await stack.enter_async_context(ModelClient(settings))
            gateway = Gateway(client, storage.answers, settings, SystemClock())
            calls = [a_call(owner=MEMBER, payer=Payer(MEMBER), nonce=canary(n)) for n in range(IN_THE_QUEUE)]
            asked = [asyncio.create_task(gateway.ask(call, str)) for call in calls]
            await server.arrived(AT_ONCE)
            began = time.perf_counter()
            gateway.forget(MEMBER)
            leaving = asyncio.create_task(storage.members.forget(MEMBER))
            waited = await _others(storage, leaving)
            took = time.perf_counter() - began
            await asyncio.gather(*asked)
            sent = len(server.requests)
        copy = folder / "copy.db"
        await storage.backup(copy)
        _look(trials, folder)
        left = {name: rows for name, rows in (await storage.members.export(MEMBER)).items() if rows}
        trials.check(not left, f"left in {sorted(left)}")
    trials.check(sent == AT_ONCE, f"{sent} questions were sent for somebody who had gone")
    trials.check(waited < 1.0, f"another waited for {waited:.2f} s")
    trials.check(took < SECONDS, f"it took {took:.2f} s")
    trials.note(f"{trials.n * LABELS} labels in {took:.1f} s, another waited for {waited * 1000:.0f} ms at most")


async def _lives(storage: Storage, canaries: int, dice: random.Random) -> None:
    """The member and another turn by turn, so that their rows lie side by side."""
    for n in range(canaries):
        for member, word in ((MEMBER, canary(n)), (OTHER, "another ")):
            mark = word * dice.randint(1, 8)
            start = 1_000_000 * member + 100 * n
            await live(storage, member, range(start, start + LABELS), mark)
            records = [RuleRecord(rule(i, mark), RuleStatus.UNUSED) for i in range(dice.randint(1, 9))]
            await storage.runs.put_rules(key(member), records)


async def _others(storage: Storage, leaving: "asyncio.Task[int]") -> float:
    """The longest that another's write takes in seconds while somebody leaves."""
    longest = 0.0
    while not leaving.done():
        began = time.perf_counter()
        await storage.members.pause(OTHER, paused=False)
        longest = max(longest, time.perf_counter() - began)
        await asyncio.sleep(0.01)
    await leaving
    return longest


def _look(trials: Trials, folder: Path) -> None:
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    for n in range(trials.n):
        found = [name for name, content in files.items() if canary(n).encode() in content]
        trials.check(not found, f"{canary(n)} is in {found}")


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Keep every answer, whether or not its member is still there."""
    was = SqlAnswerStore._stays

    def always(*_: NewAnswer | Purchase | object) -> bool:
        return True

    SqlAnswerStore._stays = always  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqlAnswerStore._stays = was  # type: ignore[method-assign]


FIGURE = Figure(19, "After a forgetting no canary is left, and nobody waited for it", body, without, 20, 200, 4)
