"""Forgetting a member: every row about them, then the pictures that nobody else needs, then every last byte.

Each step is a short transaction, so that nobody waits for another's leaving. The rows go by handfuls, the last of
them with the member's own, in one transaction. `user_version` counts what was begun and is 0 once no byte is
left, so that a start after a kill knows what to finish, and does so while everything else goes on. On PostgreSQL
dead rows are the server's to reuse, and its log and backups its operator's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    exists,
    func,
    select,
    update,
)

from core.ports.waiting import until_back
from core.vocabulary.errors import StorageError
from storage.database import backup
from storage.database.engine import Database
from storage.database.failures import DiskFull
from storage.database.files import release_space, reserve_space
from storage.erasing.cleaning import Cleaner
from storage.erasing.sweep import some_of, sweep_images, sweep_sightings, unneeded_after
from storage.schema.queries import address, many
from storage.schema.tables import (
    EVERY_YES,
    answers,
    exclusions,
    images,
    labels,
    ledger,
    members,
    metadata,
    ratings,
    reactions,
    sightings,
)

T = TypeVar("T")
_log = structlog.get_logger()

AT_ONCE = 2000
"""Rows of one table in one transaction: some ten milliseconds, and a flush to the disk."""

PATIENCE_S = 5.0
"""How long whoever leaves waits for another program that reads the file; after that it goes on without them."""


class Eraser:
    """Erases members from a database and its files."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cleaner = Cleaner(database)
        self._later: asyncio.Task[None] | None = None

    async def forget(self, member_id: int) -> int:
        """Erase everything about a member, on a full disk too; how many labels that was."""
        known = await self._insist(lambda: self._database.write(_known, member_id))
        if known is None:
            return 0
        self._drop_copies()
        labels_gone, theirs = known
        while await self._insist(lambda: self._database.write(thin_out, member_id)):
            pass
        await self._insist(lambda: self._database.write(forget_rows, member_id))
        await self._sweep(theirs)
        await self._clean(PATIENCE_S)
        if self._database.address.path is not None:
            reserve_space(self._database.address.path)
        return labels_gone

    async def clean(self, *, copies: bool = True) -> None:
        """Leave no byte of what was deleted at somebody's word without their leaving; and no copies of before."""
        if copies:
            self._drop_copies()
        await self._database.write(_note_begun)
        await self._clean(PATIENCE_S)

    def _drop_copies(self) -> None:
        """Those that were made before migrations."""
        if self._database.address.path is not None:
            backup.prune(self._database.address.path, keep=0)

    async def finish(self) -> None:
        """At start-up: see to it that what a killed process had begun is finished, and wait for none of it."""
        if not self._database.is_sqlite or await self._database.read(_begun):
            self._later = asyncio.create_task(self._finish())

    async def idle(self) -> None:
        """Wait until what is done in the background is done."""
        if self._later is not None:
            await asyncio.wait([self._later])

    async def give_back(self) -> None:
        """Give what is free at a file's end back to the disk, piece by piece."""
        if self._database.is_sqlite:
            await self._cleaner.give_back()

    async def close(self) -> None:
        """Stop cleaning; a later start takes it up. The file is let go of when every connection is closed."""
        if self._later is not None:
            self._later.cancel()
            await asyncio.gather(self._later, return_exceptions=True)

    def let_go(self) -> None:
        """Close the file: after the last connection, as closing it gives up SQLite's own locks on it."""
        self._cleaner.close()

    async def _sweep(self, hashes: list[str]) -> None:
        """Delete those images that nothing needs, few enough at a time."""
        while hashes:
            some, hashes = await self._database.read(some_of, hashes)
            await self._insist(lambda some=some: self._database.write(sweep_images, some))  # type: ignore[misc]

    async def _clean(self, patience_s: float) -> None:
        if not self._database.is_sqlite:
            return
        if await self._cleaner.clean(patience_s):
            return
        _log.warning("storage.cleaned_later", because="another program reads the file")
        if self._later is None or self._later.done():
            self._later = asyncio.create_task(self._go_on())

    async def _finish(self) -> None:
        try:
            await until_back(self._sweep_all)
            if self._database.is_sqlite:
                await until_back(self._go_on)
        except StorageError as error:
            _log.warning("storage.unfinished", problem=str(error))

    async def _sweep_all(self) -> None:
        after: str | None = ""
        while after is not None:
            hashes, after = await self._database.read(unneeded_after, after)
            await self._sweep(hashes)

    async def _go_on(self) -> None:
        while await self._cleaner.clean(PATIENCE_S) is False:
            _log.info("storage.still_read")

    async def _insist(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step; if the disk is full, give the reserved space back and do it again."""
        try:
            return await step()
        except DiskFull:
            if self._database.address.path is not None:
                release_space(self._database.address.path)
            return await step()


def _known(connection: Connection, member_id: int) -> tuple[int, list[str]] | None:
    """How many labels a member has, and which images are theirs, perhaps among others; None for a stranger.

    From here on nothing new is collected of them, so that these are all.
    """
    columns = (members.c.member_id, answers.c.owner, answers.c.asked_by, ledger.c.owner)
    theirs = [column == member_id for column in columns]
    theirs += [table.c.author_id == member_id for table in (sightings, ratings)]
    theirs += [table.c.other_id == member_id for table in EVERY_YES]
    if not any(connection.scalar(select(exists().where(one))) for one in [*theirs, _taken_back(member_id)]):
        return None
    connection.execute(update(members).where(members.c.member_id == member_id).values(paused=True))
    count = connection.scalar(select(func.count()).select_from(labels).where(labels.c.member_id == member_id))
    seen = select(reactions.c.image_hash).where(reactions.c.member_id == member_id)
    rated = select(ratings.c.image_hash).where(ratings.c.member_id == member_id)
    return int(count or 0), [row.image_hash for row in many(connection, select(seen.union(rated).subquery()))]


def thin_out(connection: Connection, member_id: int) -> bool:
    """Delete some of a member's rows where all at once would hold up others; whether there were so many."""
    for table in reversed(metadata.sorted_tables):
        for column in ("member_id", "owner", "asked_by", "author_id"):
            if table in (members, exclusions) or column not in table.c:
                continue
            mine = table.c[column] == member_id
            many = select(func.count()).select_from(_some(connection, table, mine).subquery())
            if connection.execute(many).scalar_one() < AT_ONCE:
                continue
            _note_begun(connection)
            _let_go(connection, table, column, address(connection).in_(_some(connection, table, mine)))
            return True
    return False


def forget_rows(connection: Connection, member_id: int) -> None:
    """The member's row takes all that hangs on it along; what is left are facts that nobody else needs."""
    _note_begun(connection)
    _let_go(connection, reactions, "member_id", reactions.c.member_id == member_id)
    for table in (answers, ledger):
        for column in ("owner", "asked_by"):
            if column in table.c:
                _let_go(connection, table, column, table.c[column] == member_id)
    for table in (sightings, ratings):
        _let_go(connection, table, "author_id", table.c.author_id == member_id)
    connection.execute(delete(exclusions).where(_taken_back(member_id)))
    for table in EVERY_YES:
        connection.execute(delete(table).where(table.c.other_id == member_id))
    connection.execute(delete(members).where(members.c.member_id == member_id))


def _taken_back(member_id: int) -> ColumnElement[bool]:
    """What somebody once said of their pictures and took back. A no that stands is all that keeps it."""
    return (exclusions.c.author_id == member_id) & ~exclusions.c.excluded


def _let_go(connection: Connection, table: Table, column: str, these: ColumnElement[bool]) -> None:
    """What is theirs goes; a line of the ledger, an answer about a picture that is kept, and where others have
    seen a picture of theirs, lose their name.
    """
    reacted_to = select(reactions.c.message_id).where(these)
    messages = [row.message_id for row in many(connection, reacted_to)] if table is reactions else []
    if column == "asked_by":
        connection.execute(delete(table).where(these, ~exists().where(images.c.hash == answers.c.about)))
    if column in ("asked_by", "author_id") or table is ledger:
        connection.execute(update(table).where(these).values({column: None}))
    else:
        connection.execute(delete(table).where(these))
    sweep_sightings(connection, messages)


def _some(connection: Connection, table: Table, mine: ColumnElement[bool]) -> Select[Any]:
    """Where some rows are; the same ones, however often one transaction asks."""
    return select(address(connection)).select_from(table).where(mine).order_by(*_order(table)).limit(AT_ONCE)


def _order(table: Table) -> list[Any]:
    """What begins with whose row it is costs no sorting; of the others nobody asks twice."""
    return list(table.primary_key) if "member_id" in table.primary_key.columns else []


def _begun(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _note_begun(connection: Connection) -> None:
    """Remember, as part of the transaction, that bytes will have to be overwritten."""
    if connection.dialect.name == "sqlite":
        begun = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version={begun + 1}")
