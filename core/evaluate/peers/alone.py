"""For packages that take the process for their own: they draw from its generators, and print.

One runs at a time, with the generators set by its case and given back afterwards: nothing else in an evaluation
draws from them, so it can be repeated. What its thread prints is dropped; everybody else's words go through.
"""

import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Any, TextIO, cast

import numpy as np

_ONE = Lock()


@contextmanager
def alone(seed: int) -> Iterator[None]:
    """Waits its turn; to be used on the thread on which the package runs."""
    with _ONE, warnings.catch_warnings(action="ignore"):  # a test over equal scores, and experimental options
        before = random.getstate(), np.random.get_state()
        random.seed(seed)
        np.random.seed(seed % (1 << 32))
        out, err = _hushed(sys.stdout), _hushed(sys.stderr)
        sys.stdout, sys.stderr = out, err
        try:
            yield
        finally:
            sys.stdout = out.stream if sys.stdout is out else sys.stdout
            sys.stderr = err.stream if sys.stderr is err else sys.stderr
            random.setstate(before[0])
            np.random.set_state(before[1])


class _Hushed:
    """A stream but for one thread; whatever else is asked of it, it answers as the stream does."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._thread = get_ident()

    def write(self, text: str) -> int:
        return len(text) if get_ident() == self._thread else self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _hushed(stream: TextIO) -> Any:
    return cast(Any, _Hushed(stream))
