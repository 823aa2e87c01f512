"""Places for heavy work, few in number and in bytes, given out by turns among people.

Whoever asks for much waits behind themselves: places go round by owner, not by arrival, so one person's
forty pictures cost another at most the one under way. Who waits holds no place, and so no bytes yet.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class TooMuchWaiting(Exception):
    """More waits already, for one owner or for all, than there is room to wait for."""


class Turns:
    """`places` at once, and `room` bytes among them; one owner has at most `each` of the places.

    At most `own` wait for one owner and `everybody` in all. Belongs to one event loop.
    """

    def __init__(
        self, places: int, *, room: int = 0, each: int | None = None, own: int = 24, everybody: int = 400
    ) -> None:
        self._places, self._room, self._whole_room = places, room, room
        self._each, self._own, self._everybody = each or places, own, everybody
        self._waiting: OrderedDict[Hashable, deque[tuple[int, asyncio.Future[None]]]] = OrderedDict()
        self._has: Counter[Hashable] = Counter()

    @asynccontextmanager
    async def place(self, owner: Hashable, size: int = 0, *, patient: bool = False) -> AsyncIterator[None]:
        """A place for `size` bytes, as soon as it is this owner's turn. Raises as `take` does."""
        await self.take(owner, size, patient=patient)
        try:
            yield
        finally:
            self.give(owner, size)

    async def take(self, owner: Hashable, size: int = 0, *, patient: bool = False) -> None:
        """A place that is given back with `give`, exactly once.

        Raises TooMuchWaiting before waiting, but not for the `patient`: work that must not be lost, and is
        bounded where it comes from.
        """
        if not patient and self._crowded(owner):
            raise TooMuchWaiting
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append((self._held(size), turn))
        self._hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._hand_out()
            else:  # the turn came in the same moment
                self.give(owner, size)
            raise

    def give(self, owner: Hashable, size: int = 0) -> None:
        """The place is free again."""
        self._places += 1
        self._room += self._held(size)
        self._has[owner] -= 1
        if not self._has[owner]:
            del self._has[owner]
        if owner in self._waiting:
            self._waiting.move_to_end(owner)  # whoever waited meanwhile comes before who was just served
        self._hand_out()

    def _crowded(self, owner: Hashable) -> bool:
        if len(self._waiting.get(owner, ())) >= self._own:
            return True
        return sum(map(len, self._waiting.values())) >= self._everybody

    def _held(self, size: int) -> int:
        return min(size, self._whole_room)  # what is larger than all the room has it for itself

    def _hand_out(self) -> None:
        """Give what is free to whoever's turn it is."""
        while self._places and (found := self._next()):
            (owner,) = found
            size, turn = self._waiting[owner][0]
            if size > self._room:
                return  # it stays their turn until there is room: nobody with less passes them by for ever
            self._waiting[owner].popleft()
            self._waiting.move_to_end(owner)
            self._places -= 1
            self._room -= size
            self._has[owner] += 1
            turn.set_result(None)

    def _next(self) -> tuple[Hashable] | None:
        """Who has waited longest for a turn and has not their share already; who went away is let go."""
        for owner, queue in list(self._waiting.items()):
            while queue and queue[0][1].done():
                queue.popleft()
            if not queue:
                del self._waiting[owner]
            elif self._has[owner] < self._each:
                return (owner,)
        return None
