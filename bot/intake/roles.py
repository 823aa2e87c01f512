"""Who may label where a server leaves that to some roles, asked of Discord for those who are found reacting.

A live reaction comes with its maker's roles, and so does a press; a list of reactions names people only. So each
of them who counts is looked up, which costs a request, and is remembered for as long as a walk takes.
"""

from collections.abc import Callable, Iterable

import discord

from bot.intake.event_facts import roles_of
from bot.intake.patience import patiently
from bot.intake.reading import Budget
from core.collecting.doors import Act, lacks_role
from core.vocabulary.clock import Clock
from core.vocabulary.server_settings import ServerSettings

_REMEMBERED_MS = 10 * 60 * 1000


class Roles:
    """Looks roles up, and remembers them for a while."""

    def __init__(self, client: Callable[[], discord.Client], clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._known: dict[tuple[int, int], tuple[int, frozenset[int]]] = {}

    async def lacking(self, place: ServerSettings, member_ids: Iterable[int], budget: Budget) -> frozenset[int]:
        """Of some members those who may not label there. Raises OutOfBudget, discord.HTTPException."""
        if not place.label_roles:
            return frozenset()
        now = self._clock.now_ms()
        self._known = {key: found for key, found in self._known.items() if found[0] > now - _REMEMBERED_MS}
        lacking = set()
        for member_id in sorted(set(member_ids)):
            key = (place.server_id, member_id)
            if key not in self._known:
                self._known[key] = (now, await self._asked(place.server_id, member_id, budget))
            if lacks_role(Act.LABEL, place, self._known[key][1]):
                lacking.add(member_id)
        return frozenset(lacking)

    async def _asked(self, server_id: int, member_id: int, budget: Budget) -> frozenset[int]:
        guild = self._client().get_guild(server_id)
        if guild is None:
            return frozenset()
        budget.spend()
        try:
            return roles_of(await patiently(lambda: guild.fetch_member(member_id)))
        except (discord.NotFound, discord.Forbidden):  # who is not there any more has no role there
            return frozenset()
