"""The deck: a private card after another, of pictures that count here and that this very member may see."""

from dataclasses import replace

import discord
import pytest
from simcord.backend.models.interaction import ResponseKind
from simcord.components import walk_components

from bot.discord_ui.deck import Start
from bot.discord_ui.deck_place import DeckPlace
from bot.intake.dealer import Looker
from bot.words import deck as words
from bot.words import texts
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.errors import ImageError, ImageProblem
from core.vocabulary.profile import ProfileKey
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_languages import german, in_language


def parts(result):
    """Every component of an answer, as Discord gets it."""
    message = getattr(result, "response", result)
    return list(walk_components([c if isinstance(c, dict) else c.to_dict() for c in message.components]))


def shown(result):
    """The bytes of the picture on a card."""
    (file,) = result.response.attachments
    assert [item["media"]["url"] for part in parts(result) for item in part.get("items", ())] == [file.url]
    return result.response._env.backend.cdn.get(file.url)


def custom_id_of(result, label):
    return next(part["custom_id"] for part in parts(result) if part.get("label") == label)


def labels_on(result):
    return [part["label"] for part in parts(result) if part.get("label")]


async def posted(world, *reds):
    """The pictures that Alice posts, as they will stand on cards."""
    return [await on_card(world, await world.post(picture(red))) for red in reds]


async def on_card(world, message):
    return (await world.app.images.normalise(await message.attachments[0].read())).jpeg


def looker_of(world):
    """Bob, as the deck sees him."""
    app = world.app
    guild = app.client.get_guild(world.guild.id)
    bob = discord.Member(
        data={"user": {"id": str(world.bob.id), "username": "bob", "discriminator": "0", "avatar": None},
              "roles": [], "joined_at": None, "deaf": False, "mute": False, "flags": 0},
        guild=guild,
        state=app.client._connection,
    )  # fmt: skip
    return Looker(bob, app.roster.place(guild.id), app.roster.label_set(guild.id))


async def held(world, custom_id):
    """The picture that a button names."""
    named = DeckPlace.read(custom_id.partition(":")[2]).picture
    return await world.app.dealer.held(looker_of(world), named.message_id, named.channel_id, named.mark)


async def emptied(world):
    """The bot after a restart: a new client, and nothing in memory."""
    world.app.renew_client(message_content=True)
    await world.env.restart_bot(world.app.client)
    world.app.dealer.forget()
    world.app.source._views.clear()


@pytest.fixture
async def dealt(world):
    """Bob's first card of three pictures."""
    await world.join(world.bob)
    world.pictures = await posted(world, 10, 120, 230)
    return await world.bob.slash(world.channel, "rate")


async def test_each_press_is_a_label_and_shows_the_next_picture_in_the_same_card(world, dealt):
    assert dealt.ephemeral
    seen = []
    for n, emotion in enumerate(("awe", "fear", "sadness"), 1):
        assert f"{n} of 3" in text_of(dealt)
        seen.append(shown(dealt))
        await world.bob.click(dealt.response, label=emotion)
    assert sorted(seen) == sorted(world.pictures)
    assert await world.labels(world.bob) == [{"awe"}, {"fear"}, {"sadness"}]
    assert "Thank you for 3 pictures" in text_of(dealt)
    assert "3 labels so far" in text_of(dealt)


async def test_no_question_is_asked_to_deal(world, dealt):
    await world.bob.click(dealt.response, label="awe")
    await world.labels(world.bob)
    assert await world.app.storage.answers.calls() == {}


async def test_the_next_picture_is_at_hand_before_the_press(world, dealt, monkeypatch):
    await world.env.settle()
    fetched, image = [], world.app.source.image

    async def noted(*arguments, **more):
        found = await image(*arguments, **more)
        fetched.append(found.jpeg)
        return found

    monkeypatch.setattr(world.app.source, "image", noted)
    first = shown(dealt)
    await world.bob.click(dealt.response, label="awe")
    assert shown(dealt) != first
    assert shown(dealt) not in fetched


async def test_skipping_costs_nothing_and_the_picture_is_offered_again_in_another_deck(world, dealt):
    first = shown(dealt)
    for _ in range(2):
        await world.bob.click(dealt.response, label="Skip")
        assert "1 of 3" in text_of(dealt)
        assert shown(dealt) != first
    await world.bob.click(dealt.response, label="Skip")
    assert words.nothing_left() in text_of(dealt)
    assert await world.labels(world.bob) == []
    again = await world.bob.slash(world.channel, "rate")
    assert shown(again) in world.pictures


async def test_the_last_label_can_be_undone(world, dealt):
    first = shown(dealt)
    await world.bob.click(dealt.response, label="awe")
    await world.bob.click(dealt.response, label="Undo")
    assert shown(dealt) == first
    assert "1 of 3" in text_of(dealt)
    assert await world.labels(world.bob) == []
    await world.bob.click(dealt.response, label="fear")
    assert await world.labels(world.bob) == [{"fear"}]


async def test_the_last_of_a_deck_can_be_undone_too(world, dealt):
    for emotion in ("awe", "fear", "sadness"):
        await world.bob.click(dealt.response, label=emotion)
    await world.bob.click(dealt.response, label="Undo")
    assert "3 of 3" in text_of(dealt)
    assert await world.labels(world.bob) == [{"awe"}, {"fear"}]


async def test_there_is_nothing_to_undo_on_the_first_card(dealt):
    (button,) = [part for part in parts(dealt) if part.get("label") == "Undo"]
    assert button["disabled"]


async def test_a_press_that_comes_twice_passes_no_picture_over(world, dealt):
    pressed = custom_id_of(dealt, "awe")
    await world.bob.click(dealt.response, label="awe")
    second = shown(dealt)
    who = looker_of(world)
    again = await world.app.dealer.next(who, after=(await held(world, pressed)).ref)
    assert again.image.jpeg == second


async def test_a_deck_goes_on_after_a_restart(world, dealt):
    await world.bob.click(dealt.response, label="awe")
    await emptied(world)
    second = shown(dealt)
    await world.bob.click(dealt.response, label="fear")
    assert "3 of 3" in text_of(dealt)
    assert shown(dealt) != second
    await emptied(world)
    await world.bob.click(dealt.response, label="Undo")
    assert shown(dealt) == second
    assert await world.labels(world.bob) == [{"awe"}]


async def test_a_picture_that_is_gone_makes_no_label_and_the_next_one_comes(world, dealt):
    first = shown(dealt)
    channel = world.app.client.get_channel(world.channel.id)
    async for message in channel.history():
        if message.attachments and await on_card(world, message) == first:
            await message.delete()
    await world.env.settle()
    await world.bob.click(dealt.response, label="awe")
    assert "no longer shows this picture" in text_of(dealt)
    assert shown(dealt) != first
    assert await world.labels(world.bob) == []


async def test_a_picture_that_was_withheld_while_it_was_shown_makes_no_label(world, dealt):
    await world.alice.slash(world.channel, "pictures off")
    await world.bob.click(dealt.response, label="awe")
    assert await world.labels(world.bob) == []
    assert [part for part in parts(dealt) if part.get("items")] == []


async def test_what_is_labelled_is_not_asked_again_wherever_it_is_posted(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(picture(1)), "😮")
    await world.post(picture(1), name="again.png")
    rated = await world.post(picture(100))
    asked = await world.bob.context_menu(world.channel, "Rate this image", rated)
    await world.bob.click(asked.response, label="fear")
    (left,) = await posted(world, 220)
    await world.labels(world.bob)
    card = await world.bob.slash(world.channel, "rate")
    assert shown(card) == left
    await world.bob.click(card.response, label="Skip")
    assert words.nothing_left() in text_of(card)


async def test_each_picture_of_a_message_with_several_comes_alone(world):
    await world.join(world.bob)
    await world.alice.send(world.channel, attachments=[("a.png", picture(1)), ("b.png", picture(220))])
    card = await world.bob.slash(world.channel, "rate")
    first = shown(card)
    await world.bob.click(card.response, label="awe")
    assert shown(card) != first
    await world.bob.click(card.response, label="fear")
    assert await world.labels(world.bob) == [{"awe"}, {"fear"}]


async def test_only_channels_that_the_member_may_see_are_dealt_from(world):
    steward = world.guild.roles["Stewards"]
    everyone = world.guild.default_role
    hidden = {
        everyone: discord.PermissionOverwrite(view_channel=False),
        steward: discord.PermissionOverwrite(view_channel=True),
        world.app.client.user: discord.PermissionOverwrite(view_channel=True),
    }
    channel = world.guild.create_text_channel("stewards", overwrites=hidden)
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, channels=place.channels | {channel.id}))
    await world.steward.send(channel, attachments=[("a.png", picture())])
    await world.join(world.bob, world.steward)
    assert text_of(await world.bob.slash(world.channel, "rate")) == words.empty()
    assert "1 of 1" in text_of(await world.steward.slash(world.channel, "rate"))


async def test_who_may_no_longer_see_the_channel_gets_no_label_from_it(world, dealt):
    channel = world.app.client.get_channel(world.channel.id)
    await channel.edit(
        overwrites={channel.guild.default_role: discord.PermissionOverwrite(read_message_history=False)}
    )
    await world.env.settle()
    await world.bob.click(dealt.response, label="awe")
    assert await world.labels(world.bob) == []


async def test_pictures_that_do_not_count_here_are_not_dealt(world):
    await world.join(world.bob)
    other = world.guild.create_text_channel("other")
    await world.alice.send(other, attachments=[("a.png", picture(1))])
    await world.post(picture(2), name="SPOILER_a.png")
    excluded = await world.post(picture(3))
    panel = await world.steward.context_menu(world.channel, "Exclude from Feelprint", excluded)
    await world.steward.click(panel.response, label="Exclude this message")
    mine = await world.bob.send(world.channel, attachments=[("a.png", picture(4))])
    await world.bob.context_menu(world.channel, "Do not use my picture", mine)
    assert text_of(await world.bob.slash(world.channel, "rate")) == words.empty()


async def test_an_age_restricted_picture_comes_only_in_such_a_channel(world):
    await world.join(world.bob)
    late = world.guild.create_text_channel("late")
    await world.env.settle()
    world.app.client.get_channel(late.id).nsfw = True  # the simulation knows no such channels
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, channels=place.channels | {late.id}, allow_nsfw=True))
    await world.alice.send(late, attachments=[("a.png", picture())])
    assert text_of(await world.bob.slash(world.channel, "rate")) == words.empty()
    assert "1 of 1" in text_of(await world.bob.slash(late, "rate"))


async def test_a_file_that_is_no_picture_is_passed_over(world):
    await world.join(world.bob)
    await world.post(b"no picture at all")
    (good,) = await posted(world, 5)
    assert shown(await world.bob.slash(world.channel, "rate")) == good


async def test_a_picture_that_cannot_be_had_for_now_is_passed_over(world, dealt, monkeypatch):
    async def refused(*_, **__):
        raise ImageError(ImageProblem.LATE)

    monkeypatch.setattr(world.app.source, "image", refused)
    await world.bob.click(dealt.response, label="awe")
    await world.bob.click(dealt.response, label="fear")
    assert words.nothing_left() in text_of(dealt)
    assert await world.labels(world.bob) == [{"awe"}, {"fear"}]


async def test_a_new_picture_comes_into_the_deck_by_itself(world, dealt):
    for emotion in ("awe", "fear", "sadness"):
        await world.bob.click(dealt.response, label=emotion)
    (new,) = await posted(world, 77)
    await world.bob.click(dealt.response, label="Next pictures")
    assert shown(dealt) == new


async def test_twelve_make_a_deck(world):
    await world.join(world.bob)
    await posted(world, *range(0, 260, 20))
    card = await world.bob.slash(world.channel, "rate")
    for n in range(1, 13):
        assert f"{n} of 12" in text_of(card)
        await world.bob.click(card.response, label="awe")
    assert "Thank you for 12 pictures" in text_of(card)
    assert len(await world.labels(world.bob)) == 12
    await world.bob.click(card.response, label="Next pictures")
    assert "1 of 1" in text_of(card)


async def test_a_paused_member_is_told_so_and_may_undo(world, dealt):
    await world.bob.click(dealt.response, label="awe")
    await world.bob.slash(world.channel, "pause")
    for label in ("fear", "Skip"):
        assert text_of(await world.bob.click(dealt.response, label=label)) == texts.adds_nothing_while_paused()
    assert text_of(await world.bob.slash(world.channel, "rate")) == texts.adds_nothing_while_paused()
    await world.bob.click(dealt.response, label="Undo")
    assert await world.labels(world.bob) == []


async def test_a_forgotten_member_adds_nothing_by_a_card_that_is_left(world, dealt):
    await world.bob.click(dealt.response, label="awe")
    await world.app.forget(world.bob.id)
    assert text_of(await world.bob.click(dealt.response, label="fear")) == texts.not_joined()
    assert await world.labels(world.bob) == []


async def test_other_emotions_since_are_said_and_shown(world, dealt):
    first = shown(dealt)
    place = world.app.roster.place(world.guild.id)
    chosen = LabelSet((Emotion("calm", "😌"), Emotion("wild", "🤩")))
    await world.app.roster.save(replace(place, label_set=chosen))
    await world.bob.click(dealt.response, label="awe")
    assert texts.emotions_changed() in text_of(dealt)
    assert shown(dealt) == first
    assert labels_on(dealt)[:2] == ["calm", "wild"]


async def test_more_emotions_than_buttons_are_a_menu(world):
    await world.join(world.bob)
    place = world.app.roster.place(world.guild.id)
    names = [f"emotion {chr(97 + n)}" for n in range(24)]
    await world.app.roster.save(replace(place, label_set=LabelSet(tuple(Emotion(name, "") for name in names))))
    await posted(world, 1, 200)
    card = await world.bob.slash(world.channel, "rate")
    await world.bob.select(card.response, ["23"])
    assert "2 of 2" in text_of(card)
    key = ProfileKey(world.bob.id, world.app.roster.label_set(world.guild.id).id)
    (label,) = await world.app.storage.labels.labels(key)
    assert set(label.emotions) == {"emotion x"}


async def test_after_joining_the_first_deck_is_one_press_away(world):
    await posted(world, 10, 200)
    asked = await world.bob.slash(world.channel, "join")
    await world.bob.click(asked.response, label="No, start fresh")
    started = await world.bob.click(asked.response, label="Shall we start? Twelve pictures, one minute")
    assert started.ephemeral
    assert "1 of 2" in text_of(started)
    again = await world.bob.slash(world.channel, "join")
    assert "Shall we start" in labels_on(again)[0]


async def test_in_a_private_conversation_there_is_no_deck(world):
    await world.join(world.bob)
    assert text_of(await world.bob.user.slash("rate")) == words.in_a_server()


async def test_a_bot_that_may_not_read_messages_says_so(world):
    await world.join(world.bob)
    world.app.renew_client(message_content=False)
    await world.env.restart_bot(world.app.client)
    assert text_of(await world.bob.slash(world.channel, "rate")) == words.unread()


async def test_the_deck_speaks_german(world):
    await world.join(world.bob)
    await posted(world, 10, 200)
    with in_language(world.env, "de"):
        card = await world.bob.slash(world.channel, "rate")
        assert german(words.question, 1, 2) in text_of(card)
        await world.bob.click(card.response, label="Staunen")
        assert german(words.question, 2, 2, german(texts.rated, ["awe"], MIKELS)) in text_of(card)
        await world.bob.click(card.response, label="Überspringen")
        assert german(words.nothing_left) in text_of(card)


async def test_a_quick_answer_takes_one_round_trip(world, dealt):
    await world.env.settle()
    pressed = await world.bob.click(dealt.response, label="awe")
    assert pressed._interaction.response_kind is ResponseKind.UPDATE


def test_the_way_into_a_deck_needs_a_member_who_has_joined():
    assert Start.needs.who.value == "joined"


async def test_what_was_asked_about_a_picture_before_is_known_and_described_to_who_cannot_see_it(world):
    await world.join(world.alice, world.bob)
    message = await world.post()
    await world.alice.react(message, "😮")
    await world.labels(world.alice)
    await world.alice.context_menu(world.channel, "How would I feel?", message)
    asked = await world.app.storage.answers.calls()
    card = await world.bob.slash(world.channel, "rate")
    (item,) = [item for part in parts(card) for item in part.get("items", ())]
    (image_hash,) = (await world.app.storage.labels.images_in([message.id])).values()
    key, label_set = ProfileKey(world.bob.id, world.app.default_label_set.id), world.app.default_label_set
    known = (await world.app.dealer._knowledge.of(key, label_set, [image_hash]))[image_hash]
    assert known.generic is not None
    assert item["description"] == known.caption != ""
    assert await world.app.storage.answers.calls() == asked


async def test_what_is_shown_and_not_labelled_is_written_nowhere(world, dealt):
    who, named = looker_of(world), DeckPlace.read(custom_id_of(dealt, "Skip").partition(":")[2]).picture
    image = (await world.app.dealer.held(who, named.message_id, named.channel_id, named.mark)).image
    await world.bob.click(dealt.response, label="Skip")
    await world.env.settle()
    assert await world.app.storage.labels.image(image.hash) is None
    assert await world.app.storage.labels.labels(who.key) == ()


async def test_nothing_of_a_deck_is_left_in_memory_after_somebody_was_forgotten(world, dealt):
    await world.app.forget(world.bob.id)
    assert not world.app.dealer._hands
    assert not world.app.album._pages


async def test_a_channel_is_read_once_for_a_whole_deck(world, monkeypatch):
    await world.join(world.bob)
    await posted(world, 10, 120, 230)
    read, page = [], world.app.album._reader.page

    async def noted(channel, *arguments):
        read.append(channel.id)
        return await page(channel, *arguments)

    monkeypatch.setattr(world.app.album._reader, "page", noted)
    card = await world.bob.slash(world.channel, "rate")
    for emotion in ("awe", "fear", "sadness"):
        await world.bob.click(card.response, label=emotion)
    assert read == [world.channel.id]


async def test_what_is_labelled_is_not_even_downloaded(world, dealt, monkeypatch):
    for emotion in ("awe", "fear", "sadness"):
        await world.bob.click(dealt.response, label=emotion)
    await emptied(world)
    fetched = []
    monkeypatch.setattr(world.app.source, "image", lambda *_, **__: fetched.append(1))
    assert text_of(await world.bob.slash(world.channel, "rate")) == words.empty()
    assert fetched == []
