"""From a reaction to a label and back, as members live it."""


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


async def test_taking_a_reaction_back_takes_the_label_back(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😂")
    await world.bob.unreact(message, "😂")
    assert await world.labels(world.bob) == []
