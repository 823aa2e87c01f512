"""Figure 20: an export holds every row about a member and no other, and can be read back into an empty database.

Whatever the member's rules say becomes no path in it. A trial is one member, whose texts are hostile names.
"""

import contextlib
import io
import json
import random
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot.discord_ui.exporting import exported, turns
from core.vocabulary.clock import SystemClock
from storage import Storage, open_storage
from storage.database.engine import outside
from storage.schema.tables import exclusions, images, metadata
from storage.stores import members
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import SQLITE, fresh
from tests.databases import empty
from tests.storage.lives import live

NAMES = (
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/root/.ssh/id",
    "C:\\nul",
    "a\u202egnp.exe",
    "=cmd|' /C calc'!A1",
    "~/x",
)
MEMBER = re.compile(r"data\.json|pictures/[0-9a-f]{64}\.jpg")
OWN = ("member_id", "owner", "asked_by")
LIMIT = 8 << 20


async def body(trials: Trials) -> None:
    """Members side by side; each export is counted, looked through and read back."""
    dice = random.Random(trials.seed)
    there = trials.folder / "there"
    there.mkdir()
    async with (
        open_storage(await fresh(SQLITE, trials.folder), clock=SystemClock()) as storage,
        open_storage(await fresh(SQLITE, there), clock=SystemClock()) as other,
    ):
        for number in range(1, trials.n + 1):
            mark = f"mark{number}x {dice.choice(NAMES)} {dice.choice(NAMES)}"
            await live(storage, number, range(4 * number, 4 * number + dice.randint(3, 6)), mark)
        for number in range(1, trials.n + 1):
            wrong = await _wrong(storage, other, number)
            trials.check(not wrong, f"member {number}: {wrong}")


async def _wrong(storage: Storage, other: Storage, member: int) -> str:
    files: dict[str, bytes] = {}
    async for upload in exported(turns(), storage.members, storage.labels, member, LIMIT):
        with zipfile.ZipFile(io.BytesIO(upload.data)) as archive:
            files |= {name: archive.read(name) for name in archive.namelist()}
    if odd := [name for name in files if not MEMBER.fullmatch(name)]:
        return f"names {odd[:2]}"
    data: dict[str, list[dict[str, Any]]] = json.loads(files["data.json"])
    counted = await storage._database.read(_counted, member)
    held = {table: len(rows) for table, rows in data.items() if table != "sightings"}
    if counted != held:
        return f"{counted} rows, {held} of them in the export"
    if others := set(re.findall(r"mark(\d+)x", files["data.json"].decode())) - {str(member)}:
        return f"texts of {others}"
    await empty(other)
    await other._database.maintain(_read_back, data, files)
    again = json.loads(json.dumps(await other.members.export(member), default=str))
    return "" if again == data else "read back it is another"


def _counted(connection: Connection, member: int) -> dict[str, int]:
    """Rows about a member by table, found by the names of columns alone."""
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        own = (*OWN, "author_id") if table is exclusions else OWN
        for column in (name for name in own if name in table.c):
            query = select(func.count()).select_from(table).where(table.c[column] == member)
            found[table.name] = found.get(table.name, 0) + connection.execute(query).scalar_one()
    return found


def _read_back(connection: Connection, data: dict[str, list[dict[str, Any]]], files: dict[str, bytes]) -> None:
    outside(connection, "PRAGMA foreign_keys=OFF")  # servers and channels are nobody's, so no export holds them
    shown = {name[9:-4]: jpeg for name, jpeg in files.items() if name.startswith("pictures/")}
    for name, jpeg in shown.items():
        connection.execute(insert(images).values(hash=name, jpeg=jpeg, width=640, height=480))
    for table in metadata.sorted_tables:
        written = [column.name for column in table.c if column.computed is None]
        for row in data.get(table.name, ()):
            connection.execute(insert(table).values({name: row[name] for name in written}))
    connection.commit()


@contextlib.contextmanager
def without() -> Iterator[None]:
    """A table is left out of the export."""
    was = members.about_members

    def most() -> Iterator[Any]:
        return iter([(table, column) for table, column in was() if table.name != "rules"])

    members.about_members = most
    try:
        yield
    finally:
        members.about_members = was


FIGURE = Figure(20, "An export is complete, one's own, and reads back", body, without, 20, 500, 3)
