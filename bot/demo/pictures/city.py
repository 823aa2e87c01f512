"""Cities: lit towers at night, painted house fronts by day; and fireworks over a skyline."""

import numpy as np
from PIL.ImageDraw import ImageDraw

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Field,
    colour,
    fine,
    mix,
    noise,
    oval,
    shape,
    smooth,
)
from bot.demo.pictures.sky import Light, paint_sky, paint_weather, stars
from bot.demo.pictures.water import lake

Box = tuple[float, float, float, float]


def city(canvas: Canvas, light: Light) -> None:
    """A street of houses by day, or a skyline with a street or a river."""
    rng, scene = canvas.rng, light.scene
    paint_sky(canvas, light, 0.78)
    if scene.time == "day" and rng.random() < 0.65:
        _houses(canvas, light)
    else:
        base = 0.74 if scene.has_water else 0.86
        for i in range(4):
            skyline(canvas, light, base, i)
        if scene.has_water:
            lake(canvas, light, base, ripple=1.6)
        else:
            _street(canvas, light, base)
    if scene.crowded:
        _crowd(canvas, light)
    if scene.weather == "snow":
        canvas.over(smooth(0.9, 0.98, ROWS) * np.ones_like(COLUMNS), light.on(colour("#eef3f8")), 0.9)
    paint_weather(canvas, light)


def skyline(canvas: Canvas, light: Light, base: float, layer: int) -> None:
    """One row of towers; the nearer ones are darker and show more windows."""
    rng = canvas.rng
    depth = (0.72, 0.48, 0.22, 0.0)[layer]
    boxes: list[Box] = []
    x = -20.0
    while x < WIDTH + 10:
        wide = float(rng.uniform(18, 38) + 7 * layer)
        tall = float(rng.uniform(0.16, 0.52) * (1 - 0.14 * layer)) * HEIGHT
        boxes.append((x, base * HEIGHT - tall, x + wide, base * HEIGHT))
        x += wide * float(rng.uniform(0.85, 1.25))

    def towers(draw: ImageDraw) -> None:
        for x0, y0, x1, y1 in boxes:
            draw.rectangle([*fine([(x0, y0)])[0], *fine([(x1, y1)])[0]], fill=255)
            if (x1 - x0) % 3 < 1:
                draw.rectangle([*fine([(x0 + 5, y0 - 9)])[0], *fine([(x1 - 5, y0)])[0]], fill=255)
            elif (x1 - x0) % 3 < 1.8:
                mid = (x0 + x1) / 2
                draw.polygon(fine([(x0, y0), (mid, y0 - 16), (x1, y0)]), fill=255)
                draw.line(fine([(mid, y0 - 14), (mid, y0 - 34)]), fill=255, width=2)

    wall = colour(str(rng.choice(["#3a4866", "#46425e", "#35505e", "#514650"])))
    canvas.over(shape(towers), light.on(wall, depth))
    dark = light.scene.time != "day"
    windows = [(b, rng.random((int((b[3] - b[1]) / 8), int((b[2] - b[0]) / 6)))) for b in boxes]
    share = {"day": 0.0, "dusk": 0.45, "night": 0.62}[light.scene.time]

    def lit(draw: ImageDraw, low: float = 0.0, high: float = 1.0) -> None:
        for (x0, y0, x1, _), on in windows:
            gap = (x1 - x0) / max(on.shape[1], 1)
            for r, c in zip(*np.nonzero((on < share * high) & (on >= share * low)), strict=True):
                wx, wy = x0 + (c + 0.28) * gap, y0 + 5 + r * 8
                draw.rectangle([*fine([(wx, wy)])[0], *fine([(wx + gap * 0.5, wy + 4)])[0]], fill=255)

    if dark:
        for low, high, code in ((0.0, 0.55, "#ffd58a"), (0.55, 0.85, "#ffeccb"), (0.85, 1.0, "#9fd4ff")):
            mask = shape(lambda d, lo=low, hi=high: lit(d, lo, hi))  # type: ignore[misc]
            canvas.over(mask, colour(code), 0.92 * (1 - 0.75 * depth))
    else:
        share = 1.1
        canvas.shade(shape(lit), 0.22 * (1 - depth))
    canvas.over(smooth(0.0, 0.4, ROWS - base + 0.32) * np.ones_like(COLUMNS) * (ROWS < base), light.haze, 0.24)


def _street(canvas: Canvas, light: Light, base: float) -> None:
    """A road with lamps; when it rains, the lights lie on it as long streaks."""
    rng, scene = canvas.rng, light.scene
    top = int(base * HEIGHT)
    wet = scene.weather == "rain"
    if wet:
        lake(canvas, light, base, ripple=0.8)
    else:
        canvas.rgb[top:] = light.on(colour("#2b2f38")) * (1.1 - 0.3 * ROWS[top:, :, None])
    if scene.time == "day":
        return
    for x in np.linspace(30, WIDTH - 30, 6) + rng.uniform(-12, 12):
        warm = colour(str(rng.choice(["#ffc070", "#ffb056", "#ffe0a8"])))
        canvas.glow(x, top - 26, 15, warm, 0.55)
        canvas.glow(x, top - 26, 3.0, colour("#fff6e0"), 1.0)
        canvas.shade(shape(lambda d, x=x: d.line(fine([(x, top - 24), (x, top + 8)]), fill=255, width=3)), 0.8)  # type: ignore[misc]
        streak = (
            np.exp(-(((COLUMNS - x / WIDTH) / 0.012) ** 2))
            * smooth(base, base + 0.03, ROWS)
            * smooth(-0.1, 0.1, 1 - ROWS)
        )
        canvas.shine(streak.astype(np.float32), warm, 0.6 if wet else 0.18)
    for _ in range(9):
        x, y, red = float(rng.uniform(0, WIDTH)), top + float(rng.uniform(10, 44)), rng.random() < 0.5
        for dx in (0, 9):
            canvas.glow(x + dx, y, 2.6, colour("#ff4038" if red else "#fff2d0"), 0.95)
            canvas.glow(x + dx, y, 8, colour("#ff4038" if red else "#fff2d0"), 0.25)


def _houses(canvas: Canvas, light: Light) -> None:
    """A row of painted fronts with gables, shutters, awnings and a strip of bunting."""
    rng = canvas.rng
    walls = ["#e8b04a", "#d9694f", "#7fb0a8", "#e9d3a8", "#c98aa0", "#8fb4d4", "#e89a7a", "#a8b878"]
    roofs = ["#7a4034", "#5a4a4a", "#8a5a3c", "#4a5560"]
    floor, x = 0.84 * HEIGHT, -24.0
    while x < WIDTH:
        wide, tall = float(rng.uniform(62, 96)), float(rng.uniform(0.40, 0.56)) * HEIGHT
        _house(canvas, light, (x, floor - tall, x + wide, floor), str(rng.choice(walls)), str(rng.choice(roofs)))
        x += wide
    street = smooth(0.0, 0.004, ROWS - 0.84) * np.ones_like(COLUMNS)
    canvas.over(street, light.on(colour("#b9ab98")))
    cobbles = np.abs(np.sin(np.clip(ROWS - 0.8, 0, 1) ** 0.5 * 160)) * noise(rng, (60, 90), 1)
    canvas.shade(street * cobbles.astype(np.float32), 0.25)
    for k in range(2):
        _bunting(canvas, light, 0.42 + 0.13 * k)


def _house(canvas: Canvas, light: Light, box: Box, wall: str, roof: str) -> None:
    rng = canvas.rng
    x0, y0, x1, y1 = box
    mid, wide = (x0 + x1) / 2, x1 - x0
    peak = float(rng.uniform(18, 40))
    canvas.over(
        shape(lambda d: d.rectangle([*fine([(x0, y0)])[0], *fine([(x1, y1)])[0]], fill=255)),
        light.on(colour(wall)),
    )
    canvas.over(
        shape(lambda d: d.polygon(fine([(x0 - 3, y0), (mid, y0 - peak), (x1 + 3, y0)]), fill=255)),
        light.on(colour(roof)),
    )
    columns, rows = (3 if wide > 76 else 2), max(2, int((y1 - y0 - 50) / 42))
    panes = [
        (x0 + wide * (c + 0.5) / columns, y0 + 16 + r * (y1 - y0 - 62) / rows)
        for c in range(columns) for r in range(rows)
    ]  # fmt: skip
    part = {
        "frame": [(px - 9, py - 2, px + 9, py + 26) for px, py in panes],
        "glass": [(px - 6.5, py, px + 6.5, py + 24) for px, py in panes],
        "shutter": [(px + s * 13 - 3.6, py - 1, px + s * 13 + 3.6, py + 25) for px, py in panes for s in (-1, 1)],
        "door": [(mid - 11, y1 - 38, mid + 11, y1)],
    }
    shutter = str(rng.choice(["#3f6a5a", "#4a5f8a", "#8a3f3a", "#f2eee2"]))
    for name, code in (("frame", "#f6f0e4"), ("glass", "#3c5468"), ("shutter", shutter), ("door", "#4a3026")):
        boxes = part[name]
        canvas.over(
            shape(
                lambda d, b=boxes: (
                    [d.rectangle([*fine([(q[0], q[1])])[0], *fine([(q[2], q[3])])[0]], fill=255) for q in b]
                    and None
                )
            ),
            light.on(colour(code)),
        )  # type: ignore[misc]
    canvas.shine(
        shape(
            lambda d: (
                [
                    d.polygon(fine([(px - 6, py + 24), (px - 6, py + 10), (px + 5, py), (px + 6, py)]), fill=255)
                    for px, py in panes
                ]
                and None
            )
        ),
        light.stops[0],
        0.35,
    )
    canvas.shade(
        smooth(x1 - 7, x1, np.arange(WIDTH, dtype=np.float32)[None, :])
        * (np.arange(WIDTH)[None, :] <= x1)
        * (ROWS * HEIGHT > y0)
        * (ROWS * HEIGHT < y1),
        0.25,
    )


def _bunting(canvas: Canvas, light: Light, height: float) -> None:
    xs = np.linspace(0, WIDTH, 27)
    ys = HEIGHT * (height + 0.05 * np.sin(xs / WIDTH * 2 * np.pi + height * 9) ** 2)
    for k, code in enumerate(("#e8484a", "#f7d046", "#3f9ae0", "#58b868")):
        flags = [(float(xs[i]), float(ys[i])) for i in range(k, 27, 4)]
        canvas.over(
            shape(
                lambda d, f=flags: (
                    [d.polygon(fine([(x - 6, y), (x + 6, y), (x, y + 13)]), fill=255) for x, y in f] and None
                )
            ),
            light.on(colour(code)),
        )  # type: ignore[misc]


def _crowd(canvas: Canvas, light: Light) -> None:
    """People in coats, under umbrellas when it rains."""
    rng = canvas.rng
    umbrellas = light.scene.weather in ("rain", "snow")
    coats = ["#c8453c", "#2f5f8a", "#e0b03c", "#3f7a58", "#6a4a7a", "#d8d0c4", "#30343c", "#d87a4a"]
    for _ in range(46):
        near = float(rng.random()) ** 0.7
        x, y, s = float(rng.uniform(0, WIDTH)), HEIGHT * (0.86 + 0.15 * near), 9 + 15 * near
        coat, skin = (
            light.on(colour(str(rng.choice(coats)))),
            light.on(colour(str(rng.choice(["#e8b894", "#a8714a", "#f0cdb0", "#6e4630"])))),
        )

        def body(draw: ImageDraw, x: float = x, y: float = y, s: float = s) -> None:
            draw.rounded_rectangle(oval(x, y - s * 1.15, s * 0.36, s * 0.75), radius=s * 0.5, fill=255)
            draw.rectangle([*fine([(x - s * 0.2, y - s * 0.5)])[0], *fine([(x + s * 0.2, y)])[0]], fill=255)

        canvas.over(shape(body), coat)
        canvas.over(shape(lambda d, x=x, y=y, s=s: d.ellipse(oval(x, y - s * 2.15, s * 0.27), fill=255)), skin)  # type: ignore[misc]
        if umbrellas and rng.random() < 0.6:
            top = light.on(colour(str(rng.choice(coats))))
            canvas.over(
                shape(
                    lambda d, x=x, y=y, s=s: d.pieslice(
                        oval(x, y - s * 2.2, s * 0.95, s * 0.8), 180, 360, fill=255
                    )
                ),
                top,
            )  # type: ignore[misc]


def fireworks(canvas: Canvas, light: Light) -> None:
    """Bursts of sparks over a skyline, mirrored in water if there is some."""
    rng = canvas.rng
    canvas.wash([s * 0.8 for s in light.stops])
    stars(canvas, 90, 0.6)
    palettes = [
        ("#ffd166", "#ff7a59"),
        ("#ff5c8a", "#ffc2dd"),
        ("#6ee7ff", "#d8f7ff"),
        ("#9dff8a", "#f3ffd1"),
        ("#c79bff", "#f0e0ff"),
        ("#fff1b8", "#ffffff"),
    ]
    for _ in range(int(rng.integers(4, 8))):
        _burst(canvas, palettes[int(rng.integers(len(palettes)))])
    base = 0.80
    smoke = noise(rng, (4, 4), 4)
    canvas.shine(smooth(0.45, 0.8, smoke) * smooth(0.1, 0.6, ROWS), colour("#6a5a8a"), 0.22)
    skyline(canvas, light, base, 2)
    skyline(canvas, light, base, 3)
    lake(canvas, light, base, ripple=1.8)


def _burst(canvas: Canvas, codes: tuple[str, str]) -> None:
    rng = canvas.rng
    x, y = float(rng.uniform(0.1, 0.9)) * WIDTH, float(rng.uniform(0.10, 0.48)) * HEIGHT
    radius = float(rng.uniform(38, 92))
    count = int(rng.integers(34, 64))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.normal(0, 0.05, count)
    reach = radius * (0.72 + 0.28 * rng.random(count))
    tips: list[Field] = []

    def trails(draw: ImageDraw) -> None:
        for angle, far in zip(angles, reach, strict=True):
            ts = np.linspace(0.18, 1.0, 9)
            px, py = x + np.cos(angle) * far * ts, y + np.sin(angle) * far * ts + 15 * ts**2
            for k in range(8):
                draw.line(fine([(px[k], py[k]), (px[k + 1], py[k + 1])]), fill=int(50 + 205 * ts[k] ** 2), width=2)
            tips.append(np.array([px[-1], py[-1]], dtype=np.float32))

    mask = shape(trails, 0.3)
    canvas.glow(x, y, radius * 0.8, colour(codes[0]), 0.30)
    canvas.shine(np.clip(shape(trails, 3.5) * 1.8, 0, 1), colour(codes[0]), 0.6)
    canvas.shine(mask, mix(colour(codes[0]), colour(codes[1]), 0.5), 1.0)
    for tip in tips[:count]:
        canvas.glow(float(tip[0]), float(tip[1]), 1.3, colour(codes[1]), 0.95)
