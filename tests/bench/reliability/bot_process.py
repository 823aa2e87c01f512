"""`python -m tests.bench.reliability.bot_process`: `feelprint run`, with Discord at another address.

Nothing of the bot is changed but where Discord and its files are, and, for a proof, the defences in `WITHOUT`;
settings come from the environment.
"""

import os
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
import yarl

from bot.discord_ui import replies
from bot.intake import catchup, fetch, lanes, patience, roster, source
from bot.operations import cli
from bot.outgoing.unanswered import Unanswered
from core.vocabulary.consent import Standing


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
    put, held = lanes.Intake.put, []

    def keep(self: lanes.Intake, *given: Any, **more: Any) -> None:
        held.append((open(os.devnull), bytes(100_000)))  # noqa: SIM115, PTH123 - a leak is the point
        put(self, *given, **more)

    lanes.Intake.put = keep  # type: ignore[method-assign]


_OFF: Mapping[str, Callable[[], None]] = {
    "tries": _nothing_is_tried_again,
    "telling": _nobody_is_told,
    "patience": _nothing_is_waited_for,
    "closing": _what_is_closed_is_asked_again,
    "consent": _everybody_counts,
    "resuming": _no_session_is_resumed,
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
    sys.argv = ["feelprint", "run", "--env-file", os.devnull]
    cli.main()


if __name__ == "__main__":
    main()
