"""One turn of one channel: a page of its messages against what is stored, and the differences on their way.

What is stored decides what is verified: known messages that the page should show and does not are gone. A message
that a live event touches from when it was asked for until it is compared is asked for again, as what was read of
it may be out of date: a label that came meanwhile would be taken back.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import discord

from bot.intake.intake import Intake
from bot.intake.reading import PAGE, Budget, OutOfBudget, Readable, Reader, counts_of, may_read
from bot.intake.roles import Roles
from bot.intake.roster import Roster
from bot.intake.shown_pictures import view_of
from core.collecting.compare import Found, compare, differs, emojis_of
from core.collecting.policy import MessageView, Picture, Spot, only_picture
from core.collecting.refusals import Refusal
from core.collecting.turns import Descent
from core.ports import WalkStore
from core.vocabulary.changes import Sighting
from core.vocabulary.clock import Clock
from core.vocabulary.comparison import Known, Snapshot, Stood
from core.vocabulary.emotions import normalise_emoji
from core.vocabulary.facts import MessagesGone, PictureGone, Reacted, Shown
from core.vocabulary.server_settings import ServerSettings

TRIES = 3
"""How often a message is listed in one go while live events keep touching it."""

_ALL = 1_000_000


@dataclass(slots=True)
class Turn:
    """A turn: where, after which absence, how many requests; and what came of it.

    `full`: messages are listed whatever their numbers are, if they were not since that absence. `missed`: what is
    newer than the first and not than the second was posted while nobody listened. `again`: messages that nobody
    could look at now.
    """

    place: ServerSettings
    round: int
    budget: Budget
    full: bool = False
    missed: tuple[int, int] = (0, 0)
    found: int = 0
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    added: list[tuple[int, Stood, asyncio.Future[Refusal | None]]] = field(default_factory=list)
    again: set[int] = field(default_factory=set)


class Comparer:
    """Compares messages and feeds the differences to the intake."""

    def __init__(
        self,
        reader: Reader,
        roster: Roster,
        walks: WalkStore,
        intake: Intake,
        clock: Clock,
        *,
        roles: Roles,
        on_missed: Callable[[discord.Message], None],
    ) -> None:
        """`on_missed` is told of messages that were posted while nobody listened."""
        self._reader, self._roster, self._walks = reader, roster, walks
        self._intake, self._clock, self._on_missed = intake, clock, on_missed
        self._roles = roles

    async def page(self, channel: Readable, descent: Descent, turn: Turn) -> None:
        """Compare the next page of a channel, or as much of it as the budget allows. Raises OutOfBudget."""
        newest = await self._walks.below(channel.id, descent.at)
        with self._intake.watching() as touched:
            page = await self._reader.page(channel, descent.at, turn.budget)
            if not may_read(channel):
                return
            short = len(page) < PAGE
            low = 0 if short else page[-1].id
            top = max([message.id for message in page[:1]] + list(newest), default=0) + 1
            known_here = await self._walks.below(channel.id, min(top, descent.at), down_to=low, limit=_ALL)
            if lost := set(known_here) - {message.id for message in page}:
                turn.found += len(lost)
                self._intake.put(MessagesGone(tuple(sorted(lost))))
            reached = descent.at
            whole = False
            try:
                known = await self._walks.known([message.id for message in page])
                for message in page:
                    if turn.missed[0] < message.id <= turn.missed[1]:
                        self._on_missed(message)
                    await self._message(message, known.get(message.id, Known()), turn, touched)
                    reached = message.id
                whole = True
            finally:
                await self.settle(turn)
                if whole or reached < descent.at:
                    below = reached if not whole else low
                    next_known = await self._walks.below(channel.id, below)
                    descent.read(top - 1, below, next(iter(next_known), None), bottom=whole and short)

    async def message(self, channel: Readable, message_id: int, turn: Turn) -> None:
        """Compare one message in full, if it is still there. Raises OutOfBudget."""
        with self._intake.watching() as touched:
            message = await self._reader.message(channel, message_id, turn.budget)
            if message is not None:
                await self._message(message, replace(await self._known(message_id), round=-1), turn, touched)

    async def _known(self, message_id: int) -> Known:
        return (await self._walks.known([message_id])).get(message_id, Known())

    async def _message(self, message: discord.Message, known: Known, turn: Turn, touched: set[int]) -> None:
        """Compare one message, asked for again while live events keep touching it. Raises OutOfBudget."""
        for _ in range(TRIES):
            with suppress(discord.NotFound):  # deleted since it was read, which says nothing of its channel
                if message.id not in touched and await self._compared(message, known, turn, touched):
                    return
            touched.discard(message.id)
            fresh = await self._reader.message(message.channel, message.id, turn.budget)  # type: ignore[arg-type]
            if fresh is None:
                self._intake.put(MessagesGone((message.id,)))
                return
            message, known = fresh, replace(await self._known(message.id), round=known.round)
        turn.again.add(message.id)

    async def _compared(self, message: discord.Message, known: Known, turn: Turn, touched: set[int]) -> bool:
        """Compare it as it was read; False where an event touched it meanwhile. Raises OutOfBudget."""
        view = view_of(message)
        sources = tuple(picture.source for picture in view.pictures)
        seen = known.sighting
        if (
            seen is not None
            and seen.source is not None
            and seen.source not in sources
            and self._sees_pictures(message)
        ):
            turn.found += 1
            self._intake.put(PictureGone(message.id, sources))
            return True
        if known.rated.difference(sources) and self._sees_pictures(message):
            turn.found += 1
            self._intake.put(PictureGone(message.id, sources))
            touched.discard(message.id)
        refusal = self._roster.exclusions.refusal
        of_all = refusal(view.spot)
        if of_all and known.rated and self._sees_pictures(message):  # of who was forgotten, then said no
            turn.found += 1
            self._intake.put(PictureGone(message.id, ()))
            touched.discard(message.id)
        said = of_all or (seen and refusal(view.spot, seen.image_hash))
        if seen is not None and (now := _stands(seen, view, named=bool(said))) != seen:
            self._intake.put(Shown(message.id, now))
            touched.discard(message.id)
        usable = isinstance(only_picture(view, turn.place, self._roster.exclusions), Picture)
        meant = frozenset(normalise_emoji(e.emoji) for e in turn.place.label_set.emotions if e.emoji)
        emojis = emojis_of(meant if usable else (), known)
        counts = counts_of(message, emojis)
        if not emojis or not self._is_news(counts, known, emojis, turn):
            return True
        cost = sum(-(-count // PAGE) for pair in counts.values() for count in pair)
        if cost > turn.budget.left:
            if cost < turn.budget.whole:  # one went for the page
                raise OutOfBudget
            return True  # more people than a whole walk can list
        mark = self._roster.noes.last
        present, totals = await self._reader.listing(message, emojis, turn.budget)
        barred = await self._barred(present - known.stored - known.declined, turn)
        known = await self._known(message.id)
        if message.id in touched:
            return False
        since = self._since(view.spot, known.sighting, barred)
        self._feed(message, compare(message.id, present, totals, known, emojis, since=since), mark, turn)
        return True

    async def settle(self, turn: Turn) -> None:
        """Wait for what was fed to be written, and keep what the messages showed.

        What could not be written now is in none of the numbers, so that they differ for whoever looks next, also
        after a kill; and as they may hide it all the same, the message counts as never listed.
        """
        for message_id, stood, written in turn.added:
            refused = await written
            if refused is Refusal.NOT_KEPT:
                turn.snapshots[message_id] = replace(turn.snapshots[message_id], round=0)
            elif refused is not None:
                turn.snapshots[message_id] = _not_stored(turn.snapshots[message_id], stood)
        snapshots = list(turn.snapshots.values())
        turn.added.clear()
        turn.snapshots.clear()
        if snapshots:
            await self._walks.looked(snapshots)

    def _is_news(
        self, counts: dict[str, tuple[int, int]], known: Known, emojis: frozenset[str], turn: Turn
    ) -> bool:
        if differs(counts, known, emojis):
            return True
        if counts:
            return turn.full and known.round < turn.round
        return known.mark is None or known.mark < self._roster.noes.last  # nobody stands there: that costs nothing

    async def _barred(self, standing: Iterable[Stood], turn: Turn) -> frozenset[int]:
        """Who of those that stand there may not label in that server."""
        members = {member_id for member_id, _, _ in standing if self._roster.joined(member_id)}
        return await self._roles.lacking(turn.place, members, turn.budget)

    def _since(self, spot: Spot, seen: Sighting | None, barred: frozenset[int]) -> Callable[[int], int | None]:
        used = self._roster.exclusions.since(spot, seen.image_hash if seen else None)

        def since(member_id: int) -> int | None:
            joined = self._roster.joined(member_id) and member_id not in barred
            return max(used, self._roster.noes.counts_from(member_id, spot.server_id or 0)) if joined else None

        return since

    def _feed(self, message: discord.Message, found: Found, mark: int, turn: Turn) -> None:
        turn.snapshots[message.id] = Snapshot(
            message.id, message.channel.id, turn.round, mark, found.others, found.declined
        )
        turn.found += len(found.removed) + len(found.added)
        for member_id, emoji, burst in sorted(found.removed):
            self._intake.put(self._reacted(message, turn, member_id, emoji, burst))
        for stood, made_after in sorted(found.added.items()):
            fact = replace(self._reacted(message, turn, *stood), added=True, made_after=made_after)
            turn.added.append((message.id, stood, asyncio.ensure_future(self._intake.settle(fact))))

    def _reacted(self, message: discord.Message, turn: Turn, member_id: int, emoji: str, burst: bool) -> Reacted:
        """One that was taken back."""
        return Reacted(
            False,
            member_id,
            message.id,
            message.channel.id,
            turn.place.server_id or None,  # none in direct messages
            emoji,
            burst,
            by_bot=False,
            at=self._clock.now_ms(),
            parent_id=getattr(message.channel, "parent_id", None),
        )

    def _sees_pictures(self, message: discord.Message) -> bool:
        """Whether the client is shown what messages hold; without that, none has a picture."""
        return bool(message._state._intents.message_content)


def _stands(seen: Sighting, view: MessageView, *, named: bool) -> Sighting:
    """What is stored of a message, as it stands now; the same where what it shows is not told.

    Who posted it is not said again of whoever was forgotten, unless it is to be `named` because they said no.
    """
    shown = next((p for p in view.pictures if seen.source in (None, p.source)), None)
    if shown is None:
        return seen
    stands = replace(seen, source=shown.source, spoiler=shown.spoiler, nsfw=view.nsfw)
    author_id = view.author_id if named or seen.author_id is not None else None
    return replace(stands, author_id=author_id, parent_id=view.parent_id)


def _not_stored(snapshot: Snapshot, stood: Stood) -> Snapshot:
    """A snapshot when a reaction turned out not to count: then it is one of the others."""
    _, emoji, burst = stood
    normal, super_ = snapshot.others.get(emoji, (0, 0))
    counts = (normal, super_ + 1) if burst else (normal + 1, super_)
    return replace(snapshot, others={**snapshot.others, emoji: counts})
