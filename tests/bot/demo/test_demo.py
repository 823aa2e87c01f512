"""The demo itself: a short journey over the real bot, the page, and what may stand in its way."""

import asyncio
import contextlib
import io
import os
import re
import signal
import socket
import subprocess
import sys

import aiohttp
import pytest
from rich.console import Console

from bot import demo as package
from bot.bootstrap import open_app
from bot.demo import journey, page, playing, settings
from bot.demo.clock import StoryClock
from bot.demo.journey import Journey
from bot.demo.page import serve
from bot.demo.playing import run_demo
from bot.demo.settings import settings_in
from bot.demo.story import Story, plain
from bot.demo.world import open_world
from bot.errors import DemoError, DemoProblem
from bot.words.problems import sentence


async def test_the_journey_goes_from_setup_to_the_report(tmp_path, monkeypatch):
    told, out = [], io.StringIO()

    @contextlib.asynccontextmanager
    async def heard(*args, **given):
        async with open_app(*args, **given) as app:

            async def hear(report):
                told.append(report)

            app.listeners.append(hear)
            yield app

    monkeypatch.setattr(playing, "open_app", heard)
    monkeypatch.setattr(settings, "QUIET_S", 0.02)  # every picture is a pause of that length, as on a busy machine
    figures = await run_demo(
        once=True, seed=2, out=tmp_path / "report", console=Console(file=out, width=100), learnt=24, unseen=4
    )
    text = out.getvalue()
    tuned = {report.n_labels for report in told if report.explanation.cost}  # a withdrawal asks nothing
    assert tuned == {12, 24}, "somebody was tuned in the middle of a wave"
    assert [m.labels for m in figures.members] == [24] * 5
    assert all(len(m.guesses) == 4 for m in figures.members)
    assert "120 labels are stored." in text
    assert (tmp_path / "report" / "index.html").is_file()
    for member in figures.members:
        if member.active is not None:
            assert plain(member.card).startswith(f"Your feelprint, version {member.active.version}")
            assert all(rule.when in member.card for rule in member.active.rules)
        else:
            assert "No feelprint yet" in member.card
    assert any(m.active for m in figures.members), "nobody learned anything"


async def test_what_was_put_off_is_waited_for_though_time_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(journey, "_PATIENCE_S", 2.0)
    clock = StoryClock()
    async with open_app(settings_in(tmp_path), clock=clock) as app, open_world(app) as world:
        told = Journey(app, world, Story(Console(file=io.StringIO())), clock, 0)
        with clock.standing():
            until = clock.now_ms() + 300

            async def put_off():
                return clock.now_ms() < until

            monkeypatch.setattr(told, "_watching", put_off)
            await told._settled()


async def test_the_page_is_served_until_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "FRESH", 2)
    out = io.StringIO()
    async with open_app(settings_in(tmp_path)) as app, open_world(app) as world:
        story = Story(Console(file=out, width=200))
        serving = asyncio.create_task(serve(app, world, story, report="r", port=None, seed=0))
        while "http" not in out.getvalue():
            await asyncio.sleep(0.05)
            assert not serving.done()
        address = re.findall(r"http://127\S+", out.getvalue())[-1]
        async with aiohttp.ClientSession() as http, http.get(address) as reply:
            assert reply.status == 200
        pictures = [m for m in world.welcome.history() if m.attachments]
        assert [len(m.reactions) for m in pictures] == [8, 8]
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(serving, 10)
    assert "Good-bye." in out.getvalue()


async def test_a_port_in_use_is_said_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoError) as caught:
            await run_demo(once=False, seed=0, out=tmp_path, port=port)
    assert (caught.value.reason, caught.value.port) == (DemoProblem.PORT, port)


async def test_a_report_folder_that_cannot_be_made_is_said_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match=DemoProblem.NO_REPORT):
        await run_demo(once=True, seed=0, out=tmp_path / "file" / "report")


def test_without_the_extra_one_sentence_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    with pytest.raises(DemoError) as caught:
        package.demo(once=True, seed=0, port=0, out=tmp_path)
    assert "pip install 'feelprint[demo]'" in sentence(caught.value)


def test_importing_the_demo_imports_nothing_of_the_simulation():
    script = (
        "import sys, bot.demo; sys.exit(any(name.split('.')[0] in ('simcord', 'discord') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
