"""`/feelprint mood`: several profiles of one member, each from what was felt in it, and one of them active."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from rich.console import Console

from bot.operations.explaining import explain_member
from bot.words import buttons, cards, portrait, texts
from bot.words import editing as told_editing
from bot.words import me as told_me
from bot.words import several_moods as words
from core.vocabulary.consent import ANYWHERE, Yes, YesTo
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.own_moods import FIRST, MOST_MOODS, MoodKept, OwnMood
from core.vocabulary.reasons import Mode, RunReason, RunResult, VersionStatus
from core.vocabulary.server_settings import ServerSettings
from tests.contracts.test_carrying import ADDED
from tests.journeys.absences import away_and_back
from tests.journeys.conftest import bot_on, deploy, picture, settings_for, text_of
from tests.journeys.test_deck import custom_id_of, labels_on, parts, posted
from tests.journeys.test_forgetting import months_of
from tests.journeys.test_languages import german, in_language
from tests.journeys.test_matching import agree, both_felt, match
from tests.journeys.test_news import told
from tests.journeys.test_portrait import SNOW, key_of, version
from tests.journeys.test_setup import _field

EVENING = "-# In your mood *evening*"


async def card_of(world):
    return await world.bob.slash(world.channel, "feelprint mood")


async def made(world, name="evening"):
    """Bob has made a mood, which is active."""
    form = await world.bob.click((await card_of(world)).response, label=buttons.new_mood())
    return await world.bob.submit_modal(form, {_field(form.modal["components"]): name})


async def switched(world, mood):
    """Bob has chosen another one."""
    return await world.bob.select((await card_of(world)).response, [str(mood.number)])


def mood_of(world):
    return world.app.roster.moods.of(world.bob.id)


async def felt(world, mood):
    """What Bob felt in a mood, by the file names' reds: nothing else is looked at."""
    await world.app.intake.drained()
    label_set = world.app.roster.label_set(world.guild.id).of_mood(mood)
    kept = await world.app.storage.labels.labels(replace(key_of(world), label_set_id=label_set.id))
    return [set(label.emotions) for label in kept]


async def evening(world):
    """Bob has a mood; it is the active one."""
    await world.join(world.bob)
    await made(world)
    return mood_of(world)


async def test_a_mood_is_made_chosen_renamed_and_erased(world):
    await world.join(world.bob)
    card = await card_of(world)
    assert card.ephemeral
    assert text_of(card) == words.listed_moods([MoodKept(FIRST, active=True)])
    assert labels_on(card) == [buttons.new_mood()]
    card = await made(world)
    mood = mood_of(world)
    assert mood.name == "evening"
    assert words.made(mood) in text_of(card)
    await world.bob.react(await world.post(), "😮")
    await world.labels(world.bob)
    card = await world.bob.select((await card_of(world)).response, ["0"])
    assert words.switched(FIRST) in text_of(card)
    assert mood_of(world) == FIRST
    lines = text_of(await card_of(world)).splitlines()
    assert "○ ***evening*** · 1 label, 0 versions" in lines
    assert "● ***first mood*** · active, 0 labels, 0 versions" in lines
    card = await switched(world, mood)
    form = await world.bob.click(card.response, label=buttons.rename_mood())
    card = await world.bob.submit_modal(form, {_field(form.modal["components"]): " late   nights "})
    assert words.renamed(OwnMood(mood.number, "late nights")) in text_of(card)
    assert mood_of(world).name == "late nights"
    asked = await world.bob.click(card.response, label=buttons.erase_mood())
    assert asked.ephemeral
    assert text_of(asked) == words.erase_sure(MoodKept(mood_of(world), active=True, labels=1))
    assert "1 label, 0 versions go with it" in text_of(asked)
    mood = mood_of(world)
    done = await world.bob.click(asked.response, label=buttons.erase_mood())
    assert text_of(done) == words.erased(mood, 1, FIRST)
    assert text_of(await card_of(world)) == words.listed_moods([MoodKept(FIRST, active=True)])


async def test_a_mood_is_kept_when_the_second_answer_is_no(world):
    mood = await evening(world)
    asked = await world.bob.click((await card_of(world)).response, label=buttons.erase_mood())
    assert text_of(await world.bob.click(asked.response, label=buttons.keep_it())) == portrait.stays()
    assert mood_of(world) == mood
    asked_again = await world.bob.click((await card_of(world)).response, label=buttons.erase_mood())
    one = await world.bob.click(asked_again.response, label=buttons.erase_mood())
    assert text_of(one) == words.erased(mood, 0, FIRST)


async def test_each_step_speaks_the_language_of_whoever_presses(world):
    await world.join(world.bob)
    with in_language(world.env, "de"):
        card = await card_of(world)
        assert text_of(card) == german(words.listed_moods, [MoodKept(FIRST, active=True)])
        form = await world.bob.click(card.response, label=german(buttons.new_mood))
        assert form.modal["title"] == german(buttons.mood_form)
        card = await world.bob.submit_modal(form, {_field(form.modal["components"]): "abends"})
        mood = mood_of(world)
        assert german(words.made, mood) in text_of(card)
        assert german(words.told_in_mood, "", replace_set(world, mood)).strip() in text_of(
            await world.bob.slash(world.channel, "progress")
        )
        card = await switched(world, FIRST)
        assert german(words.switched, FIRST) in text_of(card)
        card = await switched(world, mood)
        form = await world.bob.click(card.response, label=german(buttons.rename_mood))
        card = await world.bob.submit_modal(form, {_field(form.modal["components"]): "ABENDS"})
        assert german(words.renamed, mood_of(world)) in text_of(card)
        asked = await world.bob.click(card.response, label=german(buttons.erase_mood))
        assert text_of(asked) == german(words.erase_sure, MoodKept(mood_of(world), active=True))
        mood = mood_of(world)
        done = await world.bob.click(asked.response, label=german(buttons.erase_mood))
        assert text_of(done) == german(words.erased, mood, 0, FIRST)


def replace_set(world, mood):
    return world.app.default_label_set.of_mood(mood)


@pytest.mark.parametrize("name", ["evening", "EVENING ", "   ", "first\u202emood", "First mood"])
async def test_a_name_that_is_there_or_shows_nothing_is_not_taken(world, name):
    mood = await evening(world)
    assert words.no_such_name() in text_of(await made(world, name))
    assert mood_of(world) == mood
    assert len(await world.app.storage.own_moods.listed(world.bob.id)) == 2


async def test_there_are_five_at_most(world):
    await world.join(world.bob)
    for n in range(MOST_MOODS - 1):
        card = await made(world, f"mood {n}")
    (new,) = [part for part in parts(card) if part.get("label") == buttons.new_mood()]
    assert new["disabled"]
    assert await world.app.storage.own_moods.make(world.bob.id, "one more", 1) is None


async def test_a_card_from_before_a_mood_was_erased_says_so(world):
    mood = await evening(world)
    await switched(world, FIRST)
    before = await card_of(world)
    await world.app.erase_mood(world.bob.id, mood.number)
    said = text_of(await world.bob.select(before.response, [str(mood.number)]))
    assert words.no_such_mood() in said
    assert mood_of(world) == FIRST


async def test_whoever_makes_no_mood_reads_no_word_of_any(world):
    await world.join(world.bob)
    await world.bob.react(await world.post(), "😮")
    await version(world, 1, SNOW)
    for command in ("progress", "me", "feelprint show", "feelprint why", "feelprint history", "rate"):
        assert "mood" not in text_of(await world.bob.slash(world.channel, command))
    assert "mood" not in text_of(await world.bob.slash(world.channel, "feel", image=("a.png", picture(9))))
    assert (await world.app.storage.members.export(world.bob.id))["own_moods"] == []


async def test_reactions_count_where_they_are_heard_and_are_taken_back_there(world):
    await world.join(world.bob)
    first, second = await world.post(picture(10)), await world.post(picture(200))
    await world.bob.react(first, "😮")
    await made(world)
    mood = mood_of(world)
    await world.bob.react(second, "😨")
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"awe"}], [{"fear"}])
    await world.bob.unreact(first, "😮")
    assert (await felt(world, FIRST), await felt(world, mood)) == ([], [{"fear"}])
    await switched(world, FIRST)
    await world.bob.unreact(second, "😨")
    assert (await felt(world, FIRST), await felt(world, mood)) == ([], [])
    await world.bob.react(second, "😨")
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"fear"}], [])


async def test_a_walk_leaves_every_reaction_where_it_stands_and_finds_new_ones_for_the_active_mood(world):
    await world.join(world.bob)
    messages = [await world.post(picture(n)) for n in (10, 90, 200)]
    await world.bob.react(messages[0], "😮")
    await made(world)
    mood = mood_of(world)
    await world.bob.react(messages[1], "😨")
    await away_and_back(world, world.bob.react(messages[2], "😢"))
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"awe"}], [{"fear"}, {"sadness"}])
    await switched(world, FIRST)
    await away_and_back(world, world.bob.unreact(messages[1], "😨"), world.bob.unreact(messages[0], "😮"))
    assert (await felt(world, FIRST), await felt(world, mood)) == ([], [{"sadness"}])


async def test_a_reaction_that_waits_for_its_picture_belongs_to_the_mood_in_which_it_was_made(world, monkeypatch):
    await world.join(world.bob)
    message = await world.post()
    source, begun = world.app.source, []
    fetch = source.image

    async def slowly(*asked, **more):
        begun.append(1)
        await world.app.roster.moods.make(world.bob.id, "evening", 1)
        return await fetch(*asked, **more)

    monkeypatch.setattr(source, "image", slowly)
    await world.bob.react(message, "😮")
    assert await felt(world, FIRST) == [{"awe"}]
    assert begun
    assert await felt(world, mood_of(world)) == []


async def test_the_active_mood_outlives_a_restart(folder):
    settings = settings_for(folder)
    async with bot_on(settings) as (app, _):
        await app.roster.join(7, 1)
        mood = await app.roster.moods.make(7, "evening", 1)
    async with bot_on(settings) as (app, _):
        assert app.roster.moods.of(7) == mood
        assert app.roster.moods.of(7).name == "evening"


async def test_a_reaction_from_before_joining_counts_in_the_first_mood(world):
    await world.bob.react(await world.post(), "😮")
    asked = await world.bob.slash(world.channel, "join")
    await made(world)
    await world.bob.click(asked.response, label=buttons.count_them())
    await world.app.catchup.idle()
    assert (await felt(world, FIRST), await felt(world, mood_of(world))) == ([{"awe"}], [])


async def test_a_picture_is_rated_anew_in_another_mood_and_undone_where_it_stands(world):
    await world.join(world.bob)
    await posted(world, 10, 200)
    first = await world.bob.slash(world.channel, "rate")
    for _ in range(2):
        first = await world.bob.click(first.response, label="awe")
    await made(world)
    mood = mood_of(world)
    card = await world.bob.slash(world.channel, "rate")
    assert f"1 of 2\n{EVENING}" in text_of(card)
    card = await world.bob.click(card.response, label="fear")
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"awe"}, {"awe"}], [{"fear"}])
    await switched(world, FIRST)
    card = await world.bob.click(card.response, custom_id=custom_id_of(card, buttons.undo()))
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"awe"}, {"awe"}], [])


async def test_buttons_of_a_rating_stay_in_the_mood_in_which_they_were_shown(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😮")
    await world.labels(world.bob)
    asked = await world.bob.context_menu(world.channel, "Rate this image", message)
    await made(world)
    mood = mood_of(world)
    await world.bob.click(asked.response, label="fear")
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"awe", "fear"}], [])
    again = await world.bob.context_menu(world.channel, "Rate this image", message)
    assert text_of(again) == f"{texts.how_do_you_feel()}\n{EVENING}"
    await world.bob.click(again.response, label="sadness")
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"awe", "fear"}], [{"sadness"}])


async def test_answers_and_corrections_are_those_of_the_active_mood_and_say_so(world):
    await world.join(world.bob)
    await deploy(world.app, world.bob.id, SNOW.text)
    mood = await evening(world)
    said = await world.bob.slash(world.channel, "feel", image=("a.png", picture(9)))
    assert EVENING in text_of(said)
    assert "You have no feelprint yet" in text_of(said)
    await world.bob.select(said.response, ["fear"])
    assert (await felt(world, FIRST), await felt(world, mood)) == ([], [{"fear"}])
    again = text_of(await world.bob.slash(world.channel, "feel", image=("a.png", picture(9))))
    assert "You told me already" in again
    await switched(world, FIRST)
    said = text_of(await world.bob.slash(world.channel, "feel", image=("a.png", picture(9))))
    assert "By your feelprint, version 1" in said
    assert EVENING not in said


async def version_in(world, mood):
    """A version of Bob's in a mood, as a run deploys it."""
    world.app.worker.wake = lambda: None
    report = await deploy_report(world, mood)
    made_now = Feelprint(
        world.bob.id, report.label_set_id, 1, Mode.RULES, (SNOW,), "", 1000, 12, report.run_id, status=ACTIVE
    )
    await world.app.storage.runs.start(replace(report, result=RunResult.RUNNING))
    assert await world.app.storage.runs.finish(report, deploy=made_now)
    return report


ACTIVE = VersionStatus.ACTIVE


async def deploy_report(world, mood):
    report = await deploy(world.app, world.bob.id, SNOW.text)
    label_set_id = replace_set(world, mood).id
    return replace(report, run_id="in the evening", label_set_id=label_set_id, reason=RunReason.FOUND)


async def test_what_is_told_of_a_mood_names_it_and_the_commands_speak_of_it(world):
    mood = await evening(world)
    report = await version_in(world, mood)
    await world.app.announcer.tell(report)
    assert told(world.bob)[-1].endswith(EVENING)
    for command, head in (
        ("feelprint show", "### Your feelprint, version 1"),
        ("feelprint history", "### Your feelprint, version by version"),
        ("me", told_me.title()),
        ("feelprint edit", told_editing.edit_title(any_rules=True)),
        ("progress", "### 0 labels so far"),
    ):
        said = text_of(await world.bob.slash(world.channel, command))
        assert said.startswith(head), command
        assert EVENING in said, command
    assert EVENING in text_of(await world.bob.slash(world.channel, "feelprint why"))
    await world.app.erase_mood(world.bob.id, mood.number)
    assert "version 1" in text_of(await world.bob.slash(world.channel, "feelprint show"))  # the first one's


async def test_the_self_hoster_has_the_runs_of_every_mood_explained(world):
    mood = await evening(world)
    await version_in(world, mood)
    heard = io.StringIO()
    await explain_member(world.app.settings, world.bob.id, Console(file=heard, width=200))
    said = heard.getvalue()
    assert said.count("Run ") == 2
    assert "In the mood evening:\nRun in the evening" in said


async def test_people_are_compared_in_their_first_moods_and_whoever_is_in_another_is_told(world):
    await world.join(world.alice, world.bob)
    await both_felt(world, 10)
    await agree(world, world.bob, world.alice)
    await agree(world, world.alice, world.bob)
    await made(world)
    said = text_of(await match(world, world.bob, world.alice))
    assert "On 10 pictures" in said
    assert words.first_mood_alone() in said
    assert words.first_mood_alone() not in text_of(await match(world, world.alice, world.bob))


async def test_whoever_may_ask_about_somebody_gets_their_first_mood(world):
    await deployed_for_friends(world)
    mood = await evening(world)
    said = text_of(await ask(world, world.alice, world.bob))
    assert said.startswith("### bob: ")
    await switched(world, FIRST)
    assert text_of(await ask(world, world.alice, world.bob)) == said
    assert "mood" not in said
    assert mood != FIRST


async def deployed_for_friends(world):
    """Bob has a feelprint in his first mood, and lets Alice ask."""
    await world.join(world.alice, world.bob)
    await deploy(world.app, world.bob.id, SNOW.text)
    yes = Yes(world.bob.id, ANYWHERE, world.alice.id, YesTo.ASK)
    await world.app.storage.yeses.say(yes, 1)


async def ask(world, who, other):
    return await who.slash(world.channel, "feel", image=("a.png", picture(9)), member=other)


async def test_a_month_is_forgotten_in_every_mood(world):
    await world.join(world.bob)
    message = await world.post()
    await world.bob.react(message, "😮")
    await made(world)
    mood = mood_of(world)
    again = await world.bob.context_menu(world.channel, "Rate this image", message)
    await world.bob.click(again.response, label="fear")
    await switched(world, FIRST)
    card, _ = await months_of(world)
    (value,) = [option["value"] for part in parts(card) for option in part.get("options", ())]
    asked = await world.bob.select(card.response, [value])
    assert "2" in text_of(asked)
    await world.bob.click(asked.response, label=buttons.erase_month())
    assert (await felt(world, FIRST), await felt(world, mood)) == ([], [])


async def test_an_erased_moods_reactions_do_not_come_back_by_a_walk(world):
    mood = await evening(world)
    message = await world.post()
    await world.bob.react(message, "😮")
    assert await felt(world, mood) == [{"awe"}]
    await world.app.erase_mood(world.bob.id, mood.number)
    for _ in range(2):
        await away_and_back(world)
        assert (await felt(world, FIRST), await felt(world, mood)) == ([], [])
    await world.bob.unreact(message, "😮")
    await world.bob.react(message, "😮")
    assert await felt(world, FIRST) == [{"awe"}]


async def test_other_emotions_in_a_server_take_the_labels_of_every_mood_along(world):
    mood = await evening(world)
    messages = [await world.post(picture(n)) for n in (10, 200)]
    await world.bob.react(messages[0], "😮")
    await switched(world, FIRST)
    await world.bob.react(messages[1], "😨")
    await world.app.intake.drained()
    place = world.app.roster.place(world.guild.id)
    new = ServerSettings(world.guild.id, place.channels, ADDED, seed_reactions=False)
    assert await world.app.storage.labels.hidden_by(new) == 0
    await world.app.roster.save(new)
    await world.app.withholding.idle()
    assert (await felt(world, FIRST), await felt(world, mood)) == ([{"fear"}], [{"awe"}])


async def test_an_export_lists_moods_and_forgetting_takes_them(world):
    mood = await evening(world)
    await world.bob.react(await world.post(), "😮")
    await version_in(world, mood)
    sent = (await world.bob.slash(world.channel, "export")).response
    inside = zipfile.ZipFile(io.BytesIO(await sent.attachments[0].read()))
    data = json.loads(inside.read("data.json"))
    assert [(row["name"], row["active"]) for row in data["own_moods"]] == [("evening", True)]
    rows = inside.read("labels.csv").decode().splitlines()
    assert rows[0].endswith(",label_set,mood")
    assert rows[1].endswith(f",{world.app.default_label_set.id},evening")
    assert "Version 1, evening, " in inside.read("feelprint.txt").decode()
    assert "evening" in inside.read("index.html").decode()
    asked = await world.bob.slash(world.channel, "forget")
    await world.bob.click(asked.response, label=buttons.erase_everything())
    assert mood_of(world) == FIRST
    assert not any((await world.app.storage.members.export(world.bob.id)).values())


def test_a_name_is_shown_as_it_is():
    mood = OwnMood(3, "*<@1> a_b*")
    assert words.shown(mood) == f"*{cards.safe(mood.name, 64)}*"
