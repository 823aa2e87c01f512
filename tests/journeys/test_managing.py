"""`/server`: what people who manage the server are told of it, and that it tells of nobody."""

import re

from sqlalchemy import update

from bot.words import managing, texts
from core.ports import Caps, Purchase
from core.vocabulary.calls import Payer
from core.vocabulary.comparison import Walked
from core.vocabulary.mood import WEEK_MS, last_week
from storage.schema.tables import reactions
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import picture, text_of
from tests.journeys.test_languages import in_language


async def told(world):
    return text_of(await world.steward.slash(world.channel, "server"))


async def last_weeks_labels(world, people):
    """So many people, bob first, each joined and felt awe about a picture, last week; the last one fear."""
    everybody = [world.bob, *(world.guild.add_member(world.env.create_user(f"p{n}")) for n in range(people - 1))]
    await world.join(*everybody)
    shown = await world.post(picture(10))
    for member in everybody:
        await member.react(shown, "😨" if member is everybody[-1] else "😮")
    for member in everybody:
        await world.labels(member)
    at = last_week(world.app.clock.now_ms()) + WEEK_MS // 2
    await world.app.storage._database.write(lambda c: c.execute(update(reactions).values(at=at)) and None)
    return everybody


async def test_it_tells_labels_members_spend_health_and_mood(world):
    await last_weeks_labels(world, 5)
    await away_and_back(world)
    said = await told(world)
    assert "Labels made here: 5, by 5 members" in said
    assert "Spent here in the last 24 hours: $" in said
    assert managing.model(answers=True) in said
    assert re.search(r"last compared <t:\d+:R>\.", said)
    assert "of 5 people: 😮 awe 80% · 😨 fear 20%" in said


async def test_what_it_tells_is_german_to_a_german(world):
    await last_weeks_labels(world, 5)
    with in_language(world.env, "de"):
        said = await told(world)
    assert "Bewertungen von hier: 5, von 5 Mitgliedern" in said
    assert "Das Modell antwortet." in said
    assert re.search(r"von 5 Menschen: 😮 \w+ 80", said)


async def test_of_five_people_no_mood_follows_who_leaves(world):
    *_, last = await last_weeks_labels(world, 5)
    before = await told(world)
    await world.app.forget(last.id)
    after = await told(world)
    assert "by 4 members" in after
    mood = before[before.index("The mood") :]
    assert after.endswith(mood), "the figure of last week stays, so there is no difference that tells of the last"


async def test_of_four_people_nothing_is_said(world):
    await last_weeks_labels(world, 4)
    said = await told(world)
    assert "too few people felt something here, it takes 5." in said
    assert "fear" not in said


async def test_what_is_spent_stands_beside_the_cap(world, monkeypatch):
    monkeypatch.setattr(world.app, "settings", world.app.settings.model_copy(update={"server_usd_per_day": 2.0}))
    bought = Purchase(world.app.clock.now_ms(), "predict", None, "m", 0.5, Payer(world.bob.id, world.guild.id))
    assert await world.app.storage.answers.reserve(bought, Caps())
    assert "Spent here in the last 24 hours: $0.50 of $2.00" in await told(world)


async def test_what_lacks_is_told(world, monkeypatch):
    line = type(world.app.gateway.line)
    monkeypatch.setattr(line, "away", property(lambda _: "unavailable"))
    for channel, last in ((world.channel.id, 3), (7, 2)):
        await world.app.storage.walks.save(Walked(channel, world.guild.id, last, 1000))
    said = await told(world)
    assert managing.model(answers=False) in said
    assert "1 of 2 channels is still to be compared" in said


async def test_only_people_who_manage_the_server_are_told(world):
    command = world.app.client.tree.get_command("server")
    command.default_permissions = None
    await world.app.client.tree.sync()
    assert text_of(await world.bob.slash(world.channel, "server")) == texts.admins_only()


async def test_a_server_in_which_nothing_happened_says_so(world):
    said = await told(world)
    assert "Labels made here: 0, by 0 members" in said
    assert "it takes 5." in said
