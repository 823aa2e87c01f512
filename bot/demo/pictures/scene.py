"""What a picture shows, in the world's terms.

Members' tastes (`bot.demo.people`) are functions of a scene; the bot never sees one, only pixels. The
choice of a scene is separate from drawing it, so a picture can be asked for by what it shows.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

Kind = Literal[
    "sea", "mountains", "forest", "city", "desert", "meadow", "garden", "night sky",
    "swamp", "factory", "volcano", "balloons", "fireworks", "circles", "stripes", "mosaic",
]  # fmt: skip
Time = Literal["day", "dusk", "night"]
Weather = Literal["clear", "rain", "storm", "snow", "fog"]

KINDS: tuple[Kind, ...] = get_args(Kind)
ABSTRACT: frozenset[Kind] = frozenset({"circles", "stripes", "mosaic"})

_TIMES: dict[Kind, tuple[float, float, float]] = {
    "sea": (0.4, 0.3, 0.3),
    "mountains": (0.5, 0.3, 0.2),
    "forest": (0.55, 0.2, 0.25),
    "city": (0.4, 0.2, 0.4),
    "desert": (0.5, 0.3, 0.2),
    "meadow": (0.65, 0.25, 0.1),
    "garden": (0.85, 0.15, 0.0),
    "night sky": (0.0, 0.0, 1.0),
    "swamp": (0.6, 0.2, 0.2),
    "factory": (0.6, 0.3, 0.1),
    "volcano": (0.2, 0.35, 0.45),
    "balloons": (0.7, 0.3, 0.0),
    "fireworks": (0.0, 0.0, 1.0),
}
_WEATHERS: dict[Kind, dict[Weather, float]] = {
    "sea": {"clear": 0.4, "storm": 0.3, "rain": 0.1, "fog": 0.2},
    "mountains": {"clear": 0.35, "snow": 0.4, "fog": 0.2, "storm": 0.05},
    "forest": {"clear": 0.3, "fog": 0.3, "snow": 0.3, "rain": 0.1},
    "city": {"clear": 0.4, "rain": 0.3, "snow": 0.2, "fog": 0.1},
    "desert": {"clear": 0.9, "storm": 0.1},
    "meadow": {"clear": 0.6, "rain": 0.15, "fog": 0.15, "storm": 0.1},
    "garden": {"clear": 0.85, "rain": 0.15},
    "swamp": {"clear": 0.4, "fog": 0.4, "rain": 0.2},
    "factory": {"clear": 0.6, "rain": 0.2, "fog": 0.2},
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What one picture shows. `palette` names its colours in a word; abstract kinds have no time or weather
    (they say day and clear).
    """

    kind: Kind
    time: Time = "day"
    weather: Weather = "clear"
    palette: str = "natural"
    has_moon: bool = False
    has_sun: bool = False
    has_lights: bool = False
    has_water: bool = False
    crowded: bool = False
    autumn: bool = False

    @property
    def abstract(self) -> bool:
        """Whether the picture shows shapes and colours only."""
        return self.kind in ABSTRACT


PALETTES = ("candy", "ocean", "ember", "ink", "forest", "pastel", "mono", "retro")
"""Colours of abstract pictures."""


def choose(rng: np.random.Generator, kind: Kind | None = None) -> Scene:
    """A scene at random, of one kind if given; the same generator state gives the same scene."""
    kind = kind or KINDS[int(rng.integers(len(KINDS)))]
    if kind in ABSTRACT:
        return Scene(kind, palette=PALETTES[int(rng.integers(len(PALETTES)))])
    times: tuple[Time, ...] = get_args(Time)
    time = times[int(rng.choice(3, p=_TIMES[kind]))]
    options = _WEATHERS.get(kind, {"clear": 1.0})
    weather = list(options)[int(rng.choice(len(options), p=list(options.values())))]
    clear = weather == "clear"
    dark = time == "night"
    autumn = kind == "forest" and weather in ("clear", "fog", "rain") and rng.random() < 0.4
    return Scene(
        kind=kind,
        time=time,
        weather=weather,
        palette="autumn" if autumn else "natural",
        has_moon=dark and clear and kind not in ("fireworks", "volcano", "factory") and rng.random() < 0.7,
        has_sun=not dark and clear and kind not in ("garden", "factory") and rng.random() < 0.8,
        has_lights=kind in ("city", "fireworks") and time != "day",
        has_water=kind in ("sea", "swamp") or (kind in ("mountains", "city", "fireworks") and rng.random() < 0.5),
        crowded=(kind == "city" and rng.random() < 0.5) or (kind == "balloons" and rng.random() < 0.6),
        autumn=autumn,
    )
