"""Generated people: what they feel follows from what a picture shows, and from chance.

Written apart from the offline model's vocabulary: tastes speak of scenes ("a city at night"), which the
model never sees; what everybody shares is a plain table of common feelings.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.demo.pictures import Scene
from core.vocabulary.emotions import MIKELS, Distribution
from tests.bench.world import Sight

Sees = Callable[[Scene], bool]

POOL = 240
"""Pictures that generated people choose from."""

DEV, HELD_OUT = 1, 1009
"""Seeds of people to choose constants with, and of people to look at only then."""

SHARPNESS = 3.0
"""A majority's answer p is felt with p^3, normalised: most of a crowd agrees, not all."""

COMMON: tuple[tuple[Sees, str], ...] = (
    (lambda s: s.weather == "storm", "fear"),
    (lambda s: s.kind == "volcano", "fear"),
    (lambda s: s.kind == "fireworks", "excitement"),
    (lambda s: s.kind == "swamp", "disgust"),
    (lambda s: s.kind == "factory", "anger"),
    (lambda s: s.kind == "night sky", "awe"),
    (lambda s: s.kind == "mountains", "awe"),
    (lambda s: s.kind == "balloons", "amusement"),
    (lambda s: s.kind in ("circles", "mosaic"), "amusement"),
    (lambda s: s.weather in ("rain", "fog"), "sadness"),
    (lambda s: s.kind == "stripes", "excitement"),
    (lambda s: s.kind == "desert", "awe"),
    (lambda s: s.kind == "city", "excitement"),
    (lambda s: True, "contentment"),
)

TASTES: tuple[tuple[str, Sees], ...] = (
    ("night pictures", lambda s: s.time == "night"),
    ("dusk", lambda s: s.time == "dusk"),
    ("fog and rain", lambda s: s.weather in ("fog", "rain")),
    ("snow", lambda s: s.weather == "snow"),
    ("storms", lambda s: s.weather == "storm"),
    ("the sea", lambda s: s.kind == "sea"),
    ("water", lambda s: s.has_water),
    ("cities", lambda s: s.kind == "city"),
    ("lights at night", lambda s: s.has_lights),
    ("flowers", lambda s: s.kind in ("garden", "meadow")),
    ("woods", lambda s: s.kind == "forest"),
    ("green nature", lambda s: s.kind in ("forest", "meadow", "garden") and s.time == "day"),
    ("desert", lambda s: s.kind == "desert"),
    ("fire in the dark", lambda s: s.kind in ("volcano", "fireworks")),
    ("shapes and patterns", lambda s: s.abstract),
    ("stripes and tiles", lambda s: s.kind in ("stripes", "mosaic")),
    ("a sun in the sky", lambda s: s.has_sun),
    ("mountains", lambda s: s.kind == "mountains"),
    ("smoke and mud", lambda s: s.kind in ("factory", "swamp")),
    ("floating things", lambda s: s.kind in ("balloons", "circles")),
)


def common(scene: Scene) -> str:
    """What most of these people feel."""
    return next(feel for sees, feel in COMMON if sees(scene))


@dataclass(frozen=True)
class Person:
    """A few strong tastes over the common feelings; `noise` is how often chance decides instead."""

    number: int
    tastes: tuple[tuple[str, Sees, str], ...]
    noise: float

    def feels(self, scene: Scene, crowd: Distribution | None, rng: random.Random) -> str:
        """What they feel; where no taste speaks: one of `crowd` (what a majority feels), or the common feeling."""
        if rng.random() < self.noise:
            return rng.choice(MIKELS.names)
        for _, sees, feel in self.tastes:
            if sees(scene):
                return feel
        if crowd is None:
            return common(scene)
        return rng.choices(MIKELS.names, [p**SHARPNESS for p in crowd])[0]


def person(number: int, seed: int, tastes: int = 3, noise: float = 0.1) -> Person:
    """A person of this number; the same numbers always give the same person."""
    rng = random.Random(f"person {seed} {number}")
    chosen = rng.sample(TASTES, tastes)
    feels = rng.sample(MIKELS.names, tastes)
    return Person(
        number, tuple((name, sees, feel) for (name, sees), feel in zip(chosen, feels, strict=True)), noise
    )


def labelled(
    someone: Person, pool: Sequence[Sight], count: int, seed: int, crowd: Mapping[str, Distribution]
) -> list[tuple[Sight, str]]:
    """Pictures of the pool in this person's own order, with what they felt."""
    rng = random.Random(f"labels {seed} {someone.number}")
    chosen = rng.sample(list(pool), count)
    return [(sight, someone.feels(sight.scene, crowd.get(sight.image.hash), rng)) for sight in chosen]
