"""What may not be used, as authors and admins say it: kept, and what it is about taken away.

Kept first, so that from then on nothing new comes in, by any road; then what is stored goes, by handfuls. Where
a process dies in between, the next start goes on: what is kept says what is to go. What a server's settings no
longer let count is no part of a label any more, but stays, as settings change to and fro; and what was felt with
the emotions of before lives on with those of now, where they have it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.intake.roster import Roster
from core.ports import Applied, ExclusionStore, LabelStore
from core.vocabulary.changes import CarryOver, Judge, Withhold
from core.vocabulary.clock import Clock
from core.vocabulary.exclusions import Exclusion, What

AT_ONCE = 50
"""Messages in one transaction: others wait for it."""

_RETRY_S = 30.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken away: whose labels changed, and which pictures may not be used (at least there); `dropped`:
    whether anything was stored of them.
    """

    members: frozenset[int] = frozenset()
    images: frozenset[str] = frozenset()
    dropped: bool = False


class Withholding:
    """Keeps noes about pictures, and sees to what follows from them and from settings."""

    def __init__(
        self,
        roster: Roster,
        store: ExclusionStore,
        labels: LabelStore,
        clock: Clock,
        on_applied: Callable[[Applied], None],
        *,
        clean: Callable[..., Awaitable[None]],
        look: Callable[[int, int, int], None],
    ) -> None:
        """`clean` overwrites what deleting has left in a file; `look` has a message (server, channel, id) looked
        at on Discord by and by.
        """
        self._roster, self._store, self._labels, self._clock = roster, store, labels, clock
        self._on_applied, self._clean, self._look = on_applied, clean, look
        self._servers: set[int] = set()
        self._some, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()

    async def say(self, said: Sequence[Exclusion]) -> Taken:
        """Keep what was said, and take away what it is about. Raises StorageError."""
        said = [*said, *(end for one in said if not one.excluded for end in self._copies_of(one))]
        await self._store.put(said)
        self._roster.exclusions.put(said)
        noes = [one for one in said if one.excluded]
        taken = await self._take_away(noes)
        await self._clean(copies=taken.dropped)  # bytes of what had gone before may be left, too
        for one in noes:
            for place in await self._store.nameless(one):  # whoever was forgotten may have posted it
                self._look(*place)
        return taken

    async def covered(self, one: Exclusion) -> tuple[str, ...]:
        """The hashes of pictures that something is stored of, and that an exclusion would be about."""
        return (await self._store.covered(one, limit=AT_ONCE)).images

    def changed(self, server_id: int) -> None:
        """A server's settings have changed: what counts there is judged anew, in the background."""
        self._servers.add(server_id)
        self._idle.clear()
        self._some.set()

    async def idle(self) -> None:
        """Wait until nothing is to be judged."""
        await self._idle.wait()

    async def finish(self) -> None:
        """Take away what a killed process has left; what nobody's name is on a start looks at by itself. Raises
        StorageError.
        """
        taken = await self._take_away([one for one in await self._store.all() if one.excluded])
        if taken.dropped:
            await self._clean()

    async def run(self) -> None:
        """Finish what a killed process has left, then judge for ever what settings have changed."""
        self._servers.update(place.server_id for place in self._roster.places)
        unfinished = True
        while True:
            try:
                if unfinished:
                    await self.finish()
                    unfinished = False
                while self._servers:
                    await self._judge_anew(next(iter(self._servers)))
            except Exception:
                log.exception("withholding.failed")
                await asyncio.sleep(_RETRY_S)
                continue
            self._idle.set()
            self._some.clear()
            await self._some.wait()

    async def _judge_anew(self, server_id: int) -> None:
        self._servers.discard(server_id)
        try:
            while ids := await self._labels.misjudged(server_id, limit=AT_ONCE):
                self._on_applied(await self._labels.apply([Judge(server_id, ids, self._clock.now_ms())]))
            while any(found := await self._labels.of_before(server_id, limit=AT_ONCE)):
                carried = CarryOver(server_id, *found, self._clock.now_ms())
                self._on_applied(await self._labels.apply([carried]))
        except Exception:
            self._servers.add(server_id)
            raise

    async def _take_away(self, said: Sequence[Exclusion]) -> Taken:
        members: set[int] = set()
        images: set[str] = set()
        dropped = False
        for one in said:
            before = None
            while (found := await self._store.covered(one, limit=AT_ONCE)) != before and found:
                before, dropped = found, True
                await self._note_copies(one, found.images)
                members |= await self._drop(found.message_ids, found.images)
                images.update(found.images)
            if one.what is What.PICTURE:
                members |= await self._drop((), (one.subject,))
                images.add(one.subject)
        return Taken(frozenset(members), frozenset(images), dropped or bool(members))

    def _copies_of(self, one: Exclusion) -> list[Exclusion]:
        """With somebody's pictures in a server the copies are let go of that were noted because of them."""
        if one.what is not What.AUTHOR:
            return []
        copies = self._roster.exclusions.copies(one.server_id, one.said_by, one.author_id)
        return [replace(copy, excluded=False, moment=one.moment) for copy in copies]

    async def _note_copies(self, one: Exclusion, images: Sequence[str]) -> None:
        """Of what somebody posted a copy may come by another way, with a command, where nobody's name is on it."""
        if one.what is not What.AUTHOR:
            return
        place = (one.server_id, one.said_by, What.PICTURE)
        copies = [Exclusion(*place, image, one.author_id, True, one.moment) for image in images]
        await self._store.put(copies)
        self._roster.exclusions.put(copies)

    async def _drop(self, message_ids: tuple[int, ...], images: tuple[str, ...]) -> set[int]:
        applied = await self._labels.apply([Withhold(message_ids, images, self._clock.now_ms())])
        self._on_applied(applied)
        return {key.member_id for key in applied.touched}
