"""One door for each policy: what one way refuses no other way lets through, and buttons outlive no right."""

from dataclasses import replace

import pytest

from bot.words import texts
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.conftest import deploy, picture, text_of
from tests.journeys.test_setup import _field, _fields

MENUS = ("How would I feel?", "Rate this image")
SNOW = "When a picture shows snow, this person tends to feel awe."


@pytest.fixture
def place(world):
    """Changes the server's settings."""

    async def change(**chosen):
        before = world.app.roster.place(world.guild.id)
        await world.app.roster.save(replace(before, **chosen))

    return change


@pytest.mark.parametrize("menu", MENUS)
async def test_a_spoiler_is_left_alone_by_both_menus_until_the_server_allows_it(world, place, menu):
    await world.join(world.bob)
    message = await world.post(name="SPOILER_a.png")
    assert text_of(await world.bob.context_menu(world.channel, menu, message)) == texts.hidden_picture()
    await place(allow_spoilers=True)
    assert text_of(await world.bob.context_menu(world.channel, menu, message)) != texts.hidden_picture()


@pytest.mark.parametrize("command", ["feel", "rate"])
async def test_an_uploaded_spoiler_is_left_alone_too(world, command):
    await world.join(world.bob)
    said = text_of(await world.bob.slash(world.channel, command, image=("SPOILER_a.png", picture())))
    assert said == texts.hidden_picture()


@pytest.mark.parametrize("way", [*MENUS, "feel", "rate"])
async def test_an_age_restricted_channel_is_left_alone_by_every_way(world, place, way):
    channel = world.guild.create_text_channel("late")
    await world.env.settle()
    world.app.client.get_channel(channel.id).nsfw = True  # the simulation knows no such channels
    await world.join(world.bob)
    message = await world.alice.send(channel, attachments=[("a.png", picture())])

    async def ask():
        if way in MENUS:
            return text_of(await world.bob.context_menu(channel, way, message))
        return text_of(await world.bob.slash(channel, way, image=("a.png", picture())))

    assert await ask() == texts.hidden_picture()
    await place(allow_nsfw=True)
    assert await ask() != texts.hidden_picture()


@pytest.mark.parametrize("menu", MENUS)
async def test_of_several_pictures_a_hidden_one_cannot_be_picked(world, menu):
    await world.join(world.bob)
    files = [("a.png", picture(1)), ("SPOILER_b.png", picture(90)), ("c.png", picture(250))]
    message = await world.alice.send(world.channel, attachments=files)
    asked = await world.bob.context_menu(world.channel, menu, message)
    (row,) = asked.response.components
    assert [option["label"] for option in row["components"][0]["options"]] == ["Picture 1", "Picture 3"]


@pytest.mark.parametrize("menu", MENUS)
async def test_a_picture_that_was_hidden_after_the_menu_was_shown_cannot_be_picked(world, place, menu):
    await world.join(world.bob)
    await place(allow_spoilers=True)
    files = [("SPOILER_a.png", picture(1)), ("SPOILER_b.png", picture(250))]
    message = await world.alice.send(world.channel, attachments=files)
    asked = await world.bob.context_menu(world.channel, menu, message)
    await place(allow_spoilers=False)
    picked = await world.bob.select(asked.response, ["1"])
    assert text_of(picked) == texts.hidden_picture()
    assert await world.app.storage.answers.calls() == {}


@pytest.mark.parametrize("hidden", ["spoiler", "age-restricted"])
async def test_buttons_of_a_picture_that_was_hidden_since_add_nothing_and_take_back(world, place, hidden):
    await world.join(world.bob)
    await place(allow_spoilers=True, allow_nsfw=True)
    if hidden == "age-restricted":
        world.app.client.get_channel(world.channel.id).nsfw = True  # the simulation knows no such channels
    message = await world.post(name="SPOILER_a.png" if hidden == "spoiler" else "a.png")
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.click(asked.response, label="amusement")
    await place(allow_spoilers=False, allow_nsfw=False)
    await world.bob.click(asked.response, label="awe")
    assert await world.labels(world.bob) == [{"amusement"}]
    await world.bob.click(asked.response, label="amusement")
    assert await world.labels(world.bob) == []


async def test_a_paused_member_takes_a_rating_back_and_is_told_that_they_have_paused(world):
    await world.join(world.bob)
    asked = await world.bob.context_menu(world.channel, "Rate this image", await world.post())
    for emotion in ("awe", "fear"):
        await world.bob.click(asked.response, label=emotion)
    await world.bob.slash(world.channel, "pause")
    await world.bob.click(asked.response, label="anger")
    assert texts.adds_nothing_while_paused() in text_of(asked)
    assert await world.labels(world.bob) == [{"awe", "fear"}]
    await world.bob.click(asked.response, label="fear")
    assert await world.labels(world.bob) == [{"awe"}]
    await world.bob.click(asked.response, label="awe")
    assert texts.rating_gone() in text_of(asked)
    assert await world.labels(world.bob) == []


async def test_a_paused_member_opens_a_rating_anew_to_take_it_back(world):
    await world.join(world.bob)
    message = await world.post()
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.click(asked.response, label="awe")
    await world.bob.slash(world.channel, "pause")
    again = await world.bob.context_menu(world.channel, "Rate this image", message)
    assert "So far: awe" in text_of(again)
    await world.bob.click(again.response, label="awe")
    assert await world.labels(world.bob) == []


async def test_a_paused_member_reads_and_takes_along_what_is_theirs(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    await world.bob.slash(world.channel, "pause")
    assert "version 1" in text_of(await world.bob.slash(world.channel, "feelprint show"))
    assert "In use" in text_of(await world.bob.slash(world.channel, "feelprint why"))
    assert "labels" in text_of(await world.bob.slash(world.channel, "progress"))
    assert text_of(await world.bob.slash(world.channel, "export")) == texts.export_ready()


async def test_whoever_agreed_to_less_is_told_so_and_not_that_they_have_not_joined(world):
    await world.app.storage.members.join(world.bob.id, CONSENT_VERSION - 1, 1)
    await world.app.roster.refresh()
    asked = await world.bob.context_menu(world.channel, "Rate this image", await world.post())
    await world.bob.click(asked.response, label="awe")
    assert texts.consent_lapsed() in text_of(asked)
    assert await world.labels(world.bob) == []


async def test_the_buttons_of_who_was_forgotten_show_nothing_more(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    card = await world.bob.slash(world.channel, "feelprint show")
    await world.app.forget(world.bob.id)
    pressed = await world.bob.click(card.response, label="How was this found?")
    assert text_of(pressed) == texts.not_joined()


async def test_whoever_has_paused_meanwhile_is_not_told_that_the_past_is_counted(world):
    await world.bob.react(await world.post(), "😮")
    asked = await world.bob.slash(world.channel, "join")
    await world.bob.slash(world.channel, "pause")
    pressed = await world.bob.click(asked.response, label="Yes, count them")
    assert text_of(pressed) == texts.adds_nothing_while_paused()
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize(
    ("button", "lines"),
    [("Thresholds", ["20", "2"]), ("Emotions", ["calm 😌\nwild 🤩"]), ("Budget", ["1", "0.1"])],
)
async def test_a_form_that_is_submitted_after_the_right_was_lost_is_refused(world, button, lines):
    panel = await world.steward.slash(world.channel, "setup")
    form = await world.steward.click(panel.response, label=button)
    before = await world.app.storage.servers.settings(world.guild.id)
    world.env.backend.remove_member_role(world.guild.id, world.steward.id, world.guild.roles["Stewards"].id)
    await world.env.settle()
    fields = _fields(form.modal["components"])
    submitted = await world.steward.submit_modal(form, dict(zip(fields, lines, strict=True)))
    assert text_of(submitted) == texts.admins_only()
    assert await world.app.storage.servers.settings(world.guild.id) == before


async def test_a_form_changes_what_it_asked_about_and_nothing_that_changed_meanwhile(world, place):
    panel = await world.steward.slash(world.channel, "setup")
    form = await world.steward.click(panel.response, label="Emotions")
    await place(min_labels=30, allow_spoilers=True)
    await world.steward.submit_modal(form, {_field(form.modal["components"]): "calm 😌\nwild 🤩"})
    stored = await world.app.storage.servers.settings(world.guild.id)
    assert (stored.min_labels, stored.allow_spoilers, stored.label_set.names) == (30, True, ("calm", "wild"))


@pytest.mark.parametrize(("labels", "emotions"), [("7", "3"), ("101", "3"), ("12", "1"), ("12", "9"), ("x", "3")])
async def test_thresholds_that_nobody_may_choose_are_explained_and_not_stored(world, labels, emotions):
    panel = await world.steward.slash(world.channel, "setup")
    form = await world.steward.click(panel.response, label="Thresholds")
    one, other = _fields(form.modal["components"])
    said = text_of(await world.steward.submit_modal(form, {one: labels, other: emotions}))
    assert said == "It takes 8 to 100 labels and 2 to 8 emotions."
    stored = await world.app.storage.servers.settings(world.guild.id)
    assert (stored.min_labels, stored.min_emotions) == (12, 3)


async def test_whatever_costs_is_taken_from_one_allowance_of_each_person(world):
    await world.join(world.bob, world.alice)
    one = await world.post()
    files = [("a.png", picture(1)), ("b.png", picture(250))]
    several = await world.alice.send(world.channel, attachments=files)
    menu = await world.bob.context_menu(world.channel, "How would I feel?", several)
    for _ in range(world.app.settings.feel_per_minute):
        world.app.allowance.take(world.bob.id)
    waiting, upload = texts.slow_down(10).partition(":")[0], ("a.png", picture())
    assert text_of(await world.bob.select(menu.response, ["1"])).startswith(waiting)
    for command in ("feel", "rate"):
        assert text_of(await world.bob.slash(world.channel, command, image=upload)).startswith(waiting)
    for name in MENUS:
        assert text_of(await world.bob.context_menu(world.channel, name, one)).startswith(waiting)
    assert text_of(await world.bob.slash(world.channel, "feelprint show"))
    assert not text_of(await world.alice.context_menu(world.channel, MENUS[0], one)).startswith(waiting)


async def test_who_is_refused_for_another_reason_uses_nothing_up(world):
    for _ in range(world.app.settings.feel_per_minute + 1):
        asked = await world.bob.slash(world.channel, "rate", image=("a.png", picture()))
        assert text_of(asked) == texts.join_first()


async def test_a_member_counts_while_the_roster_is_read_anew(world, monkeypatch):
    await world.join(world.bob)
    members, read = world.app.storage.members, world.app.storage.members.standings

    async def slow():
        answer = await read()
        await world.bob.react(await world.post(), "😮")
        assert await world.labels(world.bob) == [{"awe"}]
        return answer

    monkeypatch.setattr(members, "standings", slow)
    await world.app.roster.refresh()
    assert world.app.roster.joined(world.bob.id)


async def test_seeds_follow_the_same_policy(world, place):
    await place(seed_reactions=True)
    await world.post(name="SPOILER_a.png")
    await world.app.seeder.drained()
    assert world.channel.last_message.reactions == []
    await place(allow_spoilers=True)
    await world.post(name="SPOILER_a.png")
    await world.app.seeder.drained()
    assert world.channel.last_message.reactions


def test_settings_of_a_server_that_never_chose_are_the_defaults(world):
    assert world.app.roster.place(999) == ServerSettings(999)


async def test_nothing_that_is_heard_about_who_has_not_joined_leaves_a_label_or_a_picture(world, place):
    await place(seed_reactions=True)
    message, doomed = await world.post(picture(1)), await world.post(picture(90))
    await world.app.seeder.drained()
    for emoji in ("😮", "😂", "😨"):
        await world.bob.react(message, emoji)
        await world.bob.react(doomed, emoji)
    await world.bob.unreact(message, "😮")
    world.env.backend.clear_reactions(world.channel.id, message.id)
    await doomed.delete()
    await world.env.settle()
    assert await world.labels(world.bob) == []
    for data in (picture(1), picture(90)):
        assert await world.app.storage.labels.image((await world.app.images.normalise(data)).hash) is None
    assert await world.app.storage.labels.reactions_on([message.id, doomed.id]) == frozenset()
