"""The measurement over seeds says the same, whichever seed is done first."""

import random
from collections.abc import Iterator

import pytest
from rich.console import Console

from bot.demo import measuring
from bot.demo.people import PEOPLE
from bot.demo.seeds import Line


def test_the_interval_does_not_depend_on_which_seed_was_done_first(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    done = []
    for seed in range(10):
        gains = [rng.randint(-4, 12) / 0.24 for _ in PEOPLE]
        done.append([Line(seed, p.name, 0.2, 0.3, g, g, "feelprint") for p, g in zip(PEOPLE, gains, strict=True)])

    def told(order: list[list[Line]]) -> tuple[tuple[float, float, float], str]:
        def measure(seeds: int, *, first: int, shuffled: bool) -> Iterator[list[Line]]:
            yield from order

        monkeypatch.setattr(measuring, "measure", measure)
        console = Console(record=True, quiet=True)
        return measuring.measured(10, console=console), console.export_text()

    assert told(done) == told(done[::-1]) == told(done[5:] + done[:5])
