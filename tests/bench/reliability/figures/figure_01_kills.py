"""Figure 1: kill -9 in the midst of storing, and of copying: nothing acknowledged is lost, nothing is there twice.

On both databases. A trial is one kill at a moment that nobody chose; what was acknowledged is what the process
said through a pipe after it was stored.
"""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from core.ports import Applied
from core.vocabulary.changes import Change
from core.vocabulary.clock import SystemClock
from storage import open_storage
from storage.labelling.labels import SqlLabelStore
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.forks import ended, fork
from tests.bench.reliability.kinds import KINDS, fresh
from tests.storage.killed import BATCH, MEMBER
from tests.storage.made import T0, hash_of, key, reacted

A_COPY_EVERY = 9


async def body(trials: Trials) -> None:
    """Start, store, kill and look, again and again over the same database."""
    dice = random.Random(trials.seed)
    said = 0
    for kind in KINDS:
        folder = trials.folder / kind
        folder.mkdir()
        url, acknowledged = await fresh(kind, folder), []
        for _ in range(-(-trials.n // len(KINDS))):
            first = max(acknowledged, default=-1) + 1
            stored, copies = await _until_killed(url, first, dice)
            acknowledged += stored
            wrong = await _wrong(url, acknowledged) or _wrong_copies(copies, acknowledged)
            trials.check(not wrong, f"{kind}: {wrong}")
        said += len(acknowledged)
    trials.note(f"{said * BATCH} acknowledged labels")


async def _until_killed(url: str, first: int, dice: random.Random) -> tuple[list[int], list[Path]]:
    """What a process acknowledged before it was killed, and which copies it said were whole."""
    heard, speaks = os.pipe()
    pid = fork(lambda: _store(url, first, speaks))
    os.close(speaks)
    lines, wanted = b"", dice.randint(1, 25)
    while lines.count(b"\n") < wanted and (more := await asyncio.to_thread(os.read, heard, 1 << 16)):
        lines += more
    await asyncio.sleep(dice.uniform(0.0, 0.02))
    os.kill(pid, signal.SIGKILL)
    await ended(pid)
    while more := os.read(heard, 1 << 16):
        lines += more
    os.close(heard)
    words = lines[: lines.rfind(b"\n") + 1].decode().split()
    return [int(word) for word in words if word.isdecimal()], [Path(w) for w in words if not w.isdecimal()]


async def _store(url: str, first: int, speaks: int) -> None:
    async with open_storage(url, clock=SystemClock()) as storage:
        await storage.members.join(MEMBER, 1, T0)
        for n in count(first):
            await storage.labels.apply([reacted(MEMBER, BATCH * n + i, "awe", at=n) for i in range(BATCH)])
            os.write(speaks, f"{n}\n".encode())
            if n % A_COPY_EVERY == 0 and (path := storage.address.path) is not None:
                target = path.with_name(f"copy-{n}.db")
                target.unlink(missing_ok=True)  # half of one, from the life before
                await storage.backup(target)
                os.write(speaks, f"{target}\n".encode())


async def _wrong(url: str, acknowledged: Sequence[int]) -> str:
    """What is wrong with the database, if anything."""
    async with open_storage(url, clock=SystemClock()) as storage:
        labels = {label.image_hash for label in await storage.labels.labels(key(MEMBER))}
        profile = await storage.labels.profile(key(MEMBER))
        messages = range(BATCH * (max(acknowledged, default=0) + 100))
        reactions = await storage.labels.reactions_on(messages)
        path = storage.address.path
    lost = [n for n in acknowledged for i in range(BATCH) if hash_of(BATCH * n + i) not in labels]
    counted = profile.labels if profile else 0
    if lost or len(labels) % BATCH or not len(labels) == len(reactions) == counted:
        return f"lost {lost[:3]}, {len(labels)} labels, {len(reactions)} reactions, {counted} in the profile"
    return "" if path is None else _damage(path)


def _wrong_copies(copies: Sequence[Path], acknowledged: Sequence[int]) -> str:
    for copy in copies:
        with contextlib.closing(sqlite3.connect(copy)) as raw:
            (held,) = raw.execute("SELECT count(*) FROM labels").fetchone()
        before = [n for n in acknowledged if n <= int(copy.stem.removeprefix("copy-"))]
        if damage := _damage(copy):
            return damage
        if held < BATCH * len(before):
            return f"{copy.name} holds {held} labels of {BATCH * len(before)}"
    return ""


def _damage(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        found = raw.execute("PRAGMA integrity_check").fetchall()
        return "" if found == [("ok",)] else str(found)


@contextlib.contextmanager
def without() -> Iterator[None]:
    """What was asked for is acknowledged before it is stored."""
    was, later = SqlLabelStore.apply, set()

    async def apply(self: SqlLabelStore, changes: Sequence[Change]) -> Applied:
        later.add(asyncio.ensure_future(was(self, changes)))
        await asyncio.sleep(0)
        return Applied(frozenset())

    SqlLabelStore.apply = apply  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqlLabelStore.apply = was  # type: ignore[method-assign]


FIGURE = Figure(1, "Kill -9 loses no acknowledged label and doubles none", body, without, 10, 200, 4)
