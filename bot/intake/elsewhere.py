"""What other processes have done, taken over here as they tell it: so each counts, shows and forgets at once.

Whatever is told is read from the database, which alone knows; and all of it is read anew when something may have
been missed, as it is now and then anyway.
"""

import asyncio
from collections.abc import Callable

import structlog

from bot.intake.roster import Roster
from core.ports import News, Told, Topic

log = structlog.get_logger(__name__)


class Elsewhere:
    """Listens to other processes. `missed` is set where all is to be read anew."""

    def __init__(
        self,
        news: News,
        roster: Roster,
        *,
        on_progress: Callable[[Told], None],
        on_forgotten: Callable[[int], None],
        on_pictures: Callable[[], None],
        on_handover: Callable[[Told], None],
    ) -> None:
        """`on_forgotten` keeps nothing at hand of who was erased, `on_pictures` none that may not be used now;
        `on_handover` hears who follows whom, after all that was told before is taken over.
        """
        self._news, self._roster = news, roster
        self._on_progress, self._on_forgotten, self._on_pictures = on_progress, on_forgotten, on_pictures
        self._on_handover = on_handover
        self._told: asyncio.Queue[Told] = asyncio.Queue()
        self.missed = asyncio.Event()

    async def run(self) -> None:
        """Listen for ever."""
        async with asyncio.TaskGroup() as together:
            together.create_task(self._news.listen(self._heard, self.missed.set))
            together.create_task(self._take_over())

    def _heard(self, told: Told) -> None:
        if told.topic is Topic.PROGRESS:
            self._on_progress(told)
        else:
            self._told.put_nowait(told)

    async def _take_over(self) -> None:
        while True:
            told = await self._told.get()
            try:
                await self._taken(told)
            except Exception:
                log.exception("elsewhere.not_taken", topic=told.topic.value)
                self.missed.set()

    async def _taken(self, told: Told) -> None:
        match told.topic:
            case Topic.MEMBER:
                await self._roster.standing_stored(told.subject)
            case Topic.FORGOTTEN:
                await self._roster.forgotten(told.subject)
                self._on_forgotten(told.subject)
            case Topic.SERVER:
                await self._roster.saved(told.subject)
            case Topic.MOOD:
                await self._roster.moods.told(told.subject)
            case Topic.EXCLUSIONS:
                await self._roster.excluded()
                self._on_pictures()
            case Topic.FOLLOWS | Topic.LEAVES:
                self._on_handover(told)
