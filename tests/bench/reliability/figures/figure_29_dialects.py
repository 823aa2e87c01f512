"""Figure 29: the suite for servers passes with each of ten dialects: the start-up check, every question, a run.

Each stands over sockets in front of the offline model and refuses and answers in its own manner. A trial is one
part of the suite with one dialect; the parts are those of the tests.
"""

import contextlib
from collections.abc import Iterator

from core.asking.probe import probe
from core.model.line import Line
from core.offline.server import OfflineServer
from core.vocabulary.clock import SystemClock
from core.vocabulary.reasons import RunResult
from storage import open_storage
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import SQLITE, fresh
from tests.core.model.dialects import BEHIND_NGINX, DIALECTS, Dialect, speaking
from tests.core.model.test_conformance import (
    settings_at,
    test_every_kind_of_question_is_answered_and_a_second_one_without_detours,
    tuned,
    world,
)

_questions = test_every_kind_of_question_is_answered_and_a_second_one_without_detours


async def body(trials: Trials) -> None:
    """The suite with as many dialects as are asked for."""
    async with OfflineServer() as offline:
        for number, dialect in enumerate((*DIALECTS, BEHIND_NGINX)[: -(-trials.n // 3)]):
            folder = trials.folder / str(number)
            folder.mkdir()
            for part in (_checked, _asked, _run):
                url = await fresh(SQLITE, folder)
                try:
                    wrong = await part(dialect, offline.base_url, url)
                except Exception as error:
                    wrong = f"{type(error).__name__}: {error}"
                trials.check(not wrong, f"{dialect.name}{part.__name__}: {wrong}")


async def _checked(dialect: Dialect, offline: str, _: str) -> str:
    async with speaking(dialect, offline) as spoken:
        result = await probe(settings_at(spoken.url), shown=world())
    return "" if result.ok else str(result.problem)


async def _asked(dialect: Dialect, offline: str, url: str) -> str:
    async with open_storage(url, clock=SystemClock()) as storage:
        await _questions(offline, storage, dialect)
    return ""


async def _run(dialect: Dialect, offline: str, url: str) -> str:
    async with open_storage(url, clock=SystemClock()) as storage, speaking(dialect, offline) as spoken:
        result, failures = await tuned(storage, spoken.url)
    return "" if result is RunResult.DEPLOYED and not failures else f"{result}, {failures}"


@contextlib.contextmanager
def without() -> Iterator[None]:
    """What a server refuses is not asked for in another form."""
    was = Line._again

    async def never(*_: object) -> bool:
        return False

    Line._again = never  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Line._again = was  # type: ignore[method-assign]


FIGURE = Figure(29, "The suite for servers passes with every dialect", body, without, 6, 30, 3)
