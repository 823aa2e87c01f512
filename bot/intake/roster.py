"""How everybody stands, what servers chose and what is not to be used, kept in memory.

Every reaction in every channel is judged against these, and nearly all are rejected, so the judgement
must not touch the database. `LabelStore.apply` checks consent again inside its transaction; this copy
only decides what is worth fetching.

All are read anew now and then, as other processes write too. What is here holds until the reading is whole,
and what changed meanwhile is put on top of it: a reading may have begun before the change.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.intake.active_moods import OwnMoods
from bot.intake.noes import Noes
from core.collecting.excluded import Exclusions
from core.ports import ExclusionStore, MemberStore, OwnMoodStore, ServerStore
from core.vocabulary.consent import CONSENT_VERSION, Membership, Past, Standing, may_collect, standing_of
from core.vocabulary.emotions import LabelSet
from core.vocabulary.server_settings import ServerSettings, label_set_at


@dataclass(slots=True)
class _Changes:
    """What changed while the database was read; None: the server is gone."""

    standings: dict[int, Standing] = field(default_factory=dict)
    settings: dict[int, ServerSettings | None] = field(default_factory=dict)
    forgotten: set[int] = field(default_factory=set)


class Roster:
    """A copy of consent, settings and exclusions; every change of the first two goes through here."""

    def __init__(
        self,
        members: MemberStore,
        servers: ServerStore,
        exclusions: ExclusionStore,
        moods: OwnMoodStore,
        mine: Callable[[int | None], bool] = lambda _: True,
    ) -> None:
        """`mine` is whether this process has a server's shard, or that of direct messages (None)."""
        self.mine = mine
        self._members, self._servers, self._excluded = members, servers, exclusions
        self.exclusions = Exclusions()
        self._standings: dict[int, Standing] = {}
        self._settings: dict[int, ServerSettings] = {}
        self.noes = Noes(members)
        self.moods = OwnMoods(moods)
        self.on_saved: Callable[[int], None] = lambda _: None
        self._readings: list[_Changes] = []
        self._leaving: dict[int, Standing] = {}
        self._let_go: set[int] = set()

    async def refresh(self) -> None:
        """Read all anew: at start, and now and then where other processes write too."""
        with self._missed() as missed:
            await self.noes.refresh()
            await self.moods.refresh()
            self.exclusions.put(await self._excluded.all())
            standings = dict(await self._members.standings())
            settings = {place.server_id: place for place in await self._servers.all()}
        self._standings, self._settings = standings, settings
        for member_id, standing in missed.standings.items():
            self._note(member_id, standing)
        for member_id in missed.forgotten:
            self.exclusions.drop_taken_back(member_id)
        for server_id, place in missed.settings.items():
            self._settle(server_id, place)

    def standing(self, member_id: int) -> Standing:
        """How somebody stands, as far as this process knows."""
        return self._leaving.get(member_id) or self._standings.get(member_id, Standing.ABSENT)

    async def standing_stored(self, member_id: int) -> Standing:
        """How somebody stands by the database: before they are refused, as they may have joined elsewhere."""
        with self._missed() as missed:
            membership = await self._members.membership(member_id)
            if membership is not None:
                self.noes.began(member_id, membership.counts_from)
            if member_id not in missed.standings:
                self._note(member_id, standing_of(membership))
        return self.standing(member_id)

    async def forgotten(self, member_id: int) -> None:
        """Somebody was erased by another process."""
        await self.standing_stored(member_id)
        self._drop(member_id)

    async def saved(self, server_id: int) -> None:
        """Another process has stored a server's settings."""
        with self._missed() as missed:
            settings = await self._servers.settings(server_id)
            if server_id in missed.settings:
                return
        self._settle(server_id, settings)
        if self.mine(server_id):
            self.on_saved(server_id)

    async def excluded(self) -> None:
        """Another process has kept something that was said about pictures."""
        self.exclusions.put(await self._excluded.all())

    def joined(self, member_id: int) -> bool:
        """Whether this member's reactions may be collected."""
        return self.standing(member_id) is Standing.JOINED

    def wants_past(self, past: Past) -> bool:
        """Whether a wish to count the past still holds."""
        return self.joined(past.member_id) and past in self.noes.pasts_to_count

    def place(self, server_id: int | None) -> ServerSettings | None:
        """A server's settings, the defaults where it has none; None in direct messages."""
        if server_id is None:
            return None
        return self._settings.get(server_id) or ServerSettings(server_id)

    def label_set(self, server_id: int | None, member_id: int | None = None) -> LabelSet:
        """The label set that holds in a server, or in direct messages; for a member, in their active mood."""
        label_set = label_set_at(self.place(server_id))
        return label_set if member_id is None else label_set.of_mood(self.moods.of(member_id))

    @property
    def places(self) -> tuple[ServerSettings, ...]:
        """Every server of this process that has settings."""
        return tuple(place for place in self._settings.values() if self.mine(place.server_id))

    async def membership(self, member_id: int) -> Membership | None:
        """The member's consent as stored."""
        return await self._members.membership(member_id)

    async def join(self, member_id: int, at: int, moment: int | None = None) -> bool:
        """Record consent, which ends a pause; whether it is new. `moment`: when, in Discord's time."""
        before = await self._members.membership(member_id)
        await self._members.join(member_id, CONSENT_VERSION, at, moment)
        if (now := await self._members.membership(member_id)) is not None:
            self.noes.began(member_id, now.counts_from)
        self._note(member_id, Standing.JOINED)
        return not may_collect(before)

    async def pause(self, member_id: int) -> None:
        """Collect nothing new of a member, from this moment on."""
        with self._leaves(member_id, Standing.PAUSED):
            await self._members.pause(member_id, paused=True)

    async def forget(self, member_id: int) -> int:
        """Erase a member; how many labels that were."""
        with self._leaves(member_id, Standing.ABSENT):
            labels = await self._members.forget(member_id)
        self._drop(member_id)
        return labels

    async def save(self, settings: ServerSettings) -> None:
        """Store a server's settings."""
        await self._servers.save(settings)
        self._settle(settings.server_id, settings)
        self.on_saved(settings.server_id)

    async def server_back(self, server_id: int) -> None:
        """Read anew what is still stored of a server that came back while it was let go."""
        if server_id in self._let_go:
            await self.refresh()
            self._let_go.discard(server_id)

    def server_gone(self, server_id: int) -> None:
        """Forget the copy of a server that the bot has left."""
        self._let_go.add(server_id)
        self.exclusions.drop_server(server_id)
        self._settle(server_id, None)

    def _drop(self, member_id: int) -> None:
        for reading in self._readings:
            reading.forgotten.add(member_id)
        self.moods.forget(member_id)
        self.exclusions.drop_taken_back(member_id)

    def _note(self, member_id: int, standing: Standing) -> None:
        for reading in self._readings:
            reading.standings[member_id] = standing
        if standing is Standing.ABSENT:
            self._standings.pop(member_id, None)
        else:
            self._standings[member_id] = standing

    def _settle(self, server_id: int, settings: ServerSettings | None) -> None:
        for reading in self._readings:
            reading.settings[server_id] = settings
        if settings is None:
            self._settings.pop(server_id, None)
        else:
            self._settings[server_id] = settings

    @contextmanager
    def _missed(self) -> Iterator[_Changes]:
        """What changes here while the database is read."""
        missed = _Changes()
        self._readings.append(missed)
        try:
            yield missed
        finally:
            self._readings = [reading for reading in self._readings if reading is not missed]

    @contextmanager
    def _leaves(self, member_id: int, standing: Standing) -> Iterator[None]:
        """Hold a pause or an erasure for done while it is written; where that fails, what was before holds."""
        self._leaving[member_id] = standing
        try:
            yield
        except BaseException:
            self._leaving.pop(member_id, None)
            raise
        self._leaving.pop(member_id, None)
        if member_id in self._standings:  # or they were forgotten while a pause was written
            self._note(member_id, standing)
