"""The whole road as the README tells it: join, react, wait, read what was learned, ask."""

import asyncio
import io
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from rich.console import Console

from bot.errors import LookupProblem, NothingStored
from bot.operations.explaining import explain_member
from bot.words import outcomes
from core.vocabulary.clock import SystemClock
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult
from core.vocabulary.server_settings import ServerSettings
from tests.journeys.conftest import bot_on, picture, settings_for, text_of

DAY_MS = 86_400_000


class Ahead(SystemClock):
    """The machine's clock, some milliseconds ahead."""

    ahead = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead


@asynccontextmanager
async def labelled(folder) -> AsyncIterator[SimpleNamespace]:
    """A member with sixteen labels: dark pictures frighten them, bright ones amuse them.

    No run begins before `quiet`: on a busy machine one reaction may come seconds after the last.
    """
    reports, clock = asyncio.Queue(), Ahead()
    async with bot_on(settings_for(folder, quiet_seconds=DAY_MS / 1000), clock=clock) as (app, env):
        app.listeners.append(reports.put)
        guild = env.create_guild("Pictures")
        channel = guild.create_text_channel("pictures")
        bob = guild.add_member(env.create_user("bob"))
        await app.roster.save(ServerSettings(guild.id, frozenset({channel.id}), seed_reactions=False))
        await bob.slash(channel, "join")
        for n in range(16):
            light = n % 2
            tone = (n * 5 + 170, n * 3 + 190, n + 200) if light else (n * 2, n, n * 3)
            message = await bob.send(channel, attachments=[(f"{n}.png", picture(*tone))])
            await bob.react(message, ("😨", "😂")[light] if n % 7 else "😮")
        await app.intake.drained()
        key = ProfileKey(bob.id, app.default_label_set.id)

        def quiet() -> None:
            clock.ahead = DAY_MS
            app.worker.wake()

        yield SimpleNamespace(app=app, channel=channel, bob=bob, reports=reports, key=key, quiet=quiet)


async def test_from_reactions_to_an_answer(folder):
    async with labelled(folder) as it:
        it.quiet()
        report = await asyncio.wait_for(it.reports.get(), 60)
        assert report.n_labels == 16
        assert report.result in (RunResult.DEPLOYED, RunResult.KEPT)
        assert "Last time: " in text_of(await it.bob.slash(it.channel, "progress"))
        said = text_of(await it.bob.slash(it.channel, "feelprint show"))
        assert ("version 1" in said) == (report.result == RunResult.DEPLOYED)
        said = text_of(await it.bob.slash(it.channel, "feel", image=("new.png", picture(3, 4, 5))))
        assert "You would most likely feel" in said or "torn between" in said or "Hard to say" in said


async def test_the_self_hoster_may_have_a_run_explained(folder):
    shown = io.StringIO()
    async with labelled(folder) as it:
        report = await it.app.tuner.tune(it.key)
        await explain_member(it.app.settings, it.bob.id, Console(file=shown, width=200))
        with pytest.raises(NothingStored, match=LookupProblem.NO_RUN):
            await explain_member(it.app.settings, 1, Console(file=shown))
    assert "16 labels" in shown.getvalue()
    assert "When a picture shows" in shown.getvalue()
    assert "· the same as: " in shown.getvalue(), "whose duplicate an idea is"
    assert f"needed {report.explanation.cross_fit.needed}" in shown.getvalue()
    assert outcomes.run_reason(report.reason) in shown.getvalue()


async def test_the_member_reads_why_in_three_steps_and_the_file_leaves_nothing_out(folder):
    async with labelled(folder) as it:
        report = await it.app.tuner.tune(it.key)
        asked = await it.bob.slash(it.channel, "feelprint why")
        pressed = await it.bob.click(asked.response, label="All ideas, as a file")
        (file,) = pressed.response.attachments
        said = (await file.read()).decode()
        records = await it.app.storage.runs.rules(it.key)
        calls = await it.app.storage.answers.calls()
    assert asked.ephemeral
    assert pressed.ephemeral
    assert outcomes.run_reason(report.reason) in text_of(asked)
    assert outcomes.run_reason(report.reason) in said
    assert f"It took {sum(report.explanation.cost.asked.values())} questions" in said
    assert sum(report.explanation.cost.sent.values()) == sum(calls.values())
    assert len(records) > 10
    assert all(record.rule.when in said and outcomes.rule_reason(record.reason) in said for record in records)


async def test_a_run_that_was_cut_short_pays_for_nothing_twice(folder, tmp_path_factory):
    untouched = tmp_path_factory.mktemp("untouched")
    shutil.copy(folder / "feelprint.db", untouched)
    async with labelled(untouched) as it:
        await it.app.tuner.tune(it.key)
        whole = await it.app.storage.answers.calls()
    async with labelled(folder) as it:
        answers, far_enough = it.app.storage.answers, asyncio.Event()
        run = asyncio.create_task(
            it.app.tuner.tune(
                it.key,
                progress=lambda p: far_enough.set() if p.step == "match" else None,  # and verify to come
            )
        )
        await asyncio.wait_for(far_enough.wait(), 60)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        cut_short = await answers.calls()
        assert 0 < sum(cut_short.values()) < sum(whole.values())
        await it.app.tuner.tune(it.key)
        assert await answers.calls() == whole


async def test_forgetting_during_a_run_stops_it_and_leaves_nothing(folder, provider, monkeypatch):
    counter, url = provider
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    async with labelled(folder) as it:
        counter.pause = 1.0  # so that the run is still under way when it is pressed
        it.quiet()
        async with asyncio.timeout(60):
            while it.app.worker.progress_of(it.key) is None:  # noqa: ASYNC110 - nothing announces a start
                await asyncio.sleep(0.01)
        asked = await it.bob.slash(it.channel, "forget")
        await it.bob.click(asked.response, label="Erase everything")
        assert it.app.worker.progress_of(it.key) is None
        assert await it.app.storage.runs.last(it.key) is None
        assert await it.app.storage.labels.labels(it.key) == ()
        assert it.reports.empty()
