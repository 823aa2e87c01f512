"""A store's methods are its queries: written once, as functions of a connection, and called as coroutines.

What each method promises is written where it is promised, in `core.ports`; here stands only how it is kept.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection

from core.ports.waiting import until_back
from core.vocabulary.clock import Clock

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="SqlStore")

Work: TypeAlias = Callable[[Connection], T]
Query: TypeAlias = Callable[Concatenate[S, Connection, P], T]
Method: TypeAlias = Callable[Concatenate[S, P], Coroutine[Any, Any, T]]


class Road(Protocol):
    """The way to a database: `storage.database.engine.Database`, or one on which it is waited for."""

    def read(self, work: Work[T], /) -> Coroutine[Any, Any, T]:
        """Run some work on one snapshot."""
        ...

    def write(self, work: Work[T], /) -> Coroutine[Any, Any, T]:
        """Run some work as one transaction, alone."""
        ...

    def write_together(self, work: Work[T], /) -> Coroutine[Any, Any, T]:
        """As `write`, perhaps in one commit with others."""
        ...


class PatientRoad:
    """The same database for what works in the background: while it is away, it is waited for."""

    def __init__(self, database: Road) -> None:
        self._database = database

    async def read(self, work: Work[T], /) -> T:
        """As `Database.read`, once it can be done."""
        return await until_back(lambda: self._database.read(work))

    async def write(self, work: Work[T], /) -> T:
        """As `Database.write`, once it can be done; done twice where the answer was lost on its way."""
        return await until_back(lambda: self._database.write(work))

    async def write_together(self, work: Work[T], /) -> T:
        """As `Database.write_together`, once it can be done; done twice where the answer was lost on its way."""
        return await until_back(lambda: self._database.write_together(work))


class SqlStore:
    """What every store stands on: the way to a database, and the time."""

    def __init__(self, database: Road, clock: Clock) -> None:
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
