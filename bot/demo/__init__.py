"""The offline demo: the real bot on a simulated Discord, with members whose tastes it does not know.

Importing this imports nothing of the simulated Discord: that is the `demo` extra, and whoever runs the
bot need not have it.
"""

import asyncio
from importlib.util import find_spec
from pathlib import Path

from bot.errors import DemoError, DemoProblem


def demo(*, once: bool, seed: int, port: int, out: Path, seeds: int = 0, shuffle: bool = False) -> int:
    """Play the demo, or with `seeds` measure its claim over so many seeds; the exit code.

    `port` 0 is any free port. Raises FeelprintError, a DemoError where the extra is missing.
    """
    if seeds:
        from bot.demo.measuring import measured  # noqa: PLC0415

        measured(seeds, first=seed, shuffled=shuffle)
        return 0
    if find_spec("simcord") is None:
        raise DemoError(DemoProblem.NO_EXTRA)
    from bot.demo.playing import run_demo  # noqa: PLC0415

    asyncio.run(run_demo(once=once, seed=seed, port=port or None, out=out))
    return 0
