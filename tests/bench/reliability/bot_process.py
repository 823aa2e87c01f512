"""`python -m tests.bench.reliability.bot_process`: `feelprint run`, with Discord at another address.

Nothing of the bot is changed but where Discord and its files are; settings come from the environment. A figure's
proof may switch a defence off by its name in `WITHOUT`.
"""

import os
import re
import sys

import discord
import yarl

from bot.intake import catchup, fetch, patience
from bot.operations import cli


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
    if os.environ.get("WITHOUT") == "patience":
        patience.WAITS = ()  # type: ignore[assignment]
        catchup.CatchUp.again = lambda *_: None  # type: ignore[method-assign]
    sys.argv = ["feelprint", "run", "--env-file", os.devnull]
    cli.main()


if __name__ == "__main__":
    main()
