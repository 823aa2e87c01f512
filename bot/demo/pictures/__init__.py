"""The demo's pictures, drawn by the project itself: a seed in, a scene and a PNG out.

Members' tastes know the scene; the bot gets the bytes alone, which carry no text and no metadata.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.demo.pictures import abstract, city, garden, land, meadow, night, water, wild, woods
from bot.demo.pictures.canvas import Canvas
from bot.demo.pictures.scene import KINDS, Kind, Scene, choose
from bot.demo.pictures.sky import Light

__all__ = ["KINDS", "Kind", "Picture", "Scene", "draw", "draw_many"]

_PAINTERS = {
    "sea": water.sea,
    "mountains": land.mountains,
    "forest": woods.forest,
    "desert": land.desert,
    "meadow": meadow.meadow,
    "city": city.city,
    "fireworks": night.fireworks,
    "garden": garden.garden,
    "balloons": garden.balloons,
    "night sky": night.night_sky,
    "swamp": wild.swamp,
    "factory": wild.factory,
    "volcano": wild.volcano,
    "circles": abstract.circles,
    "stripes": abstract.stripes,
    "mosaic": abstract.mosaic,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture: what it shows, and its bytes (PNG, 512 x 384, no metadata)."""

    scene: Scene
    png: bytes


def draw(seed: int, kind: Kind | None = None) -> Picture:
    """One picture; the same seed (and kind, if given) always draws the same bytes."""
    rng = np.random.default_rng([seed, 0xFEE1])
    scene = choose(rng, kind)
    canvas = Canvas(rng)
    _PAINTERS[scene.kind](canvas, Light(rng, scene))
    return Picture(scene, canvas.finish())


def draw_many(count: int, seed: int, each: Callable[[], object] = lambda: None) -> list[Picture]:
    """`count` different pictures, every kind about equally often, in mixed order; `each` is called after each."""
    rng = np.random.default_rng([seed, 0xFEE2])
    order: list[Kind] = []
    while len(order) < count:
        order += [KINDS[i] for i in rng.permutation(len(KINDS))]
    seeds = rng.integers(0, 2**31, count)
    pictures = []
    for one, kind in zip(seeds, order, strict=False):
        pictures.append(draw(int(one), kind))
        each()
    return pictures
