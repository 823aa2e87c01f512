"""`python -m tests.bench.reliability.bot_process`: `feelprint run`, with its options, Discord at another address.

Nothing of the bot is changed but where Discord and its files are, and, for a proof, the defences in `WITHOUT`;
settings come from the environment.
"""

import asyncio
import contextlib
import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import discord
import yarl

from bot.app import App
from bot.discord_ui import replies
from bot.host import logs
from bot.intake import catchup, fetch, intake, patience, roster, source
from bot.operations import cli
from bot.outgoing.unanswered import Unanswered
from core.decoding.normalise import normalise
from core.decoding.workers import ImageWorkers
from core.vocabulary.consent import Standing
from core.vocabulary.images import MAX_SIDE, Image


async def _once(request: Callable[[], Awaitable[Any]], _: float) -> Any:
    return await request()


async def _leave_them(*_: object) -> None:
    return


def _nothing_is_tried_again() -> None:
    replies.tried = _once  # type: ignore[attr-defined]


def _nobody_is_told() -> None:
    Unanswered.close = _leave_them  # type: ignore[assignment, method-assign]


def _nothing_is_waited_for() -> None:
    patience.WAITS = ()  # type: ignore[assignment]
    catchup.CatchUp.again = lambda *_: None  # type: ignore[method-assign]


def _what_is_closed_is_asked_again() -> None:
    source._CLOSED_S = 0.0  # type: ignore[misc]


def _everybody_counts() -> None:
    roster.Roster.standing = lambda *_: Standing.JOINED  # type: ignore[method-assign]


def _no_session_is_resumed() -> None:
    was = discord.gateway.ReconnectWebSocket.__init__

    def anew(self: Any, shard_id: Any, *, resume: bool = True) -> None:
        was(self, shard_id, resume=False)

    discord.gateway.ReconnectWebSocket.__init__ = anew  # type: ignore[assignment]


def _nothing_is_let_go() -> None:
    put, held = intake.Intake.put, []

    def keep(self: intake.Intake, *given: Any, **more: Any) -> None:
        held.append((open(os.devnull), bytes(100_000)))  # noqa: SIM115, PTH123 - a leak is the point
        put(self, *given, **more)

    intake.Intake.put = keep  # type: ignore[method-assign]


def _nothing_is_masked() -> None:
    """And discord.py tells whatever it does."""
    logs.Mask.__call__ = lambda _, text: text  # type: ignore[method-assign]
    was = logging.Logger.setLevel

    def chatty(self: logging.Logger, level: int | str) -> None:
        was(self, logging.DEBUG if self.name.startswith("discord") else level)

    logging.Logger.setLevel = chatty  # type: ignore[method-assign]


def _pictures_are_decoded_here() -> None:
    async def here(_: object, data: bytes, side: int = MAX_SIDE, owner: int | None = None) -> Image:
        return normalise(data, side)

    ImageWorkers.normalise = here  # type: ignore[assignment, method-assign]


def _set_by(kept: str) -> None:
    """Set the wall clock by the seconds in a file, from the first read on and whenever they change.

    Whoever asks Python's `time` what time it is is told so; how long something takes is measured as ever.
    """
    true_ns, off_ns = time.time_ns, 0

    def read() -> None:
        nonlocal off_ns
        with contextlib.suppress(OSError, ValueError):  # not there yet, or half written
            off_ns = round(float(Path(kept).read_text()) * 1e9)

    def follow() -> None:
        while True:
            time.sleep(0.1)
            read()

    def now_ns() -> int:
        return true_ns() + off_ns

    read()
    threading.Thread(target=follow, daemon=True).start()
    time.time_ns = now_ns
    time.time = lambda: now_ns() / 1e9


def _measure_stalls(kept: str) -> None:
    """Write down twice a second how late the event loop is: the 99.9th percentile and the most, in seconds.

    The time in which other processes had the processor is no fault of the loop, and left out.
    """
    start = App.start

    def delayed() -> float:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9

    async def measure() -> None:
        late: list[float] = []
        written = before = time.perf_counter()
        elsewhere = delayed()
        while True:
            await asyncio.sleep(0.005)
            now, waited = time.perf_counter(), delayed()
            late.append(max(0.0, now - before - 0.005 - (waited - elsewhere)))
            before, elsewhere = now, waited
            if now - written > 0.5:
                found = sorted(late)
                Path(f"{kept}.new").write_text(json.dumps([found[int(0.999 * (len(found) - 1))], found[-1]]))  # noqa: ASYNC240
                Path(f"{kept}.new").replace(kept)  # noqa: ASYNC240
                written = before = time.perf_counter()
                elsewhere = delayed()

    def started(self: App) -> None:
        start(self)
        self.measuring = asyncio.create_task(measure())  # type: ignore[attr-defined]

    App.start = started  # type: ignore[method-assign]


_OFF: Mapping[str, Callable[[], None]] = {
    "tries": _nothing_is_tried_again,
    "telling": _nobody_is_told,
    "patience": _nothing_is_waited_for,
    "closing": _what_is_closed_is_asked_again,
    "consent": _everybody_counts,
    "resuming": _no_session_is_resumed,
    "masking": _nothing_is_masked,
    "workers": _pictures_are_decoded_here,
    "letting go": _nothing_is_let_go,
}
"""Defences that a proof switches off."""


def main() -> None:
    """Point at the server of `DISCORD_AT` (http://127.0.0.1:port) and run."""
    at = os.environ["DISCORD_AT"]
    discord.http.Route.BASE = f"{at}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws{at.removeprefix('http')}/gateway")
    init = fetch.Downloads.__init__

    def here(self: fetch.Downloads, **given: object) -> None:
        elsewhere = {"hosts": re.compile(r"^127\.0\.0\.1$"), "scheme": "http", "private": True}
        init(self, **{**given, **elsewhere})  # type: ignore[arg-type]

    fetch.Downloads.__init__ = here  # type: ignore[method-assign]
    for defence in filter(None, os.environ.get("WITHOUT", "").split(",")):
        _OFF[defence]()
    if kept := os.environ.get("CLOCK"):
        _set_by(kept)
    if kept := os.environ.get("STALLS"):
        _measure_stalls(kept)
    sys.argv = ["feelprint", "run", "--env-file", os.devnull, *sys.argv[1:]]
    cli.main()


if __name__ == "__main__":
    main()
