"""An open storage: one database behind the stores that `core` asks for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Never

import structlog
from sqlalchemy import Connection

from core.ports import TuningQueue
from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError
from storage.database.address import Address, parse
from storage.database.backup import copy_to
from storage.database.damage import copy_against, looked_through
from storage.database.engine import Database
from storage.database.files import exclusive_lock, make_private, reserve_space
from storage.database.gate import Gate
from storage.database.holder import Holder
from storage.database.listening import Listener
from storage.database.notify import SqlNews
from storage.database.place import Place
from storage.database.times import Times
from storage.database.transactions import PatientRoad, Road
from storage.erasing.erase import Eraser
from storage.labelling.labels import SqlLabelStore
from storage.schema.preconditions import CONNECTIONS, room
from storage.schema.upgrade import SCRIPTS, check, upgrade
from storage.stores.answers import SqlAnswerStore
from storage.stores.donations import SqlDonationStore
from storage.stores.due import SqlDueStore
from storage.stores.excluded import SqlExclusionStore
from storage.stores.games import SqlGameStore
from storage.stores.known import SqlAbilityStore
from storage.stores.members import SqlMemberStore
from storage.stores.moods import SqlOwnMoodStore
from storage.stores.outbox import SqlNoticeStore
from storage.stores.outlived import SqlRetentionStore
from storage.stores.overviews import SqlOverviewStore
from storage.stores.runs import SqlRunStore
from storage.stores.servers import SqlServerStore
from storage.stores.shadows import SqlShadowStore
from storage.stores.statistics import SqlStatisticsStore
from storage.stores.versions import SqlVersionStore
from storage.stores.walks import SqlWalkStore
from storage.stores.yeses import SqlYesStore


class Stores:
    """The stores that background work uses: those of tuning, `due`, `walks`, `notices`, `games`, `retention`,
    `own_moods`.
    """

    def __init__(self, road: Road, clock: Clock) -> None:
        self.labels = SqlLabelStore(road, clock)
        self.versions = SqlVersionStore(road, clock)
        self.runs = SqlRunStore(road, clock)
        self.shadows = SqlShadowStore(road, clock)
        self.due = SqlDueStore(road, clock)
        self.walks = SqlWalkStore(road, clock)
        self.notices = SqlNoticeStore(road, clock)
        self.games = SqlGameStore(road, clock)
        self.retention = SqlRetentionStore(road, clock)
        self.own_moods = SqlOwnMoodStore(road, clock)


class Storage(Stores):
    """All stores over one database. `patient`: the same for what waits until the database is back."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._database = database
        self.patient = Stores(PatientRoad(database), clock)
        self.eraser = Eraser(database)
        self.members = SqlMemberStore(database, clock, self.eraser)
        self.exclusions = SqlExclusionStore(database, clock)
        self.servers = SqlServerStore(database, clock)
        self.yeses = SqlYesStore(database, clock)
        self.overviews = SqlOverviewStore(database, clock)
        self.abilities = SqlAbilityStore(database, clock)
        self._holder = Holder(database)
        self.answers = SqlAnswerStore(database, clock, self._holder)
        self.answers_of_anybody = SqlAnswerStore(database, clock, self._holder, members_only=False)
        self.donations = SqlDonationStore(database, clock)
        self.statistics = SqlStatisticsStore(database, clock)
        self._listener = Listener(database, self._has_room)
        self.news = SqlNews(database, self._listener)
        self._place: Place | None = None
        self._gate = Gate(database)

    async def backup(self, target: Path) -> None:
        """Write a private copy of an SQLite database to a new file, while it is in use."""
        await copy_to(self._database, target)

    async def can_write(self, within_s: float) -> bool:
        """Whether a transaction that writes can begin within so many seconds."""
        try:
            async with asyncio.timeout(within_s):
                await self._database.write(_is_writable)
        except (TimeoutError, StorageError):
            return False
        return True

    @property
    def is_shared(self) -> bool:
        """Whether several processes may work over it; a file is one process's."""
        return not self._database.is_sqlite

    async def _has_room(self) -> bool:
        """Whether the server has all the connections that this process may still want; listening can wait."""
        return await self._database.read(room) >= CONNECTIONS - self._database.connections

    def queue(self) -> TuningQueue:
        """The queue that the processes over a server's database share."""
        from storage.stores.queue import ProcrastinateQueue  # noqa: PLC0415 - what a file needs no package for

        return ProcrastinateQueue(self._database, self._listener)

    @property
    def times(self) -> Mapping[str, Times]:
        """How long reading and writing took in this process, and what of it was lost and done again."""
        database = self._database
        return {"read": database.read_times, "write": database.write_times, "lost": database.lost_times}

    async def take_place(
        self, name: str, shards: range | None = None, count: int = 1, *, wait: bool = False
    ) -> None:
        """Be the one process of the bot of that name here, or the one that has these shards of `count`; a file has
        one anyway. Another that is it is waited for, or StorageError raised.
        """
        if not self._database.is_sqlite:
            self._place = Place(self._database, name, shards, count)
            await (self._place.wait() if wait else self._place.take())

    async def take_turn(self, name: str, seconds: float) -> None:
        """Wait for a turn among all processes, and keep it for so long; a file has one process."""
        if not self._database.is_sqlite:
            await self._gate.turn(name, seconds)

    async def keep_place(self) -> Never:
        """Remain that process, for ever. Raises StorageError where another took the place meanwhile."""
        if self._place is not None:
            await self._place.keep()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def leave_place(self) -> None:
        """Let another process have it, and every turn."""
        await self._gate.close()
        if self._place is not None:
            await self._place.leave()

    @property
    def address(self) -> Address:
        """Where the database is."""
        return self._database.address


log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def open_storage(
    url: str | Path, *, clock: Clock, read_only: bool = False, scripts: str = SCRIPTS
) -> AsyncIterator[Storage]:
    """Open the database at a path or URL, made and migrated as needed; closed on leaving.

    One process at a time holds an SQLite file; `read_only` looks into one that is in use, and neither
    migrates nor writes. Raises StorageError with a sentence for whatever stands in the way.
    """
    address = parse(str(url))
    with contextlib.ExitStack() as held:
        if address.path is not None and not read_only:
            make_private(address.path)
            held.enter_context(exclusive_lock(address.path))
        database = Database(address, read_only=read_only)
        storage = Storage(database, clock)
        try:
            if read_only:
                await check(database, scripts)
            else:
                await _opened_well(database, clock, scripts)
                await database.write(_is_writable)
                await storage.eraser.finish()
                if address.path is not None:
                    reserve_space(address.path)
            yield storage
        finally:
            await storage.leave_place()
            await storage._holder.leave()
            await storage.eraser.close()
            await database.close()
            storage.eraser.let_go()


async def _opened_well(database: Database, clock: Clock, scripts: str) -> None:
    """Bring the schema up to date, after a look for damage. Raises StorageError; of damage, with the newest
    good copy.
    """
    try:
        await looked_through(database, clock)
        done = await upgrade(database, clock, scripts)
    except StorageError as error:
        if restorable := await asyncio.to_thread(copy_against, error, database.address.path):
            raise restorable from error
        raise
    if done is not None:
        copy = str(done.copy) if done.copy else None
        log.info("storage.upgraded", before=done.before, now=done.now, copy=copy)


def _is_writable(_connection: Connection) -> None:
    """Beginning to write is the question; there is nothing to do."""
