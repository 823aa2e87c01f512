"""Mountains and deserts: layers of land that fade into the distance."""

import numpy as np

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Field,
    Stencil,
    below,
    colour,
    curve,
    depth_below,
    exp,
    mix,
    noise,
    relief,
    ridge,
    sin,
    smooth,
)
from bot.demo.pictures.sky import Light, lightning, paint_sky, paint_weather
from bot.demo.pictures.water import lake
from bot.demo.pictures.woods import pines


def mountains(canvas: Canvas, light: Light) -> None:
    """Ridges behind ridges, snow on the high ones, a lake or a dark wood in front."""
    rng, scene = canvas.rng, light.scene
    paint_sky(canvas, light, 0.8)
    if scene.weather == "storm":
        lightning(canvas, 0, HEIGHT * 0.55)
    snowy = scene.weather == "snow"
    rock = colour(str(rng.choice(["#3d4a66", "#4a4658", "#3b5260", "#56505a"])))
    layers = 4
    for i in range(layers):
        depth = 0.72 * (1 - i / (layers - 1)) ** 1.2 + (0.14 if scene.weather == "fog" else 0.0)
        high = HEIGHT * (0.22 + 0.15 * i) + rng.uniform(-8, 8)
        line = high + HEIGHT * (0.34 - 0.045 * i) * (1 - ridge(rng, 4 + i))
        body = below(line)
        canvas.over(body, light.on(mix(rock, colour("#22303c"), i / layers), depth))
        _rock(
            canvas,
            line,
            body,
            light,
            depth=depth,
            snowline=(0.12 if snowy else 0.42) + (0.3 if snowy else 0.5) * i / layers,
        )
        canvas.over(body * smooth(0.0, 0.35, ROWS - 0.42 - 0.12 * i), light.haze, 0.30 * (1 - i / layers))
    if scene.has_water:
        lake(canvas, light, 0.80)
    ground = HEIGHT * (0.93 if scene.has_water else 0.84) + 16 * curve(rng, 1.0)
    pines(canvas, light, ground, near=1.0, count=46, snowy=snowy)
    paint_weather(canvas, light)


def _rock(canvas: Canvas, line: Field, body: Field, light: Light, *, depth: float, snowline: float) -> None:
    """Faces turned to and from the light, and snow above a line that wanders."""
    grain = noise(canvas.rng, (7, 12), 5)
    facets = np.clip(relief(grain, 3, 5 if light.x < WIDTH / 2 else -5, 8.0), -1, 1)
    low, high = float(line.min()), float(line.max())
    height = (high - line[None, :]) / max(high - low, 1.0)
    cover = smooth(0.0, 0.07, height * 0.34 * (1 - snowline) - depth_below(line) + (grain - 0.5) * 0.20) * body
    canvas.over(cover, light.on(colour("#f4f7fb"), depth * 0.75), 0.93)
    canvas.over(cover * np.clip(-facets, 0, 1), light.on(colour("#6a82b0"), depth), 0.55 * (1 - depth))
    canvas.shade((body - cover) * np.clip(-facets, 0, 1), 0.42 * (1 - depth))
    canvas.shine(body * np.clip(facets, 0, 1), light.on(light.sun), 0.16 * (1 - depth))


def desert(canvas: Canvas, light: Light) -> None:
    """Dunes with one side in the sun, ripples, and sometimes cacti."""
    rng, scene = canvas.rng, light.scene
    paint_sky(canvas, light, 0.62)
    sand = colour(str(rng.choice(["#d99a56", "#e0b070", "#c97f4a", "#d8a878"])))
    if rng.random() < 0.5:
        line = HEIGHT * 0.44 + 40 * (1 - ridge(rng, 5, 4, 0.35))
        canvas.over(below(line), light.on(colour("#a8604a"), 0.55))
    for i in range(5):
        line = HEIGHT * (0.50 + 0.105 * i) + (34 + 12 * i) * curve(rng, 0.7 + 0.25 * (4 - i))
        body = below(line)
        canvas.over(body, light.on(mix(sand, colour("#b06a3c"), 0.10 * i), 0.6 * (1 - i / 4) ** 1.4))
        _dune(canvas, light, line, body, i)
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(1, 4))):
            x, tall = float(rng.uniform(0.08, 0.92)) * WIDTH, float(rng.uniform(26, 64))
            _cactus(canvas, light, x, HEIGHT * 0.86 + tall * 0.15, tall)
    if scene.weather == "storm":
        dust = smooth(0.25, 0.8, noise(rng, (3, 2), 5))
        canvas.over(dust, light.on(colour("#b98a5a"), 0.2), 0.72)


def _dune(canvas: Canvas, light: Light, line: Field, body: Field, i: int) -> None:
    """The slip face in shade along a winding crest, and wind ripples on the near dunes."""
    slope = np.gradient(line)
    away = slope if light.x < WIDTH / 2 else -slope
    down = depth_below(line)
    shade = np.clip(away * 2.2, 0, 1)[None, :] * exp(-np.clip(down, 0, 1) * 9)
    lit = np.clip(-away * 2.2, 0, 1)[None, :] * exp(-np.clip(down, 0, 1) * 7)
    canvas.shade(body * shade, 0.55)
    canvas.shine(body * lit, light.on(light.sun), 0.5)
    canvas.shine(body * exp(-(((down - 0.004) / 0.006) ** 2)), light.on(light.sun), 0.35)
    if i >= 3:
        warp = noise(canvas.rng, (4, 4), 3)
        ripple = sin((down * 190 / (1 + 1.5 * np.clip(down, 0, 1))) + warp * 22 + COLUMNS * 9)
        canvas.shade(body * np.clip(ripple, 0, 1).astype(np.float32) * smooth(0.0, 0.1, down), 0.09)


def _cactus(canvas: Canvas, light: Light, x: float, y: float, tall: float) -> None:
    wide = tall * 0.15
    green = light.on(colour("#3c5c40")) * 0.75
    side = 1 if light.x > x else -1
    canvas.stamp(Stencil().oval(x - side * tall * 0.5, y, tall * 0.6, tall * 0.05), green * 0.3, 0.45, blur=2.0)
    for shift, paint in ((0.0, green * 0.8), (side * wide * 0.16, mix(green, light.sun, 0.14))):
        thin = 1.0 if shift == 0.0 else 0.66
        plant = Stencil().box(
            x + shift - wide / 2 * thin, y - tall, x + shift + wide / 2 * thin, y, corner=wide * thin / 2
        )
        for arm, at, up in ((-1, 0.45, 0.34), (1, 0.6, 0.28)):
            ax, ay, half = x + arm * wide * 1.6, y - tall * at, wide * 0.38 * thin
            plant.box(min(x, ax) + shift, ay - half, max(x, ax) + shift, ay + half, corner=half)
            plant.box(ax + shift - half, ay - tall * up, ax + shift + half, ay + half, corner=half)
        canvas.stamp(plant, paint)
