"""Figure 3: a tuning run killed before or after any call, of database or model, goes on where it was.

On both databases. A run without a kill counts its moments (before and after each call); a trial is a run that is
killed at one of them and the run that follows: no label is lost, an outcome is stored, and no answered call is
paid for twice but what was on its way. The pictures are in the database, so there is no other file to call.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiosqlite
import psycopg
from aiohttp import web
from sqlalchemy import Connection, select

from core.model.client import ModelClient
from core.ports import TuningPolicy
from core.vocabulary.clock import SystemClock
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult
from storage import open_storage
from storage.schema.tables import answers
from storage.stores.answers import SqlAnswerStore
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.forks import Moments, alone, spread
from tests.bench.reliability.kinds import KINDS, SQLITE, fresh, postgres
from tests.journeys.test_killed_while_tuning import MEMBER, TOGETHER, Provider, label, serve
from tests.journeys.tuning_process import main as tune
from tests.ledger import endings
from tests.storage.made import SET

CALLS = ((aiosqlite.core.Connection, "_execute"), (psycopg.AsyncConnection, "wait"), (ModelClient, "send"))
KEY = ProfileKey(MEMBER, SET)
LABELS = 12
"""As few as a run begins with: every moment of a larger one would take hours."""


class Remembering(Provider):
    """It thinks once about each question, since only who asks is measured here; it counts every time."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, bytes] = {}

    @web.middleware
    async def count(self, request: web.Request, handler: object) -> web.StreamResponse:
        """Count what was asked, and answer."""
        asked = hashlib.sha256(await request.read()).hexdigest()
        if asked not in self._said:
            response = await handler(request)  # type: ignore[operator]
            self._said[asked] = response.body
        self.answered[asked] += 1
        return web.Response(body=self._said[asked], content_type="application/json")


@dataclass
class Swept:
    """The runs over one kind of database, each over a copy of the same labels."""

    kind: str
    folder: Path
    labelled: str
    images: set[str]
    provider: Remembering
    model: str
    moments: Moments = field(default_factory=Moments)

    def copied(self) -> str:
        """A database in which the member has labelled and nothing has run."""
        if self.kind == SQLITE:
            for old in self.folder.glob("run.db-*"):
                old.unlink()
            return str(shutil.copy(self.labelled, self.folder / "run.db"))
        return postgres().url(postgres().create(self.labelled.partition("?")[0].rsplit("/", 1)[1]))

    async def whole(self) -> int:
        """How many moments a run has that nobody kills."""
        url = self.copied()
        self.moments.start()
        with self.moments.around(*CALLS):
            if code := await alone(lambda: tune(url, self.model)):
                raise RuntimeError(f"It ended in {code}.")
        return self.moments.passed

    async def killed_at(self, number: int) -> str:
        """Kill a run there and let another follow; what is wrong then, if anything."""
        url = self.copied()
        self.provider.answered.clear()
        self.moments.start(number)
        with self.moments.around(*CALLS):
            await alone(lambda: tune(url, self.model))
            self.moments.start()
            code = await alone(lambda: tune(url, self.model))
        return await self._wrong(url, code)

    async def _wrong(self, url: str, code: int) -> str:
        async with open_storage(url, clock=SystemClock()) as storage:
            labels = {one.image_hash for one in await storage.labels.labels(KEY)}
            last = await storage.runs.last(KEY)
            due = await storage.due.for_run(SystemClock().now_ms(), TuningPolicy(quiet_ms=0), limit=9)
            kept = await storage._database.read(_kept)
            ended = await endings(storage)
        paid, lost = ended.count("ok"), len(ended) - ended.count("ok")
        twice = sum(count - 1 for count in self.provider.answered.values())
        if code or labels != self.images or due or last is None or last.result is RunResult.RUNNING:
            return f"ended in {code}, {len(labels)} labels, due {due}, {last and last.result}"
        if twice > lost or lost > TOGETHER or paid != kept:
            return f"{twice} paid twice, {lost} lost on their way, {paid} paid and {kept} kept"
        return ""


def _kept(connection: Connection) -> int:
    return len(connection.execute(select(answers.c.key)).all())


async def body(trials: Trials) -> None:
    """Sweep the moments of a run, as many as are asked for."""
    provider = Remembering()
    runner, model = await serve(provider)
    try:
        for kind in KINDS:
            folder = trials.folder / kind
            folder.mkdir()
            labelled = await fresh(kind, folder)
            images = await label(labelled, LABELS)  # type: ignore[arg-type] # an address does as well
            swept = Swept(kind, folder, labelled, images, provider, model)
            whole = await swept.whole()
            for number in spread(whole, -(-trials.n // len(KINDS))):
                wrong = await swept.killed_at(number)
                trials.check(not wrong, f"{kind}, moment {number}: {wrong}")
            trials.note(f"a run on {kind} has {whole} moments")
    finally:
        await runner.cleanup()


@contextlib.contextmanager
def without() -> Iterator[None]:
    """No answer that was paid for is found again."""
    was = SqlAnswerStore.get

    async def get(*_: object) -> None:
        return None

    SqlAnswerStore.get = get  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        SqlAnswerStore.get = was  # type: ignore[method-assign]


FIGURE = Figure(3, "A tuning run killed at any call goes on where it was", body, without, 4, 5_000, 4)
