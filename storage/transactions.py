"""A store's methods are its queries: written once, as functions of a connection, and called as coroutines.

What each method promises is written where it is promised, in `core.ports`; here stands only how it is kept.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from sqlalchemy import Connection

from core.vocabulary.clock import Clock
from storage.engine import Database

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="SqlStore")

Query: TypeAlias = Callable[Concatenate[S, Connection, P], T]
Method: TypeAlias = Callable[Concatenate[S, P], Coroutine[Any, Any, T]]


class SqlStore:
    """What every store stands on: a database, and the time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock


def reading(query: Query[S, P, T]) -> Method[S, P, T]:
    """Make a query a method that runs it on one snapshot."""

    @wraps(query)
    async def method(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.read(lambda connection: query(self, connection, *args, **kwargs))

    return method


def writing(query: Query[S, P, T]) -> Method[S, P, T]:
    """Make a query a method that runs it as one transaction, alone."""

    @wraps(query)
    async def method(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.write(lambda connection: query(self, connection, *args, **kwargs))

    return method


def writing_together(query: Query[S, P, T]) -> Method[S, P, T]:
    """As `writing`, for small work that many do at once: it may share its commit, and be run twice for it."""

    @wraps(query)
    async def method(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.write_together(lambda connection: query(self, connection, *args, **kwargs))

    return method
