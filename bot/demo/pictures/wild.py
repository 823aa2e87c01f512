"""Night skies, swamps, factories and volcanoes: what is far, foul or fiery."""

import numpy as np
from PIL.ImageDraw import ImageDraw

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Field,
    below,
    colour,
    curve,
    fine,
    mix,
    noise,
    oval,
    ridge,
    shape,
    smooth,
)
from bot.demo.pictures.land import pines
from bot.demo.pictures.sky import Light, aurora, moon, paint_sky, paint_weather, stars
from bot.demo.pictures.water import lake


def night_sky(canvas: Canvas, light: Light) -> None:
    """The Milky Way, an aurora or a great moon above dark hills."""
    rng = canvas.rng
    canvas.wash(light.stops)
    theme = "moon" if light.scene.has_moon and rng.random() < 0.5 else str(rng.choice(["galaxy", "aurora"]))
    if theme == "galaxy":
        _galaxy(canvas)
    stars(canvas, 900 if theme == "galaxy" else 520)
    if theme == "aurora":
        aurora(canvas, 0.9)
    if light.scene.has_moon:
        moon(
            canvas,
            light.x,
            light.y + 20,
            float(rng.uniform(40, 64)) if theme == "moon" else float(rng.uniform(10, 16)),
        )
    if theme == "moon":
        veil = smooth(0.5, 0.75, noise(rng, (9, 3), 5))
        canvas.over(veil, mix(light.haze, colour("#8a9cc8"), 0.2), 0.35)
    far = HEIGHT * 0.80 + 46 * (1 - ridge(rng, 5))
    canvas.over(below(far), light.stops[0] * 0.75 + light.haze * 0.12)
    if rng.random() < 0.4:
        lake(canvas, light, 0.88)
    pines(canvas, light, HEIGHT * 0.95 + 10 * curve(rng, 1.2), near=0.8, count=40)


def _galaxy(canvas: Canvas) -> None:
    rng = canvas.rng
    tilt, centre = float(rng.uniform(-0.7, 0.7)), float(rng.uniform(0.35, 0.6))
    away = COLUMNS - centre - (ROWS - 0.5) * tilt
    band = np.exp(-((away / 0.16) ** 2))
    dust = noise(rng, (6, 7), 6)
    lanes = smooth(0.46, 0.62, noise(rng, (5, 8), 5)) * np.exp(-((away / 0.07) ** 2))
    canvas.shine((band * (0.25 + dust * 0.75)).astype(np.float32), colour("#8a8fd0"), 0.42)
    canvas.shine(
        (np.exp(-((away / 0.08) ** 2)) * smooth(0.4, 0.7, dust)).astype(np.float32), colour("#ffd9c0"), 0.42
    )
    canvas.shade(lanes.astype(np.float32), 0.55)
    for code in ("#c05cff", "#5cb8ff", "#ff6a8a"):
        patch = smooth(0.6, 0.8, noise(rng, (4, 5), 4)) * band
        canvas.shine(patch.astype(np.float32), colour(code), 0.28)
    count = 1500
    along = rng.random(count)
    xs = ((centre + (along - 0.5) * tilt + rng.normal(0, 0.075, count)) * WIDTH).astype(int)
    keep = (xs >= 0) & (xs < WIDTH)
    ys = (along * HEIGHT).astype(int)
    bright = (rng.random(count) ** 3 * 0.6 + 0.08).astype(np.float32)
    np.maximum.at(
        canvas.rgb, (ys[keep], xs[keep]), bright[keep, None] * np.array([0.95, 0.95, 1.0], dtype=np.float32)
    )


def swamp(canvas: Canvas, light: Light) -> None:
    """Dead trees in murky water under scum, bubbles and flies."""
    rng = canvas.rng
    murk = [light.on(colour(c)) for c in ("#5a6238", "#7d8048", "#a3a060")]
    light.stops, light.haze = murk, murk[-1]
    canvas.wash(murk)
    canvas.over(smooth(0.4, 0.8, noise(rng, (4, 3), 4)), murk[0], 0.35)
    for i in range(3):
        depth = (0.62, 0.36, 0.0)[i]
        trees = [
            (float(rng.uniform(0, WIDTH)), float(rng.uniform(0.7, 1.3)) * (60, 105, 190)[i])
            for _ in range((9, 6, 3)[i])
        ]
        foot = HEIGHT * (0.56 + 0.05 * i)
        twigs = rng.uniform(-1, 1, (len(trees), 9, 2))
        canvas.over(
            shape(lambda d, t=trees, f=foot, g=twigs: _dead(d, t, f, g), 0.3), light.on(colour("#2c281c"), depth)
        )  # type: ignore[misc]
        canvas.over(
            np.exp(-(((ROWS - foot / HEIGHT) / 0.05) ** 2)) * np.ones_like(COLUMNS), light.haze, 0.3 * (1 - i / 3)
        )
    lake(canvas, light, 0.66, ripple=0.7)
    canvas.rgb[int(0.66 * HEIGHT) :] *= np.array([0.78, 0.82, 0.46], dtype=np.float32)
    water = smooth(0.0, 0.02, ROWS - 0.66)
    scum = smooth(0.50, 0.58, noise(rng, (30, 7), 5)) * water
    canvas.over(scum, light.on(colour("#8f9a2c")), 0.85)
    canvas.shade(scum * smooth(0.45, 0.6, noise(rng, (60, 40), 2)), 0.4)
    slick = smooth(0.6, 0.66, noise(rng, (16, 5), 4)) * water
    canvas.over(slick, light.on(colour("#5a3f1e")), 0.7)
    for _ in range(26):
        y = float(rng.uniform(0.72, 0.99))
        x, r = float(rng.uniform(0, 1)) * WIDTH, float(rng.uniform(2, 9)) * (y - 0.5) * 1.8
        ring = shape(
            lambda d, x=x, y=y, r=r: d.ellipse(oval(x, y * HEIGHT, r, r * 0.62), fill=190, outline=255, width=2)
        )  # type: ignore[misc]
        canvas.over(ring, light.on(colour("#a8b048")), 0.75)
        canvas.glow(x - r * 0.35, y * HEIGHT - r * 0.25, max(r * 0.22, 0.6), colour("#f2f4c0"), 0.8)
    _flies(canvas)
    paint_weather(canvas, light)


def _dead(draw: ImageDraw, trees: list[tuple[float, float]], foot: float, twigs: Field) -> None:
    for (x, tall), bends in zip(trees, twigs, strict=True):
        lean = tall * 0.16 * bends[0, 0]
        wide = tall * 0.055
        draw.polygon(
            fine(
                [
                    (x - wide * 1.8, foot + 30),
                    (x - wide * 0.6, foot - tall * 0.3),
                    (x + lean, foot - tall),
                    (x + wide * 0.7, foot - tall * 0.3),
                    (x + wide * 1.9, foot + 30),
                ]
            ),
            fill=255,
        )
        for k, (bx, by) in enumerate(bends):
            t = 0.35 + 0.07 * k
            sx, sy = x + lean * t, foot - tall * t
            ex, ey = sx + bx * tall * 0.34, sy - abs(by) * tall * 0.22
            draw.line(
                fine([(sx, sy), ((sx + ex) / 2, (sy + ey) / 2 + tall * 0.03), (ex, ey)]),
                fill=255,
                width=max(1, int(wide * (1.3 - t))),
                joint="curve",
            )
            draw.line(
                fine([((sx + ex) / 2, (sy + ey) / 2 + tall * 0.03), (ex + by * 9, ey - 12)]),
                fill=255,
                width=max(1, int(wide * 0.4)),
            )


def _flies(canvas: Canvas) -> None:
    spots = canvas.rng.random((34, 2))

    def paint(draw: ImageDraw) -> None:
        for x, y in spots:
            px, py = x * WIDTH, (0.35 + 0.5 * y) * HEIGHT
            draw.ellipse(oval(px, py, 1.5, 1.0), fill=255)
            draw.line(fine([(px - 2.6, py - 2), (px, py), (px + 2.6, py - 2)]), fill=150, width=1)

    canvas.over(shape(paint), colour("#16150c"), 0.9)


def factory(canvas: Canvas, light: Light) -> None:
    """Chimneys, dirty smoke and a heap of rubbish."""
    rng = canvas.rng
    sky = [
        light.on(colour(c))
        for c in (("#6a5f50", "#9a8560", "#c9ab6e") if rng.random() < 0.6 else ("#5b5f60", "#82847c", "#aaa68e"))
    ]
    light.stops, light.haze = sky, sky[-1]
    canvas.wash(sky)
    canvas.over(smooth(0.35, 0.75, noise(rng, (5, 3), 5)), sky[0] * 0.8, 0.55)
    for i in range(3):
        depth = (0.6, 0.32, 0.0)[i]
        tone = light.on(colour(("#5a5048", "#453c38", "#2c2624")[i]), depth)
        stacks = [
            (float(rng.uniform(0.03, 0.97)) * WIDTH, float(rng.uniform(0.30, 0.52)) * HEIGHT, 7.0 + 4 * i)
            for _ in range((4, 3, 2)[i])
        ]
        foot = HEIGHT * (0.74 + 0.04 * i)
        for x, tall, wide in stacks:
            _plume(canvas, light, x, foot - tall, wide)
        canvas.over(shape(lambda d, s=stacks, f=foot, i=i: _works(d, s, f, i)), tone)  # type: ignore[misc]
        canvas.over(
            smooth(0.0, 0.3, ROWS - foot / HEIGHT + 0.2) * np.ones_like(COLUMNS), light.haze, 0.2 * (1 - i / 3)
        )
    ground = (
        HEIGHT * 0.86 - 34 * np.exp(-(((COLUMNS[0] - rng.uniform(0.2, 0.8)) / 0.28) ** 2)) - 8 * ridge(rng, 30, 3)
    )
    heap = below(ground.astype(np.float32))
    canvas.over(heap, light.on(colour("#3a3126")))
    scraps = noise(rng, (50, 60), 2)
    for low, code in ((0.60, "#8a7a5a"), (0.66, "#5a6a5a"), (0.70, "#9a4a34"), (0.74, "#b8b09a")):
        canvas.over(
            heap * smooth(low, low + 0.02, np.roll(scraps, int(low * 900), 1)), light.on(colour(code)), 0.8
        )
    canvas.over(smooth(0.35, 0.9, noise(rng, (4, 3), 4)), light.haze * 0.85, 0.28)
    paint_weather(canvas, light)


def _works(draw: ImageDraw, stacks: list[tuple[float, float, float]], foot: float, layer: int) -> None:
    step = 74 + 22 * layer
    for k in range(-1, WIDTH // step + 2):
        x0, top = k * step + layer * 31, foot - 40 - 18 * ((k * 7 + layer * 3) % 3)
        teeth = [(x0 + step * t / 3, top - (16 if s else 0)) for t in range(4) for s in (0, 1)][:-1]
        draw.polygon(fine([(x0, HEIGHT), *teeth, (x0 + step, HEIGHT)]), fill=255)
    for x, tall, wide in stacks:
        draw.polygon(
            fine(
                [
                    (x - wide, HEIGHT),
                    (x - wide * 0.6, foot - tall),
                    (x + wide * 0.6, foot - tall),
                    (x + wide, HEIGHT),
                ]
            ),
            fill=255,
        )
        draw.rectangle(
            [*fine([(x - wide * 0.8, foot - tall - 3)])[0], *fine([(x + wide * 0.8, foot - tall + 2)])[0]],
            fill=255,
        )


def _plume(canvas: Canvas, light: Light, x: float, y: float, wide: float) -> None:
    rng = canvas.rng
    drift = float(rng.uniform(2.0, 6.0)) * (1 if rng.random() < 0.8 else -1)
    puffs = [(x + drift * k + rng.normal(0, 2), y - 6.5 * k, wide * (0.9 + 0.42 * k)) for k in range(14)]
    rough = smooth(0.3, 0.6, noise(rng, (14, 18), 4))
    for dx, code, opacity in ((0.0, "#2c2824", 0.62), (-0.22, "#6f6658", 0.42)):

        def paint(draw: ImageDraw, dx: float = dx) -> None:
            for px, py, r in puffs:
                draw.ellipse(oval(px + dx * r, py + dx * r, r * (1 - abs(dx))), fill=255)

        canvas.over(shape(paint, 3.0) * (0.45 + 0.55 * rough), light.on(colour(code), 0.1), opacity)


def volcano(canvas: Canvas, light: Light) -> None:
    """A burning mountain: rivers of lava, a cloud of ash lit from below, embers."""
    rng = canvas.rng
    paint_sky(canvas, light, 0.8)
    x, top = float(rng.uniform(0.35, 0.65)) * WIDTH, float(rng.uniform(0.30, 0.42)) * HEIGHT
    away = np.abs(COLUMNS[0] * WIDTH - x)
    line = top + np.clip(away - 20, 0, None) ** 0.86 * 1.32 + 12 * ridge(rng, 18) + np.where(away < 20, 5.0, 0.0)
    ash = noise(rng, (6, 6), 6)
    spread = 26 + np.clip(top / HEIGHT - ROWS, 0, 1) * 330
    column = np.exp(-(((COLUMNS * WIDTH - x - (top / HEIGHT - ROWS) * 60) / spread) ** 2)) * smooth(
        -0.02, 0.06, top / HEIGHT - ROWS
    )
    lit = np.exp(-np.clip(top / HEIGHT - ROWS, 0, 1) * 6)[..., None]
    smoke = (
        light.on(colour("#3a3036"), 0.1) * (0.5 + ash[..., None])
        + colour("#ff5a1e") * lit * 0.55 * smooth(0.4, 0.7, ash)[..., None]
    )
    canvas.over((column * smooth(0.25, 0.55, ash + 0.15)).astype(np.float32), smoke.astype(np.float32), 0.95)
    canvas.glow(x, top, 70, colour("#ff5a1e"), 0.7)
    for layer, depth in ((0, 0.5), (1, 0.0)):
        if layer == 0:
            canvas.over(
                below((HEIGHT * 0.62 + 60 * (1 - ridge(rng, 6))).astype(np.float32)),
                light.on(colour("#3a2f3a"), depth),
            )
    body = below(line.astype(np.float32))
    grain = noise(rng, (16, 18), 5)
    canvas.over(body, light.on(colour("#2a2226")) * 0.8)
    canvas.shade(body * smooth(0.4, 0.7, grain), 0.5)
    canvas.shine(body * np.exp(-((ROWS * HEIGHT - top) / 90)), colour("#c8321a"), 0.30)
    flows = [_flow(rng, x, top, line) for _ in range(int(rng.integers(3, 6)))]
    for blur, code, strength in ((11.0, "#ff3a10", 0.75), (3.0, "#ff6a1a", 0.95), (0.7, "#ffd86a", 1.0)):
        mask = shape(
            lambda d, f=flows, b=blur: (
                [d.line(fine(p), fill=255, width=max(2, int(2 + b * 1.2)), joint="curve") for p in f] and None
            ),
            blur,
        )  # type: ignore[misc]
        canvas.shine(np.clip(mask * 1.5, 0, 1) * np.maximum(body, 0.4), colour(code), strength)
    canvas.glow(x, top, 16, colour("#fff0b0"), 1.0)
    for _ in range(130):
        far, angle = float(rng.gamma(2.0, 34)), float(rng.uniform(-2.7, -0.4))
        canvas.glow(
            x + np.cos(angle) * far,
            top + np.sin(angle) * far,
            float(rng.uniform(0.6, 1.5)),
            colour("#ffb04a"),
            0.95,
        )
    if light.scene.weather == "clear":
        canvas.over(below((HEIGHT * 0.93 + 14 * curve(rng, 1.0)).astype(np.float32)), colour("#0d0a0c"), 0.95)


def _flow(rng: np.random.Generator, x: float, top: float, line: Field) -> list[tuple[float, float]]:
    """A stream of lava that winds down from the crater."""
    lean = float(rng.uniform(-1.0, 1.0))
    steps = int(rng.integers(9, 15))
    points = [(x + float(rng.uniform(-9, 9)), top + 2)]
    for _ in range(steps):
        px, py = points[-1]
        points.append((px + lean * 9 + float(rng.normal(0, 4.5)), py + float(rng.uniform(9, 17))))
    return [(px, max(py, float(line[int(np.clip(px, 0, WIDTH - 1))]))) for px, py in points]
