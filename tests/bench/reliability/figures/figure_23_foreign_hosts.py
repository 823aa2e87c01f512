"""Figure 23: whatever an address looks like, nothing but Discord's file hosts is connected to."""

import asyncio
import contextlib
import itertools
import re
from collections.abc import Iterator

from bot.intake import fetch
from core.vocabulary.errors import ImageError
from tests.bench.reliability.figure import Figure, Trials

LITERALS = [
    "127.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "[::]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "127.0.0.1.nip.io",
]
DISGUISES = (
    "{host}", "cdn.discordapp.com@{host}", "{host}#cdn.discordapp.com", "{host}\\cdn.discordapp.com",
    "{host}/cdn.discordapp.com", "cdn.discordapp.com.{host}", "cdn.discordapp.com:80@{host}",
)  # fmt: skip


async def body(trials: Trials) -> None:
    """Every literal in every disguise on both schemes, against a canary that listens on loopback."""
    touched = asyncio.Event()

    async def canary(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        touched.set()
        writer.close()

    server = await asyncio.start_server(canary, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    downloads = fetch.Downloads(seconds=2.0)
    forms = itertools.product(("https", "http"), DISGUISES, LITERALS)
    for scheme, disguise, literal in itertools.islice(forms, trials.n):
        url = f"{scheme}://{disguise.format(host=f'{literal}:{port}')}/picture.png"
        try:
            await downloads.get(url)
        except (ImageError, ValueError):
            refused = True
        else:
            refused = False
        trials.check(refused and not touched.is_set(), url)
        touched.clear()
    await downloads.close()
    server.close()


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Any host, any scheme, any address."""
    was, init = fetch.is_public, fetch.Downloads.__init__

    def anywhere(self: fetch.Downloads, **given: object) -> None:
        init(self, **{**given, "hosts": re.compile(""), "scheme": "http", "private": True})  # type: ignore[arg-type]

    fetch.Downloads.__init__ = anywhere  # type: ignore[method-assign]
    try:
        yield
    finally:
        fetch.is_public, fetch.Downloads.__init__ = was, init  # type: ignore[method-assign]


FIGURE = Figure(23, "Nothing but Discord's file hosts is connected to", body, without, 238, 238, 238)
