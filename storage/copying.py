"""Copies that somebody asks for: made while the bot runs, and put back in its place when it does not.

What is put back is a copy of the copy, checked and migrated before anything is touched; what was there stays
beside it. The last step replaces one file by another, so whatever stops it leaves the old database or the new one.
"""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from sqlalchemy import Connection, column, func, select, table

from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError, StorageProblem
from storage.database.address import Address, parse
from storage.database.backup import asked_for, copy_to, is_sound
from storage.database.engine import Database, outside
from storage.database.files import beside, exclusive_lock, make_private
from storage.schema.upgrade import upgrade

_PARTS = ("", "-wal", "-shm", "-journal")
_COUNTS = ("members", "labels", "feelprints")


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy at `path` holds: rows, and when the last label was given (None: there is none).

    `kept` is where the database went in whose place it was put, None where there was none. `brought_back` are the
    ids of members who are in the copy and, as far as the other could be read, were not in it.
    """

    path: Path
    size: int
    members: int
    labels: int
    versions: int
    last_label_at: int | None
    kept: Path | None = None
    brought_back: tuple[int, ...] = ()


async def back_up(url: str, target: Path | None, clock: Clock) -> Held:
    """Copy the database at a path or URL to a new file while it is in use; unless said where, beside it.

    Raises StorageError where that is not possible, or the copy is not whole.
    """
    address = parse(url)
    path = _file_of(address)
    if not path.exists():
        raise StorageError(StorageProblem.NOT_OPENED, where=str(path))
    target = asked_for(path, _moment(clock)) if target is None else _whole(target)
    async with _opened(address) as database:
        await copy_to(database, target)
    return await _looked_at(target)


async def restore(url: str, source: Path, clock: Clock) -> Held:
    """Put a copy in the place of the database at a path. Raises StorageError while a bot runs on it.

    A copy that is damaged, is none of ours or comes from a newer program is refused; nothing is changed then.
    """
    path, source = _file_of(parse(url)), _whole(source)
    if not source.is_file():
        raise StorageError(StorageProblem.NO_SUCH_COPY, where=str(source))
    make_private(beside(path, "lock"))
    with exclusive_lock(path):
        fresh = beside(path, "restoring")
        try:
            held = await _made_ready(source, fresh, clock)
            brought_back = await _missing(path, fresh)
            kept = await _set_aside(path, _free(beside(path, f"before-restore-{_moment(clock)}")))
            fresh.replace(path)
        finally:
            for left in fresh.parent.glob(f"{fresh.name}*"):
                left.unlink()
    beside(path, "checked").unlink(missing_ok=True)
    return replace(held, path=path, kept=kept, brought_back=brought_back)


async def _made_ready(source: Path, fresh: Path, clock: Clock) -> Held:
    """Copy a copy, and bring what was copied to this program's schema."""
    for left in fresh.parent.glob(f"{fresh.name}*"):
        left.unlink()  # of a restoring that was killed
    await _looked_at(source)
    async with _opened(Address(source)) as database:
        await copy_to(database, fresh)
    database = Database(Address(fresh))
    try:
        await upgrade(database, clock)
        if await database.maintain(outside, "PRAGMA foreign_key_check"):
            raise StorageError(StorageProblem.DANGLING, where=str(source))
    finally:
        await database.close()
    return await _looked_at(fresh)


async def _missing(path: Path, fresh: Path) -> tuple[int, ...]:
    """Whom a database does not know as another does: forgotten since, it may be, so nobody is erased by guessing.

    Who was forgotten and came again is known to both: the time of joining changes whenever somebody agrees anew,
    so it tells nothing. A damaged database may not tell either.
    """
    if not path.exists() or not path.stat().st_size:  # noqa: ASYNC240
        return ()
    joined = list[set[int]]()
    with contextlib.suppress(StorageError):
        for one in (path, fresh):
            async with _opened(Address(one)) as database:
                joined.append(await database.read(_joined))
    return tuple(sorted(joined[1] - joined[0])) if len(joined) == 2 else ()


def _joined(connection: Connection) -> set[int]:
    return set(connection.execute(select(column("member_id")).select_from(table("members"))).scalars())


def _free(path: Path) -> Path:
    """The path, or the first with a number that no file has: two may be made in a second."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(one for one in chain([path], numbered) if not one.exists())


async def _set_aside(path: Path, kept: Path) -> Path | None:
    """Give the database another name as well, and its log only that, as it must not meet another file."""
    if not path.exists() or not path.stat().st_size:  # noqa: ASYNC240
        return None
    with contextlib.suppress(StorageError):  # a damaged one is kept as it is, with its log
        database = Database(Address(path))
        try:
            await database.maintain(outside, "PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            await database.close()
    os.link(path, kept)
    for part in _PARTS[1:]:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + part).replace(kept.with_name(kept.name + part))
    return kept


async def _looked_at(copy: Path) -> Held:
    """Raise StorageError unless a copy is whole and ours; what it holds."""
    async with _opened(Address(copy)) as database:
        if not await database.maintain(is_sound, indices=True):
            raise StorageError(StorageProblem.DAMAGED, where=str(copy))
        if set(_COUNTS) - set(await database.read(lambda c: c.dialect.get_table_names(c))):
            raise StorageError(StorageProblem.FOREIGN, where=str(copy))
        return await database.read(_holds, copy)


def _holds(connection: Connection, copy: Path) -> Held:
    """Counted by names alone: the schema may be an older one."""
    members, labels, versions = (
        connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in _COUNTS
    )
    last: int | None = connection.execute(
        select(func.max(column("updated_at"))).select_from(table("labels"))
    ).scalar_one()
    return Held(copy, copy.stat().st_size, members, labels, versions, last)


@contextlib.asynccontextmanager
async def _opened(address: Address) -> AsyncIterator[Database]:
    database = Database(address, read_only=True)
    try:
        yield database
    finally:
        await database.close()


def _file_of(address: Address) -> Path:
    if address.path is None:
        raise StorageError(StorageProblem.NOT_OURS_TO_COPY, kind=address.for_tools)
    return address.path


def _whole(path: Path) -> Path:
    """A path by which a file is found whatever the working directory becomes."""
    return path.absolute()


def _moment(clock: Clock) -> str:
    return datetime.fromtimestamp(clock.now_ms() / 1000, UTC).strftime("%Y%m%d-%H%M%S")
