"""Who has joined and what servers chose, kept in memory.

Every reaction in every channel is judged against these, and nearly all are rejected, so the judgement
must not touch the database. `LabelStore.apply` checks consent again inside its transaction; this copy
only decides what is worth fetching.
"""

from core.ports import MemberStore, ServerStore
from core.vocabulary.consent import CONSENT_VERSION, Membership, may_collect
from core.vocabulary.server_settings import ServerSettings


class Roster:
    """A copy of consent and settings; every change of either goes through here."""

    def __init__(self, members: MemberStore, servers: ServerStore) -> None:
        self._members, self._servers = members, servers
        self._joined: set[int] = set()
        self._settings: dict[int, ServerSettings] = {}

    async def refresh(self) -> None:
        """Read both anew: at start, and now and then where other processes write too."""
        self._joined = set(await self._members.joined_ids())
        self._settings = {settings.server_id: settings for settings in await self._servers.all()}

    def joined(self, member_id: int) -> bool:
        """Whether this member's reactions may be collected."""
        return member_id in self._joined

    @property
    def joined_ids(self) -> frozenset[int]:
        """Everybody whose reactions may be collected."""
        return frozenset(self._joined)

    def place(self, server_id: int | None) -> ServerSettings | None:
        """A server's settings, the defaults where it has none; None in direct messages."""
        if server_id is None:
            return None
        return self._settings.get(server_id) or ServerSettings(server_id)

    @property
    def places(self) -> tuple[ServerSettings, ...]:
        """Every server that has settings."""
        return tuple(self._settings.values())

    async def membership(self, member_id: int) -> Membership | None:
        """The member's consent as stored."""
        return await self._members.membership(member_id)

    async def join(self, member_id: int, at: int) -> bool:
        """Record consent; whether it is new."""
        before = await self._members.membership(member_id)
        await self._members.join(member_id, CONSENT_VERSION, at)
        if before is not None and before.paused:
            await self._members.pause(member_id, paused=False)
        self._joined.add(member_id)
        return not may_collect(before)

    async def pause(self, member_id: int) -> None:
        """Collect nothing new of a member."""
        self._joined.discard(member_id)
        await self._members.pause(member_id, paused=True)

    async def forget(self, member_id: int) -> int:
        """Erase a member; how many labels that were."""
        self._joined.discard(member_id)
        return await self._members.forget(member_id)

    async def save(self, settings: ServerSettings) -> None:
        """Store a server's settings."""
        await self._servers.save(settings)
        self._settings[settings.server_id] = settings

    def server_gone(self, server_id: int) -> None:
        """Forget the copy of a server that the bot has left."""
        self._settings.pop(server_id, None)
