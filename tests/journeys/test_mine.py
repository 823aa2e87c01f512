"""What a member reads about themselves."""

from core.ports import Shadow
from core.vocabulary.profile import ProfileKey
from tests.journeys.conftest import deploy, picture, text_of

SNOW = "When a picture shows snow, this person tends to feel awe."
YOURS = "When a picture shows snow, you tend to feel awe."


async def test_progress_counts_labels_and_says_what_is_needed(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(picture(1)), "😂")
    await world.bob.react(await world.post(picture(2)), "😮")
    await world.labels(world.bob)
    said = text_of(await world.bob.slash(world.channel, "progress"))
    assert "2 labels so far" in said
    assert "😂 amusement 1" in said
    assert "10 more labels with 1 more emotion among them" in said
    assert "▰▰" in said


async def test_without_a_feelprint_the_same_is_said(world):
    await world.join(world.bob)
    said = text_of(await world.bob.slash(world.channel, "feelprint show"))
    assert "No feelprint yet" in said
    assert "12 more labels" in said


async def test_a_feelprint_is_shown_with_evidence_and_no_untested_score(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    result = await world.bob.slash(world.channel, "feelprint show")
    said = text_of(result)
    assert result.ephemeral
    assert "version 1" in said
    assert "From 12 labels" in said
    assert YOURS in said
    assert "On pictures it was not written from: right 5 times, wrong once." in said
    assert "Not yet tested on new pictures" in said
    assert "%" not in said


async def test_the_shadow_record_counts_new_pictures_only(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    key = ProfileKey(world.bob.id, world.app.default_label_set.id)
    hashes = []
    for n, emoji in enumerate(("😮", "😂", "😮")):
        await world.bob.react(await world.post(picture(10 * n)), emoji)
        hashes.append((await world.app.images.normalise(picture(10 * n))).hash)
    await world.labels(world.bob)
    even = tuple(1 / 8 for _ in range(8))
    for image_hash, hit, generic in zip(hashes, (1.0, 0.0, 1.0), (0.0, 1.0, 1.0), strict=True):
        await world.app.storage.shadows.put(key, [Shadow(1, image_hash, 5, even, hit, generic)])
    said = text_of(await world.bob.slash(world.channel, "feelprint show"))
    assert "better once, worse once, same 1" in said


async def test_why_and_the_button_tell_the_same_to_nobody_else(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW)
    asked = await world.bob.slash(world.channel, "feelprint why")
    assert asked.ephemeral
    said = text_of(asked)
    assert "### In use" in said
    assert YOURS in said
    card = await world.bob.slash(world.channel, "feelprint show")
    assert text_of(await world.bob.click(card.response, label="How was this found?")) == said


async def test_why_before_anything_was_learned_says_so(world):
    await world.join(world.bob)
    said = text_of(await world.bob.slash(world.channel, "feelprint why"))
    assert "I have not looked for what sets you apart yet" in said


async def test_who_has_not_joined_is_offered_to(world):
    for command in ("progress", "feelprint show", "feelprint why"):
        card = await world.alice.slash(world.channel, command)
        assert "I keep nothing of what you feel until you join" in text_of(card)
