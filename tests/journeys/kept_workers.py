"""Image workers that outlive their bot: a process that has answered is as good as a new one for the next test.

Starting one takes longer than most journeys. Only an idle one is kept; one with a picture in hand is killed,
as the bot does. How workers start, die and are replaced is held in `tests/core/decoding`.
"""

import subprocess
from typing import Any

from core.decoding import workers

_spare: list[subprocess.Popen[bytes]] = []


class KeptWorker(workers._Worker):
    """Takes over the process of an earlier bot, and leaves its own to a later one."""

    _busy = False

    def start(self) -> None:
        """Go on with a process that is there, or start one."""
        if not self._closed and self._process is None and _spare:
            self._process = _spare.pop()
        else:
            super().start()

    def run(self, side: int, data: bytes) -> Any:
        """As ever, and say meanwhile that the process is not idle."""
        self._busy = True
        image = super().run(side, data)
        self._busy = False
        return image

    def close(self) -> None:
        """Leave the process to the next one if nothing is wrong with it."""
        self._closed = True  # first: a thread that comes now sees it, one that came before is seen to be busy
        if self._busy or self._process is None or self._process.poll() is not None:
            super().close()
        else:
            _spare.append(self._process)


def end_spare() -> None:
    """End those that nobody took over."""
    for process in _spare:
        with process:
            process.kill()
    _spare.clear()
