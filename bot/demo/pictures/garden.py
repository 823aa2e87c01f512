"""Gardens full of flowers, and balloons over hills: the friendly pictures."""

import numpy as np
from PIL.ImageDraw import ImageDraw

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Points,
    below,
    colour,
    curve,
    fine,
    mix,
    noise,
    oval,
    shape,
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


def garden(canvas: Canvas, light: Light) -> None:
    """Flowers close by, sharp in front of a soft green distance."""
    rng = canvas.rng
    canvas.wash([light.on(colour(c)) for c in ("#b9d88a", "#7fb060", "#3c6f3a", "#24502c")])
    for _ in range(60):
        code = str(rng.choice(["#d6eca0", "#5f9a4a", "#2f6636", "#f4e8a8", *[b[0] for b in _BLOSSOMS[:3]]]))
        canvas.glow(
            float(rng.uniform(0, WIDTH)),
            float(rng.uniform(0, HEIGHT)),
            float(rng.uniform(8, 24)),
            light.on(colour(code)),
            0.42,
        )
    canvas.soften(4.0)
    picks = rng.choice(len(_BLOSSOMS), 3, replace=False)
    plants = sorted(
        (float(rng.random()), float(rng.uniform(0.02, 0.98)), int(rng.choice(picks))) for _ in range(17)
    )
    for near, x, which in plants:
        y = HEIGHT * (0.22 + 0.62 * near + float(rng.uniform(-0.06, 0.06)))
        _flower(canvas, light, x * WIDTH, y, 13 + 33 * near**1.3, which, depth=0.34 * (1 - near))
    if light.scene.weather == "rain":
        for _ in range(70):
            x, y, r = float(rng.uniform(0, WIDTH)), float(rng.uniform(0, HEIGHT)), float(rng.uniform(0.8, 2.2))
            canvas.glow(x, y, r, colour("#ffffff"), 0.7)
    paint_weather(canvas, light)


def _flower(canvas: Canvas, light: Light, x: float, y: float, size: float, which: int, depth: float) -> None:
    """A stem with leaves and a blossom of two rings of petals, seen a little from the side."""
    rng = canvas.rng
    outer, inner, heart = (light.on(colour(code), depth) for code in _BLOSSOMS[which])
    sway, flat = float(rng.normal(0, size * 0.4)), float(rng.uniform(0.72, 1.0))
    leaf = light.on(colour(str(rng.choice(["#2f6a34", "#3f7f3c", "#28583a"]))), depth)

    def stem(draw: ImageDraw) -> None:
        draw.line(
            fine([(x, y), (x + sway * 0.4, y + size * 2), (x + sway, HEIGHT + 10)]),
            fill=255,
            width=max(2, int(size * 0.2)),
            joint="curve",
        )
        for side in (-1, 1):
            lx, ly = x + sway * 0.4, y + size * 2.1
            draw.polygon(
                fine(
                    [
                        (lx, ly),
                        (lx + side * size * 0.8, ly - size * 0.55),
                        (lx + side * size * 1.5, ly - size * 0.3),
                        (lx + side * size * 0.7, ly + size * 0.05),
                    ]
                ),
                fill=255,
            )

    canvas.over(shape(stem, 0.4), leaf)
    petals = int(rng.choice([5, 6, 8, 12]))
    turn = float(rng.uniform(0, 6.3))
    for ring, (reach, paint) in enumerate(((1.0, outer), (0.68, mix(outer, inner, 0.6)))):
        outlines = [
            _petal(x, y, size * reach, turn + ring * 0.4 + 2 * np.pi * k / petals, petals, flat)
            for k in range(petals)
        ]
        for half in (0, 1):
            mask = shape(lambda d, o=outlines[half::2]: [d.polygon(fine(p), fill=255) for p in o] and None, 0.4)  # type: ignore[misc]
            canvas.over(mask, mix(paint, inner, 0.18 * half))
            if half == 0:
                canvas.shade(mask * 0.5, 0.10)
    canvas.glow(x - size * 0.25, y - size * 0.35, size * 0.5, inner, 0.35)
    canvas.over(shape(lambda d: d.ellipse(oval(x, y, size * 0.24, size * 0.24 * flat), fill=255), 0.5), heart)
    canvas.glow(x - size * 0.06, y - size * 0.08, size * 0.09, colour("#fff4c0"), 0.5)


def _petal(x: float, y: float, reach: float, angle: float, petals: int, flat: float) -> Points:
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
    rng, crowded = canvas.rng, light.scene.crowded
    paint_sky(canvas, light, 0.9)
    for i in range(4):
        line = HEIGHT * (0.74 + 0.06 * i) + (30 - 4 * i) * curve(rng, 1.1)
        canvas.over(below(line), light.on(mix(colour("#7f9a7a"), colour("#3f6a3a"), i / 3), 0.62 * (1 - i / 3)))
        canvas.over(below(line) * noise(rng, (14, 10), 3), light.haze, 0.12)
    sizes = np.sort(rng.uniform(13, 52, 11 if crowded else 4))
    placed: list[tuple[float, float, float]] = []
    for size in sizes[::-1]:
        for _ in range(30):
            x, y = float(rng.uniform(0.06, 0.94)) * WIDTH, float(rng.uniform(0.14, 0.66)) * HEIGHT
            if all((x - px) ** 2 + (y - py) ** 2 > ((size + ps) * 1.15) ** 2 for px, py, ps in placed):
                placed.append((x, y, float(size)))
                break
    for x, y, size in reversed(placed):
        _balloon(canvas, light, x, y, size, depth=0.42 * (1 - size / 52))


def _balloon(canvas: Canvas, light: Light, x: float, y: float, size: float, depth: float) -> None:
    rng = canvas.rng
    schemes = [
        ("#e8453c", "#f7d046"),
        ("#3f7fd0", "#f4f4ee"),
        ("#f28a2e", "#7a3a8a"),
        ("#38a08a", "#f2e2b0"),
        ("#e8608a", "#ffe2a0"),
        ("#5a4ab0", "#f7a83a"),
        ("#d83a4a", "#f4f0e8"),
    ]
    first, second = (light.on(colour(code), depth) for code in schemes[int(rng.integers(len(schemes)))])
    envelope = shape(lambda d: _envelope(d, x, y, size, 1.0), 0.3)
    canvas.over(envelope, first)
    for k in (0.88, 0.60, 0.28):
        inner = shape(lambda d, k=k: _envelope(d, x, y, size, k), 0.3)  # type: ignore[misc]
        canvas.over(inner, second if k in (0.88, 0.28) else first)
    if rng.random() < 0.6:
        band = np.exp(-((((ROWS * HEIGHT) - y - size * 0.1) / (size * 0.13)) ** 4)) * np.ones_like(COLUMNS)
        canvas.over((envelope * band).astype(np.float32), mix(first, second, 0.5) * 0.9, 0.85)
    side = -1 if light.x < x else 1
    dark = smooth(
        -0.2, 1.0, (COLUMNS * WIDTH - x) * -side / -size if side < 0 else (x - COLUMNS * WIDTH) / size
    ) * np.ones_like(ROWS)
    canvas.shade(envelope * dark, 0.42)
    shiny = np.exp(
        -(((COLUMNS * WIDTH - x - side * size * 0.42) / (size * 0.34)) ** 2)
        - ((ROWS * HEIGHT - y + size * 0.4) / (size * 0.5)) ** 2
    )
    canvas.shine((envelope * shiny).astype(np.float32), light.on(light.sun), 0.34)

    def basket(draw: ImageDraw) -> None:
        top, low = y + size * 1.22, y + size * 1.56
        for dx in (-0.14, 0.14):
            draw.line(fine([(x + dx * size * 1.3, top - 2), (x + dx * size, low)]), fill=170, width=1)
        draw.rounded_rectangle(oval(x, low + size * 0.09, size * 0.15, size * 0.11), radius=3, fill=255)

    canvas.over(shape(basket), light.on(colour("#5f3d22"), depth))


def _envelope(draw: ImageDraw, x: float, y: float, size: float, wide: float) -> None:
    """A balloon's outline: a sphere that narrows to its mouth."""
    ts = np.linspace(0, 1, 36)
    half = np.where(
        ts < 0.42,
        np.sqrt(np.clip(1 - ((0.42 - ts) / 0.42) ** 2, 0, 1)),
        1 - 0.84 * np.clip((ts - 0.42) / 0.58, 0, 1) ** 1.75,
    )
    ys = y - size + ts * size * 2.25
    left = list(zip((x - half * size * wide).tolist(), ys.tolist(), strict=True))
    right = list(zip((x + half * size * wide).tolist(), ys.tolist(), strict=True))
    draw.polygon(fine([*left, *reversed(right)]), fill=255)
