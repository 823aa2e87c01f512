"""The alarm alone, on records drawn by chance: `python -m tests.bench.alarm`. What each of its numbers trades.

A true version is right alone, wrong alone, or wrong where most people are wrong, too, as often as true rules were
on development people, an idle one as idle rules were; one that turns is true for 24 pictures, then idle. It tries
in seconds what lives (`tests.bench.drift`) take an hour for, but knows nothing of runs, which bring new versions.
"""

import random
import statistics
from dataclasses import replace

from core.tuning.constants import ALARM, Alarm
from core.tuning.watch import Trial, changed, failed
from tests.bench.drift import NUMBERS

OUTCOMES = ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0))
TRUE, IDLE = (0.49, 0.22, 0.29), (0.10, 0.48, 0.42)
"""The shares of won, lost and neither."""

WITHIN, TIMES, SEED = 24, 2000, 1


def drawn(rng: random.Random, *rates: tuple[float, float, float]) -> list[Trial]:
    """As many trials of each of these rates in turn."""
    hits = [hit for rate in rates for hit in rng.choices(OUTCOMES, rate, k=WITHIN)]
    return [Trial(at, *hit) for at, hit in enumerate(hits)]


def row(alarm: Alarm) -> tuple[float, float, float, float, float]:
    """Shares of true and of idle versions that are withdrawn within 24 pictures, after how many the idle ones are;
    how often a turn is seen within 24, and how often one is seen of a version that stayed true for 48.
    """
    rng = random.Random(SEED)
    true = [failed(drawn(rng, TRUE), alarm) for _ in range(TIMES)]
    idle = [failed(drawn(rng, IDLE), alarm) for _ in range(TIMES)]
    turns = [changed(drawn(rng, TRUE, IDLE), alarm) for _ in range(TIMES // 4)]
    stays = [changed(drawn(rng, TRUE, TRUE), alarm) for _ in range(TIMES // 4)]
    return (
        share([at is not None for at in true]),
        share([at is not None for at in idle]),
        statistics.median([at + 1 for at in idle if at is not None]),
        share([at is not None for at in turns]),
        share([at is not None for at in stays]),
    )


def share(of: list[bool]) -> float:
    return 100.0 * sum(of) / len(of)


def main() -> None:
    """One line for the alarm as it is, and for each of its numbers changed."""
    alarms = {"as it is": ALARM} | {
        f"{name} {value:g}": replace(ALARM, **{name: value})
        for name, values in NUMBERS.items()
        for value in values
    }
    print(
        "of 100 versions within 24 pictures: true and idle ones withdrawn; idle ones after; turn seen, though true"
    )
    for name, alarm in alarms.items():
        true, idle, after, turn, stay = row(alarm)
        print(f"{name:<12} {true:>4.0f} {idle:>4.0f} {after:>5.0f} {turn:>4.0f} {stay:>4.0f}")


if __name__ == "__main__":
    main()
