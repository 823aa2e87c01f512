"""A tuning run that is killed goes on where it was: no label lost, no answered call paid twice."""

import asyncio
import hashlib
import random
import sqlite3
from collections import Counter
from functools import cache
from pathlib import Path

from aiohttp import web

from bot.demo.people import PEOPLE, reactions
from bot.demo.pictures import draw_many
from core.decoding.normalise import normalise
from core.offline.model import OfflineModel
from core.offline.server import application
from core.vocabulary.changes import RecordReaction, Sighting
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from storage import open_storage
from tests.fakes import ManualClock
from tests.programs import Programs

MEMBER = 7
LABELS = 12
KILLS = 2
TOGETHER = 4


class Provider:
    """The offline model behind a counter: what a provider's bill would show. `pause`: seconds before an answer;
    `again`: what was paid a second time, but for what each process asks at its start, whether the model can see.
    """

    def __init__(self, pause: float = 0.0) -> None:
        self.answered: Counter[str] = Counter()
        self.looks: set[str] = set()
        self.pause = pause

    @property
    def again(self) -> int:
        return sum(times - 1 for asked, times in self.answered.items() if asked not in self.looks)

    @web.middleware
    async def count(self, request: web.Request, handler) -> web.StreamResponse:
        body = await request.read()
        asked = hashlib.sha256(body).hexdigest()
        if b"name its colour" in body:
            self.looks.add(asked)
        await asyncio.sleep(self.pause)
        response = await handler(request)
        self.answered[asked] += 1
        return response


async def serve(provider: Provider) -> tuple[web.AppRunner, str]:
    app = application(OfflineModel())
    app.middlewares.append(provider.count)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/v1"


@cache
def _seen(labels: int, seed: int) -> tuple[list[str], list[Image]]:
    """What the member feels, and about which pictures; drawing them takes longer than all else."""
    pictures = draw_many(labels, seed=seed)
    return reactions([p.scene for p in pictures], seed=3)[PEOPLE[1].name], [normalise(p.png) for p in pictures]


async def label(path: Path | str, labels: int = LABELS, member: int = MEMBER, seed: int = 3) -> set[str]:
    """A member with a taste, and labels enough to be due; the images labelled."""
    felt, images = _seen(labels, seed)
    async with open_storage(path, clock=ManualClock()) as storage:
        await storage.members.join(member, 1, 1)
        await storage.labels.apply(
            [
                RecordReaction(
                    member,
                    Sighting(1000 * seed + n, 1, 1, image.hash, n),
                    MIKELS.emoji_of(name),
                    False,
                    name,
                    MIKELS.id,
                    n,
                    image,
                )
                for n, (image, name) in enumerate(zip(images, felt, strict=True), 1)
            ]
        )
    return {image.hash for image in images}


async def run(programs: Programs, path: Path, url: str, *, lines: int | None) -> list[str]:
    """Run the process to its end, or kill it after so many lines; what it said."""
    process = programs.start("tests.journeys.tuning_process", str(path), url)
    said: list[str] = []
    while line := await asyncio.to_thread(process.stdout.readline):
        said.append(line.strip())
        if lines is not None and len(said) >= lines:
            process.kill()
            break
    await asyncio.to_thread(process.wait)
    return said


async def test_a_killed_run_goes_on_and_pays_for_no_answer_twice(tmp_path: Path, programs: Programs) -> None:
    dice, provider = random.Random(4), Provider()
    path = tmp_path / "feelprint.db"
    images = await label(path)
    runner, url = await serve(provider)
    try:
        for kill in range(KILLS):
            said = await run(programs, path, url, lines=dice.randint(5, 25) + 5 * kill)
            assert not [line for line in said if line.startswith("result")], "killed too late to show anything"
        said = await run(programs, path, url, lines=None)
        assert said[-1].split()[0] == "result"
        assert said[-1].split()[1] in ("deployed", "kept")
        again = await run(programs, path, url, lines=None)
    finally:
        await runner.cleanup()
    assert again == [], "nothing is due any more"
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert {row[0] for row in raw.execute("SELECT image_hash FROM labels")} == images
        paid = raw.execute("SELECT count(*) FROM ledger WHERE outcome = 'ok'").fetchone()[0]
        kept = raw.execute("SELECT count(*) FROM answers").fetchone()[0]
        lost = raw.execute("SELECT count(*) FROM ledger WHERE outcome <> 'ok'").fetchone()[0]
    assert paid == kept, "every answer that the ledger counts is kept, once"
    assert lost <= KILLS * TOGETHER, "only what was on its way at a kill is lost"
    twice = sum(count - 1 for count in provider.answered.values())
    assert twice <= lost
    assert sum(provider.answered.values()) <= paid + lost
