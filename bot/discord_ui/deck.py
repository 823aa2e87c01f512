"""The deck: one private card after another with a picture of this server, and a button for each emotion.

The picture goes along with the card as the bot decoded it: its own message's address would run out, not every
kind is shown everywhere, and so what is seen is what is labelled; the next card takes its place. What a press
needs to know stands in the custom ids (`deck_place`), so a card works after a restart of the bot. A press is
answered at once where that takes a moment, which saves one of Discord's two round trips, else after an
acknowledgement.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import discord

from bot.app import App
from bot.discord_ui.deck_place import PATTERN, DeckPlace, Named
from bot.discord_ui.doors import looker
from bot.discord_ui.labelling import MOST_BUTTONS, in_rows, kept, shown_emoji
from bot.discord_ui.own_pictures import Mine, OfferMine
from bot.discord_ui.progress import progress_blocks
from bot.discord_ui.replies import DESCRIPTION, Upload, acknowledge, defer, replace_message, say, soon, tell_news
from bot.discord_ui.views import Lasting, OwnLayout, OwnView
from bot.intake.dealer import Dealt, Looker
from bot.intake.event_facts import roles_of
from bot.words import buttons, texts
from bot.words import deck as words
from bot.words.emotions import called
from bot.words.refused import sentence
from bot.words.several_moods import told_in_mood
from core.collecting.doors import ADDS_NOTHING, Act, Needs, Pace, Who, lacks_role
from core.collecting.refusals import Refusal
from core.vocabulary.facts import Rated
from core.vocabulary.own_moods import in_mood, number_of

TWELVE = 12
_FILE = "picture.jpg"


class DeckCard(OwnLayout, needs=Needs(Who.MEMBER)):
    """A picture, and what it may be felt as."""

    def __init__(self, app: App, who: Looker, dealt: Dealt, place: DeckPlace, note: str = "") -> None:
        super().__init__(place.owner, timeout=None)
        self.uploads = (Upload(_FILE, dealt.image.jpeg),)
        shown = discord.MediaGalleryItem(
            f"attachment://{_FILE}",
            description=(dealt.caption or words.picture())[:DESCRIPTION],
            spoiler=dealt.picture.spoiler,
        )
        self.frame: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay(told_in_mood(words.question(place.done + 1, place.of, note), who.label_set)),
            discord.ui.MediaGallery(shown),
            accent_colour=discord.Colour.teal(),
        )
        for row in _emotions(app, who, place):
            self.frame.add_item(discord.ui.ActionRow(*row))
        there = f"https://discord.com/channels/{who.place.server_id}/{place.picture.channel_id}/{dealt.ref[0]}"
        link: discord.ui.Button[Any] = discord.ui.Button(label=buttons.see_it_there(), url=there)
        self.frame.add_item(discord.ui.ActionRow(Skip.on(place), Undo.on(place), link))
        self.add_item(self.frame)


class DeckEnd(OwnLayout, needs=Needs(Who.MEMBER)):
    """How far all that was labelled has brought them, and the way on or back."""

    def __init__(self, place: DeckPlace, blocks: list[str], *, more: bool) -> None:
        super().__init__(place.owner, timeout=None)
        parts = [discord.ui.TextDisplay[Any](block) for block in blocks if block]
        row: list[discord.ui.Item[Any]] = [Start.button(buttons.next_pictures())] if more else [Mine.button()]
        if place.last is not None:
            row.append(Undo.on(place))
        self.add_item(
            discord.ui.Container(*parts, discord.ui.ActionRow(*row), accent_colour=discord.Colour.teal())
        )


class StartDeck(OwnView, needs=Needs(Who.JOINED, Pace.COSTS, act=Act.LABEL)):
    """The way into a deck, under what is said to somebody who has joined."""

    def __init__(self, owner: int) -> None:
        super().__init__(owner, timeout=None)
        self.add_item(Start.button(buttons.start_deck()))
        self.add_item(Mine.button())


class Start(Lasting, needs=Needs(Who.JOINED, Pace.COSTS, act=Act.LABEL), template=re.compile("fp-deck")):
    """Begins a deck."""

    @classmethod
    def button(cls, label: str) -> Self:
        """The button, which says `label`."""
        return cls(discord.ui.Button(label=label, style=discord.ButtonStyle.primary, custom_id="fp-deck"))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], __: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(item)

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Begin, in a card of its own or in that of the deck before."""
        app: App = interaction.client.app
        if interaction.message is not None and interaction.message.flags.components_v2:
            await acknowledge(interaction)
            first = await first_card(interaction, app)
            if isinstance(first, str):
                first = DeckEnd(DeckPlace(interaction.user.id, "", 0, 0, Named(0, 0, "")), [first], more=False)
            await replace_message(interaction, view=first, files=first.uploads)
        else:
            await defer(interaction)
            await begin(interaction, app)


class _OnCard(Lasting, needs=Needs(Who.JOINED, act=Act.LABEL), template=re.compile("fp-card")):
    """Something on a card, which knows its place in the deck from its custom id."""

    def __init__(self, item: discord.ui.Item[Any], place: DeckPlace) -> None:
        super().__init__(item)
        self._place, self._owner = place, place.owner

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """What was pressed."""
        return cls(item, DeckPlace.read(match["place"]))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Do what it says, and show the card that follows."""
        app: App = interaction.client.app
        who = looker(interaction, app)
        if who is None:
            await say(interaction, words.in_a_server())
            return
        card = await soon(interaction, self._in_turn(app, who))
        await replace_message(interaction, view=card, files=card.uploads)
        await tell_news(interaction)

    async def _in_turn(self, app: App, who: Looker) -> OwnLayout:
        async with app.dealer.lock(who):
            return await self.follow(app, who)

    async def follow(self, app: App, who: Looker) -> OwnLayout:
        """Do what it says; the card that follows."""
        raise NotImplementedError


class Felt(_OnCard, needs=Needs(Who.JOINED, act=Act.LABEL), template=re.compile(rf"fp-e(?P<n>\d+):{PATTERN}")):
    """An emotion's button."""

    @classmethod
    def on(cls, place: DeckPlace, n: int, label: str, emoji: discord.PartialEmoji | None) -> Self:
        """The button of the nth emotion."""
        return cls(discord.ui.Button(label=label, emoji=emoji, custom_id=f"fp-e{n}:{place}"), place)

    async def follow(self, app: App, who: Looker) -> OwnLayout:
        """Write the label, deal the next picture."""
        return await _labelled(app, who, self._place, int(self.custom_id.partition(":")[0].removeprefix("fp-e")))


class FeltMenu(_OnCard, needs=Needs(Who.JOINED, act=Act.LABEL), template=re.compile(f"fp-m:{PATTERN}")):
    """The same as a menu, where there are too many for buttons."""

    @classmethod
    def on(cls, place: DeckPlace, options: list[discord.SelectOption]) -> Self:
        """The menu of all emotions."""
        menu: discord.ui.Select[Any] = discord.ui.Select(
            options=options, placeholder=buttons.pick_emotion(), custom_id=f"fp-m:{place}"
        )
        return cls(menu, place)

    async def follow(self, app: App, who: Looker) -> OwnLayout:
        """Write the label, deal the next picture."""
        picked = self.item.values[0] if isinstance(self.item, discord.ui.Select) else ""
        return await _labelled(app, who, self._place, int(picked))


class Skip(_OnCard, needs=Needs(Who.JOINED, act=Act.LABEL), template=re.compile(f"fp-s:{PATTERN}")):
    """Another picture instead, at no cost."""

    @classmethod
    def on(cls, place: DeckPlace) -> Self:
        """The button."""
        return cls(discord.ui.Button(label=buttons.skip(), custom_id=f"fp-s:{place}"), place)

    async def follow(self, app: App, who: Looker) -> OwnLayout:
        """Deal another picture in place of this one."""
        dealt = await _held(app, who, self._place.picture)
        if dealt is not None:
            app.dealer.skip(who, dealt.ref)
        return await _next(app, who, self._place, after=dealt)


class Undo(_OnCard, needs=Needs(Who.MEMBER), template=re.compile(f"fp-u:{PATTERN}")):
    """Takes the last label of the deck back, in the mood in which it stands and whatever the emotions were; who
    has paused may do so too.
    """

    @classmethod
    def on(cls, place: DeckPlace) -> Self:
        """The button; there may be nothing to take back."""
        nothing = place.last is None
        return cls(discord.ui.Button(label=buttons.undo(), custom_id=f"fp-u:{place}", disabled=nothing), place)

    async def follow(self, app: App, who: Looker) -> OwnLayout:
        """Take it back and ask about that picture once more."""
        last = self._place.last or self._place.picture
        dealt = await _held(app, who, last)
        image_hash = dealt.image.hash if dealt else await app.dealer.hash_of(last.message_id, last.mark)
        if image_hash is not None:
            why = await self._take_back(app, who, dealt, image_hash)
            if why is not None:
                return await _again(app, who, self._place, sentence(why))
        if dealt is None:
            return await _next(app, who, replace(self._place, last=None), note=texts.rating_gone())
        app.dealer.show(who, dealt)
        return DeckCard(app, who, dealt, self._place.back(dealt, who.label_set), texts.rating_gone())

    async def _take_back(self, app: App, who: Looker, dealt: Dealt | None, image_hash: str) -> Refusal | None:
        """From the label set of now and, where the emotions have changed since, from the one of then."""
        where, mood = (image_hash, frozenset[str](), who.place.server_id), self._place.mood
        origin, image = (dealt.origin, dealt.image) if dealt else (None, None)
        back = Rated(who.member.id, *where, app.clock.now_ms(), True, origin, mood=mood)
        felt = await app.storage.labels.felt(who.member.id, image_hash)
        last = [one.label_set_id for one in felt if number_of(one.label_set_id) == mood][-1:]
        for label_set_id in {in_mood(who.label_set.id, mood), *last}:
            if why := await kept(app, who.member, replace(back, label_set_id=label_set_id), image):
                return why
        return None


LASTING: tuple[type[Lasting], ...] = (Start, Felt, FeltMenu, Skip, Undo)


async def begin(interaction: discord.Interaction[Any], app: App) -> None:
    """Answer a deferred interaction with the first card of a deck, or with why there is none."""
    first = await first_card(interaction, app)
    if isinstance(first, str):
        barred = lacks_role(Act.LABEL, app.roster.place(interaction.guild_id), roles_of(interaction.user))
        offers = app.roster.joined(interaction.user.id) and not barred
        await say(interaction, first, view=OfferMine(interaction.user.id) if offers else None)
        return
    await say(interaction, view=first, files=first.uploads)
    await tell_news(interaction)


async def first_card(interaction: discord.Interaction[Any], app: App) -> OwnLayout | str:
    """The first card of a deck, or why there is none."""
    who = looker(interaction, app)
    if why := ADDS_NOTHING.get(app.roster.standing(interaction.user.id)):
        return sentence(why)
    if who is None:
        return words.in_a_server()
    if lacks_role(Act.LABEL, who.place, roles_of(who.member)):
        return sentence(Refusal.NO_ROLE)
    async with app.dealer.lock(who):
        there = await app.dealer.begin(who, TWELVE)
        dealt = await app.dealer.next(who) if there else None
        if dealt is None:
            return words.empty() if app.client.intents.message_content else words.unread()
        return DeckCard(app, who, dealt, DeckPlace.first(who.member.id, who.label_set, there, dealt))


def _emotions(app: App, who: Looker, place: DeckPlace) -> list[Sequence[Lasting]]:
    """Rows of buttons, or one menu."""
    known = [(called(who.label_set, e.name), shown_emoji(app.client, e)) for e in who.label_set.emotions]
    if len(known) > MOST_BUTTONS:
        options = [
            discord.SelectOption(label=name, emoji=emoji, value=str(n)) for n, (name, emoji) in enumerate(known)
        ]
        return [[FeltMenu.on(place, options)]]
    made: list[Lasting] = [Felt.on(place, n, name, emoji) for n, (name, emoji) in enumerate(known)]
    return in_rows(made)


async def _labelled(app: App, who: Looker, place: DeckPlace, n: int) -> OwnLayout:
    if not place.fits(who.label_set) or n >= len(who.label_set.names):
        return await _again(app, who, place, sentence(Refusal.OTHER_EMOTION))
    emotion = who.label_set.names[n]
    dealt = await _held(app, who, place.picture)
    if dealt is None:
        return await _next(app, who, place, note=sentence(Refusal.OUT_OF_REACH))
    at = app.clock.now_ms()
    fact = Rated(
        who.member.id, dealt.image.hash, frozenset({emotion}), who.place.server_id, at, origin=dealt.origin
    )
    if why := await kept(app, who.member, fact, dealt.image):
        return await _again(app, who, place, sentence(why))
    return await _next(app, who, place, after=dealt, labelled=True, note=texts.rated([emotion], who.label_set))


async def _again(app: App, who: Looker, place: DeckPlace, note: str) -> OwnLayout:
    """The card of the same picture, with the emotions of now and a sentence."""
    dealt = await _held(app, who, place.picture)
    if dealt is None:
        return await _next(app, who, place, note=note)
    return DeckCard(app, who, dealt, replace(place, emotions=who.label_set.id[:4]), note)


async def _next(
    app: App, who: Looker, place: DeckPlace, *, after: Dealt | None = None, labelled: bool = False, note: str = ""
) -> OwnLayout:
    done = place.done + labelled
    whole = done >= place.of
    dealt = None if whole else await app.dealer.next(who, after=after.ref if after else None)
    if dealt is not None:
        return DeckCard(app, who, dealt, place.moved(dealt, labelled=labelled, label_set=who.label_set), note)
    over = place.labelled(who.label_set) if labelled else place
    blocks = await progress_blocks(app, who.member.id, who.label_set, who.place.server_id)
    return DeckEnd(over, [words.finished(done, whole=whole), note, *blocks], more=whole)


async def _held(app: App, who: Looker, picture: Named) -> Dealt | None:
    return await app.dealer.held(who, picture.message_id, picture.channel_id, picture.mark)
