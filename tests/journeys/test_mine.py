"""What a member reads about themselves."""

import asyncio

import pytest

from bot.words.outcomes import run_reason
from core.ports import RunReport, Shadow
from core.vocabulary.calls import Failure
from core.vocabulary.explanation import Explanation, Stop
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RunReason, RunResult
from tests.journeys.conftest import deploy, picture, text_of
from tests.storage.made import EMOJI, rated

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


async def _enough(world):
    """As many labels as a first run wants, from long ago."""
    await world.join(world.bob)
    feelings = list(EMOJI)
    await world.app.storage.labels.apply([rated(world.bob.id, n, feelings[n % 3], server=None) for n in range(12)])


async def _progress(world):
    return text_of(await world.bob.slash(world.channel, "progress"))


async def test_progress_names_whatever_a_run_waits_for(world):
    await _enough(world)
    assert "next in line" in await _progress(world)
    others = asyncio.ensure_future(asyncio.sleep(60))
    world.app.worker._tasks[world.alice.id] = others
    assert "another run is under way" in await _progress(world)
    del world.app.worker._tasks[world.alice.id]
    others.cancel()
    await world.bob.slash(world.channel, "pause")
    assert "You have paused, so I note nothing new" in await _progress(world)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Failure.BUDGET, "spending cap is reached"),
        (Failure.AUTH, "does not let me in"),
        (Failure.RATE_LIMITED, "more often than it allows"),
        (Failure.UNAVAILABLE, "could not be reached"),
    ],
)
async def test_progress_says_why_the_model_could_not_be_asked_and_when_it_is_asked_again(world, failure, said):
    await _enough(world)
    now = world.app.clock.now_ms()
    stop = Stop(failure, 1, now + 600_000)
    report = RunReport("r", world.bob.id, world.app.default_label_set.id, Mode.RULES, 1, 12, now, now)
    await world.app.storage.runs.start(report)
    stopped = RunReport(
        *(getattr(report, name) for name in ("run_id", "member_id", "label_set_id", "mode", "seed", "n_labels")),
        started_at=now,
        finished_at=now,
        result=RunResult.STOPPED,
        reason=RunReason.UNAVAILABLE,
        explanation=Explanation(stop=stop),
    )
    assert await world.app.storage.runs.finish(stopped, retry_at=stop.retry_at)
    told = await _progress(world)
    assert said in told
    assert told.count(run_reason(RunReason.UNAVAILABLE, stop)) == 1
    assert f"Next try: <t:{stop.retry_at // 1000}:R>." in told


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
    key = ProfileKey(world.bob.id, world.app.default_label_set.id)
    hashes = []
    for n, emoji in enumerate(("😮", "😂", "😮")):
        await world.bob.react(await world.post(picture(10 * n)), emoji)
        hashes.append((await world.app.images.normalise(picture(10 * n))).hash)
    await world.labels(world.bob)
    await deploy(world.app, world.bob.id, SNOW)  # after the labels, so that only the rows below are its record
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
