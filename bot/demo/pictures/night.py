"""Night skies and fireworks: pictures whose subject is light in the dark."""

import numpy as np

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Stencil,
    below,
    colour,
    curve,
    exp,
    mix,
    noise,
    ridge,
    smooth,
)
from bot.demo.pictures.city import skyline
from bot.demo.pictures.sky import Light, aurora, moon, stars
from bot.demo.pictures.water import lake
from bot.demo.pictures.woods import pines

_SPARKS = (
    ("#ffb020", "#ffe6a0"),
    ("#ff4f3a", "#ffc08a"),
    ("#ff3f86", "#ffb8dc"),
    ("#28c8ff", "#c8f4ff"),
    ("#5aff6a", "#e0ffc0"),
    ("#a860ff", "#e6d0ff"),
    ("#ffe070", "#ffffff"),
)


def night_sky(canvas: Canvas, light: Light) -> None:
    """The Milky Way, an aurora or a great moon above dark hills."""
    rng = canvas.rng
    canvas.wash(light.stops)
    great = light.scene.has_moon and rng.random() < 0.5
    theme = "moon" if great else str(rng.choice(["galaxy", "aurora"]))
    if theme == "galaxy":
        _galaxy(canvas)
    stars(canvas, 900 if theme == "galaxy" else 520)
    if theme == "aurora":
        aurora(canvas, 0.9)
    if light.scene.has_moon:
        moon(canvas, light.x, light.y + 20, float(rng.uniform(40, 64) if great else rng.uniform(10, 16)))
    if great:
        veil = smooth(0.5, 0.75, noise(rng, (9, 3), 5))
        canvas.over(veil, mix(light.haze, colour("#8a9cc8"), 0.2), 0.35)
    far = HEIGHT * 0.80 + 46 * (1 - ridge(rng, 5))
    canvas.over(below(far), light.stops[0] * 0.75 + light.haze * 0.12)
    if rng.random() < 0.4:
        lake(canvas, light, 0.88)
    pines(canvas, light, HEIGHT * 0.95 + 10 * curve(rng, 1.2), near=0.8, count=40)


def _galaxy(canvas: Canvas) -> None:
    rng = canvas.rng
    tilt, centre = float(rng.uniform(-0.9, 0.9)), float(rng.uniform(0.35, 0.6))
    away = COLUMNS - centre - (ROWS - 0.5) * tilt
    band = exp(-((away / 0.17) ** 2))
    dust = noise(rng, (6, 7), 6)
    lanes = smooth(0.50, 0.66, noise(rng, (5, 8), 5)) * exp(-((away / 0.06) ** 2))
    canvas.shine((band * (0.25 + dust * 0.75)).astype(np.float32), colour("#8a8fd0"), 0.5)
    canvas.shine((exp(-((away / 0.08) ** 2)) * smooth(0.35, 0.7, dust)).astype(np.float32), colour("#ffd9c0"), 0.5)
    canvas.shade(lanes.astype(np.float32), 0.5)
    for code in ("#c05cff", "#5cb8ff", "#ff6a8a"):
        patch = smooth(0.55, 0.8, noise(rng, (4, 5), 4)) * band
        canvas.shine(patch.astype(np.float32), colour(code), 0.34)
    count = 1500
    along = rng.random(count)
    xs = ((centre + (along - 0.5) * tilt + rng.normal(0, 0.075, count)) * WIDTH).astype(int)
    keep = (xs >= 0) & (xs < WIDTH)
    ys = (along * HEIGHT).astype(int)
    bright = (rng.random(count) ** 3 * 0.6 + 0.08).astype(np.float32)
    np.maximum.at(canvas.rgb, (ys[keep], xs[keep]), bright[keep, None] * np.float32(0.96))


def fireworks(canvas: Canvas, light: Light) -> None:
    """Bursts of sparks over a skyline and its mirror image."""
    rng = canvas.rng
    canvas.wash([s * 0.8 for s in light.stops])
    stars(canvas, 90, 0.6)
    smoke = noise(rng, (4, 4), 4)
    canvas.shine(smooth(0.45, 0.8, smoke) * smooth(0.1, 0.6, ROWS), colour("#6a5a8a"), 0.22)
    for far in (0.55, 0.75, 0.9, 1.0, 1.0, 1.0, 1.0)[int(rng.integers(0, 3)) :]:
        _burst(canvas, _SPARKS[int(rng.integers(len(_SPARKS)))], far)
    base = 0.82
    low = (0.30, 0.36)[int(rng.integers(2))]
    skyline(canvas, light, base, 2, tallest=low)
    skyline(canvas, light, base, 3, tallest=low)
    lake(canvas, light, base, ripple=1.8)


def _burst(canvas: Canvas, codes: tuple[str, str], near: float) -> None:
    rng = canvas.rng
    x, y = float(rng.uniform(0.08, 0.92)) * WIDTH, float(rng.uniform(0.10, 0.50)) * HEIGHT
    radius = float(rng.uniform(48, 104)) * near
    count = int(rng.integers(40, 70))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.normal(0, 0.05, count)
    reach = radius * (0.60 + 0.40 * rng.random(count) ** 0.5)
    ts = np.linspace(0.10, 1.0, 9)
    trails, tips = Stencil(), Stencil()
    for angle, far in zip(angles, reach, strict=True):
        px, py = x + np.cos(angle) * far * ts, y + np.sin(angle) * far * ts + 0.2 * radius * ts**2
        for k in range(8):
            trails.line([(px[k], py[k]), (px[k + 1], py[k + 1])], 0.9, light=int(60 + 195 * ts[k] ** 1.3))
        tips.oval(px[-1], py[-1], 1.1)
    canvas.glow(x, y, radius * 0.9, colour(codes[0]), 0.42)
    canvas.light_up(trails, colour(codes[0]), 0.75, blur=3.0)
    canvas.light_up(trails, mix(colour(codes[0]), colour(codes[1]), 0.25), 1.15, blur=0.4)
    canvas.light_up(tips, colour(codes[1]), 1.0, blur=0.5)
    canvas.light_up(tips, colour(codes[0]), 0.7, blur=2.5)
    canvas.glow(x, y, radius * 0.14, colour(codes[1]), 0.75)
