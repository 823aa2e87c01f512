"""A member for a month: one person over thirty days of the bot's own clock and Discord's, with restarts between.

They read German; all that they see is kept, and read again at the end of each station.
"""

import asyncio
import io
import zipfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import discord
import pytest
from simcord._clock import Clock
from simcord.components import walk_components
from simcord.env import Env

from bot.bootstrap import open_app
from bot.demo.pictures import draw_many
from bot.words import buttons, texts
from bot.words.language import gettext, speaking
from core.vocabulary.emotions import MIKELS
from core.vocabulary.profile import ProfileKey
from core.vocabulary.weekly import OPEN_MS, WEEK_MS, week_of
from tests.fakes import ManualClock
from tests.journeys.conftest import PATIENCE_S, plain, settings_for, text_of
from tests.journeys.driven import english_in, raw_in
from tests.journeys.test_deck import parts
from tests.journeys.test_languages import in_language
from tests.journeys.test_setup import _field

MONDAY = week_of(1_767_225_600_000 + 8 * WEEK_MS)
HOUR, DAY = 3600.0, 24 * 3600.0


class SameClock(Clock):
    """Discord's time is the bot's."""

    def __init__(self, clock):
        super().__init__()
        self._of = clock

    def now(self):
        return datetime.fromtimestamp(self._of.now_ms() / 1000, UTC)


def felt_by_bob(scene):
    """Bob's own taste: what most people find sad or frightening at night is peace to him."""
    if scene.time == "night":
        return "contentment"
    return "amusement" if scene.abstract else "fear"


class Month:
    """The server, its people, and the bot of now; `read`: all that Bob has read."""

    def __init__(self, folder, clock, stack):
        self.settings = settings_for(folder, quiet_seconds=60, concurrency=2)
        self.clock, self._stack = clock, stack
        self.read, self.shown = [], {}

    async def begin(self):
        await self._open()
        self.app.start()
        self.env = Env(self.app.client, shard_count=1, settle_timeout=PATIENCE_S)
        self.env.backend.clock = SameClock(self.clock)
        await self.env.start()
        self._stack.push_async_callback(self.env.shutdown)
        self.guild = self.env.create_guild("Bilder")
        self.channel, self.table = (self.guild.create_text_channel(name) for name in ("bilder", "raten"))
        people = (self.env.create_user(name) for name in ("ada", "bob", "carol", "dan"))
        self.ada, self.bob, self.carol, self.dan = (self.guild.add_member(one) for one in people)
        rights = self.guild.create_role("Leitung", permissions=discord.Permissions(manage_guild=True))
        self.owner = self.guild.add_member(self.env.create_user("olga"), roles=[rights])

    async def _open(self):
        self._opened = AsyncExitStack()
        self.app = await self._opened.enter_async_context(open_app(self.settings, clock=self.clock))

    async def restart(self):
        """Another process over the same database: nothing is left in memory."""
        await self.app.intake.drained()
        await self._opened.aclose()
        await self._open()
        self.app.start()
        await self.env.restart_bot(self.app.client)
        self.speaks_german()
        await self.app.catchup.idle()

    def speaks_german(self):
        """The server does; the simulated Discord's are all English."""
        self.app.client.get_guild(self.guild.id).preferred_locale = "de"

    async def close(self):
        await self._opened.aclose()

    async def passes(self, seconds):
        """Time goes by, and is looked at on its way, as what was put off comes again; whoever is due is tuned."""
        for part in (seconds // 2, seconds - seconds // 2):
            self.clock.advance(seconds=part)
            await self.app.intake.drained()
            while await self.app.worker.step() or self.app.worker.under_way:  # noqa: ASYNC110 - nothing announces the end
                await asyncio.sleep(0.01)
        await self.app.games.look()
        await self.env.settle()

    async def posted(self, pictures):
        for one in pictures:
            message = await self.ada.send(self.channel, attachments=[("p.png", one.png)])
            self.shown[message.id] = one.scene
        await self.app.intake.drained()

    def saw(self, result):
        said = text_of(result)
        self.read += [said, *(text_of(also) for also in result.followups)]
        return said

    async def says(self, *words, **given):
        result = await self.bob.slash(self.channel, *words, **given)
        self.saw(result)
        return result

    async def press(self, card, word, *given):
        with speaking("de"):
            label = word if isinstance(word, str) else word(*given)
        result = await self.bob.click(card.response, label=label)
        self.saw(result)
        return result

    async def rates(self, card, number):
        """So many cards of a deck, each as he feels about what it shows."""
        with speaking("de"):
            names = {name: gettext(name) for name in MIKELS.names}
        for _ in range(number):
            link = next(part["url"] for part in parts(card) if part.get("url"))
            await self.press(card, names[felt_by_bob(self.shown[int(link.rsplit("/", 1)[-1])])])

    async def answers(self, asked, felt):
        """He says what he felt to an answer: that it was right, or what it was."""
        with speaking("de"):
            guess = gettext(felt)
        head = text_of(asked).splitlines()[0]
        if head.endswith(guess):
            return await self.press(asked, buttons.right)
        result = await self.bob.select(asked.response, [felt])
        self.saw(result)
        return result

    def told(self):
        """What was written to Bob alone."""
        channel = self.bob.user.dm_channel
        return [plain(message.content) for message in channel.history()] if channel else []

    async def labels(self):
        await self.app.intake.drained()
        return len(await self.app.storage.labels.labels(ProfileKey(self.bob.id, MIKELS.id)))


@pytest.fixture
async def month(folder):
    async with AsyncExitStack() as stack:
        one = Month(folder, ManualClock(MONDAY + 1000), stack)
        await one.begin()
        stack.push_async_callback(one.close)
        yield one


async def test_a_member_for_a_month(month):
    with in_language(month.env, "de"):
        for station in (joins, is_told, reads, asks, corrects, edits, has_a_friend, has_moods, plays, leaves):
            await station(month)
            assert raw_in([*month.read, *month.told()]) == [], station.__name__
            assert english_in([*month.read, *month.told()], "de") == [], station.__name__
            assert len(month.told()) == len(set(month.told())), "nothing is told twice"
            month.read.clear()


async def joins(month):
    """The first day: the invitation, and a deck of twelve."""
    month.pictures = draw_many(34, seed=7)
    month.speaks_german()
    panel = await month.owner.slash(month.channel, "setup")
    await month.owner.select(panel.response, [month.channel])
    await month.owner.click(panel.response, label="Die Einladung hier posten")
    invitation = month.channel.last_message
    await month.posted(month.pictures[:14])
    joined = await month.bob.click(invitation, label="Mitmachen")
    assert "Du machst mit." in month.saw(joined)
    await month.press(joined, buttons.start_fresh)
    card = await month.press(joined, buttons.start_deck)
    await month.rates(card, 12)
    assert "Danke für 12 Bilder" in text_of(card)
    assert "Bisher 12 Bewertungen" in text_of(card)
    assert await month.labels() == 12
    assert month.told() == []


async def is_told(month):
    """An hour later there is news, once, in his language; also after a restart."""
    await month.passes(HOUR)
    (news,) = month.told()
    assert news.startswith("✨ Ich habe etwas über dich gelernt.")
    assert "12 Bilder" in news
    await month.restart()
    await month.passes(HOUR)
    assert month.told() == [news]


async def reads(month):
    """The portrait, how it was found, the history, how far it is: all of the same version and the same twelve."""
    said = text_of(await month.says("feelprint show"))
    assert "### Dein Feelprint, Version 1" in said
    assert "Aus 12 Bewertungen" in said
    assert "Wenn ein Bild ‚" in said
    assert "tend to feel" not in said
    assert said.endswith("Noch nicht an neuen Bildern geprüft.")
    why = text_of(await month.says("feelprint why"))
    assert "12 Bewertungen" in why
    history = text_of(await month.says("feelprint history"))
    assert "**Version 1**" in history
    assert "in Gebrauch" in history
    assert "### Bisher 12 Bewertungen" in text_of(await month.says("progress"))


async def asks(month):
    """The next days: new pictures, asked about; what he says to an answer counts, and tests the version."""
    await month.passes(DAY)
    await month.posted(month.pictures[14:34])
    for message in month.channel.history()[-3:]:
        asked = await month.bob.context_menu(month.channel, "How would I feel?", message)
        assert "Nach deinem Feelprint, Version 1." in month.saw(asked)
        told = await month.answers(asked, felt_by_bob(month.shown[message.id]))
        assert "Notiert: " in text_of(told)
    await month.passes(HOUR)
    assert await month.labels() == 15
    assert "von 3 Bildern" in text_of(await month.says("me"))
    compared = text_of(await month.says("feelprint compare"))
    assert "letzten 3 Bildern" in compared
    assert compared.count("**Du hast ") == 3


async def corrects(month):
    """A second deck; a slip is undone, and one told otherwise later: the last word counts, once."""
    await month.passes(DAY)
    card = await month.says("rate")
    await month.rates(card, 4)
    await month.press(card, buttons.undo)
    assert await month.labels() == 18
    await month.rates(card, 3)
    assert await month.labels() == 21
    last = next(m for m in reversed(month.channel.history()) if m.id in month.shown)
    rating = await month.bob.context_menu(month.channel, "Rate this image", last)
    assert "Bisher: " in month.saw(rating)
    await month.press(rating, "Ekel")
    assert await month.labels() == 21
    await month.press(rating, "Ekel")
    before = len(month.told())
    await month.passes(HOUR)
    await month.restart()
    assert len(month.told()) - before <= 1, "one look, one message at most"
    month.saw(await month.bob.slash(month.channel, "feelprint show"))


async def edits(month):
    """A rule of his own goes on trial, and he is told how it did."""
    await month.passes(5 * DAY)
    rules = await month.says("feelprint edit")
    form = await month.press(rules, buttons.write_rule)
    first, second = (p["custom_id"] for p in walk_components(form.modal["components"]) if p["type"] in (3, 4))
    month.saw(await month.bob.submit_modal(form, {first: "a night sky", second: ["contentment"]}))
    assert "Wenn ein Bild ‚a night sky‘ zeigt, fühlst du eher Zufriedenheit." in text_of(rules)
    assert "auf Probe" in text_of(rules)
    before = month.told()
    assert "Ich sehe mir deine Bilder gleich noch einmal an." in text_of(await month.says("feelprint retune"))
    await month.passes(HOUR)
    (news,) = month.told()[len(before) :]
    assert "Deine eigene Regel „Wenn ein Bild" in news


async def has_a_friend(month):
    """Dan labels the same pictures; once both have said yes each reads one number, over the right count."""
    await month.passes(4 * DAY)
    await month.dan.slash(month.channel, "join")
    for message in month.channel.history():
        if message.id in month.shown:
            await month.dan.react(message, MIKELS.emoji_of(felt_by_bob(month.shown[message.id])))
    await month.app.intake.drained()
    asked = await month.says("match", member=month.dan)
    await month.press(asked, buttons.yes_compare)
    assert "sobald auch dan dir Ja gesagt hat" in text_of(asked)
    theirs = await month.dan.slash(month.channel, "match", member=month.bob)
    await month.dan.click(theirs.response, label="Ja, vergleiche uns")
    both = text_of(await month.says("match", member=month.dan))
    assert both.startswith("### Du und dan\nVon 21 Bildern, die ihr beide bewertet habt")
    assert "100" in both


async def has_moods(month):
    """An evening mood is apart: its labels are its own, and the first finds its own again."""
    await month.passes(3 * DAY)
    card = await month.says("feelprint mood")
    form = await month.press(card, buttons.new_mood)
    month.saw(await month.bob.submit_modal(form, {_field(form.modal["components"]): "abends"}))
    deck = await month.says("rate")
    assert "In deiner Stimmung *abends*" in text_of(deck)
    await month.rates(deck, 2)
    assert "### Bisher 2 Bewertungen" in text_of(await month.says("progress"))
    await month.restart()
    card = await month.says("feelprint mood")
    assert "abends*** · aktiv, 2 Bewertungen" in text_of(card)
    month.saw(await month.bob.select(card.response, ["0"]))
    assert "### Bisher 21 Bewertungen" in text_of(await month.says("progress"))


async def plays(month):
    """The weekly game: he is asked about, or guesses; two days later it is over and his name stands there."""
    panel = await month.owner.slash(month.channel, "setup")
    await month.owner.click(panel.response, label="Ratespiel")
    await month.owner.select(panel.response, [month.table])
    await month.carol.slash(month.channel, "join")
    newest = [m for m in month.channel.history() if m.id in month.shown][-3:]
    for message in newest:
        await month.carol.react(message, "😮")
    for member in (month.carol, month.dan, month.bob):
        card = await member.slash(month.channel, "match")
        menus = [part for part in parts(card) if part.get("placeholder") == "Wer darf raten, was ich empfand?"]
        month.saw(await member.select(card.response, ["server"], custom_id=menus[0]["custom_id"]))
    await month.app.games.look()
    await month.env.settle()
    question = month.table.last_message
    month.read.append(text_of(question))
    about = next(name for name in ("bob", "carol", "dan") if name in text_of(question))
    said = month.saw(await month.bob.click(question, label="Staunen"))
    assert ("Hier geht es um dich" if about == "bob" else "Dein Tipp: 😮 Staunen") in said
    other = month.dan if about != "dan" else month.carol
    for word in ("Staunen", "Heiterkeit"):
        guessed = await other.click(question, label=word)
    assert "Dein Tipp: 😂 Heiterkeit" in text_of(guessed)
    await month.passes(OPEN_MS / 1000 + 60)
    stands = month.table.history()
    month.read += [text_of(message) for message in stands]
    (over,) = [text_of(message) for message in stands if "Das Bild" in text_of(message)]
    assert over.startswith(f"### {about} hat empfunden: ")
    assert ("1 Person hat" if about == "bob" else "2 Personen haben") in over
    assert question.id not in [message.id for message in stands], "the question went with its answer"


async def leaves(month):
    """Thirty days on: he takes everything along, and nothing of him is left."""
    await month.passes(14 * DAY)
    assert month.clock.at - MONDAY >= 29 * DAY * 1000
    await month.app.retention.prune()
    active = await month.app.storage.versions.active(ProfileKey(month.bob.id, MIKELS.id))
    assert f"### Dein Feelprint, Version {active.version}" in text_of(await month.says("feelprint show"))
    assert text_of(await month.says("feelprint compare")).count("**Du hast ") == 6
    key = ProfileKey(month.bob.id, MIKELS.id)
    labels = await month.app.storage.labels.labels(key)
    taken = await month.says("export")
    (file,) = taken.response.attachments
    with zipfile.ZipFile(io.BytesIO(await file.read())) as kept:
        rows = kept.read("labels.csv").decode().splitlines()
        names = kept.namelist()
        page = kept.read("index.html").decode()
    assert len(rows) == 1 + len(labels) + 2
    assert {"data.json", "feelprint.txt"} <= set(names)
    assert "Wenn ein Bild ‚" in page
    asked = await month.says("forget")
    done = await month.press(asked, buttons.erase_everything)
    assert "Ich habe deine 23 Bewertungen gelöscht" in text_of(done)
    assert not any((await month.app.storage.members.export(month.bob.id)).values())
    told = month.told()
    await month.restart()
    await month.passes(DAY)
    assert await month.labels() == 0
    assert month.told() == told
    with speaking("de"):
        assert text_of(await month.says("progress")) == plain(texts.join_first())
