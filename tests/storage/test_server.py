"""PostgreSQL as it is run: slow, hanging, full, restarted, shared, behind a pooler, with the least role."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.ports import Caps, Purchase
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.errors import StorageError, StorageProblem
from storage import open_storage
from storage.database import postgresql
from storage.database.address import parse
from storage.database.engine import CLOSE_S, READERS, Database
from storage.database.failures import POSTGRES
from storage.labelling import batch
from tests.fakes import ManualClock
from tests.storage.made import T0, key, reacted
from tests.storage.servers import Own, lives_through, name_in
from tests.storage.unclosed import note

pytestmark = pytest.mark.slow
CLOCK = ManualClock()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(parse(url))
    table = text("CREATE TABLE tombstones (gone_id bigint PRIMARY KEY, at bigint)")
    await database.write(lambda connection: connection.execute(table) and None)
    yield database
    await database.close()


async def reason_of(url: str) -> str:
    """Why a database cannot be opened, with what is lacking."""
    with pytest.raises(StorageError) as caught:
        async with open_storage(url, clock=CLOCK):
            pass
    assert "secret" not in f"{caught.value} {vars(caught.value)}"
    return f"{caught.value}: {caught.value.kind}"


# ------------------------------------------------------------------------------------------------- deadlines


async def test_a_transaction_that_the_server_ends_because_we_stood_still_is_made_again(
    server: Own, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many servers that are shared end what stands open: a machine that sleeps for a while must lose no label."""
    async with open_storage(url, clock=CLOCK) as storage:
        await storage.members.join(1, CONSENT_VERSION, T0)
    server.do(f"ALTER DATABASE {name_in(url)} SET idle_in_transaction_session_timeout = '300ms'")
    async with open_storage(url, clock=CLOCK) as storage:
        stood_still: list[None] = []
        whole = batch.recompute

        def stand_still(*given: Any) -> Any:
            if not stood_still:
                stood_still.append(None)
                time.sleep(1.0)
            return whole(*given)

        monkeypatch.setattr(batch, "recompute", stand_still)
        await storage.patient.labels.apply([reacted(1, 1, "awe")])
        assert stood_still
        assert [set(one.emotions) for one in await storage.labels.labels(key(1))] == [{"awe"}]


async def test_a_statement_that_takes_too_long_is_cancelled_and_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "DEADLINE_S", 0.3)
    began = time.monotonic()
    with pytest.raises(StorageError, match=StorageProblem.SLOW):
        await Database(database.address).read(lambda connection: connection.execute(text("SELECT pg_sleep(60)")))
    assert time.monotonic() - began < 2
    left = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active'")
    assert await database.read(lambda connection: connection.scalar(left)) == 1, "only the one that asks"


@pytest.mark.parametrize("way", ["read", "write", "write_together"])
async def test_nobody_waits_longer_than_the_deadline_for_a_server_that_hangs(
    server: Own, url: str, database: Database, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(postgresql, "DEADLINE_S", 0.3)
    monkeypatch.setattr(postgresql, "GRACE_S", 0.2)
    monkeypatch.setattr(postgresql, "PING_S", 0.3)
    mine = Database(parse(url + "&connect_timeout=2"))
    await getattr(mine, way)(lambda connection: connection.scalar(text("SELECT 1")))
    server.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(StorageError, match=f"{StorageProblem.AWAY}|{StorageProblem.SLOW}"):
            await getattr(mine, way)(lambda connection: connection.scalar(text("SELECT 1")))
        assert time.monotonic() - began < 4
    finally:
        server.thaw()
    assert await mine.read(lambda connection: connection.scalar(text("SELECT 2"))) == 2
    await mine.close()


async def test_a_server_that_hangs_does_not_keep_the_program_from_closing(server: Own, database: Database) -> None:
    mine = Database(database.address)
    await mine.write(note, 1)
    server.freeze()
    try:
        under_way = [asyncio.create_task(mine.write(note, 2)), asyncio.create_task(mine.read(lambda _: None))]
        under_way += [asyncio.create_task(mine.read(lambda c: c.scalar(text("SELECT 1")))) for _ in range(READERS)]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await mine.close()
        assert time.monotonic() - began < 2 * CLOSE_S + 2
        assert all(task.done() for task in under_way)
        await asyncio.gather(*under_way, return_exceptions=True)
    finally:
        server.thaw()


# ------------------------------------------------------------------------------------------ codes and reasons


@pytest.mark.parametrize(("code", "reason"), POSTGRES.items())
async def test_every_code_of_the_table_is_told_as_its_reason(
    database: Database, code: str, reason: StorageProblem
) -> None:
    state = code if len(code) == 5 else f"{code}000"[:5] if code != "57" else "57P03"
    raising = text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")
    with pytest.raises(StorageError, match=f"^{reason.value}$"):
        await database.write(lambda connection: connection.execute(raising) and None)


async def test_a_code_that_nobody_foresaw_is_named(database: Database) -> None:
    raising = text("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23505'; END $$")
    with pytest.raises(StorageError, match=StorageProblem.REFUSED) as caught:
        await database.write(lambda connection: connection.execute(raising) and None)
    assert caught.value.kind == "23505"


async def test_who_is_not_let_in_is_told_why(server: Own, url: str) -> None:
    server.do("DROP ROLE IF EXISTS locked_out, single")
    server.do("CREATE ROLE locked_out NOLOGIN; CREATE ROLE single LOGIN CONNECTION LIMIT 0")
    assert await reason_of(url.replace("postgres@", "nobody:secret@")) == "not_let_in: OperationalError"
    assert await reason_of(url.replace("postgres@", "locked_out:secret@")) == "not_let_in: OperationalError"
    assert await reason_of(url.replace("postgres@", "single:secret@")) == "crowded: OperationalError"
    assert await reason_of(url.replace(f"/{name_in(url)}", "/nothere")) == "no_database: OperationalError"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgresql://me:se@secret@127.0.0.1/db", StorageProblem.UNQUOTED),
        ("postgresql://me:se@secret/word@127.0.0.1/db", StorageProblem.UNQUOTED),
        ("postgresql://me:secret@127.0.0.1:54x2/db", StorageProblem.ADDRESS),
        ("postgresql://me:secret@127.0.0.1:1,127.0.0.1:2/db", StorageProblem.ADDRESS),
        ("host=127.0.0.1 dbname=db user=me password=secret", StorageProblem.NOT_A_URL),
        ("dbname=db password = 'secret'", StorageProblem.NOT_A_URL),
        ("postgresql:me:secret@127.0.0.1/db", StorageProblem.NOT_A_URL),
        ("me:secret@127.0.0.1/db", StorageProblem.NOT_A_URL),
        ("postgresql://me:secret@127.0.0.1/db?sslmod=require", StorageProblem.ADDRESS),
        ("postgresql://me:secret@127.0.0.1:1/db?password=secret", StorageProblem.AWAY),
    ],
)
async def test_an_odd_address_shows_nothing_of_its_password_and_makes_no_file(
    address: str, reason: StorageProblem, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # type: ignore[arg-type]
    assert (await reason_of(address)).startswith(reason.value)
    assert not list(tmp_path.iterdir())  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------- preconditions


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_that_cannot_hold_every_letter_is_refused(server: Own, encoding: str) -> None:
    name = f"in_{encoding.lower()}"
    server.do(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'")
    assert await reason_of(server.url(name)) == f"encoding: {encoding}"


async def test_what_is_told_to_be_read_only_is_not_overridden(server: Own, url: str) -> None:
    async with open_storage(url, clock=CLOCK):
        pass
    server.do(f"ALTER DATABASE {name_in(url)} SET default_transaction_read_only = on")
    assert await reason_of(url) == "server_read_only: "
    mine = Database(parse(url))
    await mine.read(lambda connection: None)
    with pytest.raises(StorageError, match=StorageProblem.SERVER_READ_ONLY):
        await mine.write(note, 1)
    await mine.close()


@pytest.fixture
def least(server: Own, url: str) -> Iterator[str]:
    """The address for a role that may connect, and nothing else."""
    server.do("CREATE ROLE least LOGIN")
    yield url.replace("postgres@", "least@")
    server.do("DROP OWNED BY least", dbname=name_in(url))
    server.do("DROP ROLE least")


async def test_a_role_that_may_not_make_tables_is_told_so(server: Own, url: str, least: str) -> None:
    assert await reason_of(least) == "rights: CREATE on schema public"
    server.do("REVOKE USAGE ON SCHEMA public FROM public", dbname=name_in(url))
    assert await reason_of(least) == "rights: USAGE on a schema of its search_path"


async def test_the_least_role_is_enough_and_what_it_lacks_is_named(server: Own, url: str, least: str) -> None:
    async with open_storage(url, clock=CLOCK):
        pass
    some = "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO least"
    server.do(some, dbname=name_in(url))
    lacks = await reason_of(least)
    assert lacks.startswith("rights: DELETE on ")
    assert "members" in lacks
    server.do("GRANT DELETE ON ALL TABLES IN SCHEMA public TO least", dbname=name_in(url))
    if (lacks := await reason_of(least) if await _has_sequences(url) else "") != "":
        assert lacks.startswith("rights: USAGE on ")
        server.do("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO least", dbname=name_in(url))
    async with open_storage(least, clock=CLOCK) as storage:
        await lives_through(storage)


async def _has_sequences(url: str) -> bool:
    mine = Database(parse(url))
    try:
        return bool(await mine.read(lambda c: c.scalar(text("SELECT count(*) FROM pg_sequences"))))
    finally:
        await mine.close()


# -------------------------------------------------------------------------------------------- few connections


@pytest.mark.parametrize("free", [1, 2, 3])
async def test_with_fewer_connections_than_it_uses_it_is_slower_and_fails_nobody(
    server: Own, url: str, free: int
) -> None:
    server.do("DROP ROLE IF EXISTS few")
    server.do("CREATE ROLE few LOGIN SUPERUSER".replace(" SUPERUSER", ""))
    async with open_storage(url, clock=CLOCK) as storage:
        await storage.members.join(1, CONSENT_VERSION, T0)
        await storage.labels.apply([reacted(1, n, "awe") for n in range(1, 41)])
    server.do("GRANT ALL ON ALL TABLES IN SCHEMA public TO few", dbname=name_in(url))
    server.do("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO few", dbname=name_in(url))
    server.do(f"ALTER ROLE few CONNECTION LIMIT {free + 1}")
    mine = Database(parse(url.replace("postgres@", "few@")))
    await mine.write(lambda connection: None)
    slow = "SELECT pg_sleep(0.02)"
    done = await asyncio.gather(*(mine.read(lambda c: c.scalar(text(slow))) for _ in range(60)))
    assert len(done) == 60
    await mine.close()
    server.do("DROP OWNED BY few", dbname=name_in(url))


async def test_whoever_reads_leaves_a_connection_to_whoever_writes(server: Own, url: str) -> None:
    server.do("DROP ROLE IF EXISTS reads_most")
    server.do("CREATE ROLE reads_most LOGIN CONNECTION LIMIT 3")
    mine = Database(parse(url.replace("postgres@", "reads_most@")))
    await asyncio.gather(*(mine.read(lambda c: c.scalar(text("SELECT pg_sleep(0.1)"))) for _ in range(READERS)))
    assert await mine.write(_pid) > 0
    assert await mine.read(_pid) > 0
    await mine.close()


async def test_four_connections_are_the_least(server: Own, url: str) -> None:
    server.do("DROP ROLE IF EXISTS least_room")
    server.do("CREATE ROLE least_room LOGIN CONNECTION LIMIT 4")
    server.do(f"ALTER DATABASE {name_in(url)} OWNER TO least_room")
    async with open_storage(url.replace("postgres@", "least_room@"), clock=CLOCK) as storage:
        await storage.take_place("11")
        assert await storage.answers.reserve(Purchase(T0, "alone", None, "m", 0.1), Caps())
        await lives_through(storage)
    server.do(f"ALTER DATABASE {name_in(url)} OWNER TO postgres; DROP OWNED BY least_room", dbname=name_in(url))


def _pid(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
