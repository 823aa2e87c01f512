"""A figure: a claim, how often it is tried, and what is switched off to prove that the trial can fail.

Zero failures in n trials bound the rate only at 3 / n (the rule of three); with failures the bound is that of
Clopper & Pearson (1934, Biometrika 26). So the table shows the bound, never "never".
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from core.tuning.evidence import beta_cdf

SURE = 0.95


@dataclass(slots=True)
class Trials:
    """What a figure is given (how many trials, a seed, an empty folder) and what it counted.

    `n` is a wish: the figure counts what it really tried with `passed` and `failed`.
    """

    n: int
    seed: int
    folder: Path
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def check(self, holds: bool, what: str, *, times: int = 1) -> bool:
        """Count a trial (or so many that were judged together) and whether the claim held."""
        self.tried += times
        if not holds:
            self.failures.append(what)
        return holds

    def note(self, text: str) -> None:
        """A number that belongs beside the figure: a maximum, a ratio."""
        self.notes.append(text)

    @property
    def bound(self) -> float:
        """The upper end of the one-sided 95 % interval of the failure rate, in [0, 1]."""
        return upper(len(self.failures), self.tried)


Body = Callable[[Trials], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    `quick` and `full` are how many trials are asked for; `without` switches the defence off while it is entered,
    and `proof` is how many trials must then show at least one failure.
    """

    number: int
    claim: str
    body: Body
    without: Callable[[], AbstractContextManager[object]]
    quick: int
    full: int
    proof: int


def figures() -> tuple[Figure, ...]:
    """Every figure there is, by number. Raises ValueError where two have the same."""
    from tests.bench.reliability import figures as room

    found: dict[int, Figure] = {}
    for module in pkgutil.iter_modules(room.__path__):
        for value in vars(importlib.import_module(f"{room.__name__}.{module.name}")).values():
            if isinstance(value, Figure) and found.setdefault(value.number, value) is not value:
                raise ValueError(f"Figure {value.number} stands twice.")
    return tuple(found[number] for number in sorted(found))


def upper(failures: int, tried: int) -> float:
    """The upper end of the one-sided 95 % interval for a rate: 3 / n for none, else Clopper & Pearson's."""
    if tried == 0 or failures >= tried:
        return 1.0
    if failures == 0:
        return min(1.0, 3.0 / tried)
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if beta_cdf(middle, failures + 1.0, float(tried - failures)) < SURE:
            low = middle
        else:
            high = middle
    return high
