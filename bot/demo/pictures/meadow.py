"""Meadows: green hills, a tree, and flowers that grow smaller into the distance."""

import numpy as np

from bot.demo.pictures.canvas import (
    HEIGHT,
    WIDTH,
    Canvas,
    Field,
    Stencil,
    below,
    colour,
    curve,
    depth_below,
    exp,
    noise,
    smooth,
)
from bot.demo.pictures.sky import Light, lightning, paint_sky, paint_weather

_FLOWERS = (
    ("#ffffff", "#f7d842", "#e8486a"),
    ("#f7d842", "#ff9a3d", "#ffffff"),
    ("#b07cf0", "#ffffff", "#6f8cff"),
    ("#e8324a", "#f2684a", "#ffffff"),
)


def meadow(canvas: Canvas, light: Light) -> None:
    """Hills under the sky, the nearest in bloom."""
    rng = canvas.rng
    paint_sky(canvas, light, 0.66)
    if light.scene.weather == "storm":
        lightning(canvas, 0, HEIGHT * 0.5)
    for i, code in enumerate(("#7fae6a", "#6fa653", "#5d9a43", "#4f8d3a")):
        depth = (0.62, 0.36, 0.14, 0.0)[i]
        line = HEIGHT * (0.47 + 0.075 * i) + (40 - 6 * i) * curve(rng, 0.8)
        body, down = below(line), np.clip(depth_below(line), 0, 1)
        canvas.over(body, light.on(colour(code), depth))
        canvas.shine(body * exp(-down * 22), light.on(light.sun), 0.24)
        canvas.shade(body * noise(rng, (12, 8), 4) * smooth(0.0, 0.3, down), 0.34)
        if i == 0 and rng.random() < 0.7:
            _hedges(canvas, light, line, depth)
        if i == 1 and rng.random() < 0.8:
            x = float(rng.uniform(0.15, 0.85)) * WIDTH
            _tree(canvas, light, x, float(line[int(x)]) + 3, tall=float(rng.uniform(48, 84)), depth=depth * 0.6)
    _grass(canvas, light)
    for code in _FLOWERS[int(rng.integers(len(_FLOWERS)))]:
        _flowers(canvas, light, code)
    paint_weather(canvas, light)


def _hedges(canvas: Canvas, light: Light, line: Field, depth: float) -> None:
    """A far wood along part of a ridge."""
    rng = canvas.rng
    start, wide = float(rng.uniform(-0.1, 0.7)), float(rng.uniform(0.2, 0.5))
    wood = Stencil()
    for x in rng.uniform(start, start + wide, 46) * WIDTH:
        y = float(line[int(np.clip(x, 0, WIDTH - 1))])
        wood.oval(float(x), y, float(rng.uniform(3, 8)), float(rng.uniform(3, 9)))
    canvas.stamp(wood, light.on(colour("#3f6a44"), depth * 0.8), 0.9, blur=0.5)


def _tree(canvas: Canvas, light: Light, x: float, y: float, *, tall: float, depth: float) -> None:
    rng = canvas.rng
    side = 1 if light.x > x else -1
    canvas.stamp(
        Stencil().oval(x - side * tall * 0.3, y, tall * 0.42, tall * 0.05),
        light.on(colour("#1d3a1c")),
        0.4,
        blur=2.0,
    )
    trunk = [
        (x - tall * 0.05, y),
        (x - tall * 0.02, y - tall * 0.6),
        (x + tall * 0.02, y - tall * 0.6),
        (x + tall * 0.05, y),
    ]
    canvas.stamp(Stencil().polygon(trunk), light.on(colour("#3d2d22"), depth))
    blobs = [
        (
            x + float(rng.normal(0, 0.2)) * tall,
            y - tall * (0.66 + float(rng.normal(0, 0.12))),
            tall * float(rng.uniform(0.12, 0.22)),
        )
        for _ in range(22)
    ]
    for shift, scale, code in ((0.0, 1.0, "#27522a"), (0.04, 0.8, "#3f7a38"), (0.085, 0.52, "#74ab50")):
        crown = Stencil()
        for bx, by, r in blobs:
            crown.oval(bx + side * shift * tall, by - shift * tall * 0.8, r * scale)
        where, mask = crown.patch(0.7)
        ragged = mask * (0.35 + 0.65 * smooth(0.3, 0.5, noise(rng, (60, 80), 2)))[where]
        part = canvas.rgb[where]
        part += (light.on(colour(code), depth) - part) * ragged[..., None]


def _grass(canvas: Canvas, light: Light) -> None:
    for code, count in (("#3f7a30", 260), ("#8fc060", 170)):
        blades = Stencil()
        for x, y, s in canvas.rng.random((count, 3)):
            near = y**0.5
            px, py, tall = x * WIDTH, HEIGHT * (0.78 + 0.26 * near), 5 + 24 * near * (0.5 + s)
            blades.line([(px, py), (px + (s - 0.5) * tall * 0.7, py - tall)], 1.0, light=int(90 + 110 * s))
        canvas.stamp(blades, light.on(colour(code)), 0.55)


def _flowers(canvas: Canvas, light: Light, code: str) -> None:
    """Blossoms whose size and spacing follow perspective."""
    blossoms, hearts = Stencil(), Stencil()
    for x, y, s in canvas.rng.random((150, 3)):
        near = y**0.8
        size = 0.6 + 4.6 * near**2 * (0.6 + 0.7 * s)
        px, py = x * WIDTH, HEIGHT * (0.70 + 0.31 * near)
        if size < 2.2:
            blossoms.oval(px, py, size, size * 0.8)
            continue
        for turn in np.linspace(0, 2 * np.pi, 6)[:-1] + s * 6:
            blossoms.oval(px + np.cos(turn) * size * 0.6, py + np.sin(turn) * size * 0.48, size * 0.5, size * 0.42)
        hearts.oval(px, py, size * 0.3, size * 0.25)
    canvas.stamp(blossoms, light.on(colour(code)), 0.95, blur=0.3)
    canvas.stamp(hearts, light.on(colour("#f2c84a" if code != "#f7d842" else "#8a5a2a")), 0.9)
