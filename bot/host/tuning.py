"""What does the tuning, wired together: the same in a bot and in `feelprint worker`."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.host.settings import Settings
from core.asking.asker import ModelAsker
from core.model.gateway import Gateway
from core.ports import RunReport, Told, TuningPolicy, Waiting
from core.tending.run import Tuner
from core.tending.shadowing import Shadows
from core.tending.worker import TuningWorker
from core.tuning.session import Progress
from core.vocabulary.clock import Clock
from core.vocabulary.profile import ProfileKey
from storage import Storage


class Worker(Protocol):
    """The tuning worker as the rest sees it, whether all is done here or other processes share the work."""

    @property
    def under_way(self) -> int:
        """For how many members something is done here now."""
        ...

    @property
    def beat(self) -> int:
        """When it last did something; 0: it has not begun."""
        ...

    async def waiting(self) -> Waiting | None:
        """Who waits in the queue that several processes share; None: there is none. StorageError."""
        ...

    def wake(self) -> None:
        """Look again soon."""
        ...

    def progress_of(self, key: ProfileKey) -> Progress | None:
        """How far the member's run is."""
        ...

    def is_busy(self, member_id: int) -> bool:
        """Whether something is under way here for anybody else."""
        ...

    def heard(self, told: Told) -> None:
        """Another process tells how far a run of its is."""
        ...

    def cancel(self, member_id: int) -> Awaitable[object]:
        """Stop what is under way for a member; await the result to know that it has stopped. StorageError."""
        ...

    async def run_forever(self) -> None:
        """Work until cancelled."""
        ...


def policy_of(settings: Settings) -> TuningPolicy:
    """Who is due, as the settings say."""
    return TuningPolicy(quiet_ms=round(settings.quiet_seconds * 1000))


def tuner_of(settings: Settings, storage: Storage, gateway: Gateway, asker: ModelAsker, clock: Clock) -> Tuner:
    """What makes a run; it waits while the database is away."""
    return Tuner(
        storage.patient,
        asker,
        clock,
        caution=settings.caution,
        mode=settings.mode,
        concurrency=settings.concurrency,
        price=gateway.estimate,
    )


def worker_of(
    settings: Settings,
    storage: Storage,
    tuner: Tuner,
    asker: ModelAsker,
    clock: Clock,
    *,
    on_result: Callable[[RunReport], Awaitable[None]] | None = None,
) -> TuningWorker:
    """What makes runs, and shadows, for whoever is due."""
    patient = storage.patient
    shadows = Shadows(patient, asker, clock, concurrency=settings.concurrency)
    return TuningWorker(tuner, shadows, patient.runs, patient.due, clock, policy_of(settings), on_result)
