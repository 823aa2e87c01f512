"""What PostgreSQL must be and allow before anything is stored there, looked at in one place and named exactly.

Only what is asked here is needed: an encoding that holds every letter, that it may be written, and the role's
rights on the tables; while the schema is made or changed also CREATE, and that the tables are the role's own.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from core.vocabulary.errors import StorageError, StorageProblem
from storage.schema.tables import metadata

CONNECTIONS = 9
"""Four readers, a writer, one that holds the bot's place, one that shows that the process lives, and two that hear
other processes; fewer make it slower, four are the least.
"""

_RIGHTS = """
    SELECT p || ' on ' || string_agg(c.relname, ', ' ORDER BY c.relname)
    FROM pg_class c CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY AS t(p, n)
    WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind = 'r'
        AND c.relname = ANY(%(tables)s) AND NOT has_table_privilege(c.oid, p)
    GROUP BY p, n ORDER BY n
"""
_SEQUENCES = """
    SELECT 'USAGE on ' || string_agg(s.relname, ', ' ORDER BY s.relname)
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'
    JOIN pg_class c ON c.oid = d.refobjid
    WHERE c.relname = ANY(%(tables)s)
        AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') ELSE false END
        AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))
    HAVING count(*) > 0
"""
_OTHERS = """
    SELECT 'ownership of ' || string_agg(c.relname, ', ' ORDER BY c.relname)
    FROM pg_class c
    WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind = 'r'
        AND c.relname = ANY(%(tables)s) AND NOT pg_has_role(c.relowner, 'USAGE')
    HAVING count(*) > 0
"""
_ROOM = """
    WITH used AS (
        SELECT count(*) AS everybody,
            count(*) FILTER (WHERE usename = current_user) AS role,
            count(*) FILTER (WHERE datname = current_database()) AS here
        FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name IS DISTINCT FROM %(name)s
    )
    SELECT least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true)::int, 0) - everybody,
        CASE WHEN rolconnlimit < 0 THEN NULL ELSE rolconnlimit - role END,
        CASE WHEN datconnlimit < 0 THEN NULL ELSE datconnlimit - here END
    )
    FROM used, pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()
"""
_QUEUE = [f"procrastinate_{table}" for table in ("jobs", "events", "workers", "periodic_defers")]
_TABLES = {"tables": [*metadata.tables, *_QUEUE, "alembic_version"]}


def fits(connection: Connection, where: str, *, reads: bool = False) -> None:
    """Raise StorageError unless the server's database holds every letter and, but to `reads`, may be written."""
    encoding = _one(connection, "SHOW server_encoding")
    if encoding != "UTF8":
        raise StorageError(StorageProblem.ENCODING, where=where, kind=encoding)
    if not reads and _one(connection, "SHOW transaction_read_only") != "off":
        raise StorageError(StorageProblem.SERVER_READ_ONLY, where=where)


def lacks_nothing(connection: Connection, where: str, *, migrates: bool = False) -> None:
    """Raise StorageError with every right that the role lacks; `migrates`: to make or change tables as well."""
    if lacks := "; ".join(_lacking(connection, migrates=migrates)):
        raise StorageError(StorageProblem.RIGHTS, where=where, kind=lacks)


def room(connection: Connection, name: str | None = None) -> int:
    """How many connections the server has for us: those that are free, and those that `name` has."""
    return int(connection.exec_driver_sql(_ROOM, {"name": name}).scalar_one())


def _lacking(connection: Connection, *, migrates: bool) -> Iterator[str]:
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
    if schema is None:
        yield "USAGE on a schema of its search_path"
        return
    if (
        migrates
        and not connection.exec_driver_sql("SELECT has_schema_privilege(current_schema(), 'CREATE')").scalar()
    ):
        yield f"CREATE on schema {schema}"
    for query in (*([_OTHERS] if migrates else []), _RIGHTS, _SEQUENCES):
        yield from connection.exec_driver_sql(query, _TABLES).scalars()


def _one(connection: Connection, statement: str) -> str:
    return str(connection.exec_driver_sql(statement).scalar_one())
