"""What the bot asks Discord to show it, and what becomes of the words of messages (docs/discord-review.md)."""

import pytest

from bot.discord_ui.client import least_intents
from tests.journeys.conftest import picture

SECRET = "a-sentence-that-nobody-keeps"


@pytest.mark.parametrize("content", [True, False])
def test_of_the_privileged_intents_message_content_alone_is_asked_for_and_can_be_left_out(content):
    asked = {name for name, wanted in least_intents(content) if wanted}
    assert asked.isdisjoint({"members", "presences"})
    assert {name.removeprefix("guild_").removeprefix("dm_") for name in asked - {"message_content"}} == {
        *("guilds", "messages", "reactions", "expressions"),
    }
    assert ("message_content" in asked) == content


async def test_the_words_of_messages_are_written_nowhere(world, folder):
    await world.join(world.bob)
    shown = await world.post(picture(10), content=SECRET)
    await world.bob.react(shown, "😂")
    await world.alice.send(world.channel, SECRET)
    await world.bob.context_menu(world.channel, "Rate this image", shown)
    await world.bob.context_menu(world.channel, "How would I feel?", shown)
    assert await world.labels(world.bob) == [{"amusement"}]
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    image = await world.app.images.normalise(picture(10))
    assert image.hash.encode() in kept, "it is there that is looked"
    assert SECRET.encode() not in kept
