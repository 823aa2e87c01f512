"""Gardens full of flowers, and balloons over hills: the friendly pictures."""

import numpy as np

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Points,
    Stencil,
    below,
    colour,
    curve,
    exp,
    mix,
    noise,
    smooth,
)
from bot.demo.pictures.sky import Light, paint_sky, paint_weather

_BLOSSOMS = (
    ("#e8506e", "#ffc2cf", "#f7c948"),
    ("#f2a43a", "#ffe08a", "#6a3a1e"),
    ("#8a5ad0", "#d8c0ff", "#f7e27a"),
    ("#f4f0ea", "#ffffff", "#f2b93a"),
    ("#d8343c", "#ff8a70", "#2a1a1a"),
    ("#4a74d8", "#b8d0ff", "#fff0b0"),
)
_BALLOONS = (
    ("#e8453c", "#f7d046"),
    ("#3f7fd0", "#f4f4ee"),
    ("#f28a2e", "#7a3a8a"),
    ("#38a08a", "#f2e2b0"),
    ("#e8608a", "#ffe2a0"),
    ("#5a4ab0", "#f7a83a"),
    ("#d83a4a", "#f4f0e8"),
)


def garden(canvas: Canvas, light: Light) -> None:
    """Flowers close by, sharp in front of a soft green distance."""
    rng = canvas.rng
    canvas.wash([light.on(colour(c)) for c in ("#c2de92", "#84b562", "#3c6f3a", "#24502c")])
    for _ in range(60):
        code = str(rng.choice(["#d6eca0", "#5f9a4a", "#2f6636", "#f4e8a8", *[b[0] for b in _BLOSSOMS[:3]]]))
        x, y = float(rng.uniform(0, WIDTH)), float(rng.uniform(0, HEIGHT))
        canvas.glow(x, y, float(rng.uniform(8, 24)), light.on(colour(code)), 0.42)
    canvas.soften(4.0)
    picks = rng.choice(len(_BLOSSOMS), 3, replace=False)
    plants = sorted(
        (float(rng.random()), float(rng.uniform(0.02, 0.98)), int(rng.choice(picks))) for _ in range(17)
    )
    for near, x, which in plants:
        y = HEIGHT * (0.22 + 0.62 * near + float(rng.uniform(-0.06, 0.06)))
        _flower(canvas, light, x * WIDTH, y, size=13 + 33 * near**1.3, which=which, depth=0.30 * (1 - near))
    if light.scene.weather == "rain":
        for _ in range(70):
            x, y = float(rng.uniform(0, WIDTH)), float(rng.uniform(0, HEIGHT))
            canvas.glow(x, y, float(rng.uniform(0.8, 2.2)), colour("#ffffff"), 0.7)
    paint_weather(canvas, light)


def _flower(canvas: Canvas, light: Light, x: float, y: float, *, size: float, which: int, depth: float) -> None:
    """A stem with leaves and a blossom of two rings of petals, seen a little from the side."""
    rng = canvas.rng
    outer, inner, heart = (light.on(colour(code), depth) for code in _BLOSSOMS[which])
    sway, flat = float(rng.normal(0, size * 0.4)), float(rng.uniform(0.72, 1.0))
    leaf = light.on(colour(str(rng.choice(["#2f6a34", "#3f7f3c", "#28583a"]))), depth)
    lx, ly = x + sway * 0.4, y + size * 2.1
    stem = Stencil().line([(x, y), (lx, y + size * 2), (x + sway, HEIGHT + 10)], size * 0.1)
    for side in (-1, 1):
        tip = (lx + side * size * 1.5, ly - size * 0.3)
        stem.polygon(
            [(lx, ly), (lx + side * size * 0.8, ly - size * 0.55), tip, (lx + side * size * 0.7, ly + size * 0.05)]
        )
    canvas.stamp(stem, leaf, blur=0.4)
    petals, turn = int(rng.choice([5, 6, 8, 12])), float(rng.uniform(0, 6.3))
    for ring, (reach, paint) in enumerate(((1.0, outer), (0.68, mix(outer, inner, 0.6)))):
        for k in (*range(0, petals, 2), *range(1, petals, 2)):
            angle = turn + ring * 0.4 + 2 * np.pi * k / petals
            outline = _petal(x, y, reach=size * reach, angle=angle, petals=petals, flat=flat)
            toward = 0.5 + 0.5 * np.cos(angle - np.arctan2(light.y - y, light.x - x))
            canvas.stamp(Stencil().polygon(outline), mix(paint * 0.86, inner, 0.30 * float(toward)), blur=0.4)
            vein = [
                outline[2],
                (float(np.mean([outline[2][0], outline[14][0]])), float(np.mean([outline[2][1], outline[14][1]]))),
            ]
            canvas.stamp(Stencil().line(vein, size * 0.03), outer * 0.7, 0.5)
    canvas.glow(x - size * 0.25, y - size * 0.35, size * 0.5, inner, 0.28)
    canvas.stamp(Stencil().oval(x, y + size * 0.03, size * 0.27, size * 0.27 * flat), outer * 0.5, 0.5, blur=1.0)
    canvas.stamp(Stencil().oval(x, y, size * 0.24, size * 0.24 * flat), heart, blur=0.5)
    canvas.glow(x - size * 0.06, y - size * 0.08, size * 0.09, colour("#fff4c0"), 0.5)


def _petal(x: float, y: float, *, reach: float, angle: float, petals: int, flat: float) -> Points:
    """A petal's outline, round at the tip."""
    ts = np.linspace(0, np.pi, 15)
    half = min(0.52, 2.3 / petals) * reach
    along, across = reach * (1 - np.cos(ts)) / 2, half * np.sin(ts) ** 0.8
    along, across = np.r_[along, along[::-1]], np.r_[across, -across[::-1]]
    px = x + along * np.cos(angle) - across * np.sin(angle)
    py = y + (along * np.sin(angle) + across * np.cos(angle)) * flat
    return list(zip(px.tolist(), py.tolist(), strict=True))


def balloons(canvas: Canvas, light: Light) -> None:
    """Hot-air balloons in bright stripes, drifting over soft hills."""
    rng = canvas.rng
    paint_sky(canvas, light, 0.9)
    for i in range(4):
        line = HEIGHT * (0.74 + 0.06 * i) + (30 - 4 * i) * curve(rng, 1.1)
        hill = mix(colour("#7f9a7a"), colour("#3f6a3a"), i / 3)
        canvas.over(below(line), light.on(hill, 0.62 * (1 - i / 3)))
        canvas.shade(below(line) * noise(rng, (20, 12), 3), 0.22)
    placed: list[tuple[float, float, float]] = []
    for size in np.sort(rng.uniform(13, 52, 12 if light.scene.crowded else 4))[::-1]:
        for _ in range(30):
            x, y = float(rng.uniform(0.06, 0.94)) * WIDTH, float(rng.uniform(0.14, 0.66)) * HEIGHT
            if all((x - px) ** 2 + (y - py) ** 2 > ((size + ps) * 1.15) ** 2 for px, py, ps in placed):
                placed.append((x, y, float(size)))
                break
    for x, y, size in reversed(placed):
        _balloon(canvas, light, x, y, size=size, depth=0.42 * (1 - size / 52))


def _balloon(canvas: Canvas, light: Light, x: float, y: float, *, size: float, depth: float) -> None:
    rng = canvas.rng
    first, second = (light.on(colour(code), depth) for code in _BALLOONS[int(rng.integers(len(_BALLOONS)))])
    where, cloth = Stencil().polygon(_envelope(x, y, size, 1.0)).patch(0.3)
    for wide, paint in ((1.0, first), (0.88, second), (0.60, first), (0.28, second)):
        canvas.stamp(Stencil().polygon(_envelope(x, y, size, wide)), paint, blur=0.3)
    across, down = (COLUMNS[:, where[1]] * WIDTH - x) / size, (ROWS[where[0]] * HEIGHT - y) / size
    part = canvas.rgb[where]
    if rng.random() < 0.6:
        band = exp(-(((down - 0.1) / 0.13) ** 4)) * cloth
        part += (mix(first, second, 0.5) * np.float32(0.9) - part) * (band * 0.85)[..., None].astype(np.float32)
    side = -1 if light.x < x else 1
    part *= 1.0 - (cloth * smooth(-0.2, 1.0, -side * across * np.ones_like(down)) * 0.42)[..., None]
    shine = cloth * exp(-(((across - side * 0.42) / 0.34) ** 2) - ((down + 0.4) / 0.5) ** 2) * 0.34
    part += (1.0 - part) * shine[..., None].astype(np.float32) * light.on(light.sun)
    low = y + size * 1.5
    basket = Stencil().box(x - size * 0.15, low, x + size * 0.15, low + size * 0.22, corner=1.5)
    for dx in (-0.14, 0.14):
        basket.line([(x + dx * size * 1.3, y + size * 1.2), (x + dx * size, low)], 0.5, light=170)
    canvas.stamp(basket, light.on(colour("#5f3d22"), depth))


def _envelope(x: float, y: float, size: float, wide: float) -> Points:
    """A balloon's outline: a sphere that narrows to its mouth."""
    ts = np.linspace(0, 1, 36)
    dome = np.sqrt(np.clip(1 - ((0.42 - ts) / 0.42) ** 2, 0, 1))
    half = np.where(ts < 0.42, dome, 1 - 0.84 * np.clip((ts - 0.42) / 0.58, 0, 1) ** 1.75)
    ys = (y - size + ts * size * 2.25).tolist()
    left = list(zip((x - half * size * wide).tolist(), ys, strict=True))
    right = list(zip((x + half * size * wide).tolist(), ys, strict=True))
    return [*left, *reversed(right)]
