"""`/me`: one picture of what a member felt and how well they are known, told in words beside it."""

from core.ports import Shadow
from core.vocabulary.emotions import MIKELS
from tests.journeys.conftest import text_of
from tests.journeys.test_deck import labels_on, parts
from tests.journeys.test_languages import in_language
from tests.journeys.test_portrait import SNOW, felt, files_of, key_of, named, version


async def tried(world):
    """Three pictures after Bob's version, of which one was guessed; their hashes, newest last."""
    await version(world, 1, SNOW)
    hashes = [(await felt(world, red, emoji))[1] for red, emoji in ((10, "😮"), (120, "😂"), (230, "😨"))]
    said = MIKELS.distribution({"awe": 1.0})
    hits = ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0))
    rows = [
        Shadow(1, one, 5 + n, said, hit, most)
        for n, (one, (hit, most)) in enumerate(zip(hashes, hits, strict=True))
    ]
    await world.app.storage.shadows.put(key_of(world), rows)
    return hashes


async def test_the_chart_is_described_and_its_figures_stand_beside_it(world):
    await world.join(world.bob)
    await tried(world)
    card = await world.bob.slash(world.channel, "me")
    assert card.ephemeral
    assert files_of(card) == {"you.png"}
    (item,) = [item for part in parts(card) for item in part.get("items", ())]
    assert "awe 1" in item["description"]
    assert "Version 1: 1 of 3 right, most people's answer 1" in item["description"]
    assert "I was right about **1 of 3 pictures**" in text_of(card)
    assert "more label" in text_of(card)


async def test_the_wrong_guesses_are_shown_newest_first(world):
    await world.join(world.bob)
    _, other, last = await tried(world)
    card = await world.bob.slash(world.channel, "me")
    pressed = await world.bob.click(card.response, label="Where I was wrong (2)")
    assert pressed.ephemeral
    said = text_of(pressed)
    assert "Here I was wrong: 2 pictures" in said
    assert said.index("You felt 😨 fear") < said.index("You felt 😂 amusement")
    assert "You felt 😮 awe" not in said
    assert files_of(pressed) == named(other, last)


async def test_what_was_taken_back_since_is_no_guess_any_more(world):
    await world.join(world.bob)
    await tried(world)
    card = await world.bob.slash(world.channel, "me")
    for message in world.channel.history():
        if message.attachments:
            await message.delete()
    await world.labels(world.bob)
    pressed = await world.bob.click(card.response, label="Where I was wrong (2)")
    assert "There is none left" in text_of(pressed)
    assert labels_on(await world.bob.slash(world.channel, "me")) == []


async def test_before_anything_was_tried_it_says_what_is_still_needed(world):
    await world.join(world.bob)
    card = await world.bob.slash(world.channel, "me")
    assert "12 more labels" in text_of(card)
    assert labels_on(card) == []
    (item,) = [item for part in parts(card) for item in part.get("items", ())]
    assert "Not yet tried" in item["description"]


async def test_it_speaks_german_and_to_members_alone(world):
    await world.join(world.bob)
    with in_language(world.env, "de"):
        assert "Du, bisher" in text_of(await world.bob.slash(world.channel, "me"))
    assert "I keep nothing of what you feel until you join" in text_of(
        await world.alice.slash(world.channel, "me")
    )
