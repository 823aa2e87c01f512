"""`/setup`: for those who may manage the server, checked on our side too."""

from dataclasses import replace

import discord
import pytest
from simcord.backend.errors import BackendError, SetupError
from simcord.backend.models import Overwrite

from bot.discord_ui.commands.joining import JOIN_BUTTON
from bot.discord_ui.invitation import invitation
from bot.words import texts
from bot.words.overview import invite_elsewhere, too_many_channels, would_hide
from core.vocabulary.emotions import MIKELS, Emotion
from core.vocabulary.profile import ProfileKey
from tests.journeys.conftest import bot_on, picture, plain, settings_for, text_of
from tests.journeys.test_languages import german, in_language
from tests.journeys.test_places import thread_in


async def _setup(world):
    return await world.steward.slash(world.channel, "setup")


async def test_channels_and_switches_are_stored_at_once(world):
    panel = await _setup(world)
    other = world.guild.create_text_channel("art")
    await world.steward.select(panel.response, [other])
    await world.steward.click(panel.response, label="Spoilers on/off")
    place = await world.app.storage.servers.settings(world.guild.id)
    assert place.channels == {other.id}
    assert place.allow_spoilers
    assert f"<#{other.id}>" in text_of(panel)


async def test_a_category_chooses_all_channels_that_are_in_it(world):
    category = world.guild.create_category("pictures")
    art = world.guild.create_text_channel("art", category=category)
    news = world.guild.create_news_channel("news", category=category)
    await world.env.settle()
    panel = await _setup(world)
    await world.steward.select(panel.response, [category, world.channel])
    chosen = {art.id, news.id, world.channel.id}
    assert (await world.app.storage.servers.settings(world.guild.id)).channels == chosen
    assert all(f"<#{one}>" in text_of(panel) for one in chosen)
    assert f"<#{category.id}>" not in text_of(panel)


async def test_more_channels_than_can_be_shown_chosen_are_not_stored(world):
    category = world.guild.create_category("pictures")
    for n in range(25):
        world.guild.create_text_channel(f"art-{n}", category=category)
    await world.env.settle()
    with in_language(world.env, "de"):
        panel = await _setup(world)
        await world.steward.select(panel.response, [category, world.channel])
        assert german(too_many_channels, 26, 25) in text_of(panel)
    assert (await world.app.storage.servers.settings(world.guild.id)).channels == {world.channel.id}
    await world.steward.select(panel.response, [category])
    assert len((await world.app.storage.servers.settings(world.guild.id)).channels) == 25


async def test_the_invitation_is_posted_where_it_was_asked_for(world):
    panel = await _setup(world)
    await world.steward.click(panel.response, label="Post the invitation here")
    invitation = world.channel.last_message
    assert texts.panel_title() in text_of(invitation)
    await world.bob.click(invitation, custom_id=JOIN_BUTTON)
    assert world.app.roster.joined(world.bob.id)


async def test_the_invitation_is_not_posted_where_no_picture_counts(world):
    office = world.guild.create_text_channel("office")
    panel = await world.steward.slash(office, "setup")
    await world.steward.click(panel.response, label="Post the invitation here")
    assert office.history() == []
    assert f"Open `/setup` in <#{world.channel.id}> and post it from there." in plain(text_of(panel))
    await world.steward.select(panel.response, [office])
    await world.steward.click(panel.response, label="Post the invitation here")
    assert texts.panel_title() in text_of(office.last_message)


async def test_the_invitation_is_not_posted_where_it_is_age_restricted_until_that_counts(world):
    world.app.client.get_channel(world.channel.id).nsfw = True  # the simulation knows no such channels
    with in_language(world.env, "de"):
        panel = await _setup(world)
        await world.steward.click(panel.response, label="Die Einladung hier posten")
        assert german(invite_elsewhere, []) in plain(text_of(panel))
        assert world.channel.history() == []
        await world.steward.click(panel.response, label="Altersbeschränktes an/aus")
        await world.steward.click(panel.response, label="Die Einladung hier posten")
    assert len(world.channel.history()) == 1


async def test_in_a_thread_of_a_chosen_channel_the_invitation_may_stand_and_speaks_the_servers_language(world):
    thread = await thread_in(world, world.channel)
    world.app.client.get_guild(world.guild.id).preferred_locale = "de"
    panel = await world.steward.slash(thread, "setup")
    await world.steward.click(panel.response, label="Post the invitation here")
    assert german(texts.panel_title) in text_of(thread.last_message)
    assert "The invitation stands in" in text_of(panel)


async def test_emotions_and_thresholds_are_chosen_in_forms(world):
    panel = await _setup(world)
    form = await world.steward.click(panel.response, label="Emotions")
    field = form.modal["components"]
    await world.steward.submit_modal(form, {_field(field): "calm 😌\nwild 🤩"})
    form = await world.steward.click(panel.response, label="Thresholds")
    one, other = _fields(form.modal["components"])
    await world.steward.submit_modal(form, {one: "20", other: "2"})
    place = await world.app.storage.servers.settings(world.guild.id)
    assert place.label_set.names == ("calm", "wild")
    assert (place.min_labels, place.min_emotions) == (20, 2)


@pytest.mark.parametrize(
    "lines",
    [
        "calm 😌",
        "calm 😌\ncalm 🤩",
        "calm 😌\nCalm 🤩",
        "calm 😌\nwild 😌",
        "calm a\nwild b",
        "joie extrême\ntristesse 😢",
        "Freude Glück\nAngst 😨",
        "joy 😂😂\nfear 😨",
        "joy é[free](https://evil.example)\nfear 😨",
        "\n".join(f"feeling {chr(97 + n)}" for n in range(25)),
    ],
)
async def test_a_label_set_that_makes_no_sense_is_explained_and_not_stored(world, lines):
    panel = await _setup(world)
    form = await world.steward.click(panel.response, label="Emotions")
    said = text_of(await world.steward.submit_modal(form, {_field(form.modal["components"]): lines}))
    assert said.endswith(".")
    assert (await world.app.storage.servers.settings(world.guild.id)).label_set == world.app.default_label_set


@pytest.mark.parametrize("number", [1, 25])
async def test_how_many_emotions_a_server_takes_is_said_as_it_is(world, number):
    panel = await _setup(world)
    form = await world.steward.click(panel.response, label="Emotions")
    lines = "\n".join(f"feeling{chr(97 + n)}" for n in range(number))
    said = text_of(await world.steward.submit_modal(form, {_field(form.modal["components"]): lines}))
    assert said == "A server has 2 to 24 emotions: Discord has no room for more."


async def test_a_server_may_feel_in_its_own_script(world):
    panel = await _setup(world)
    form = await world.steward.click(panel.response, label="Emotions")
    await world.steward.submit_modal(form, {_field(form.modal["components"]): "खुशी 😂\nge\u0302ne 😢"})
    assert (await world.app.storage.servers.settings(world.guild.id)).label_set.names == ("खुशी", "g\u00eane")


async def test_the_servers_own_emojis_may_be_named(world):
    made = world.guild.create_emoji("calm_cat")
    await world.env.settle()
    panel = await _setup(world)
    form = await world.steward.click(panel.response, label="Emotions")
    await world.steward.submit_modal(form, {_field(form.modal["components"]): "calm :calm_cat:\nwild 🤩"})
    place = await world.app.storage.servers.settings(world.guild.id)
    assert place.label_set.emotion_of(f"<:anything:{made.id}>") == "calm"


async def test_others_are_refused_by_discord_and_by_us(world):
    with pytest.raises((BackendError, SetupError)):
        await world.bob.slash(world.channel, "setup")
    command = world.app.client.tree.get_command("setup")
    command.default_permissions = None
    await world.app.client.tree.sync()
    assert text_of(await world.bob.slash(world.channel, "setup")) == texts.admins_only()


async def test_an_admin_who_lost_the_right_can_press_nothing_more(world):
    panel = await _setup(world)
    world.env.backend.remove_member_role(world.guild.id, world.steward.id, world.guild.roles["Stewards"].id)
    await world.env.settle()
    await world.steward.click(panel.response, label="Spoilers on/off")
    assert not (await world.app.storage.servers.settings(world.guild.id)).allow_spoilers


async def test_missing_permissions_are_named(world):
    closed = world.guild.create_text_channel("closed")
    me = world.app.client.get_guild(world.guild.id).me
    denied = discord.Permissions(add_reactions=True).value
    world.env.backend.set_overwrite(closed.id, Overwrite(me.id, 1, allow=0, deny=denied))
    await world.env.settle()
    panel = await _setup(world)
    await world.steward.select(panel.response, [closed])
    assert "I still need: Add Reactions" in text_of(panel)


def _fields(components):
    found = []
    for component in components:
        found += _fields(component.get("components", []))
        if "component" in component:
            found += _fields([component["component"]])
        if component.get("type") == 4:
            found.append(component["custom_id"])
    return found


def _field(components):
    return _fields(components)[0]


async def test_a_bot_in_no_server_says_where_it_can_be_invited(folder, capsys):
    async with bot_on(settings_for(folder)) as (app, _):
        said = capsys.readouterr().out
        assert "discord.invite" in said
        assert invitation(app.client.application_id) in said


async def test_a_bot_in_a_server_does_not(world, capsys):
    capsys.readouterr()
    await world.app.client.on_ready()
    assert "discord.invite" not in capsys.readouterr().out


async def _hiding(world):
    """Two members' labels: one of a spoiler, one of another channel, one picture that stands in both channels."""
    await world.join(world.alice, world.bob)
    art = world.guild.create_text_channel("art")
    await world.env.settle()
    place = replace(
        world.app.roster.place(world.guild.id), channels=frozenset({world.channel.id, art.id}), allow_spoilers=True
    )
    await world.app.roster.save(place)
    spoiler = await world.post(picture(30), name="SPOILER_a.png")
    elsewhere = await world.alice.send(art, attachments=[("b.png", picture(90))])
    twice = [await world.post(picture(160)), await world.alice.send(art, attachments=[("c.png", picture(160))])]
    for message in (spoiler, elsewhere, *twice):
        await world.bob.react(message, "😮")
    await world.alice.react(elsewhere, "😂")
    assert len(await world.labels(world.bob)) == 3
    assert len(await world.labels(world.alice)) == 1


CHANGES = {
    "spoilers": (1, (2, 1), "Spoilers on/off"),
    "channels": (2, (2, 0), None),
    "emotions": (4, (3, 1), "Emotions"),  # they stay, in a profile that is not of here
}


@pytest.mark.parametrize(("count", "left", "button"), CHANGES.values(), ids=CHANGES)
async def test_what_would_hide_labels_is_asked_about_first_and_comes_back(world, count, left, button):
    await _hiding(world)
    before = world.app.roster.place(world.guild.id)
    panel = await _setup(world)

    async def change():
        if button is None:
            await world.steward.select(panel.response, [world.channel])
        else:
            pressed = await world.steward.click(panel.response, label=button)
            if pressed.modal:
                lines = {_field(pressed.modal["components"]): "calm 😌\nwild 🤩"}
                await world.steward.submit_modal(pressed, lines)

    await change()
    assert would_hide(count, emotions=button == "Emotions") in text_of(panel)
    assert world.app.roster.place(world.guild.id) == before
    await world.steward.click(panel.response, label="Leave it as it is")
    assert world.app.roster.place(world.guild.id) == before
    assert "Feelprint in this server" in text_of(panel)
    await change()
    await world.steward.click(panel.response, label="Change it")
    assert world.app.roster.place(world.guild.id) != before
    await world.app.withholding.idle()
    await world.app.catchup.idle()
    assert (len(await world.labels(world.bob)), len(await world.labels(world.alice))) == left
    await world.app.roster.save(before)
    await world.app.withholding.idle()
    assert (len(await world.labels(world.bob)), len(await world.labels(world.alice))) == (3, 1)


async def test_what_hides_nothing_is_done_at_once_and_so_is_another_order_or_another_emoji(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    panel = await _setup(world)
    await world.steward.click(panel.response, label="Spoilers on/off")
    await world.steward.click(panel.response, label="Spoilers on/off")
    assert "Feelprint in this server" in text_of(panel)
    form = await world.steward.click(panel.response, label="Emotions")
    lines = "\n".join(f"{e.name} {e.emoji}" for e in reversed(MIKELS.with_emojis({"awe": "😱"}).emotions))
    await world.steward.submit_modal(form, {_field(form.modal["components"]): lines})
    place = await world.app.storage.servers.settings(world.guild.id)
    assert place.label_set.id == MIKELS.id
    assert place.label_set.emoji_of("awe") == "😱"


async def test_an_added_emotion_asks_nothing_and_keeps_every_label(world):
    await _hiding(world)
    before = [await world.labels(one) for one in (world.bob, world.alice)]
    panel = await _setup(world)
    form = await world.steward.click(panel.response, label="Emotions")
    lines = "\n".join(f"{e.name} {e.emoji}" for e in (*MIKELS.emotions, Emotion("wistful", "🌧")))
    await world.steward.submit_modal(form, {_field(form.modal["components"]): lines})
    assert "Feelprint in this server" in text_of(panel)
    await world.app.withholding.idle()
    place = await world.app.storage.servers.settings(world.guild.id)
    assert "wistful" in place.label_set.names
    for one, had in zip((world.bob, world.alice), before, strict=True):
        kept = await world.app.storage.labels.labels(ProfileKey(one.id, place.label_set.id))
        assert sorted(sorted(label.emotions) for label in kept) == sorted(map(sorted, had))
