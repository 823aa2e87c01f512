"""From when on reactions count, for everybody: a copy of every no and of every answer about the past.

It only decides what is worth asking Discord for; the transaction that writes asks the same policy again.
"""

from dataclasses import replace

from core.ports import MemberStore
from core.vocabulary.consent import Past, counts_from
from core.vocabulary.moments import NEVER


class Noes:
    """The moments of joining (again), and what was answered about the past."""

    def __init__(self, members: MemberStore) -> None:
        self._members = members
        self._starts: dict[int, int] = {}
        self._pasts: dict[tuple[int, int], Past] = {}

    async def refresh(self) -> None:
        """Read them anew. Moments only grow, so what changed meanwhile is not undone."""
        for member_id, start in (await self._members.starts()).items():
            self.began(member_id, start)
        for past in await self._members.pasts():
            key = (past.member_id, past.server_id)
            self._pasts[key] = max(past, self._pasts.get(key, past), key=lambda p: (p.moment, p.done))

    def began(self, member_id: int, start: int) -> None:
        """A member joined, or came back from a pause."""
        self._starts[member_id] = max(start, self._starts.get(member_id, 0))

    def counts_from(self, member_id: int, server_id: int) -> int:
        """The moment from which a member's reactions count in a server."""
        return counts_from(self._starts.get(member_id, NEVER), self._pasts.get((member_id, server_id)))

    @property
    def last(self) -> int:
        """The last moment at which anybody said no, as far as is known here."""
        noes = [past.moment for past in self._pasts.values() if not past.wanted]
        return max([*self._starts.values(), *noes], default=0)

    @property
    def pasts_to_count(self) -> tuple[Past, ...]:
        """Wishes to count the past that hold and are not done."""
        wanted = [past for past in self._pasts.values() if past.wanted and not past.done]
        return tuple(past for past in wanted if past.moment >= self._starts.get(past.member_id, NEVER))

    async def answer(self, past: Past, at: int) -> None:
        """Keep whether reactions from before count in a server."""
        await self._members.answer_past(past, at)
        self._pasts[past.member_id, past.server_id] = past

    async def done(self, past: Past, at: int) -> None:
        """All of a past was looked at."""
        if self._pasts.get((past.member_id, past.server_id)) == past:
            await self.answer(replace(past, done=True), at)
