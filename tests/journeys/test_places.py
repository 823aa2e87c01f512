"""Every place where Discord puts pictures: threads, posts, voice chats, galleries, embeds, late previews."""

from datetime import timedelta

import pytest

from bot.discord_ui import client
from bot.discord_ui.commands.setup import CHOOSABLE
from bot.intake.catchup import Walk
from bot.intake.shown_pictures import pictures_of
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.conftest import deaf, picture, text_of

GALLERY, THUMBNAIL, FILE, SECTION, CONTAINER = 12, 11, 13, 9, 17


async def choose(world, *channels, **more):
    more = {"seed_reactions": False} | more
    place = ServerSettings(world.guild.id, frozenset(channel.id for channel in channels), **more)
    await world.app.roster.save(place)


async def thread_in(world, parent):
    """A thread of a channel, or a post of a forum."""
    made = world.env.backend.create_thread(parent.id, "t", world.alice.id)
    await world.env.settle()
    return next(thread for thread in parent.threads if thread.id == made.id)


def place_of(world, kind):
    makers = {
        "forum": world.guild.create_forum_channel,
        "voice": world.guild.create_voice_channel,
        "stage": world.guild.create_stage_channel,
        "news": world.guild.create_news_channel,
        "text": world.guild.create_text_channel,
    }
    return makers[kind](f"{kind}-photos")


@pytest.mark.parametrize("kind", ["text", "news", "forum"])
async def test_a_thread_or_post_counts_as_the_channel_it_belongs_to(world, kind):
    await world.join(world.bob)
    parent, other = place_of(world, kind), place_of(world, "text")
    await choose(world, parent)
    for channel, labels in (
        (await thread_in(world, other), []),
        (await thread_in(world, parent), [{"amusement"}]),
    ):
        await world.bob.react(await world.alice.send(channel, attachments=[("a.png", picture())]), "😂")
        assert await world.labels(world.bob) == labels


@pytest.mark.parametrize("kind", ["voice", "stage"])
async def test_the_chat_of_a_voice_channel_counts(world, kind):
    await world.join(world.bob)
    channel = place_of(world, kind)
    await choose(world, channel)
    await world.bob.react(await world.alice.send(channel, attachments=[("a.png", picture())]), "😂")
    assert await world.labels(world.bob) == [{"amusement"}]


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_what_happened_in_threads_while_away_is_found(world, kind):
    await world.join(world.bob)
    parent = place_of(world, kind)
    await choose(world, parent)
    thread = await thread_in(world, parent)
    message = await world.alice.send(thread, attachments=[("a.png", picture())])
    with deaf(world.app.intake):
        await world.bob.react(message, "😂")
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_thread_of_an_age_restricted_channel_is_left_alone(world):
    await world.join(world.bob)
    parent = place_of(world, "text")
    world.app.client.get_channel(parent.id).nsfw = True  # the simulation knows no such channels
    await choose(world, parent)
    thread = await thread_in(world, parent)
    await world.bob.react(await world.alice.send(thread, attachments=[("a.png", picture())]), "😂")
    assert await world.labels(world.bob) == []


async def test_emojis_are_put_under_pictures_in_threads(world):
    await choose(world, world.channel, seed_reactions=True)
    thread = await thread_in(world, world.channel)
    await world.alice.send(thread, attachments=[("a.png", picture())])
    await world.app.seeder.drained()
    assert len(thread.last_message.reactions) == 8


def test_every_kind_of_channel_that_can_hold_pictures_can_be_chosen_and_so_can_a_category():
    holds = {"text", "news", "forum", "media", "voice", "stage_voice", "public_thread"}
    chosen = {kind.name for kind in CHOOSABLE}
    assert chosen == holds | {"category"}


def shown(kind, url, **more):
    media = {"url": url, "proxy_url": url, "content_type": "image/png"}
    if kind == GALLERY:
        return {"type": GALLERY, "items": [{"media": media} | more]}
    if kind == FILE:
        return {"type": FILE, "file": media} | more
    thumbnail = {"type": THUMBNAIL, "media": media} | more
    return {"type": SECTION, "components": [{"type": 10, "content": "a"}], "accessory": thumbnail}


async def robots_message(world, *components, url=None, **more):
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    flags = 1 << 15 if components else 0
    made = world.env.backend.create_message(
        world.channel.id, robot.id, "", flags=flags, components=list(components), **more
    )
    await world.env.settle()
    return made


def uploaded(world, name="art.png", data=None):
    (stored,) = world.env.backend.store_attachments(world.channel.id, [(name, data or picture())])
    return stored["url"]


async def react(world, message):
    world.env.backend.set_reaction(world.channel.id, message.id, "😂", world.bob.id, True)
    await world.env.settle()
    return await world.labels(world.bob)


@pytest.mark.parametrize("kind", [GALLERY, SECTION, FILE])
@pytest.mark.parametrize("inside", [False, True])
async def test_an_upload_that_a_component_shows_counts(world, kind, inside):
    await world.join(world.bob)
    component = shown(kind, uploaded(world))
    message = await robots_message(world, {"type": CONTAINER, "components": [component]} if inside else component)
    assert await react(world, message) == [{"amusement"}]
    asked = await world.bob.context_menu(world.channel, "How would I feel?", target=world.channel.last_message)
    assert "You told me already" in text_of(asked)


async def test_two_pictures_of_a_gallery_are_two(world):
    await world.join(world.bob)
    gallery = shown(GALLERY, uploaded(world))
    gallery["items"] += shown(GALLERY, uploaded(world, "b.png", picture(9)))["items"]
    assert await react(world, await robots_message(world, gallery)) == []


@pytest.mark.parametrize("where", ["item", "container", "name"])
async def test_what_a_component_hides_is_a_spoiler(world, where):
    await world.join(world.bob)
    name = "SPOILER_art.png" if where == "name" else "art.png"
    gallery = shown(GALLERY, uploaded(world, name), **({"spoiler": True} if where == "item" else {}))
    container = {"type": CONTAINER, "components": [gallery], "spoiler": where == "container"}
    assert await react(world, await robots_message(world, container)) == []


async def test_a_websites_thumbnail_in_a_section_is_no_picture(world):
    await world.join(world.bob)
    message = await robots_message(world, shown(SECTION, "https://example.org/logo.png"))
    assert await react(world, message) == []


async def test_a_websites_thumbnail_beside_an_upload_leaves_one_picture(world):
    await world.join(world.bob)
    gallery, logo = shown(GALLERY, uploaded(world)), shown(SECTION, "https://example.org/logo.png")
    assert await react(world, await robots_message(world, gallery, logo)) == [{"amusement"}]


async def test_a_linked_picture_in_a_gallery_is_had_from_discords_proxy(world):
    gallery = shown(GALLERY, "https://example.org/a.png")
    gallery["items"][0]["media"]["proxy_url"] = "https://images-ext-1.discordapp.net/external/x/a.png"
    made = await robots_message(world, gallery)
    message = await world.app.client.get_channel(world.channel.id).fetch_message(made.id)
    assert [picture.url for picture in pictures_of(message)] == [gallery["items"][0]["media"]["proxy_url"]]


@pytest.mark.parametrize("part", ["image", "thumbnail"])
async def test_an_upload_that_an_embed_shows_counts(world, part):
    await world.join(world.bob)
    url = uploaded(world)
    embed = {"type": "rich", "title": "today", part: {"url": url, "proxy_url": url}}
    assert await react(world, await robots_message(world, embeds=[embed])) == [{"amusement"}]


async def test_an_upload_shown_twice_is_one_picture(world):
    await world.join(world.bob)
    url = uploaded(world)
    gallery, section = shown(GALLERY, url), shown(SECTION, url + "?ex=1")
    assert await react(world, await robots_message(world, gallery, section)) == [{"amusement"}]


async def test_a_preview_that_comes_later_has_emojis_put_under_it_once(world):
    await choose(world, world.channel, seed_reactions=True)
    url = uploaded(world)
    message = await world.alice.send(world.channel, url)
    embed = {"type": "image", "url": url, "thumbnail": {"url": url, "proxy_url": url, "width": 64, "height": 64}}
    asked = []
    world.app.client.http.add_reaction, put = (
        lambda *where: (asked.append(where), put(*where))[1],
        world.app.client.http.add_reaction,
    )
    for content in (url, url + " edited"):
        world.env.backend.edit_message(world.channel.id, message.id, {"embeds": [embed], "content": content})
        await world.env.settle()
        await world.app.seeder.drained()
    assert len(world.channel.last_message.reactions) == 8
    assert len(asked) == 8


async def test_an_old_message_that_is_edited_gets_no_emojis(world, monkeypatch):
    monkeypatch.setattr(client, "PREVIEWS_COME_WITHIN", timedelta(0))
    message = await world.post()
    await choose(world, world.channel, seed_reactions=True)
    world.env.backend.edit_message(world.channel.id, message.id, {"content": "a year later"})
    await world.env.settle()
    await world.app.seeder.drained()
    assert world.channel.last_message.reactions == []


async def test_a_reaction_that_came_before_the_preview_counts_once_the_preview_is_there(world):
    await world.join(world.bob)
    await choose(world, world.channel)
    url = uploaded(world)
    message = await world.alice.send(world.channel, url)
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []
    embed = {"type": "image", "url": url, "thumbnail": {"url": url, "proxy_url": url, "width": 64, "height": 64}}
    world.env.backend.edit_message(world.channel.id, message.id, {"embeds": [embed], "content": url})
    await world.env.settle()
    world.app.catchup._again_at = 0
    world.app.catchup._wake()
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == [{"amusement"}]


@pytest.mark.parametrize("way", ["reaction", "rating"])
async def test_archived_posts_go_with_their_forum(world, way):
    """Discord tells of the forum alone, and a client keeps no archived posts."""
    await world.join(world.bob)
    parent = place_of(world, "forum")
    await choose(world, parent)
    thread = await thread_in(world, parent)
    message = await world.alice.send(thread, attachments=[("a.png", picture())])
    if way == "reaction":
        await world.bob.react(message, "😂")
    else:
        asked = await world.bob.context_menu(thread, "Rate this image", message)
        await world.bob.click(asked.response, label="amusement")
    assert await world.labels(world.bob) == [{"amusement"}]
    await world.app.client.get_channel(thread.id).edit(archived=True)
    await world.env.settle()
    assert world.app.client.get_channel(thread.id) is None
    world.app.catchup._pause_ms = 0
    backend = world.env.backend
    backend.get_guild(world.guild.id).thread_ids.remove(thread.id)  # the simulation lets posts outlive their forum
    del backend.channels[thread.id]
    backend.delete_channel(parent.id)
    await world.env.settle()
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == []
