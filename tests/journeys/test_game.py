"""The weekly game: who said yes is asked about, guesses are private, and what is taken back is gone at once."""

import asyncio
from dataclasses import replace

import discord
import pytest
from simcord.backend.models import Overwrite

from bot.words import buttons, setup_buttons, texts
from bot.words import game as words
from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import EVERYBODY, Yes, YesTo
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.weekly import OPEN_MS, WEEK_MS, week_of
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_deck import labels_on
from tests.journeys.test_languages import german, in_language
from tests.journeys.test_matching import choose

FRIDAY = week_of(1_767_225_600_000) - 3 * WEEK_MS
"""Before the simulated Discord began, whose clock stands still while the bot's goes on."""


class Time:
    """What every clock of the bot says."""

    at = FRIDAY + 1000


@pytest.fixture
def time(monkeypatch):
    moved = Time()
    monkeypatch.setattr(SystemClock, "now_ms", lambda _: moved.at)
    return moved


@pytest.fixture
async def game(time, world, monkeypatch):
    """Alice, Bob and Carol have said yes, and each has felt something about two pictures; the game is on in a
    channel of its own, and played when a test says so.
    """
    world.time, games = time, world.app.games
    monkeypatch.setattr(games, "wake", lambda _: games._not_before.clear())
    world.carol = world.guild.add_member(world.env.create_user("carol"))
    world.players = (world.alice, world.bob, world.carol)
    world.table = world.guild.create_text_channel("game")
    await world.env.settle()
    await world.join(*world.players)
    world.shown = {}
    for n, member in enumerate(world.players):
        for place in range(2):
            message = await world.post(picture(5 + 80 * n + 30 * place))
            await member.react(message, "😮")
            world.shown.setdefault(member.id, []).append(message)
        await says_yes(world, member)
    await world.labels(world.alice)
    await change(world, game_channel=world.table.id)
    return world


async def change(world, **chosen):
    await world.app.roster.save(replace(world.app.roster.place(world.guild.id), **chosen))


async def says_yes(world, *members):
    for member in members:
        said = Yes(member.id, world.guild.id, EVERYBODY, YesTo.GAME)
        await world.app.storage.yeses.say(said, world.app.clock.now_ms())


async def look(world):
    """The bot looks what there is to do; what stands in the game's channel then."""
    await world.app.games.look()
    await world.env.settle()
    return posts(world)


def posts(world):
    return [m for m in world.table.history() if m.author.id == world.app.client.user.id]


async def asked(world):
    """The question of this week, and whom it is about."""
    (question,) = await look(world)
    (running,) = await world.app.storage.games.running()
    about = next(member for member in world.players if member.id == running.about.member_id)
    others = [member for member in world.players if member is not about]
    return question, about, others


async def where(world):
    """The message whose picture is asked about."""
    (running,) = await world.app.storage.games.running()
    shown = world.shown[running.about.member_id]
    return next(message for message in shown if message.id == running.about.message_id)


async def guess(who, question, emotion):
    return await who.click(question, label=emotion)


async def test_a_question_is_asked_guessed_at_and_answered(game):
    question, about, (one, other) = await asked(game)
    assert f"What did {about.user.name} feel here?" in text_of(question)
    assert len(labels_on(question)) == len(MIKELS.names) + 1
    stands = await where(game)
    assert str(stands.id) not in str(question.components), "where reactions would tell"
    first = await guess(one, question, "fear")
    assert first.ephemeral
    assert words.noted("fear", MIKELS, FRIDAY + 1000 + OPEN_MS) in text_of(first)
    await guess(one, question, "awe")
    await guess(other, question, "anger")
    game.time.at += OPEN_MS - 1
    assert len(await look(game)) == 1
    game.time.at += 1
    (answer,) = await look(game)
    said = answer.content
    assert f"{about.user.name} felt: 😮 awe" in said
    assert f"{game.channel.id}/{stands.id}" in said
    assert f"2 people guessed; right: <@{one.id}>." in said
    assert str(other.id) not in said
    assert not answer.attachments
    assert await look(game) == [answer]
    for member in (one, other):
        assert await game.labels(member) == [{"awe"}] * 2, "a guess is no label"
        assert (await game.app.storage.members.export(member.id))["guesses"] == []


async def test_its_question_is_no_picture_to_label_or_to_ask_about(game):
    await change(game, channels=frozenset({game.channel.id, game.table.id}), seed_reactions=True)
    question, _, (one, _) = await asked(game)
    await game.app.seeder.drained()
    assert question.reactions == posts(game)[0].reactions == []
    await one.react(question, "😢")
    assert await game.labels(one) == [{"awe"}] * 2
    for menu in ("Rate this image", "How would I feel?"):
        assert text_of(await one.context_menu(game.table, menu, question)) == texts.no_picture()


async def test_there_is_one_in_a_week_and_the_next_is_about_somebody_else(game):
    _, first, _ = await asked(game)
    game.time.at += OPEN_MS
    assert len(await look(game)) == 1
    game.time.at = FRIDAY + WEEK_MS - 1
    assert len(await look(game)) == 1
    game.time.at += 60 * 60 * 1000
    answer, question = await look(game)
    assert "felt" in answer.content
    assert first.user.name not in text_of(question)


async def test_without_three_there_is_none_and_with_a_third_yes_it_begins(game):
    await game.app.storage.yeses.take_back(game.carol.id, to=YesTo.GAME)
    assert await look(game) == []
    invitation = await game.steward.slash(game.channel, "setup")
    await game.steward.click(invitation.response, label=setup_buttons.game())
    assert words.panel(game.table.id, 2) == text_of(invitation)
    await game.steward.click(invitation.response, label=setup_buttons.post_game_invitation())
    (posted,) = posts(game)
    assert words.invitation() in text_of(posted)
    card = await game.carol.click(posted, label=buttons.play())
    assert text_of(card) == words.may_guess(yes=False)
    done = await game.carol.click(card.response, label=buttons.let_guess())
    assert text_of(done) == words.may_guess(yes=True)
    assert len(await look(game)) == 2


async def test_who_is_asked_about_does_not_guess_and_takes_it_back_at_once(game):
    question, about, (one, _) = await asked(game)
    await guess(one, question, "fear")
    mine = await guess(about, question, "awe")
    assert mine.ephemeral
    assert text_of(mine) == words.about_you()
    await about.click(mine.response, label=buttons.not_guess())
    assert text_of(await guess(one, question, "awe")) == words.over()
    assert await look(game) == []
    assert (await game.app.storage.members.export(one.id))["guesses"] == []
    game.time.at += OPEN_MS
    assert await look(game) == [], "and nothing is answered"


@pytest.mark.parametrize(
    "way", ["match", "forget", "pause", "reaction", "message", "withheld", "left", "emotions", "off"]
)
async def test_whatever_it_needs_and_is_gone_takes_the_question_away(game, way):
    question, about, (one, _) = await asked(game)
    stands = await where(game)
    await guess(one, question, "awe")
    match way:
        case "match":
            card = await about.slash(game.channel, "match")
            assert "Everybody in this server, in the weekly game." in text_of(card)
            await choose(about, card, buttons.who_may_guess_menu(), "nobody")
        case "forget":
            await game.app.forget(about.id)
        case "pause":
            await about.slash(game.channel, "pause")
        case "reaction":
            await about.unreact(stands, "😮")
        case "message":
            await stands.delete()
        case "withheld":
            await game.alice.context_menu(game.channel, "Do not use my picture", stands)
            await game.app.withholding.idle()
        case "left":
            game.guild.remove_member(about)
            game.time.at += OPEN_MS
        case "emotions":
            await change(game, label_set=LabelSet((Emotion("calm", "😌"), Emotion("wild", "🤩"))))
        case "off":
            await change(game, game_channel=None)
    await game.labels(one)
    if way not in ("left", "off"):
        assert text_of(await guess(one, question, "fear")) == words.over()
    assert await look(game) == []
    assert (await game.app.storage.members.export(one.id))["guesses"] == []


async def test_nobody_guesses_who_has_not_joined_and_a_guess_can_be_taken_back(game):
    question, _, (one, other) = await asked(game)
    assert text_of(await guess(game.steward, question, "awe")) == texts.not_joined()
    noted = await guess(one, question, "awe")
    gone = await one.click(noted.response, label=buttons.take_back())
    assert text_of(gone) == words.guess_gone()
    await guess(other, question, "awe")
    await game.app.forget(other.id)
    game.time.at += OPEN_MS
    (answer,) = await look(game)
    assert words.guessed_by([], 0) in answer.content


async def test_what_was_guessed_is_told_of_nobody_who_was_wrong(game):
    question, _, (one, other) = await asked(game)
    for member in (one, other):
        await guess(member, question, "fear")
    game.time.at += OPEN_MS
    (answer,) = await look(game)
    assert words.guessed_by([], 2) in answer.content
    assert "<@" not in answer.content


@pytest.mark.parametrize("way", ["spoiler", "excluded", "closed", "elsewhere", "restricted", "deleted unheard"])
async def test_only_pictures_are_shown_that_count_and_that_all_there_may_see(game, way):
    """All of Alice's and Bob's; where that is known to the database, there are not three any more."""
    for message in (*game.shown[game.alice.id], *game.shown[game.bob.id]):
        channel = game.app.client.get_channel(game.channel.id)
        match way:
            case "excluded":
                card = await game.steward.context_menu(game.channel, "Exclude from Feelprint", message)
                await game.steward.click(card.response, label=buttons.exclude_message())
                await game.app.withholding.idle()
            case "closed":
                hidden = discord.Permissions(view_channel=True, read_message_history=True).value
                whom, me = game.guild.id, game.app.client.user.id
                game.env.backend.set_overwrite(game.channel.id, Overwrite(whom, 0, allow=0, deny=hidden))
                game.env.backend.set_overwrite(game.channel.id, Overwrite(me, 1, allow=hidden, deny=0))
                await game.env.settle()
            case "restricted":
                channel.nsfw = True  # the simulation knows no such channels
                game.app.source._views.clear()
                await change(game, allow_nsfw=True)
            case "elsewhere":
                await change(game, channels=frozenset({game.table.id}))
                await game.app.withholding.idle()
            case "deleted unheard":
                game.app.source.shown(message.id, None)
            case "spoiler":
                view = await game.app.source.message(game.guild.id, game.channel.id, message.id)
                hidden = replace(view, pictures=(replace(view.pictures[0], spoiler=True),))
                game.app.source.shown(message.id, hidden)
                await change(game, allow_spoilers=True)
    if way in ("deleted unheard", "spoiler"):
        (question,) = await look(game)
        assert "carol" in text_of(question)
    else:
        assert await look(game) == []


@pytest.mark.parametrize("way", ["killed", "taken"])
async def test_a_question_that_was_sent_and_not_noted_is_found_and_not_sent_again(game, monkeypatch, way):
    async def killed(*_):
        raise asyncio.CancelledError

    with monkeypatch.context() as ends:
        ends.setattr(game.app.storage.patient.games, "posted", killed)
        with pytest.raises(asyncio.CancelledError):
            await game.app.games.look()
    (question,) = posts(game)
    assert len(await look(game)) == 1, "for two minutes and a half somebody sees to it"
    if way == "killed":
        await away_and_back(game)
    game.time.at += 150_000
    assert [m.id for m in await look(game)] == [question.id]
    (running,) = await game.app.storage.games.running()
    assert running.message_id == question.id


async def test_an_answer_that_was_sent_and_not_noted_is_not_sent_again(game, monkeypatch):
    await asked(game)
    game.time.at += OPEN_MS

    async def killed(*_):
        raise asyncio.CancelledError

    with monkeypatch.context() as ends:
        ends.setattr(discord.PartialMessage, "delete", killed)
        with pytest.raises(asyncio.CancelledError):
            await game.app.games.look()
    assert len(posts(game)) == 2
    game.time.at += 150_000
    (answer,) = await look(game)
    assert "felt" in answer.content
    assert await game.app.storage.games.running() == ()


async def test_after_a_restart_buttons_work_and_what_ended_meanwhile_is_answered(game):
    question, _, (one, _) = await asked(game)
    await away_and_back(game)
    assert "Your guess" in text_of(await guess(one, question, "awe"))
    game.time.at += OPEN_MS + WEEK_MS
    await away_and_back(game)
    answer, following = await look(game)
    assert f"right: <@{one.id}>" in answer.content
    assert "feel here?" in text_of(following)


@pytest.mark.parametrize("status", [500, 503])
async def test_while_discord_is_away_it_waits(game, status):
    game.env.inject_error("POST", "/channels/*/messages", status=status, times=9)
    await look(game)
    assert posts(game) == []
    game.env.clear_errors() if hasattr(game.env, "clear_errors") else None
    game.time.at += 150_000
    while not posts(game):
        game.time.at += 150_000
        await look(game)
    assert len(posts(game)) == 1


async def test_where_it_may_not_post_it_asks_nothing_and_setup_says_what_lacks(game):
    me = game.app.client.get_guild(game.guild.id).me
    denied = discord.Permissions(attach_files=True).value
    game.env.backend.set_overwrite(game.table.id, Overwrite(me.id, 1, allow=0, deny=denied))
    await game.env.settle()
    assert await look(game) == []
    panel = await game.steward.slash(game.channel, "setup")
    assert f"In <#{game.table.id}> I still need: Attach Files" in text_of(panel)


async def test_a_channel_that_was_deleted_ends_it_quietly(game):
    await asked(game)
    game.env.backend.delete_channel(game.table.id)
    await game.env.settle()
    await game.app.games.look()
    assert await game.app.storage.games.running() == ()


async def test_it_is_asked_and_answered_in_the_servers_language(game):
    game.app.client.get_guild(game.guild.id).preferred_locale = "de"
    question, about, (one, _) = await asked(game)
    ends = FRIDAY + 1000 + OPEN_MS
    assert german(words.question, about.user.name, ends) in text_of(question)
    assert "Staunen" in labels_on(question)
    with in_language(game.env, "ja"):
        pressed = await guess(one, question, "Staunen")
        card = await one.click(question, label=german(buttons.play))
    assert "驚嘆" in text_of(pressed)
    assert text_of(card) != words.may_guess(yes=True)
    game.time.at += OPEN_MS
    (answer,) = await look(game)
    assert "😮 Staunen" in answer.content


async def test_an_admin_switches_it_on_and_off(world):
    table = world.guild.create_text_channel("game")
    await world.env.settle()
    with in_language(world.env, "de"):
        panel = await world.steward.slash(world.channel, "setup")
        assert "Ratespiel der Woche: aus" in text_of(panel)
        await world.steward.click(panel.response, label=german(setup_buttons.game))
        await world.steward.select(panel.response, [table])
        assert f"Ratespiel der Woche: <#{table.id}>" in text_of(panel)
    assert (await world.app.storage.servers.settings(world.guild.id)).game_channel == table.id
    await world.steward.click(panel.response, label=german(setup_buttons.game))
    await world.steward.select(panel.response, [])
    assert (await world.app.storage.servers.settings(world.guild.id)).game_channel is None


async def test_whoever_paused_gives_no_yes_and_whoever_has_not_joined_is_told_so(game):
    await game.bob.slash(game.channel, "pause")
    question, *_ = await look(game) or [None]
    assert question is None, "of three one has paused"
    panel = await game.steward.slash(game.channel, "setup")
    await game.steward.click(panel.response, label=setup_buttons.game())
    await game.steward.click(panel.response, label=setup_buttons.post_game_invitation())
    (posted,) = posts(game)
    card = await game.bob.click(posted, label=buttons.play())
    await game.bob.click(card.response, label=buttons.not_guess())
    assert await game.app.storage.yeses.said(game.bob.id) == ()
    refused = await game.bob.click(card.response, label=buttons.let_guess())
    assert text_of(refused) == texts.adds_nothing_while_paused()
    assert text_of(await game.steward.click(posted, label=buttons.play())) == texts.not_joined()


async def test_more_emotions_than_buttons_are_a_menu(game):
    many = LabelSet(tuple(Emotion(f"feeling {chr(97 + n)}", "") for n in range(21)))
    await change(game, label_set=many)
    for n, member in enumerate(game.players):
        asked_ = await member.context_menu(game.channel, "Rate this image", game.shown[member.id][0])
        await member.click(asked_.response, label=f"feeling {chr(97 + n)}")
    await game.app.intake.drained()
    question, _, (one, _) = await asked(game)
    assert "feeling c" in text_of(await one.select(question, ["2"]))


async def test_the_bot_looks_by_itself_and_at_once_when_something_changes(game, monkeypatch):
    monkeypatch.undo()
    game.app.games.wake(game.guild.id)
    async with asyncio.timeout(60):
        while not posts(game):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_who_left_the_server_is_not_asked_about(game):
    for member in (game.alice, game.bob):
        game.guild.remove_member(member)
    (question,) = await look(game)
    assert "carol" in text_of(question)


@pytest.mark.parametrize("way", ["picture", "question"])
async def test_what_was_deleted_on_discord_is_not_answered_though_nobody_heard_of_it(game, way):
    question, _, (one, _) = await asked(game)
    await guess(one, question, "awe")
    if way == "picture":
        game.app.source.shown((await where(game)).id, None)
    else:
        await question.delete()
    game.time.at += OPEN_MS
    assert await look(game) == []
    assert await game.app.storage.games.running() == ()


@pytest.mark.parametrize(("day", "follows"), [(0, 7), (3, 7), (4, 14), (6.9, 14)])
async def test_a_question_late_in_its_week_is_not_followed_by_the_next_at_once(game, day, follows):
    game.time.at = FRIDAY + int(day * WEEK_MS / 7) + 1000
    await asked(game)
    game.time.at += OPEN_MS
    assert len(await look(game)) == 1
    game.time.at = FRIDAY + follows * WEEK_MS // 7 - 1
    assert len(await look(game)) == 1
    game.time.at += 60 * 60 * 1000
    assert len(await look(game)) == 2
