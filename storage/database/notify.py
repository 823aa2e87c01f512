"""What is told between processes: PostgreSQL's NOTIFY, in the transaction that writes what it is about.

So nothing is told that is not committed, and nothing of a commit is kept back. A file has one process: nothing is
ever told there.
"""

import json
from collections.abc import Callable
from typing import Never

import psycopg
from sqlalchemy import Connection, func, select

from core.ports import News, Told, Topic
from storage.database.engine import Database
from storage.database.listening import Listener

CHANNEL = "feelprint"


def note(connection: Connection, topic: Topic, subject: int = 0, more: tuple[str, ...] = ()) -> None:
    """Tell other processes what this transaction does, once it is committed; a file has none."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, json.dumps([topic, subject, *more]))))


class SqlNews(News):
    """`core.ports.News` over a database."""

    def __init__(self, database: Database, listener: Listener) -> None:
        self._database, self._listener = database, listener

    async def tell(self, told: Told) -> None:  # noqa: D102
        await self._database.read(note, told.topic, told.subject, told.more)

    async def listen(self, heard: Callable[[Told], None], missed: Callable[[], None]) -> Never:  # noqa: D102
        async def told(notify: psycopg.Notify) -> None:
            if not self._database.owns(notify.pid):
                _hand_on(notify.payload, heard)

        await self._listener.listen([CHANNEL], told, missed)


def _hand_on(payload: str, heard: Callable[[Told], None]) -> None:
    """A later version may tell what this one does not know."""
    try:
        topic, subject, *more = json.loads(payload)
        told = Told(Topic(topic), int(subject), tuple(map(str, more)))
    except (ValueError, TypeError):
        return
    heard(told)
