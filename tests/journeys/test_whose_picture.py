"""Whose picture it is: an author's no and an admin's exclusion hold on every road, and over restarts."""

from dataclasses import replace

import pytest

from bot.discord_ui.commands.pictures import label_of
from bot.intake.catchup import Walk
from bot.words import buttons, pictures, texts
from core.vocabulary.emotions import MIKELS
from core.vocabulary.errors import StorageError, StorageProblem
from core.vocabulary.exclusions import EVERYWHERE, By, Exclusion, What
from core.vocabulary.profile import ProfileKey
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import deaf, picture, text_of

WITHHOLD, EXCLUDE = "Do not use my picture", "Exclude from Feelprint"
ONE, OTHER = picture(1), picture(250)


async def hash_of(world, data=ONE):
    return (await world.app.images.normalise(data)).hash


async def kept(world, data=ONE):
    """Whether anything is left of a picture: itself, an answer about it, a label."""
    image_hash = await hash_of(world, data)
    database = world.app.storage._database
    rows = await database.read(lambda c: [tuple(r) for r in c.exec_driver_sql("SELECT about FROM answers")])
    image = await world.app.storage.labels.image(image_hash)
    return image is not None or (image_hash,) in rows


@pytest.fixture
async def labelled(world):
    """Bob has reacted to Alice's picture and asked about it, and it is the only one."""
    await world.join(world.bob)
    message = await world.post(ONE)
    await world.bob.react(message, "😮")
    await world.bob.context_menu(world.channel, "How would I feel?", message)
    assert await world.labels(world.bob) == [{"awe"}]
    assert await kept(world)
    return message


async def test_an_author_who_has_never_joined_takes_a_picture_away_from_all(world, labelled):
    said = text_of(await world.alice.context_menu(world.channel, WITHHOLD, labelled))
    assert said == pictures.picture_withheld()
    assert await world.labels(world.bob) == []
    assert not await kept(world)
    assert set(await world.app.storage.members.standings()) == {world.bob.id}, "nobody joins by saying no"


@pytest.mark.parametrize("by", ["a reaction", "a button"])
@pytest.mark.parametrize("who", ["the author", "an admin", "the author, and the bot is killed"])
async def test_a_no_reaches_what_its_author_posted_before_they_were_forgotten(world, who, by):
    await world.join(world.alice, world.bob)
    message = await world.post(ONE)
    if by == "a reaction":
        await world.bob.react(message, "😮")
    else:
        asked = await world.bob.context_menu(world.channel, "Rate this image", message)
        await world.bob.click(asked.response, label="awe")
    assert await world.labels(world.bob) == [{"awe"}]
    await world.alice.click((await world.alice.slash(world.channel, "forget")).response, label="Erase everything")
    for _ in range(2):
        assert await names_in(world) == set(), "nobody is named again"
        await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == [{"awe"}]
    if who.startswith("the author"):
        await world.alice.slash(world.channel, "pictures off")
    else:
        said = Exclusion(world.guild.id, By.ADMIN, What.AUTHOR, str(world.alice.id), world.alice.id, True, 2**62)
        await world.app.withhold([said])
    if "killed" in who:
        world.app.catchup._again.clear()
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == []
    assert not await kept(world)


async def names_in(world):
    """Who is known to have posted a picture."""
    query = "SELECT author_id FROM sightings UNION SELECT author_id FROM ratings"
    rows = await world.app.storage._database.read(lambda c: list(c.exec_driver_sql(query)))
    return {author_id for (author_id,) in rows if author_id}


async def test_an_author_gets_what_is_kept_of_a_picture_that_was_answered_by_a_button(world):
    await world.join(world.bob)
    asked = await world.bob.context_menu(world.channel, "Rate this image", await world.post(ONE))
    await world.bob.click(asked.response, label="awe")
    assert await world.labels(world.bob) == [{"awe"}]
    copy = await world.app.storage.members.export(world.alice.id)
    assert [row["image_hash"] for row in copy["answered_by_others"]] == [await hash_of(world)]
    assert str(world.bob.id) not in str(copy)
    assert "awe" not in str(copy)
    exported = await world.alice.slash(world.channel, "export")
    assert exported.response.attachments


async def test_who_posted_a_picture_is_not_kept_for_an_answer_that_was_taken_back(world):
    await world.join(world.bob)
    asked = await world.bob.context_menu(world.channel, "Rate this image", await world.post(ONE))
    for _ in range(2):
        await world.bob.click(asked.response, label="awe")
    assert await world.labels(world.bob) == []
    assert await names_in(world) == set()


async def test_a_no_overwrites_also_what_had_gone_before(world, labelled):
    await labelled.delete()
    await world.env.settle()
    assert await world.labels(world.bob) == []
    cleaned = []
    world.app.withholding._clean = lambda *, copies: _noted(cleaned, copies)
    await world.alice.slash(world.channel, "pictures off")
    assert cleaned == [False], "and destroys nobody's copies"
    said = Exclusion(EVERYWHERE, By.AUTHOR, What.PICTURE, await hash_of(world), world.alice.id, True, 2**62)
    await world.app.withhold([said])
    await world.app.withholding.finish()
    assert cleaned == [False, False], "nor does a start"


async def _noted(cleaned, copies):
    cleaned.append(copies)


@pytest.mark.parametrize("way", ["How would I feel?", "Rate this image", "feel", "rate"])
async def test_every_way_refuses_what_its_author_withholds(world, labelled, way):
    await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    if way in ("feel", "rate"):
        asked = await world.bob.slash(world.channel, way, image=("copy.png", ONE))
    else:
        asked = await world.bob.context_menu(world.channel, way, labelled)
    assert text_of(asked) == pictures.picture_of_somebody()
    assert not await kept(world)


async def test_later_reactions_and_walks_do_not_bring_it_back(world, labelled):
    await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    await world.bob.react(labelled, "😂")
    assert await world.labels(world.bob) == []
    await away_and_back(world)
    await away_and_back(world, world.bob.react(labelled, "😨"))
    assert await world.labels(world.bob) == []
    assert not await kept(world)


async def test_a_walk_of_the_past_leaves_it_alone(world):
    mine, theirs = await world.post(ONE), await world.steward.send(world.channel, attachments=[("a.png", OTHER)])
    for message in (mine, theirs):
        await world.bob.react(message, "😮")
    await world.alice.context_menu(world.channel, WITHHOLD, mine)
    asked = await world.bob.slash(world.channel, "join")
    await world.bob.click(asked.response, label=buttons.count_them())
    await world.app.catchup.idle()
    assert await world.labels(world.bob) == [{"awe"}]
    assert not await kept(world, ONE)


async def test_no_byte_of_it_is_left_in_the_file_or_its_log(world, labelled, folder):
    stored = (await world.app.storage.labels.image(await hash_of(world))).jpeg
    files = [folder / "feelprint.db", folder / "feelprint.db-wal"]
    assert any(stored[200:300] in file.read_bytes() for file in files if file.exists())
    await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    assert not any(stored[200:300] in file.read_bytes() for file in files if file.exists())


async def test_buttons_that_were_shown_before_are_refused(world, labelled):
    asked = await world.bob.context_menu(world.channel, "Rate this image", labelled)
    await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    await world.bob.click(asked.response, label="fear")
    assert pictures.picture_of_somebody() in text_of(asked)
    assert await world.labels(world.bob) == []


async def test_another_copy_of_the_authors_own_goes_too_and_somebody_elses_stays(world, labelled):
    own = await world.post(ONE)
    theirs = await world.steward.send(world.channel, attachments=[("mine.png", ONE)])
    await world.bob.react(own, "😂")
    await world.bob.react(theirs, "😨")
    assert await world.labels(world.bob) == [{"awe", "amusement", "fear"}]
    await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    assert await world.labels(world.bob) == [{"fear"}]
    later = await world.post(ONE)
    await world.bob.react(later, "😂")
    assert await world.labels(world.bob) == [{"fear"}]
    await world.bob.react(theirs, "😂")
    assert await world.labels(world.bob) == [{"fear", "amusement"}]


async def test_ratings_of_it_go_whether_in_the_message_or_uploaded(world):
    await world.join(world.bob, world.steward)
    message = await world.post(ONE)
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.click(asked.response, label="awe")
    asked = await world.steward.slash(world.channel, "rate", image=("copy.png", ONE))
    await world.steward.click(asked.response, label="fear")
    await world.alice.context_menu(world.channel, WITHHOLD, message)
    assert [await world.labels(who) for who in (world.bob, world.steward)] == [[], []]
    assert not await kept(world)


async def test_a_picture_that_was_never_known_is_refused_as_a_copy_too(world):
    message = await world.post(ONE)
    await world.alice.context_menu(world.channel, WITHHOLD, message)
    asked = await world.bob.slash(world.channel, "feel", image=("copy.png", ONE))
    assert text_of(asked) == pictures.picture_of_somebody()
    assert await world.app.storage.answers.calls() == {}


async def test_somebody_elses_picture_is_not_theirs_to_withhold(world, labelled):
    said = text_of(await world.bob.context_menu(world.channel, WITHHOLD, labelled))
    assert said == pictures.not_their_picture()
    assert await world.labels(world.bob) == [{"awe"}]


async def test_a_no_that_is_taken_back_while_another_holds_says_so(world, labelled):
    await world.alice.slash(world.channel, "pictures off")
    said = await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    assert text_of(await world.alice.click(said.response, label=buttons.use_again())) == pictures.another_no()
    for what in (What.AUTHOR, What.MESSAGE):
        asked = await world.steward.context_menu(world.channel, EXCLUDE, labelled)
        await world.steward.click(asked.response, label=label_of(what, out=False))
    asked = await world.steward.context_menu(world.channel, EXCLUDE, labelled)
    back = await world.steward.click(asked.response, label=label_of(What.MESSAGE, out=True))
    assert pictures.another_no() in text_of(back)
    back = await world.steward.click(asked.response, label=label_of(What.AUTHOR, out=True))
    assert pictures.no_longer_excluded(author=True) in text_of(back)


async def test_an_author_takes_it_back_and_only_what_is_made_anew_counts(world, labelled):
    said = await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    await world.bob.react(labelled, "😂")
    await world.alice.click(said.response, label=buttons.use_again())
    await away_and_back(world)
    assert await world.labels(world.bob) == []
    await world.bob.unreact(labelled, "😮")
    await world.bob.react(labelled, "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    await away_and_back(world)
    assert await world.labels(world.bob) == [{"awe"}]
    asked = await world.bob.slash(world.channel, "feel", image=("copy.png", ONE))
    assert text_of(asked) != pictures.picture_of_somebody()


async def test_all_that_somebody_posts_here_is_left_alone_until_they_say_otherwise(world, labelled):
    assert text_of(await world.alice.slash(world.channel, "pictures off")) == pictures.pictures_off()
    assert await world.labels(world.bob) == []
    assert not await kept(world)
    later = await world.post(OTHER)
    await world.bob.react(later, "😮")
    await away_and_back(world, world.bob.react(later, "😂"))
    assert await world.labels(world.bob) == []
    asked = await world.bob.slash(world.channel, "feel", image=("copy.png", ONE))
    assert text_of(asked) == pictures.picture_of_somebody()
    assert text_of(await world.alice.slash(world.channel, "pictures on")) == pictures.pictures_on()
    await away_and_back(world)
    assert await world.labels(world.bob) == []
    await world.bob.react(await world.post(OTHER), "😨")
    assert await world.labels(world.bob) == [{"fear"}]


async def test_what_is_said_of_pictures_is_known_after_a_restart(world, labelled):
    await world.alice.slash(world.channel, "pictures off")
    world.app.roster.exclusions.__init__()
    await world.app.roster.refresh()
    later = await world.post(OTHER)
    await world.bob.react(later, "😮")
    assert await world.labels(world.bob) == []
    asked = await world.bob.context_menu(world.channel, "How would I feel?", later)
    assert text_of(asked) == pictures.picture_of_somebody()


async def test_a_start_takes_away_what_a_killed_process_left(world, labelled, monkeypatch):
    async def killed(*_):
        raise StorageError(StorageProblem.CLOSED)

    monkeypatch.setattr(world.app.withholding, "_take_away", killed)
    await world.alice.context_menu(world.channel, WITHHOLD, labelled)
    assert await world.labels(world.bob) == [{"awe"}]
    monkeypatch.undo()
    await world.app.withholding.finish()
    assert await world.labels(world.bob) == []


async def test_an_answer_that_comes_after_the_no_is_neither_told_nor_kept(world, monkeypatch):
    await world.join(world.bob)
    message = await world.post(ONE)
    predict = world.app.predictor.predict

    async def slow(*given):
        answer = await predict(*given)
        of_it = (EVERYWHERE, By.AUTHOR, What.PICTURE, await hash_of(world), world.alice.id)
        await world.app.withhold([Exclusion(*of_it, True, message.id + 1)])
        return answer

    monkeypatch.setattr(world.app.predictor, "predict", slow)
    asked = await world.bob.context_menu(world.channel, "How would I feel?", message)
    assert text_of(asked) == pictures.picture_of_somebody()
    assert not await kept(world)


async def test_no_emojis_are_put_under_what_its_author_withholds(world):
    place = world.app.roster.place(world.guild.id)
    await world.app.roster.save(replace(place, seed_reactions=True))
    await world.alice.slash(world.channel, "pictures off")
    await world.post(ONE)
    await world.app.seeder.drained()
    assert world.channel.last_message.reactions == []


# ------------------------------------------------------------------ admins


@pytest.mark.parametrize("what", What)
async def test_an_admin_excludes_and_takes_it_back(world, labelled, what):
    asked = await world.steward.context_menu(world.channel, EXCLUDE, labelled)
    assert text_of(asked) == pictures.what_to_exclude()
    await world.steward.click(asked.response, label=label_of(what, out=False))
    assert await world.labels(world.bob) == []
    assert not await kept(world)
    refused = await world.bob.context_menu(world.channel, "How would I feel?", labelled)
    assert text_of(refused) == pictures.picture_excluded()
    await world.bob.react(labelled, "😂")
    await away_and_back(world)
    assert await world.labels(world.bob) == []
    again = await world.steward.context_menu(world.channel, EXCLUDE, labelled)
    await world.steward.click(again.response, label=label_of(what, out=True))
    await away_and_back(world)
    assert await world.labels(world.bob) == []
    await world.bob.react(labelled, "😨")
    assert await world.labels(world.bob) == [{"fear"}]
    offered = await world.steward.context_menu(world.channel, EXCLUDE, labelled)
    await world.steward.click(offered.response, label=label_of(what, out=False))
    assert await world.labels(world.bob) == []


async def test_an_excluded_picture_is_so_in_every_message_of_that_server_alone(world, labelled):
    theirs = await world.steward.send(world.channel, attachments=[("a.png", ONE)])
    await world.bob.react(theirs, "😂")
    asked = await world.steward.context_menu(world.channel, EXCLUDE, labelled)
    await world.steward.click(asked.response, label=label_of(What.PICTURE, out=False))
    assert await world.labels(world.bob) == []
    elsewhere = world.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("pictures")
    bob = elsewhere.add_member(world.env.create_user("bob elsewhere"))
    asked = await bob.slash(channel, "feel", image=("a.png", ONE))
    assert text_of(asked) != pictures.picture_excluded()


async def test_a_right_that_is_lost_ends_the_buttons(world, labelled):
    asked = await world.steward.context_menu(world.channel, EXCLUDE, labelled)
    world.env.backend.remove_member_role(world.guild.id, world.steward.id, world.guild.roles["Stewards"].id)
    await world.env.settle()
    await world.steward.click(asked.response, label=label_of(What.MESSAGE, out=False))
    assert await world.labels(world.bob) == [{"awe"}]


# --------------------------------------------------- their rights over it


async def test_an_author_takes_along_what_is_kept_of_their_pictures(world, labelled):
    assert text_of(await world.alice.slash(world.channel, "export")) == texts.export_ready()
    copy = await world.app.storage.members.export(world.alice.id)
    assert [row["author_id"] for row in copy["sightings"]] == [world.alice.id]
    theirs = await world.app.storage.members.export(world.bob.id)
    assert [row["author_id"] for row in theirs["sightings"]] == [None]


async def test_forgetting_takes_an_authors_name_off_and_leaves_others_labels_and_their_no(world, labelled):
    other = await world.post(OTHER)
    await world.alice.context_menu(world.channel, WITHHOLD, other)
    await world.app.forget(world.alice.id)
    world.app.roster.exclusions.__init__()
    await world.app.roster.refresh()
    assert await world.labels(world.bob) == [{"awe"}]
    assert (await world.app.storage.labels.seen(labelled.id))[0].author_id is None
    refused = await world.bob.context_menu(world.channel, "How would I feel?", other)
    assert text_of(refused) == pictures.picture_of_somebody()


# ------------------------------------------------- taking back by buttons


async def test_a_label_from_a_reaction_is_taken_back_by_the_buttons_and_stays_so(world, labelled):
    asked = await world.bob.context_menu(world.channel, "Rate this image", labelled)
    await world.bob.click(asked.response, label="awe")
    assert texts.rating_gone() in text_of(asked)
    assert await world.labels(world.bob) == []
    await away_and_back(world)
    assert await world.labels(world.bob) == []
    await world.bob.unreact(labelled, "😮")
    await world.bob.react(labelled, "😮")
    assert await world.labels(world.bob) == [{"awe"}]


async def test_a_paused_member_takes_a_reactions_label_back_too(world, labelled):
    await world.bob.slash(world.channel, "pause")
    asked = await world.bob.context_menu(world.channel, "Rate this image", labelled)
    await world.bob.click(asked.response, label="awe")
    assert await world.labels(world.bob) == []
    await world.join(world.bob)
    await away_and_back(world)
    assert await world.labels(world.bob) == []


async def test_a_reaction_that_nobody_heard_does_not_undo_what_was_taken_back_since(world):
    await world.join(world.bob)
    message = await world.post(ONE)
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.click(asked.response, label="fear")
    await world.app.intake.drained()
    with deaf(world.app.intake):
        await world.bob.react(message, "😮")
    await world.bob.click(asked.response, label="fear")
    assert await world.labels(world.bob) == []
    await away_and_back(world)
    assert await world.labels(world.bob) == []


# ------------------------------------------------- a rating and its message


@pytest.mark.parametrize("away", [False, True])
async def test_a_rating_goes_with_its_message(world, away):
    await world.join(world.bob)
    files = [("a.png", ONE), ("b.png", OTHER)]
    message = await world.alice.send(world.channel, attachments=files)
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.select(asked.response, ["1"])
    await world.bob.click(asked.response, label="awe")
    assert await world.labels(world.bob) == [{"awe"}]

    async def delete():
        await message.delete()
        await world.env.settle()

    await (away_and_back(world, delete()) if away else delete())
    assert await world.labels(world.bob) == []
    assert not await kept(world, OTHER)
    await world.bob.click(asked.response, label="fear")
    assert await world.labels(world.bob) == []


@pytest.mark.parametrize("away", [False, True])
async def test_a_rating_goes_with_its_picture_when_the_message_is_edited(world, away):
    await world.join(world.bob)
    message = await world.post(ONE)
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.click(asked.response, label="awe")

    async def edit():
        backend = world.env.backend
        files = backend.store_attachments(world.channel.id, [("b.png", OTHER)])
        backend.edit_message(world.channel.id, message.id, {"attachments": files})
        await world.env.settle()

    await (away_and_back(world, edit()) if away else edit())
    assert await world.labels(world.bob) == []


async def test_a_message_that_is_gone_cannot_be_rated_where_no_reaction_counts_either(world):
    await world.join(world.bob)
    elsewhere = world.guild.create_text_channel("elsewhere")
    message = await world.alice.send(elsewhere, attachments=[("a.png", ONE)])
    asked = await world.bob.context_menu(elsewhere, "Rate this image", message)
    await message.delete()
    await world.env.settle()
    await world.bob.click(asked.response, label="awe")
    assert pictures.message_gone() in text_of(asked)
    assert await world.labels(world.bob) == []


async def test_a_rating_of_an_upload_belongs_to_no_message(world):
    await world.join(world.bob)
    asked = await world.bob.slash(world.channel, "rate", image=("a.png", ONE))
    await world.bob.click(asked.response, label="awe")
    await (await world.post(ONE)).delete()
    assert await world.labels(world.bob) == [{"awe"}]


# --------------------------------------- what a server no longer lets count


async def settle(world, **chosen):
    await world.app.roster.save(replace(world.app.roster.place(world.guild.id), **chosen))
    await world.app.withholding.idle()
    await world.app.catchup.idle()


async def test_labels_stop_counting_where_a_channel_is_no_longer_chosen_and_come_back_with_it(world, labelled):
    await settle(world, channels=frozenset({1}))
    assert await world.labels(world.bob) == []
    profile = await world.app.storage.labels.profile(ProfileKey(world.bob.id, MIKELS.id))
    assert profile.labels == 0
    await settle(world, channels=frozenset({world.channel.id}))
    assert await world.labels(world.bob) == [{"awe"}]


async def test_a_spoiler_that_was_allowed_is_judged_anew(world):
    await world.join(world.bob)
    await settle(world, allow_spoilers=True)
    message = await world.post(ONE, name="SPOILER_a.png")
    await world.bob.react(message, "😮")
    assert await world.labels(world.bob) == [{"awe"}]
    await settle(world, allow_spoilers=False)
    assert await world.labels(world.bob) == []
    await world.bob.react(message, "😂")
    assert await world.labels(world.bob) == []


async def test_a_channel_that_becomes_age_restricted_is_judged_anew(world, labelled):
    world.app.client.get_channel(world.channel.id).nsfw = True  # the simulation knows no such channels
    await world.app.catchup.walk(Walk())
    assert await world.labels(world.bob) == []
