"""Swamps, factories and volcanoes: what is foul or fiery."""

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
    exp,
    noise,
    raised,
    relief,
    ridge,
    smooth,
)
from bot.demo.pictures.sky import Light, paint_sky, paint_weather
from bot.demo.pictures.water import lake

_ACROSS: Field = np.ones_like(COLUMNS)


def swamp(canvas: Canvas, light: Light) -> None:
    """Dead trees in murky water under scum, bubbles and flies."""
    rng = canvas.rng
    murk = [light.on(colour(c)) for c in ("#5a6238", "#848750", "#b3af6c")]
    light.stops, light.haze = murk, murk[-1]
    canvas.wash(murk)
    canvas.over(smooth(0.4, 0.8, noise(rng, (4, 3), 4)), murk[0], 0.35)
    shore = 0.64
    for i in range(3):
        depth = (0.62, 0.36, 0.0)[i]
        foot = HEIGHT * (shore - 0.09 + 0.05 * i)
        _dead_trees(canvas, light, foot, i, depth)
        canvas.over(exp(-(((ROWS - foot / HEIGHT) / 0.05) ** 2)) * _ACROSS, light.haze, 0.34 * (1 - i / 3))
    lake(canvas, light, shore, ripple=0.7)
    canvas.rgb[int(shore * HEIGHT) :] *= np.array([0.80, 0.84, 0.48], dtype=np.float32)
    _scum(canvas, light, shore)
    bubbles = Stencil()
    for _ in range(26):
        y, x = float(rng.uniform(shore + 0.06, 0.99)), float(rng.uniform(0, 1)) * WIDTH
        r = float(rng.uniform(2, 9)) * (y - 0.5) * 1.8
        canvas.stamp(Stencil().oval(x, y * HEIGHT, r, r * 0.62), light.on(colour("#a8b048")), 0.7)
        canvas.stamp(Stencil().oval(x, y * HEIGHT + r * 0.1, r * 0.8, r * 0.44), light.on(colour("#6f7a2a")), 0.6)
        bubbles.oval(x - r * 0.35, y * HEIGHT - r * 0.25, max(r * 0.2, 0.6))
    canvas.light_up(bubbles, colour("#f2f4c0"), 0.8, blur=0.3)
    _flies(canvas)
    paint_weather(canvas, light)


def _scum(canvas: Canvas, light: Light, shore: float) -> None:
    """Patches that lie flat on the water: narrow far away, wide near the viewer."""
    rng = canvas.rng
    near = np.clip((ROWS - shore) / (1 - shore), 0, 1)
    rows = (raised(np.clip(near, 0, 0.999), 0.45) * (HEIGHT - 1)).astype(int)[:, 0]
    water = smooth(0.0, 0.015, ROWS - shore)
    green = noise(rng, (9, 6), 5)[rows] * water
    rim = smooth(0.47, 0.52, green)
    canvas.shade(rim * (1 - smooth(0.49, 0.55, green)), 0.35)
    canvas.over(smooth(0.50, 0.53, green), light.on(colour("#8f9a2c")), 0.88)
    fleck = smooth(0.42, 0.62, noise(rng, (70, 50), 2))
    canvas.over(smooth(0.50, 0.53, green) * fleck, light.on(colour("#b9b848")), 0.6)
    canvas.over(smooth(0.60, 0.64, noise(rng, (7, 5), 4)[rows]) * water, light.on(colour("#5a3f1e")), 0.75)


def _dead_trees(canvas: Canvas, light: Light, foot: float, layer: int, depth: float) -> None:
    rng = canvas.rng
    wood = Stencil()
    for _ in range((9, 6, 3)[layer]):
        x, tall = float(rng.uniform(0, WIDTH)), float(rng.uniform(0.7, 1.3)) * (60, 105, 190)[layer]
        bends = rng.uniform(-1, 1, (9, 2))
        lean, wide = tall * 0.16 * float(bends[0, 0]), tall * 0.055
        right = [(x + wide * 0.7, foot - tall * 0.3), (x + wide * 1.9, foot + 30)]
        wood.polygon(
            [(x - wide * 1.8, foot + 30), (x - wide * 0.6, foot - tall * 0.3), (x + lean, foot - tall), *right]
        )
        for k, (bx, by) in enumerate(bends):
            t = 0.35 + 0.07 * k
            sx, sy = x + lean * t, foot - tall * t
            ex, ey = sx + bx * tall * 0.34, sy - abs(by) * tall * 0.22
            mid = ((sx + ex) / 2, (sy + ey) / 2 + tall * 0.03)
            wood.line([(sx, sy), mid, (ex, ey)], wide * (0.65 - t / 2))
            wood.line([mid, (ex + by * 9, ey - 12)], wide * 0.18)
    canvas.stamp(wood, light.on(colour("#2c281c"), depth), blur=0.3)


def _flies(canvas: Canvas) -> None:
    flies = Stencil()
    for x, y in canvas.rng.random((34, 2)):
        px, py = x * WIDTH, (0.35 + 0.5 * y) * HEIGHT
        flies.oval(px, py, 1.5, 1.0).line([(px - 2.6, py - 2), (px, py), (px + 2.6, py - 2)], 0.5, light=150)
    canvas.stamp(flies, colour("#16150c"), 0.9)


def factory(canvas: Canvas, light: Light) -> None:
    """Chimneys, dirty smoke and a heap of rubbish."""
    rng = canvas.rng
    brown = rng.random() < 0.6
    sky = [
        light.on(colour(c))
        for c in (("#6a5f50", "#9f8a62", "#d3b474") if brown else ("#5b5f60", "#86887f", "#b2ad94"))
    ]
    if light.scene.time != "day":
        sky = [sky[0], sky[1], sky[2] + colour("#ff7a30") * np.float32(0.22)]
    light.stops, light.haze = sky, sky[-1]
    canvas.wash(sky)
    canvas.over(smooth(0.35, 0.75, noise(rng, (5, 3), 5)), sky[0] * 0.8, 0.5)
    for i in range(3):
        depth = (0.6, 0.32, 0.0)[i]
        stacks = [
            (float(rng.uniform(0.03, 0.97)) * WIDTH, float(rng.uniform(0.30, 0.52)) * HEIGHT, 7.0 + 4 * i)
            for _ in range((4, 3, 2)[i])
        ]
        foot = HEIGHT * (0.74 + 0.04 * i)
        for x, tall, wide in stacks:
            _plume(canvas, light, x, foot - tall, wide)
        _works(canvas, light, stacks, foot=foot, layer=i, depth=depth)
        canvas.over(smooth(0.0, 0.3, ROWS - foot / HEIGHT + 0.2) * _ACROSS, light.haze, 0.2 * (1 - i / 3))
    _heap(canvas, light)
    canvas.over(smooth(0.35, 0.9, noise(rng, (4, 3), 4)), light.haze * 0.85, 0.26)
    paint_weather(canvas, light)


def _works(
    canvas: Canvas,
    light: Light,
    stacks: list[tuple[float, float, float]],
    *,
    foot: float,
    layer: int,
    depth: float,
) -> None:
    """Saw-tooth roofs and chimneys, banded, with a few lit panes in the dark."""
    step = 74 + 22 * layer
    walls, bands, panes = Stencil(), Stencil(), Stencil()
    for k in range(-1, WIDTH // step + 2):
        x0, top = k * step + layer * 31, foot - 40 - 18 * ((k * 7 + layer * 3) % 3)
        teeth = [(x0 + step * t / 3, top - (16 if s else 0)) for t in range(4) for s in (0, 1)][:-1]
        walls.polygon([(x0, HEIGHT), *teeth, (x0 + step, HEIGHT)])
        for t in range(6):
            if canvas.rng.random() < 0.4:
                panes.box(x0 + 6 + t * step / 6.5, top + 9, x0 + 11 + t * step / 6.5, top + 15)
    for x, tall, wide in stacks:
        walls.polygon(
            [(x - wide, HEIGHT), (x - wide * 0.6, foot - tall), (x + wide * 0.6, foot - tall), (x + wide, HEIGHT)]
        )
        walls.box(x - wide * 0.8, foot - tall - 3, x + wide * 0.8, foot - tall + 2)
        bands.box(x - wide * 0.64, foot - tall + 10, x + wide * 0.64, foot - tall + 17)
    canvas.stamp(walls, light.on(colour(("#5a5048", "#453c38", "#2c2624")[layer]), depth))
    canvas.stamp(bands, light.on(colour("#9a4a3a"), depth), 0.8)
    if light.scene.time != "day":
        canvas.stamp(panes, colour("#ffb85a"), 0.8 * (1 - depth))


def _heap(canvas: Canvas, light: Light) -> None:
    rng = canvas.rng
    bump = exp(-(((COLUMNS[0] - rng.uniform(0.2, 0.8)) / 0.28) ** 2))
    heap = below((HEIGHT * 0.88 - 40 * bump - 8 * ridge(rng, 30, 3)).astype(np.float32))
    canvas.over(heap, light.on(colour("#332b22")))
    scraps = noise(rng, (50, 60), 2)
    for low, code in ((0.60, "#8a7a5a"), (0.66, "#5a6a5a"), (0.70, "#9a4a34"), (0.74, "#b8b09a")):
        canvas.over(
            heap * smooth(low, low + 0.02, np.roll(scraps, int(low * 900), 1)), light.on(colour(code)), 0.8
        )
    canvas.shade(heap * np.clip(-relief(scraps, 2, 2, 5.0), 0, 1), 0.6)


def _plume(canvas: Canvas, light: Light, x: float, y: float, wide: float) -> None:
    """Smoke as a drifting chain of puffs, each ragged, shaded below and grey above."""
    rng = canvas.rng
    drift = float(rng.uniform(2.0, 6.0)) * (1 if rng.random() < 0.8 else -1)
    puffs = []
    for k in range(26):
        spread = wide * (0.5 + 0.19 * k)
        puffs.append(
            (
                x + drift * k * 0.6 + float(rng.normal(0, spread * 0.35)),
                y - 4.2 * k,
                spread * float(rng.uniform(0.6, 1.0)),
            )
        )
    rough = smooth(0.25, 0.6, noise(rng, (16, 20), 4))
    for shift, code, opacity in ((0.0, "#2c2824", 0.7), (-0.25, "#70675a", 0.5), (-0.42, "#a0947e", 0.3)):
        smoke = Stencil()
        for px, py, r in puffs:
            smoke.oval(px + shift * r, py + shift * r, r * (1 + shift))
        where, mask = smoke.patch(2.5)
        part = canvas.rgb[where]
        part += (light.on(colour(code), 0.1) - part) * (mask * opacity * (0.4 + 0.6 * rough[where]))[..., None]


def volcano(canvas: Canvas, light: Light) -> None:
    """A burning mountain: rivers of lava, a cloud of ash lit from below, embers."""
    rng = canvas.rng
    paint_sky(canvas, light, 0.8)
    x, top = float(rng.uniform(0.35, 0.65)) * WIDTH, float(rng.uniform(0.34, 0.44)) * HEIGHT
    away = np.abs(COLUMNS[0] * WIDTH - x)
    line = (
        top
        + raised(np.clip(away - 20, 0, None), 0.86) * 1.32
        + 12 * ridge(rng, 18)
        + np.where(away < 20, 5.0, 0.0)
    )
    _ash(canvas, light, x, top)
    canvas.glow(x, top, 70, colour("#ff5a1e"), 0.7)
    canvas.over(
        below((HEIGHT * 0.62 + 60 * (1 - ridge(rng, 6))).astype(np.float32)), light.on(colour("#3a2f3a"), 0.5)
    )
    body = below(line.astype(np.float32))
    grain = noise(rng, (14, 20), 5)
    canvas.over(body, light.on(colour("#3a2e32")) * 0.8)
    side = 5 if light.x < WIDTH / 2 else -5
    slopes = relief(grain, 3, side, 7.0)
    canvas.shade(body * np.clip(-slopes + 0.15, 0, 1), 0.75)
    canvas.shine(body * np.clip(slopes, 0, 1), light.on(light.stops[-1]), 0.16)
    canvas.shine(body * exp(-np.clip(ROWS * HEIGHT - top, 0, None) / 70), colour("#d8401a"), 0.4)
    flows = Stencil()
    for _ in range(int(rng.integers(4, 7))):
        flows.line(_flow(rng, x, top), float(rng.uniform(1.2, 3.0)))
    for blur, code, strength in ((9.0, "#ff3a10", 0.55), (3.0, "#ff6a1a", 0.7), (0.7, "#ffd86a", 0.9)):
        canvas.light_up(flows, colour(code), strength, blur)
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
    canvas.over(below((HEIGHT * 0.93 + 14 * curve(rng, 1.0)).astype(np.float32)), colour("#0d0a0c"), 0.95)


def _ash(canvas: Canvas, light: Light, x: float, top: float) -> None:
    rng = canvas.rng
    up = top / HEIGHT - ROWS
    ash = noise(rng, (8, 8), 6)
    spread = 24 + np.clip(up, 0, 1) * 420
    column = exp(-(((COLUMNS * WIDTH - x - up * 70) / spread) ** 2)) * smooth(-0.02, 0.05, up)
    lit = exp(-np.clip(up, 0, 1) * 7) * (0.5 + 0.5 * smooth(0.35, 0.65, ash))
    billow = np.clip(relief(ash, -5, 0, 8.0) + 0.45, 0, 1)
    smoke = light.on(colour("#4a3f44"), 0.12) * (0.35 + 0.75 * billow[..., None])
    smoke = smoke + (colour("#ff6a2a") - smoke) * (lit * 0.85)[..., None]
    canvas.over(
        (column * smooth(0.30, 0.48, ash + column * 0.16)).astype(np.float32), smoke.astype(np.float32), 0.96
    )


def _flow(rng: np.random.Generator, x: float, top: float) -> list[tuple[float, float]]:
    """A stream of lava that winds down from the crater."""
    lean = float(rng.uniform(-0.95, 0.95))
    points = [(x + lean * 8, top + 3)]
    for _ in range(int(rng.integers(10, 18))):
        px, py = points[-1]
        points.append((px + lean * 8 + float(rng.normal(0, 4.0)), py + float(rng.uniform(8, 15))))
    return points
