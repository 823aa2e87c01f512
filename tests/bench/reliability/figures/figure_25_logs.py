"""Figure 25: no line of the log holds a token or key, at whatever level, and none at INFO says who somebody is.

An unmodified process that is used, refused and cut off from its model, at DEBUG and at INFO. A trial is one line.
"""

import asyncio
import contextlib
from collections.abc import Iterator

from core.offline.server import OfflineServer
from tests.bench.reliability.asking import ask, until
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.living import life

TOKEN, KEY = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", "sk-proj-canary-0123456789abcdef"
SETTINGS = {"DISCORD_TOKEN": TOKEN, "OPENAI_API_KEY": KEY, "FEELPRINT_MODEL": "offline-model"}
COMMANDS = (("feel", True), ("join", False), ("privacy", False), ("progress", False), ("export", False))
PEOPLE = 5


async def body(trials: Trials) -> None:
    """Use everything while requests fail, and read the log."""
    for level in ("debug", "info"):
        folder = trials.folder / level
        folder.mkdir()
        async with contextlib.AsyncExitStack() as stack:
            model = OfflineServer()
            await stack.enter_async_context(model)
            given = {**SETTINGS, "OPENAI_BASE_URL": model.base_url, "FEELPRINT_LOG_LEVEL": level}
            lived = await stack.enter_async_context(life(folder, trials.seed, **given))
            await lived.furnish(servers=1, channels=1, people=PEOPLE, joined=PEOPLE)
            await lived.start()
            (channel,), ((guild, people),) = lived.channels, lived.people.items()
            lived.server.faults.rate = 0.3
            lived.server.faults.kinds = ("503", "500", "429", "proxy", "cut after", "403")
            tokens = []
            for number in range(trials.n // 2):
                name, shows = COMMANDS[number % len(COMMANDS)]
                who = people[number % PEOPLE]
                asked = ask(lived.server, (guild, channel), who, name, number if shows else None)
                tokens.append(asked._record.token)
                lived.act()
                await asyncio.sleep(0.02)
                if number == trials.n // 4:
                    await model.__aexit__(None, None, None)  # the model is gone from here on
            await until(lambda asked=asked: bool(asked.said), 1.0)
            await lived.end()
            lines = (folder / "log").read_text().splitlines()
        secrets = [TOKEN, KEY, *tokens]
        names = [str(person) for person in people]
        for line in lines:
            found = [word for word in secrets if word in line]
            told = [name for name in names if level == "info" and name in line]
            trials.check(not found and not told, f"at {level}: {line[:160]}")
        trials.note(f"{len(lines)} lines at {level}")


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Nothing is masked, in the bot's process."""
    SETTINGS["WITHOUT"] = "masking"
    try:
        yield
    finally:
        del SETTINGS["WITHOUT"]


FIGURE = Figure(25, "No line of the log holds a secret", body, without, 30, 600, 40)
