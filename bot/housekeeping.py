"""What is done now and then without anybody asking: what others changed is read, what is old is let go.

Each work goes on for ever and survives whatever goes wrong in it, which is logged; the next turn finds what is
left.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import structlog

from bot.intake.catchup import CatchUp
from bot.intake.elsewhere import Elsewhere
from bot.intake.roster import Roster
from core.tending.retention import Retention
from core.vocabulary.clock import Clock
from core.vocabulary.moments import moment_of
from storage import Storage

_REFRESH_S, _TIDY_S, _PRUNE_S = 60.0, 6 * 60 * 60.0, 24 * 60 * 60.0
_LOOKS_MS = 28 * 24 * 60 * 60 * 1000
"""What messages showed of nobody in particular is kept for four weeks after they were posted."""

log = structlog.get_logger(__name__)


class Housekeeping:
    """Works for ever, each a task of its own."""

    def __init__(  # noqa: PLR0917 - the composition root names them all
        self,
        storage: Storage,
        roster: Roster,
        elsewhere: Elsewhere,
        catchup: CatchUp,
        retention: Retention,
        clock: Clock,
    ) -> None:
        self._storage, self._roster, self._elsewhere = storage, roster, elsewhere
        self._catchup, self._retention, self._clock = catchup, retention, clock

    @property
    def works(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        """All of them but keeping up with other processes."""
        return self.keep_tidy, self.keep_small

    async def keep_roster(self) -> None:
        """Read anew what other processes may have changed: once a minute, and when news of it were missed."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_REFRESH_S):
                    await self._elsewhere.missed.wait()
            self._elsewhere.missed.clear()
            try:
                await self._roster.refresh()
            except Exception:
                log.exception("roster.stale")

    async def keep_tidy(self) -> None:
        """Forget what is kept for a time only, also where nobody writes anything by which it would go."""
        while True:
            try:
                await self._catchup.erase_left()
                await self._storage.labels.tidy()
                await self._storage.walks.prune(None, moment_of(self._clock.now_ms() - _LOOKS_MS))
            except Exception:
                log.exception("storage.untidy")
            await asyncio.sleep(_TIDY_S)

    async def keep_small(self) -> None:
        """Let go of what is old and nobody needs, once a day."""
        while True:
            try:
                log.info("storage.pruned", **asdict(await self._retention.prune()))
            except Exception:
                log.exception("storage.unpruned")
            await asyncio.sleep(_PRUNE_S)
