"""Figure 15: labels, versions and consent are what plain models say, whatever happens, restarts among it.

Three state machines of fifty steps a run: labels and versions over both databases, consent with absences through
a whole bot on a simulated Discord. A trial is one run.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from storage.stores.members import SqlMemberStore
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import KINDS, fresh
from tests.bench.reliability.machines import STEPS, Labels, OverStorage, Versions, play
from tests.journeys.test_noes_and_absences import Lived, NoesAndAbsences

RUNS_OF_A_BOT = 10


async def body(trials: Trials) -> None:
    """Play each machine so often, in a thread: a machine has an event loop of its own."""
    runs = max(1, trials.n // 5)
    for kind in KINDS:
        folder = trials.folder / kind
        folder.mkdir()
        url = await fresh(kind, folder)
        for machine in (Labels, Versions):
            wrong = await asyncio.to_thread(_over_storage, machine, url, runs, trials.seed)
            trials.check(not wrong, f"{machine.__name__} on {kind}: {wrong}", times=runs)
    consent = trials.folder / "consent"
    consent.mkdir()
    wrong = await asyncio.to_thread(_with_a_bot, consent, runs, trials.seed)
    trials.check(not wrong, f"consent: {wrong}", times=runs)
    trials.note(f"up to {STEPS} steps a run")


def _over_storage(machine: type[OverStorage], url: str, runs: int, seed: int) -> str:
    with asyncio.Runner() as machine.runner:
        machine.url = url
        return _wrong(lambda: play(machine, runs, seed))


def _with_a_bot(folder: Path, runs: int, seed: int) -> str:
    """Each bot lives for a few runs only: each run leaves a server behind, and a restart that sees too many of
    them takes longer than the simulated Discord waits for.
    """
    for bot, first in enumerate(range(0, runs, RUNS_OF_A_BOT)):
        lived = NoesAndAbsences.lived = Lived(folder / str(bot))
        try:
            wrong = _wrong(partial(play, NoesAndAbsences, min(RUNS_OF_A_BOT, runs - first), seed + bot))
        finally:
            lived.close()
        if wrong:
            return "; ".join([wrong, *lived.failures])
    return ""


def _wrong(playing: Callable[[], None]) -> str:
    """What came out wrong, if anything."""
    try:
        playing()
    except Exception as error:  # what Hypothesis says when it cannot repeat a failure is one too
        return str(error)[:200] or type(error).__name__
    return ""


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Whoever leaves stays stored."""
    was = SqlMemberStore.forget

    async def forget(*_: object) -> int:
        return 0

    SqlMemberStore.forget = forget  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        SqlMemberStore.forget = was  # type: ignore[method-assign]


FIGURE = Figure(15, "Labels, versions and consent are what plain models say", body, without, 10, 1000, 20)
