"""Every command, button, menu and form is driven on the simulated Discord, in English and in German.

A tour by a member, a friend and whoever manages the server; what is new and not in it turns this red.
"""

from types import SimpleNamespace

import discord
import pytest
from simcord.components import walk_components

from bot.words import buttons, setup_buttons
from bot.words.language import gettext, nearest, speaking
from core.ports import Shadow
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.weekly import WEEK_MS
from tests.bot.discord_ui.test_doors import commands, components
from tests.journeys.conftest import deploy, picture
from tests.journeys.driven import WORDS, driven, english_in, raw_in  # noqa: F401 - a fixture
from tests.journeys.test_asked_aloud import ask
from tests.journeys.test_deck import labels_on, parts
from tests.journeys.test_languages import in_language
from tests.journeys.test_own_pictures import pictures
from tests.journeys.test_portrait import SEA, SNOW, felt, key_of, version

MANY = tuple(f"feeling{chr(97 + n)}" for n in range(24))
LINKS = {"see_it_there", "the_picture"}
"""They lead to a message, so Discord tells nobody that they were pressed."""


class Tour:
    """What people press, by the words that stand on it in their language."""

    def __init__(self, world, locale):
        self.world, self.language = world, nearest(locale)

    def word(self, word, *given):
        with speaking(self.language):
            return word(*given)

    async def press(self, who, card, word, *given):
        return await who.click(card.response, label=self.word(word, *given))

    async def feel(self, who, card, emotion):
        return await who.click(card.response, label=self.word(gettext, emotion))

    async def choose(self, who, card, word, values):
        title = self.word(word)
        (menu,) = [part for part in parts(card) if part.get("placeholder") == title]
        return await who.select(card.response, values, custom_id=menu["custom_id"])

    async def fill(self, who, form, *values):
        fields = [p["custom_id"] for p in walk_components(form.modal["components"]) if p["type"] in (3, 4, 19)]
        return await who.submit_modal(form, dict(zip(fields, values, strict=True)))


@pytest.mark.parametrize("locale", ["en-US", "de"])
async def test_all_that_can_be_pressed_is_pressed(world, driven, locale, monkeypatch):  # noqa: F811
    tour = Tour(world, locale)
    world.later = SimpleNamespace(ms=0)
    now = SystemClock.now_ms
    monkeypatch.setattr(SystemClock, "now_ms", lambda clock: now(clock) + world.later.ms)
    monkeypatch.setattr(world.app.allowance, "take", lambda _: 0.0)
    world.app.client.get_guild(world.guild.id).preferred_locale = discord.Locale(locale)
    with in_language(world.env, locale):
        for part in TOUR:
            await part(world, tour)
            put_away(world.app.client)
    tree = world.app.client.tree
    assert {command.qualified_name for command in commands(tree)} - driven.commands == set()
    assert driven.undriven(components("bot.discord_ui")) == []
    assert set(WORDS) - driven.words - LINKS == set()
    assert set().union(*driven.said.values()) >= LINKS
    assert raw_in(driven.read) == []
    assert tour.language == "en" or english_in(driven.read, tour.language) == []


def put_away(client):
    """End the cards that nobody presses any more: the simulated Discord looks at every one again and again."""
    shown = client._connection._view_store._views.values()
    for view in {item.view for items in shown for item in items.values()}:
        if view is not None and view.timeout is not None:
            view.stop()


async def setting_up(world, tour):
    """Whoever manages the server."""
    steward, press, choose = world.steward, tour.press, tour.choose
    panel = await steward.slash(world.channel, "setup")
    await choose(steward, panel, setup_buttons.channels, [world.channel])
    for word, values in (
        (setup_buttons.thresholds, ["8", "2"]),
        (setup_buttons.budget, ["1", "0.1"]),
        (setup_buttons.emotions, ["\n".join(f"{e.name} {e.emoji}" for e in MIKELS.emotions)]),
    ):
        await tour.fill(steward, await press(steward, panel, word), *values)
    for word in (
        setup_buttons.seeds,
        setup_buttons.seeds,
        setup_buttons.spoilers,
        setup_buttons.age_restricted,
        setup_buttons.post_invitation,
    ):
        await press(steward, panel, word)
    for word in (setup_buttons.who_may_label, setup_buttons.who_may_ask):
        await press(steward, panel, setup_buttons.roles)
        await choose(steward, panel, word, [])
    await press(steward, panel, setup_buttons.roles)
    await press(steward, panel, setup_buttons.back)
    await press(steward, panel, setup_buttons.warnings)
    await choose(steward, panel, setup_buttons.warnings_channel, [world.channel])
    await press(steward, panel, setup_buttons.warnings)
    await press(steward, panel, setup_buttons.back)
    world.table = world.guild.create_text_channel("game")
    await world.env.settle()
    await press(steward, panel, setup_buttons.game)
    await choose(steward, panel, setup_buttons.game_channel, [world.table])
    await press(steward, panel, setup_buttons.game)
    await press(steward, panel, setup_buttons.post_game_invitation)
    await press(steward, panel, setup_buttons.back)
    await steward.slash(world.channel, "server")


async def joining(world, tour):
    """The invitation, the button under a refusal, the question about the past; a pause."""
    invitation = world.channel.last_message
    joined = await world.alice.click(invitation, label=tour.word(buttons.join))
    await tour.press(world.alice, joined, buttons.start_fresh)
    refused = await world.bob.slash(world.channel, "rate")
    joined = await tour.press(world.bob, refused, buttons.join)
    await tour.press(world.bob, joined, buttons.count_them)
    await world.bob.slash(world.channel, "pause")
    await world.bob.slash(world.channel, "join")


async def labelling(world, tour):
    """The deck, own pictures, the menu of a message with several; then other emotions."""
    bob, press, feel = world.bob, tour.press, tour.feel
    form = await press(bob, await bob.slash(world.channel, "rate"), buttons.own_pictures)  # there is no deck yet
    card = await tour.fill(bob, form, pictures(15, 60, 105))
    await feel(bob, card, "fear")
    await press(bob, card, buttons.skip)
    await feel(bob, card, "awe")
    assert await world.labels(bob) == [{"fear"}, {"awe"}]
    for red in range(3, 250, 20):
        await world.post(picture(red, 90, 140))
    started = await bob.slash(world.channel, "join")
    card = await press(bob, started, buttons.start_deck)
    await feel(bob, card, "fear")
    await press(bob, card, buttons.undo)
    await press(bob, card, buttons.skip)
    for n in range(12):
        await feel(bob, card, ("amusement", "fear")[n % 2])
    await press(bob, card, buttons.next_pictures)
    several = await world.alice.send(world.channel, attachments=pictures(17, 77))
    which = await bob.context_menu(world.channel, "Rate this image", several)
    await tour.choose(bob, which, buttons.which_one, ["1"])
    await feel(bob, which, "anger")
    await feel(bob, await bob.slash(world.channel, "rate", image=pictures(33)[0]), "awe")
    await emotions(world, tour, MANY, buttons.leave_it)
    await emotions(world, tour, MANY)
    await tour.choose(bob, await bob.slash(world.channel, "rate"), buttons.pick_emotion, ["3"])
    await emotions(world, tour, MIKELS.names)


async def emotions(world, tour, names, answer=setup_buttons.change_it):
    """Whoever manages the server chooses others, and says so twice, as some labels are hidden by it."""
    panel = await world.steward.slash(world.channel, "setup")
    lines = "\n".join(f"{name} {MIKELS.emoji_of(name) if name in MIKELS.names else ''}" for name in names)
    await tour.fill(world.steward, await tour.press(world.steward, panel, setup_buttons.emotions), lines)
    await tour.press(world.steward, panel, answer)


async def asking(world, tour):
    """The menus, a reply that mentions the bot, and what is said to an answer."""
    bob, press = world.bob, tour.press
    asked = await bob.slash(world.channel, "feel", image=("new.png", picture(1, 2, 3)))
    await press(bob, asked, buttons.show_everyone)
    await bob.click(world.channel.last_message, label=tour.word(buttons.take_back))
    await press(bob, asked, buttons.right)
    await tour.choose(bob, asked, buttons.would_feel, ["sadness"])
    shown = await world.alice.send(world.channel, attachments=pictures(19, 79))
    which = await bob.context_menu(world.channel, "How would I feel?", shown)
    picked = await tour.choose(bob, which, buttons.which_one, ["0"])
    await press(bob, picked, buttons.show_everyone)
    await bob.click(await ask(world, await world.post(picture(9, 9, 200))), label=tour.word(buttons.show_me))


async def reading(world, tour):
    """The portrait, its ways, rules by hand, versions, the chart."""
    bob, press = world.bob, tour.press
    await version(world, 1, SNOW)
    await world.app.announcer.tell(await version(world, 2, SNOW, SEA))
    elsewhere = await bob.user.click(bob.user.dm_channel.last_message, label=tour.word(buttons.tell_at_press))
    await bob.user.click(elsewhere.response, label=tour.word(buttons.tell_by_message))
    _, later = await felt(world, 240, "😢")
    said = MIKELS.distribution({"awe": 1.0})
    await world.app.storage.shadows.put(key_of(world), [Shadow(2, later, 5, said, 0.0, 0.0)])
    portrait = await bob.slash(world.channel, "feelprint show")
    for word in (buttons.keep_to_me, buttons.show_everyone):
        await press(bob, await press(bob, portrait, buttons.show_everyone), word)
    await bob.click(world.channel.last_message, label=tour.word(buttons.take_back))
    for word in (buttons.compare, buttons.change_rules, buttons.earlier_versions, buttons.look_again):
        await press(bob, portrait, word)
    await press(bob, await press(bob, portrait, buttons.how_found), buttons.all_ideas)
    me = await bob.slash(world.channel, "me")
    await press(bob, me, buttons.wrong_ones, 1)
    for words in ("progress", "feelprint why", "feelprint compare", "feelprint retune"):
        await bob.slash(world.channel, words)
    rules = await bob.slash(world.channel, "feelprint edit")
    await tour.fill(bob, await press(bob, rules, buttons.write_rule), "a red sail", ["excitement"])
    await tour.fill(bob, await press(bob, rules, buttons.change_rule, 3), "a blue sail", ["awe"])
    await press(bob, rules, buttons.strike_rule, 3)
    await press(bob, rules, buttons.look_again)
    for word in (buttons.leave_it, buttons.use_it_again):
        history = await bob.slash(world.channel, "feelprint history")
        sure = await tour.choose(bob, history, buttons.which_version, ["1"])
        await press(bob, sure, word)


async def moods(world, tour):
    """A mood is made, renamed, left, entered and erased."""
    bob, press = world.bob, tour.press
    await press(bob, await bob.slash(world.channel, "feelprint show"), buttons.moods)
    card = await bob.slash(world.channel, "feelprint mood")
    await tour.fill(bob, await press(bob, card, buttons.new_mood), "evening")
    await tour.fill(bob, await press(bob, card, buttons.rename_mood), "late")
    for _ in range(2):
        (menu,) = [part for part in parts(card) if part.get("options")]
        await tour.choose(bob, card, buttons.switch_mood, [menu["options"][0]["value"]])
    sure = await press(bob, card, buttons.erase_mood)
    await press(bob, sure, buttons.keep_it)
    await press(bob, await press(bob, card, buttons.erase_mood), buttons.erase_mood)


async def matching(world, tour):
    """Two say yes to each other, and to more."""
    bob, press = world.bob, tour.press
    for one, other in ((bob, world.alice), (world.alice, bob)):
        card = await one.slash(world.channel, "match", member=other)
        await press(one, card, buttons.yes_compare)
        await press(one, card, buttons.let_ask)
    await deploy(world.app, world.alice.id, SNOW.text)
    await bob.slash(world.channel, "feel", image=("new.png", picture(1, 2, 3)), member=world.alice)
    await press(bob, await bob.slash(world.channel, "match", member=world.alice), buttons.let_ask_no_more)
    card = await bob.slash(world.channel, "match")
    for word in (buttons.who_may_menu, buttons.who_may_ask_menu, buttons.who_may_guess_menu):
        await tour.choose(bob, card, word, ["server"])


async def playing(world, tour):
    """Three may be asked about; two guess, and it is over. Then a week with more emotions than buttons."""
    world.carol = world.guild.add_member(world.env.create_user("carol"))
    asked = world.table.last_message
    for member in (world.alice, world.carol):
        await member.slash(world.channel, "join")
        ask_me = await member.click(asked, label=tour.word(buttons.play))
        await tour.press(member, ask_me, buttons.let_guess)
    question = await asked_about(world, 0)
    for member in (world.alice, world.bob, world.carol):
        guessed = await member.click(question, label=tour.word(gettext, "awe"))
        if tour.word(buttons.take_back) in labels_on(guessed):
            await tour.press(member, guessed, buttons.take_back)
    await emotions(world, tour, MANY)
    question = await asked_about(world, 1)
    (menu,) = [part for part in parts(question) if part.get("options")]
    assert menu["placeholder"] == tour.word(buttons.pick_guess)
    for member in (world.alice, world.bob, world.carol):
        await member.select(question, ["2"])
    await emotions(world, tour, MIKELS.names)
    ask_me = await world.carol.click(question, label=tour.word(buttons.play))
    await tour.press(world.carol, ask_me, buttons.not_guess)


async def asked_about(world, week):
    """Each of three has felt something about two pictures here, and the game of a week is on."""
    for member in (world.alice, world.bob, world.carol):
        for n in range(2):
            shown = await world.post(picture(50 + 9 * week, member.id % 250, 100 * n))
            rating = await member.context_menu(world.channel, "Rate this image", shown)
            await member.click(rating.response, label=labels_on(rating)[1])
    await world.labels(world.alice)
    world.later.ms = 2 * week * WEEK_MS  # a question that comes late in a week is the next week's
    world.app.games._not_before.clear()  # as after a while
    await world.app.games.look()
    await world.env.settle()
    return world.table.last_message


async def withholding(world, tour):
    """An author's no, and that of whoever manages the server, each taken back."""
    shown = await world.post(picture(200, 1, 1))
    said = await world.alice.context_menu(world.channel, "Do not use my picture", shown)
    await tour.press(world.alice, said, buttons.use_again)
    for words in ("pictures off", "pictures on"):
        await world.alice.slash(world.channel, words)
    card = await world.steward.context_menu(world.channel, "Exclude from Feelprint", shown)
    for word in (buttons.exclude_message, buttons.exclude_picture, buttons.exclude_author):
        await tour.press(world.steward, card, word)
    for word in (buttons.allow_message, buttons.allow_picture, buttons.allow_author):
        await tour.press(world.steward, card, word)


async def leaving(world, tour):
    """Research, a copy, a month, and all of it."""
    bob, press = world.bob, tour.press
    card = await press(bob, await bob.slash(world.channel, "privacy"), buttons.research)
    for word in (buttons.give, buttons.give_no_more):
        await press(bob, card, word)
    await bob.slash(world.channel, "export")
    asked = await bob.slash(world.channel, "forget")
    (menu,) = [part for part in parts(asked) if part.get("options")]
    sure = await tour.choose(bob, asked, buttons.only_a_month, [menu["options"][0]["value"]])
    await press(bob, sure, buttons.erase_month)
    await press(bob, await bob.slash(world.channel, "forget"), buttons.erase_everything)
    assert await world.labels(bob) == []


TOUR = (setting_up, joining, labelling, asking, reading, moods, matching, playing, withholding, leaving)
