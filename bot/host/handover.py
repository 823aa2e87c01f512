"""One process that follows another on Discord while both are connected: each question is answered by one of them.

Discord tells both all that happens in their servers. Who follows keeps what is to be answered, and answers none of
it; who leaves tells the ids of all that it has heard, and hears no more. So whatever is not among those is its
follower's, in whatever order the two were told of them.
"""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterator

import structlog

from core.ports import News, Told, Topic
from core.vocabulary.errors import StorageError

KEPT_S = 3.0
"""Discord takes an answer for so long."""

_REMEMBERED_S = 4 * KEPT_S
"""For so long it is known what was heard: Discord may tell one process later than the other."""

_TELLS_EVERY_S = 1.0

_EACH = 300
"""Ids in one piece of news, of which PostgreSQL passes on 8,000 bytes."""

log = structlog.get_logger(__name__)


class Handover:
    """Whose turn it is to answer in one part of a bot. `part` names it and is the same for both processes; `waits`
    while another process answers there; `followed` is set once another waits to follow this one.
    """

    def __init__(
        self, news: News, part: str, *, waits: bool = False, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._news, self._part, self._now_s = news, part, now_s
        self._me, self._follower = uuid.uuid4().int >> 66, 0
        self.waits, self._gone = waits, False
        self.followed = asyncio.Event()
        self._heard: deque[tuple[float, int]] = deque()
        self._kept: deque[tuple[float, int, Callable[[], None]]] = deque()
        self._others: set[int] = set()

    def hear(self, snowflake: int, answer: Callable[[], None]) -> None:
        """An interaction or a message is to be answered: now, or once who answers here has left; or by another."""
        if self._gone:
            return
        if self.waits:
            self._kept.append((self._now_s(), snowflake, answer))
            _drop(self._kept, self._now_s() - KEPT_S)
        elif snowflake not in self._others:
            self._heard.append((self._now_s(), snowflake))
            _drop(self._heard, self._now_s() - _REMEMBERED_S)
            answer()

    async def follow(self, connected: Callable[[], bool], place: Awaitable[None]) -> None:
        """Tell who answers here that it may leave, once this process is connected; ends when it has the place."""
        telling = asyncio.create_task(self._follows(connected))
        try:
            await place
        finally:
            telling.cancel()
        self.begin()

    async def leave(self) -> None:
        """Hear no more, and tell who follows what was heard; where nobody does, go on."""
        if self.followed.is_set():
            self.end()
            for told in self._left():
                await self._tell(told)

    def end(self) -> None:
        """Hear no more: Discord tells whoever asks from here on, and nobody is left with half an answer."""
        self._gone = True

    def _left(self) -> Iterator[Told]:
        _drop(self._heard, self._now_s() - _REMEMBERED_S)
        heard = [str(snowflake) for _, snowflake in self._heard]
        log.info("handover.left", heard=len(heard))
        while True:
            some, heard = heard[:_EACH], heard[_EACH:]
            yield Told(Topic.LEAVES, len(heard), (self._part, str(self._follower), *some))
            if not heard:
                return

    async def _follows(self, connected: Callable[[], bool]) -> None:
        while True:
            if connected():
                await self._tell(Told(Topic.FOLLOWS, self._me, (self._part,)))
            await asyncio.sleep(_TELLS_EVERY_S)

    async def _tell(self, told: Told) -> None:
        try:
            await self._news.tell(told)
        except StorageError as error:  # who follows has the place in the end
            log.warning("handover.untold", problem=str(error))

    def told(self, told: Told) -> None:
        """What another process told."""
        part, *ids = told.more or ("",)
        if part != self._part:
            return
        if told.topic is Topic.FOLLOWS and not self.waits and not self.followed.is_set():
            log.info("handover.followed")
            self._follower = told.subject
            self.followed.set()
        if told.topic is Topic.LEAVES and self.waits and int(ids[0]) == self._me:  # others may wait, too
            self._others.update(map(int, ids[1:]))
            if not told.subject:
                self._answer()

    def begin(self) -> None:
        """Nobody else answers any more. What was kept is dropped where it is not known who answered it."""
        self._kept.clear()
        self.waits = False

    def _answer(self) -> None:
        self.waits = False
        _drop(self._kept, self._now_s() - KEPT_S)
        log.info("handover.begun", kept=len(self._kept))
        while self._kept:
            _, snowflake, answer = self._kept.popleft()
            self.hear(snowflake, answer)


def _drop(kept: deque[tuple[float, int]] | deque[tuple[float, int, Callable[[], None]]], before_s: float) -> None:
    while kept and kept[0][0] < before_s:
        kept.popleft()
