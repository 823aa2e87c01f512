"""Several processes write to one PostgreSQL at once, and what each relied on is still so when it commits.

One of two stands still in the midst of its transaction, while the other does all of its own; then it goes on.
"""

import asyncio
import random
from dataclasses import replace

import pytest
from sqlalchemy import Connection, exists, func, select

from core.ports import About, Caps, Game, Purchase
from core.vocabulary.calls import Payer
from core.vocabulary.changes import Withhold
from core.vocabulary.consent import CONSENT_VERSION, EVERYBODY, Yes, YesTo
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.own_moods import MOST_MOODS, in_mood
from core.vocabulary.server_settings import ServerSettings
from core.vocabulary.weekly import OPEN_MS
from storage import Storage
from storage.erasing.sweep import unneeded
from storage.labelling.derive import Touch, recompute
from storage.schema.tables import guesses, images, labels, profiles, ratings, reactions, sightings, spending
from tests.effort import TIMES
from tests.storage.lives import live
from tests.storage.made import SET, T0, hash_of, key, rated, reacted, withdrew
from tests.storage.standing import ANN, AUTHOR, BEN, lost, meanwhile, scalar

pytestmark = pytest.mark.slow

FEELINGS = ("awe", "fear", "anger")


async def check(storage: Storage) -> None:
    """Labels, profiles and pictures are what follows from the facts."""

    def look(connection: Connection) -> None:
        about = [reactions, ratings, labels]
        pairs = {tuple(row) for t in about for row in connection.execute(
            select(t.c.member_id, t.c.label_set_id, t.c.image_hash))}  # fmt: skip
        assert recompute(connection, {pair: Touch(T0 + 10**9) for pair in pairs}) == frozenset(), "labels"
        for row in connection.execute(select(profiles)).all():
            felt = list(connection.scalars(select(labels.c.felt).where(labels.c.member_id == row.member_id)))
            assert row.labels == len(felt), "profiles"
            assert sum(row.counts.values()) == sum(map(len, felt)), "profiles"
        assert list(connection.scalars(select(images.c.hash).where(unneeded()))) == [], "pictures"
        stored = exists().where(images.c.hash == labels.c.image_hash)
        assert connection.scalar(select(func.count()).select_from(labels).where(~stored)) == 0, "pictures"
        reacted_to = exists().where(reactions.c.message_id == sightings.c.message_id)
        assert connection.scalar(select(func.count()).select_from(sightings).where(~reacted_to)) == 0, "sightings"
        raise LookupError

    with pytest.raises(LookupError):  # nothing is changed by looking
        await storage._database.write(look)


# -------------------------------------------------------------------------------------------------- pictures


async def test_a_picture_that_another_begins_to_need_while_the_last_one_goes_stays(
    processes: list[Storage],
) -> None:
    one, other, _ = processes
    await one.labels.apply([reacted(ANN, 1, "awe")])
    rating = other.labels.apply([rated(BEN, 1, "fear", with_image=False)])
    await meanwhile(one, one.labels.apply([withdrew(ANN, 1, "awe")]), "DELETE FROM images", rating)
    assert await one.labels.image(hash_of(1)) is not None
    assert await one.labels.label(key(BEN), hash_of(1)) is not None
    await check(one)


async def test_an_answer_about_a_picture_that_goes_meanwhile_is_wanting(processes: list[Storage]) -> None:
    one, other, _ = processes
    await one.labels.apply([reacted(ANN, 1, "awe")])
    rating, gone = rated(BEN, 1, "fear", with_image=False), one.labels.apply([withdrew(ANN, 1, "awe")])
    applied = await meanwhile(other, other.labels.apply([rating]), "INSERT INTO ratings", gone)
    assert applied.wanting == (rating,)
    assert await one.labels.label(key(BEN), hash_of(1)) is None
    await check(one)


async def test_two_who_label_one_new_picture_at_once_both_have_their_label(processes: list[Storage]) -> None:
    one, other, _ = processes
    second = other.labels.apply([reacted(BEN, 2, "fear", picture=1)])
    await meanwhile(one, one.labels.apply([reacted(ANN, 1, "awe", picture=1)]), "INSERT INTO sightings", second)
    for member in (ANN, BEN):
        assert await one.labels.label(key(member), hash_of(1)) is not None
    await check(one)


async def test_two_labels_of_one_member_at_once_both_count_in_their_profile(processes: list[Storage]) -> None:
    one, other, _ = processes
    second = other.labels.apply([reacted(ANN, 2, "fear")])
    await meanwhile(one, one.labels.apply([reacted(ANN, 1, "awe")]), "INSERT INTO profiles", second)
    profile = await one.labels.profile(key(ANN))
    assert profile is not None
    assert (profile.labels, profile.counts) == (2, {"awe": 1, "fear": 1})


# --------------------------------------------------------------------------------------------------- leaving


@pytest.mark.parametrize("before", ["INSERT INTO reactions", "INSERT INTO labels", "INSERT INTO profiles"])
async def test_of_whoever_is_forgotten_while_a_label_is_stored_nothing_is_left(
    processes: list[Storage], before: str
) -> None:
    one, other, _ = processes
    await live(one, AUTHOR, range(4))
    applied = one.labels.apply([reacted(AUTHOR, 900, "awe", picture=9)])
    await meanwhile(one, applied, before, other.members.forget(AUTHOR))
    for rows in (await one.members.export(AUTHOR)).values():
        assert rows == []
    await check(one)


@pytest.mark.parametrize("before", ["DELETE FROM reactions", "DELETE FROM yeses", "DELETE FROM members"])
async def test_a_label_that_is_stored_while_its_member_is_forgotten_is_not_left(
    processes: list[Storage], before: str
) -> None:
    one, other, _ = processes
    await live(one, AUTHOR, range(4))
    applied = other.labels.apply([reacted(AUTHOR, 900, "awe", picture=9)])
    await meanwhile(one, one.members.forget(AUTHOR), before, applied)
    for rows in (await one.members.export(AUTHOR)).values():
        assert rows == []


@pytest.mark.parametrize("before", ["INSERT INTO reactions", "INSERT INTO labels", "INSERT INTO profiles"])
async def test_of_a_mood_that_is_erased_while_a_label_in_it_is_stored_nothing_is_left(
    processes: list[Storage], before: str
) -> None:
    one, other, _ = processes
    mood = await one.own_moods.make(ANN, "evening", T0)
    assert mood is not None
    within = in_mood(SET, mood.number)
    applied = one.labels.apply([replace(reacted(ANN, 900, "awe", picture=9), label_set_id=within)])
    await meanwhile(one, applied, before, other.own_moods.erase(ANN, mood.number))
    rows = [row for rows in (await one.members.export(ANN)).values() for row in rows]
    assert [row for row in rows if row.get("label_set_id") == within] == []
    assert await one.labels.image(hash_of(9)) is None
    await check(one)


async def test_of_two_who_make_a_members_last_mood_at_once_one_does(processes: list[Storage]) -> None:
    one, other, _ = processes
    for n in range(MOST_MOODS - 2):
        assert await one.own_moods.make(ANN, f"mood {n}", T0)
    second = other.own_moods.make(ANN, "another", T0)
    await meanwhile(one, one.own_moods.make(ANN, "one", T0), "INSERT INTO own_moods", second)
    assert len(await one.own_moods.listed(ANN)) == MOST_MOODS


async def test_an_answer_that_arrives_while_its_member_is_forgotten_is_not_kept(processes: list[Storage]) -> None:
    one, other, _ = processes
    purchase = Purchase(T0, "predict", ANN, "m", 0.01, Payer(ANN))
    reserving = other.answers.reserve(purchase, Caps())
    await meanwhile(one, one.members.forget(ANN), "DELETE FROM members", reserving)
    for rows in (await one.members.export(ANN)).values():
        assert rows == []
    assert await scalar(one, select(func.count()).select_from(spending).where(spending.c.kind == "member")) == 0


# ------------------------------------------------------------------------------------------------------ noes


async def test_a_label_of_a_picture_that_is_excluded_meanwhile_is_found_or_not_stored(
    processes: list[Storage],
) -> None:
    """Whoever excludes looks for what is to go only after the no is kept: nothing may come in behind that look."""
    one, other, _ = processes
    no = Exclusion(5, By.ADMIN, What.PICTURE, hash_of(1), 0, True, 2**40)

    async def exclude() -> None:
        await other.exclusions.put([no])
        covered = await other.exclusions.covered(no, limit=10)
        while covered:
            await other.labels.apply([Withhold(covered.message_ids, covered.images, T0)])
            covered = await other.exclusions.covered(no, limit=10)

    await meanwhile(one, one.labels.apply([reacted(ANN, 1, "awe")]), "INSERT INTO reactions", exclude())
    assert await one.labels.label(key(ANN), hash_of(1)) is None
    assert await one.labels.image(hash_of(1)) is None


async def test_a_servers_new_thresholds_reach_a_profile_that_is_made_meanwhile(processes: list[Storage]) -> None:
    one, other, _ = processes
    saving = other.servers.save(replace(ServerSettings(5), min_labels=40))
    await meanwhile(one, one.labels.apply([reacted(ANN, 1, "awe", server=5)]), "INSERT INTO profiles", saving)
    profile = await one.labels.profile(key(ANN))
    assert profile is not None
    assert profile.min_labels == 40


# ----------------------------------------------------------------------------------------------------- games


async def _a_game(storage: Storage) -> Game:
    """About Ann, who has said yes to it; not begun yet."""
    await storage.yeses.say(Yes(ANN, 5, EVERYBODY, YesTo.GAME), T0)
    await storage.labels.apply([reacted(ANN, 1, "awe")])
    return Game(5, T0, 50, T0 + OPEN_MS, About(ANN, SET, hash_of(1), 50, 1))


async def test_of_two_who_begin_a_weeks_game_at_once_one_does(processes: list[Storage]) -> None:
    one, other, _ = processes
    game = await _a_game(one)
    began = asyncio.ensure_future(other.games.begin(game, T0))
    assert await meanwhile(one, one.games.begin(game, T0), "INSERT INTO games", began) is not began.result()


async def test_a_guess_that_is_kept_while_its_game_ends_is_not_left(processes: list[Storage]) -> None:
    one, other, _ = processes
    game = await _a_game(one)
    assert await one.games.begin(game, T0)
    guess = other.games.guess(5, T0, BEN, "awe")
    await meanwhile(other, guess, "INSERT INTO guesses", one.games.end(game))
    assert await scalar(one, select(func.count()).select_from(guesses)) == 0


async def test_a_game_that_is_begun_while_a_yes_is_taken_back_is_called_off(processes: list[Storage]) -> None:
    one, other, _ = processes
    game = await _a_game(one)
    back = other.yeses.take_back(ANN, 5, to=YesTo.GAME)
    await meanwhile(one, one.games.begin(game, T0), "INSERT INTO games", back)
    assert [found.about for found in await one.games.running()] in ([], [None])


# ------------------------------------------------------------------------------------------------- all at once


@pytest.mark.parametrize("seed", range(2 * TIMES))
async def test_whatever_three_processes_do_at_once_labels_are_what_follows_from_the_facts(
    processes: list[Storage], seed: int
) -> None:
    """Few members, messages and pictures, so that nearly every transaction stands in another's way."""

    async def act(storage: Storage, dice: random.Random) -> None:
        for n in range(25):
            who, message = dice.choice((ANN, BEN)), dice.randint(1, 6)
            made = reacted(who, message, dice.choice(FEELINGS), picture=message % 3, at=n)
            other = dice.choice((
                withdrew(who, message, dice.choice(FEELINGS), at=n),
                rated(who, message % 3, *dice.sample(FEELINGS, dice.randint(0, 2)), at=n),
            ))  # fmt: skip
            await storage.labels.apply([made, other] if dice.random() < 0.7 else [other])
            if dice.random() < 0.04:
                await storage.members.forget(BEN)
                await storage.members.join(BEN, CONSENT_VERSION, T0)

    await asyncio.gather(*(act(storage, random.Random(f"{seed} {n}")) for n, storage in enumerate(processes)))
    assert sum(map(lost, processes)) > 0
    await check(processes[0])
