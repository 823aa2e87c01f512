"""From a reaction to a label and back, as members live it."""

from dataclasses import replace

import pytest

from core.vocabulary.facts import Reacted
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.conftest import picture


async def test_a_joined_members_reaction_becomes_a_label(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_two_reactions_are_one_label_with_two_emotions(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"amusement", "awe"}]


async def test_the_same_picture_posted_twice_is_one_image(world):
    await world.join(world.bob)
    for emoji in ("😂", "😮"):
        await world.bob.react(await world.post(), emoji)
    assert await world.labels(world.bob) == [{"amusement", "awe"}]


async def test_a_reaction_of_somebody_who_has_not_joined_stores_and_downloads_nothing(world, monkeypatch):
    downloads = []
    read = world.app.client.http.get_from_cdn

    async def counted(url):
        downloads.append(url)
        return await read(url)

    monkeypatch.setattr(world.app.client.http, "get_from_cdn", counted)
    message = await world.post()
    before = len(world.env.http_requests)
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []
    assert downloads == []
    assert len(world.env.http_requests) == before  # not even the message was fetched
    await world.join(world.bob)
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    assert len(downloads) == 1  # the counter counts


async def test_taking_a_reaction_back_takes_the_label_back(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.bob.unreact(message, "😂")
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize("ending", ["clear", "clear emoji", "delete", "bulk delete", "delete channel"])
async def test_whatever_goes_on_discord_goes_here(world, ending):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    backend = world.env.backend
    if ending == "clear":
        backend.clear_reactions(world.channel.id, message.id)
    elif ending == "clear emoji":
        backend.clear_reaction(world.channel.id, message.id, "😂")
    elif ending == "delete":
        await world.alice.delete(message)
    elif ending == "bulk delete":
        backend.bulk_delete_messages(world.channel.id, [message.id, (await world.post()).id])
    else:
        backend.delete_channel(world.channel.id)
    await world.env.settle()
    assert await world.labels(world.bob) == []


async def test_an_outage_of_a_server_erases_nothing(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😂")
    await world.labels(world.bob)
    world.env.backend.emit("GUILD_DELETE", {"id": str(world.guild.id), "unavailable": True})
    await world.env.settle()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_clearing_another_emoji_changes_nothing(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.bob.react(message, "🍕")
    world.env.backend.clear_reaction(world.channel.id, message.id, "🍕")
    await world.env.settle()
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_the_bots_own_seeds_and_other_bots_never_count(world):
    place = replace(world.app.roster.place(world.guild.id), seed_reactions=True)
    await world.app.roster.save(place)
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    await world.app.roster.join(robot.id, 1)
    await world.app.roster.join(world.app.client.user.id, 1)
    message = await world.post()
    await world.app.seeder.drained()
    await robot.react(message, "😂")
    seeded = {str(r.emoji) for r in world.channel.last_message.reactions}
    assert seeded == {e.emoji for e in place.label_set.emotions}
    assert await world.labels(robot) == []
    assert await world.labels(world.app.client.user) == []


async def test_a_super_reaction_and_a_normal_one_are_told_apart(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    place = (world.channel.id, world.guild.id)
    burst = Reacted(True, world.bob.id, message.id, *place, "😂", burst=True, by_bot=False, at=1)
    world.app.intake.put(burst)
    await world.bob.unreact(message, "😂")
    assert await world.labels(world.bob) == [{"amusement"}]
    world.app.intake.put(replace(burst, added=False))
    assert await world.labels(world.bob) == []


async def test_a_message_with_several_pictures_labels_none(world):
    await world.join(world.bob)
    two = [("a.png", picture(1)), ("b.png", picture(2))]
    message = await world.alice.send(world.channel, attachments=two)
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize("content", [b"not a picture at all", picture()[:60]])
async def test_a_broken_picture_is_let_go_in_silence(world, content):
    await world.join(world.bob)
    message = await world.post(content)
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []
    assert [m.author.id for m in world.channel.history()] == [world.alice.id]


async def test_a_message_without_a_picture_is_let_go(world):
    await world.join(world.bob)
    message = await world.alice.send(world.channel, "https://example.org/page")
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []


async def test_other_channels_do_not_count(world):
    await world.join(world.bob)
    other = world.guild.create_text_channel("general")
    message = await world.alice.send(other, attachments=[("a.png", picture())])
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []


async def test_custom_emojis_are_known_by_their_id(world):
    made = world.guild.create_emoji("calm")
    other = world.guild.create_emoji("calmer")
    label_set = world.app.default_label_set.with_emojis({"contentment": f"<:renamed:{made.id}>"})
    await world.app.roster.save(replace(world.app.roster.place(world.guild.id), label_set=label_set))
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, f"{other.name}:{other.id}")
    assert await world.labels(world.bob) == []
    await world.bob.react(message, f"{made.name}:{made.id}")
    assert await world.labels(world.bob) == [{"contentment"}]


async def test_spoilers_are_skipped_unless_an_admin_allows_them(world):
    await world.join(world.bob)
    hidden = await world.post(name="SPOILER_picture.png")
    await world.bob.react(hidden, "😂")
    assert await world.labels(world.bob) == []
    await world.app.roster.save(replace(world.app.roster.place(world.guild.id), allow_spoilers=True))
    await world.bob.react(hidden, "😮")
    assert await world.labels(world.bob) == [{"awe"}]


async def test_age_restricted_channels_are_skipped_unless_an_admin_allows_them(world):
    await world.join(world.bob)
    adult = world.guild.create_text_channel("adult")
    world.app.client.get_channel(adult.id).nsfw = True  # the simulation knows no such channels
    place = ServerSettings(world.guild.id, frozenset({adult.id}), seed_reactions=False)
    await world.app.roster.save(place)
    message = await world.alice.send(adult, attachments=[("a.png", picture())])
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []
    await world.app.roster.save(replace(place, allow_nsfw=True))
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"awe"}]


async def test_in_direct_messages_a_members_own_picture_counts(world):
    await world.join(world.bob)
    channel_id = world.bob.user.dm_channel.id
    uploads = world.env.backend.store_attachments(channel_id, [("a.png", picture())])
    message = await world.bob.send_dm(attachments=uploads)
    await world.bob.user.set_reaction(message, "😂", reacted=True)
    assert await world.labels(world.bob) == [{"amusement"}]


async def test_a_pause_keeps_what_is_there_and_collects_nothing_new(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(picture(1)), "😂")
    await world.labels(world.bob)
    await world.bob.slash(world.channel, "pause")
    message = await world.post(picture(2))
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"amusement"}]
    await world.join(world.bob)
    await world.bob.react(message, "😌")
    assert await world.labels(world.bob) == [{"amusement"}, {"contentment"}]
