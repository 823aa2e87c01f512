"""Bots and workers over one PostgreSQL, killed at random while it is restarted: nobody tuned twice, no call paid
twice but what was on its way, the ledger is the bill or above, no label lost.

    python -m tests.bench.several --members 24 --bots 4 --workers 4 --seconds 600

Every process is one of its own, over real sockets to a model that keeps the bill (`bill`); one of each kind has a
clock that is a minute ahead. When the time is over nobody is killed any more, bots end, and the workers do what is
still due.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.people import PEOPLE, reactions
from bot.demo.pictures import draw_many
from core.decoding.normalise import normalise
from core.offline.model import MODEL_NAME
from core.vocabulary.changes import RecordRating
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from storage import open_storage
from tests.bench.several.bill import PRICE, Bill, billed
from tests.bench.several.process import Ahead
from tests.storage.servers import Own, own_server

ROOT = Path(__file__).resolve().parents[3]
TOGETHER = 4
"""Calls of one process at a time: what a kill may cost a second time."""

KILLS_EVERY_S, RESTART_S, SETTLES_S = 10.0, 3.0, 600.0


@dataclass
class Fleet:
    """The processes, each of which is started again when it was killed."""

    environment: dict[str, str]
    folder: Path
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    kills: int = 0
    starts: int = 0

    async def start(self, name: str) -> None:
        """Start what is called so: its kind and its number."""
        kind, number = name.split("-")
        ahead = "60" if number == "1" else "0"
        self.starts += 1
        command = (sys.executable, "-m", "tests.bench.several.process", kind, ahead, str(self.starts))
        with (self.folder / f"{name}.out").open("a") as out, (self.folder / f"{name}.err").open("a") as err:
            self.running[name] = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=self.environment, stdout=out, stderr=err
            )

    async def kill_one(self, dice: random.Random) -> None:
        """Kill -9 one of them, and start it again."""
        name = dice.choice(sorted(self.running))
        process = self.running[name]
        if process.returncode is None:
            process.kill()
        await process.wait()
        self.kills += 1
        await self.start(name)

    async def end(self, kind: str) -> list[int]:
        """End all of a kind in order; their exit codes."""
        theirs = [process for name, process in self.running.items() if name.startswith(kind)]
        for process in theirs:
            if process.returncode is None:
                process.terminate()
        return [await asyncio.wait_for(process.wait(), 60) for process in theirs]

    def said(self, word: str) -> list[list[str]]:
        """What all of them said that begins with a word. The last line of a killed one may be half."""
        lines = [line for file in self.folder.glob("*.out") for line in file.read_text().splitlines()]
        return [line.split() for line in lines if line.startswith(f"{word} ")]

    def errors(self) -> list[str]:
        """The last line of each process's log that speaks of an error."""
        logs = {file.stem: file.read_text().splitlines() for file in sorted(self.folder.glob("*.err"))}
        spoken = {name: [line for line in lines if "rror" in line] for name, lines in logs.items()}
        return [f"{name}: {len(lines)} lines, last {lines[-1][:160]}" for name, lines in spoken.items() if lines]


async def furnish(url: str, members: int, labels: int) -> None:
    """Members with the tastes of the demo's people, each over some of the same pictures."""
    scenes = draw_many(2 * labels, 5)
    images = [normalise(picture.png) for picture in scenes]
    felt = reactions([picture.scene for picture in scenes], 5)
    dice, at = random.Random(5), Ahead(-3600).now_ms()
    async with open_storage(url, clock=Ahead(0)) as storage:
        for member in range(1, members + 1):
            await storage.members.join(member, CONSENT_VERSION, at)
            taste = felt[PEOPLE[member % len(PEOPLE)].name]
            theirs = sorted(dice.sample(range(len(images)), labels))
            await storage.labels.apply(
                [
                    RecordRating(member, images[n].hash, frozenset({taste[n]}), MIKELS.id, None, at + n, images[n])
                    for n in theirs
                ]
            )


@asynccontextmanager
async def fleet(url: str, model: str, folder: Path, kinds: Sequence[tuple[str, int]]) -> AsyncIterator[Fleet]:
    """All processes, ended in the end."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FEELPRINT_")}
    environment = ours | {
        "OPENAI_BASE_URL": model,
        "OPENAI_API_KEY": "none",
        "FEELPRINT_MODEL": MODEL_NAME,
        "FEELPRINT_PRICE_IN": str(PRICE.prompt),
        "FEELPRINT_PRICE_OUT": str(PRICE.completion),
        "FEELPRINT_DATABASE": url,
        "FEELPRINT_IMAGE_WORKERS": "1",
        "FEELPRINT_CONCURRENCY": str(TOGETHER),
        "FEELPRINT_QUIET_SECONDS": "2",
        "FEELPRINT_USD_PER_DAY": "1000",
        "FEELPRINT_MEMBER_USD_PER_DAY": "1000",
        "FEELPRINT_STATE_DIR": str(folder),
    }
    all_ = Fleet(environment, folder)
    try:
        for kind, number in kinds:
            for n in range(number):
                await all_.start(f"{kind}-{n}")
        yield all_
    finally:
        for process in all_.running.values():
            if process.returncode is None:
                process.kill()
                await process.wait()


async def settled(server: Own, name: str) -> float:
    """Wait until nobody is waited for or worked for, for as long as a worker sleeps; seconds until then."""
    began = calm_since = time.monotonic()
    while time.monotonic() - calm_since < 20:
        await asyncio.sleep(1)
        busy = server.do("SELECT count(*) FROM procrastinate_jobs", name)[0][0]
        open_ = server.do("SELECT count(*) FROM ledger WHERE state = 'reserved'", name)[0][0]
        if busy or open_:
            calm_since = time.monotonic()
        if time.monotonic() - began > SETTLES_S:
            break
    return calm_since - began


def report(server: Own, name: str, all_: Fleet, bill: Bill) -> list[tuple[str, object, bool]]:
    """Each claim, its figure, and whether it holds."""

    def one(statement: str) -> float:
        return float(server.do(statement, name)[0][0] or 0)

    finished = "FROM runs WHERE result NOT IN ('running', 'stopped') AND reason NOT LIKE 'rolled_back%'"
    same = f"SELECT 1 {finished} GROUP BY member_id, n_labels HAVING count(*) > 1"
    twice = one(f"SELECT count(*) FROM ({same}) AS one")
    said: dict[tuple[str, str], list[tuple[int, str, int]]] = defaultdict(list)
    for _, member, image, emotion, at, when in (line for line in all_.said("stored") if len(line) == 6):
        said[member, image].append((int(when), emotion, int(at)))
    rows = server.do("SELECT member_id, image_hash, felt FROM labels", name)
    kept = {(str(member), image): list(felt) for member, image, felt in rows}
    lost = [key for key, told in said.items() if _lost(told, kept.get(key))]
    ledger = one("SELECT sum(nano_usd) FROM ledger") / 1e9
    may_be_paid_again = (all_.kills + 1) * TOGETHER + all_.starts
    return [
        ("kills -9", all_.kills, True),
        ("runs that came to something", int(one(f"SELECT count(*) {finished}")), True),
        ("members tuned twice for the same labels", int(twice), twice == 0),
        ("answers of the model", bill.answered.total(), True),
        (f"paid a second time (at most {may_be_paid_again} were on their way)", bill.again,
         bill.again <= may_be_paid_again),
        ("bill in dollars", round(bill.usd, 4), True),
        ("ledger in dollars", round(ledger, 4), ledger >= bill.usd - 1e-6),
        ("labels said to be stored", sum(map(len, said.values())), True),
        ("pictures of members of which another than the last is stored, or none", len(lost), not lost),
        ("refused or lost in words", len(all_.said("refused")) + len(all_.said("lost")), True),
    ]  # fmt: skip


def _lost(told: Sequence[tuple[int, str, int]], felt: Sequence[str] | None) -> bool:
    """Whether nothing is kept, or what was said before the last, and not what a killed process could not say.

    Of two that were stored within a second of each other either may be the last.
    """
    *earlier, (when, emotion, _) = sorted(told)
    if felt is None:
        return True
    return felt != [emotion] and any(felt == [e] and w < when - 1_000_000_000 for w, e, _ in earlier)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=24)
    parser.add_argument("--labels", type=int, default=16)
    parser.add_argument("--bots", type=int, default=4)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--latency", type=float, default=0.2, help="Seconds until the model answers.")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    with own_server() as server, tempfile.TemporaryDirectory() as made:
        name = server.create()
        url = server.url(name)
        await furnish(url, given.members, given.labels)
        async with billed(given.latency) as (bill, model):
            kinds = (("worker", given.workers), ("bot", given.bots))
            async with fleet(url, model, Path(made), kinds) as all_:
                began, restarted = time.monotonic(), False
                while (passed := time.monotonic() - began) < given.seconds:
                    await asyncio.sleep(KILLS_EVERY_S)
                    await all_.kill_one(dice)
                    if not restarted and passed > given.seconds / 2:
                        restarted = True
                        await asyncio.to_thread(server.stop)
                        await asyncio.sleep(RESTART_S)
                        await asyncio.to_thread(server.start)
                    print(f"{passed:4.0f} s, {all_.kills} kills, {bill.answered.total()} answers", flush=True)
                codes = await all_.end("bot")
                seconds = await settled(server, name)
                codes += await all_.end("worker")
                print(f"all that was due is done {seconds:.0f} s after the last kill; ended with {set(codes)}")
                bad = 0
                for what, figure, well in report(server, name, all_, bill):
                    print(f"{'  ' if well else '✗ '}{what}: {figure}")
                    bad += not well
                print(f"ledger: {server.do('SELECT state, outcome, count(*) FROM ledger GROUP BY 1, 2', name)}")
                print(*all_.errors(), sep="\n")
        return bad


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
