"""The next picture for a member to label, at hand before they have answered about the one before.

Every picture is judged when it is dealt: by the same policy as a reaction to it, by the rights of whoever
looks, and by whether they have labelled it. What is in memory is only for speed: a card names its picture,
which is found again after a restart; what was skipped may then come once more.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import discord

from bot.intake.album import Album, Ref
from bot.intake.roster import Roster
from bot.intake.source import MessageSource
from core.collecting.dealing import NOTHING, Known, order, wanted
from core.collecting.policy import MessageView, Picture, Use, may_use, may_use_image
from core.ports import LabelStore
from core.predicting.knowledge import Knowledge
from core.vocabulary.changes import Origin
from core.vocabulary.emotions import LabelSet
from core.vocabulary.errors import ImageError
from core.vocabulary.images import Image, reference_of
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings

_HANDS, _LOOKED_UP = 100, 100
"""Members whose pictures are at hand, and pictures of which is looked up what is known, at once."""

_ENOUGH, _PAGES = 24, 4
"""Pictures to choose from, and how many pages further back are read for them at once."""


_PAGES_BACK = 2
"""The same for pictures that were labelled already: a card without them is no worse than a slow one."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """A picture on a card: the message that shows it, which of its pictures it is, and its pixels."""

    message: MessageView
    picture: Picture
    image: Image
    caption: str = ""

    @property
    def ref(self) -> Ref:
        """Which picture it is."""
        return self.message.message_id, self.picture.source

    @property
    def origin(self) -> Origin:
        """Where it stands, as a rating keeps it."""
        view = self.message
        return Origin(view.message_id, view.channel_id, view.author_id or 0, self.picture.source)


@dataclass(frozen=True, slots=True)
class Looker:
    """Who is dealt to, and where: `nsfw` pictures are shown only in channels that are so themselves."""

    member: discord.Member
    place: ServerSettings
    label_set: LabelSet
    nsfw: bool = False

    @property
    def key(self) -> ProfileKey:
        """Whose labels they become."""
        return ProfileKey(self.member.id, self.label_set.id)


@dataclass(slots=True)
class _Hand:
    """What one member has before them in one server, in one mood."""

    current: Dealt | None = None
    shown: dict[Ref, Dealt] = field(default_factory=dict)
    skipped: set[Ref] = field(default_factory=set)
    skipped_before: set[Ref] = field(default_factory=set)
    known: dict[str, Known] = field(default_factory=dict)
    unusable: set[Ref] = field(default_factory=set)
    coming: asyncio.Task[Dealt | None] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Dealer:
    """Deals pictures, one ahead."""

    def __init__(
        self, album: Album, roster: Roster, source: MessageSource, labels: LabelStore, knowledge: Knowledge
    ) -> None:
        self._album, self._roster, self._source = album, roster, source
        self._labels, self._knowledge = labels, knowledge
        self._hands: OrderedDict[tuple[int, int, int], _Hand] = OrderedDict()

    def lock(self, who: Looker) -> asyncio.Lock:
        """Held while one press of theirs is answered."""
        return self._hand(who).lock

    def skip(self, who: Looker, ref: Ref) -> None:
        """They do not want to say: it comes again only in another deck, after all others."""
        self._hand(who).skipped.add(ref)

    def forget(self) -> None:
        """Drop every picture that is at hand: one of them may be the last copy."""
        for hand in self._hands.values():
            if hand.coming is not None:
                hand.coming.cancel()
        self._hands.clear()
        self._album.forget()

    async def begin(self, who: Looker, most: int) -> int:
        """A deck begins: how many pictures there are for it, up to so many."""
        hand = self._hand(who)
        hand.skipped_before |= hand.skipped
        hand.skipped.clear()
        hand.current = None
        hand.unusable.clear()
        hand.known.clear()
        return len((await self._open(who))[:most])

    async def held(self, who: Looker, message_id: int, channel_id: int, mark: str) -> Dealt | None:
        """The picture that a card names, judged anew; None: it is gone, or may not be used (any more)."""
        for ref, dealt in self._hand(who).shown.items():
            if ref[0] == message_id and mark_of(ref[1]) == mark:
                view = await self._source.message(who.place.server_id, channel_id, message_id)
                usable = view is not None and any(p.source == ref[1] for p in view.pictures)
                return dealt if usable and self._may(who, dealt.message, dealt.picture, dealt.image) else None
        view = await self._source.message(who.place.server_id, channel_id, message_id)
        pictures = view.pictures if view is not None else ()
        for picture in pictures:
            if view is not None and mark_of(picture.source) == mark:
                return await self._dealt(who, view, picture)
        return None

    async def hash_of(self, message_id: int, mark: str) -> str | None:
        """Which image a card's picture was, shown any more or not; None: then nobody's label of it is kept."""
        stored = await self._labels.images_in([message_id])
        return next((found for (_, source), found in stored.items() if mark_of(source) == mark), None)

    async def shown_here(
        self, who: Looker, references: Collection[str], enough: int
    ) -> Mapping[str, tuple[MessageView, Picture]]:
        """Where pictures stand that may be shown to them here now, of those whose references are given, labelled
        or not; a page further back is read only while fewer than `enough` are found.
        """
        found: dict[str, tuple[MessageView, Picture]] = {}
        for page in range(_PAGES_BACK):
            if len(found) >= min(enough, len(references)):
                break
            views = await self._album.views(who.place, who.member, deeper=page > 0)
            usable = [(v, p) for v in views for p in v.pictures if self._may_show(who, v, p)]
            hashes = await self._labels.images_in([view.message_id for view, _ in usable])
            for view, picture in usable:
                ref = (view.message_id, picture.source)
                image_hash = hashes.get(ref, "")
                excluded = may_use_image(image_hash, view.spot, self._roster.exclusions) is not None
                if reference_of(image_hash) in references and not excluded and not self._source.is_gone(*ref):
                    found.setdefault(image_hash, (view, picture))
            if self._album.exhausted(who.place, who.member):
                break
        return found

    async def next(self, who: Looker, *, after: Ref | None = None) -> Dealt | None:
        """The next picture, and the one behind it is fetched meanwhile. `after`: the one that is done with."""
        hand, before = self._hand(who), self._hand(who).current
        if before is not None and before.ref != after and await self._stands(who, before):
            return before  # a press on a card that was answered already
        coming, hand.coming = hand.coming, None
        dealt = None
        if coming is not None:
            await asyncio.wait((coming,))
            if not coming.cancelled() and coming.exception() is None:
                dealt = coming.result()
        if dealt is None or dealt.ref == after or not await self._stands(who, dealt):
            dealt = await self._find(who, hand, {after} if after else set())
        if dealt is not None:
            self.show(who, dealt, after=after)
        return dealt

    def show(self, who: Looker, dealt: Dealt, *, after: Ref | None = None) -> None:
        """A picture is before them now: keep it and the one before at hand, and get the next one."""
        hand = self._hand(who)
        hand.current = dealt
        hand.shown = {ref: one for ref, one in hand.shown.items() if ref == after} | {dealt.ref: dealt}
        if hand.coming is None:
            done = {dealt.ref, after} if after else {dealt.ref}
            hand.coming = asyncio.create_task(self._find(who, hand, done), name="dealer.coming")

    async def _stands(self, who: Looker, dealt: Dealt) -> bool:
        """Whether what was true of a picture when it was fetched is true now."""
        if self._source.is_gone(*dealt.ref) or not self._may(who, dealt.message, dealt.picture, dealt.image):
            return False
        return await self._labels.label(who.key, dealt.image.hash) is None

    async def _find(self, who: Looker, hand: _Hand, done: set[Ref]) -> Dealt | None:
        for view, picture in await self._open(who):
            ref = (view.message_id, picture.source)
            if ref in done or ref in hand.skipped or ref in hand.unusable:
                continue
            fresh = await self._source.message(who.place.server_id, view.channel_id, view.message_id)
            shown = next((p for p in fresh.pictures if p.source == picture.source), None) if fresh else None
            dealt = await self._dealt(who, fresh, shown) if fresh is not None and shown is not None else None
            if dealt is not None and await self._labels.label(who.key, dealt.image.hash) is None:
                return dealt
            hand.unusable.add(ref)
        return None

    async def _dealt(self, who: Looker, view: MessageView, picture: Picture) -> Dealt | None:
        try:
            image = await self._source.image(picture, who.member.id, channel_id=view.channel_id, patient=True)
        except (ImageError, discord.HTTPException, OSError):
            return None
        if not self._may(who, view, picture, image):
            return None
        known = await self._knowledge.of(who.key, who.label_set, [image.hash])
        return Dealt(view, picture, image, known[image.hash].caption)

    async def _open(self, who: Looker) -> list[tuple[MessageView, Picture]]:
        """What may be dealt, as far as is known before it is downloaded, the most telling first."""
        found: dict[Ref, tuple[MessageView, Picture]] = {}
        hashes: Mapping[Ref, str] = {}
        labelled = {label.image_hash for label in await self._labels.labels(who.key)}
        for page in range(_PAGES):
            views = await self._album.views(who.place, who.member, deeper=page > 0)
            usable = [(v, p) for v in views for p in v.pictures if self._may_show(who, v, p)]
            hashes = await self._labels.images_in([view.message_id for view, _ in usable])
            unusable = self._hand(who).unusable
            found = {
                (view.message_id, picture.source): (view, picture)
                for view, picture in usable
                if (ref := (view.message_id, picture.source)) not in unusable
                and hashes.get(ref) not in labelled
                and not self._source.is_gone(*ref)
            }
            if len(found) >= _ENOUGH or self._album.exhausted(who.place, who.member):
                break
        return await self._ordered(who, found, hashes)

    async def _ordered(
        self, who: Looker, found: Mapping[Ref, tuple[MessageView, Picture]], hashes: Mapping[Ref, str]
    ) -> list[tuple[MessageView, Picture]]:
        hand, profile = self._hand(who), await self._labels.profile(who.key)
        new = [hashes[ref] for ref in found if ref in hashes and hashes[ref] not in hand.known]
        hand.known.update(await self._knowledge.of(who.key, who.label_set, new[:_LOOKED_UP]))
        said: dict[Ref, Known] = {ref: hand.known.get(hashes.get(ref, ""), NOTHING) for ref in found}
        want = wanted(who.label_set.names, profile.counts if profile else {})
        ordered = sorted(order(said, want), key=hand.skipped_before.__contains__)
        return [found[ref] for ref in ordered]

    def _may(self, who: Looker, view: MessageView, picture: Picture, image: Image) -> bool:
        if may_use_image(image.hash, view.spot, self._roster.exclusions) is not None:
            return False
        return self._may_show(who, view, picture) and self._album.may_see(view.channel_id, who.place, who.member)

    def _may_show(self, who: Looker, view: MessageView, picture: Picture) -> bool:
        """As far as it is known before the picture is there, and leaving out who may see its channel."""
        said = self._roster.exclusions
        if view.nsfw and not who.nsfw:
            return False
        return may_use(picture, view.spot, who.place, Use.REACTION, said) is None

    def _hand(self, who: Looker) -> _Hand:
        key = (who.member.id, who.place.server_id, who.label_set.mood.number)
        hand = self._hands.setdefault(key, _Hand())
        self._hands.move_to_end(key)
        while len(self._hands) > _HANDS:
            _, old = self._hands.popitem(last=False)
            if old.coming is not None:
                old.coming.cancel()
        return hand


def mark_of(source: str) -> str:
    """Which file of its message a card means: a few digits, as a button has no room for its name."""
    return hashlib.sha256(source.encode()).hexdigest()[:6]
