"""What `feelprint worker` is made of: it tunes for whoever the queue gives it, and is no bot.

What came of a run is in the database, where the bots find it.
"""

from collections.abc import Awaitable, Callable

import structlog

from bot.host.background import Background
from bot.host.tuning import Worker
from core.model.gateway import Gateway
from core.ports import RunReport, Told, Topic
from core.tending.worker import TuningWorker
from core.vocabulary.clock import Clock
from storage import Storage

_PATIENCE_S = 3.0

log = structlog.get_logger(__name__)


class Workshop:
    """Everything that runs; `listeners` get the report of every run."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        gateway: Gateway,
        local: TuningWorker,
        share: Callable[[TuningWorker], Worker],
    ) -> None:
        self.storage, self.clock, self.gateway = storage, clock, gateway
        self.worker, self._local = share(local), local
        self.listeners: list[Callable[[RunReport], Awaitable[None]]] = []
        local.on_result = self._result
        self._background = Background()

    @property
    def at_work(self) -> bool:
        """Whether all that works in the background does."""
        return self._background.at_work

    def start(self) -> None:
        """Begin to work."""
        self._background.begin(self.worker.run_forever, self._listen)

    async def ended(self) -> None:
        """Wait until something that works for ever has ended, and raise why."""
        await self._background.ended()

    async def stop(self) -> None:
        """End what is under way, so that another takes it, and keep what was paid for."""
        await self._background.stop()
        await self.gateway.aclose(_PATIENCE_S)

    async def _listen(self) -> None:
        await self.storage.news.listen(self._heard, lambda: None)

    def _heard(self, told: Told) -> None:
        if told.topic is Topic.FORGOTTEN:
            self._local.cancel(told.subject)
            self.gateway.forget(told.subject)

    async def _result(self, report: RunReport) -> None:
        log.info("tuning.finished", result=report.result, labels=report.n_labels)
        for listener in self.listeners:
            await listener(report)
