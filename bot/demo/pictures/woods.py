"""Woods: rows of conifers, and forests seen from inside."""

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
    noise,
    relief,
    smooth,
)
from bot.demo.pictures.sky import Light, paint_sky, paint_weather


def pines(
    canvas: Canvas,
    light: Light,
    ground: Field,
    near: float,
    count: int,
    *,
    snowy: bool = False,
    depth: float = 0.0,
) -> None:
    """A row of conifers standing on a line, and the ground under it."""
    rng = canvas.rng
    paint = light.on(colour(str(rng.choice(["#16302a", "#1b3326", "#14282f"]))), depth)
    trees = [(float(x), float(rng.uniform(26, 62)) * near) for x in np.sort(rng.uniform(-10, WIDTH + 10, count))]
    earth = below(ground)
    canvas.stamp(_pines(trees, ground), paint)
    canvas.over(earth, paint)
    canvas.over(earth * smooth(0.0, 0.25, ROWS - float(ground.min()) / HEIGHT), paint * 0.6, 0.7)
    if snowy:
        lifted = _pines([(x - 1.2, h * 0.97) for x, h in trees], ground - 1.5, skirt=0.55).mask()
        white = light.on(colour("#eef3f8"), depth)
        canvas.over(lifted * smooth(0.4, 0.62, noise(rng, (40, 50), 2)), white, 0.85)
        canvas.over(below(ground + 3), white, 0.92)
        canvas.shade(below(ground + 3) * smooth(0.45, 0.75, noise(rng, (14, 4), 3)), 0.12)


def _pines(trees: list[tuple[float, float]], ground: Field, skirt: float = 1.0) -> Stencil:
    row, tiers = Stencil(), 7
    for x, tall in trees:
        base = float(ground[int(np.clip(x, 0, WIDTH - 1))]) + 4
        left, right = [], []
        for k in range(1, tiers + 1):
            y, half = base - tall + tall * k / tiers, tall * 0.24 * (k / tiers) ** 0.9 * skirt
            left += [(x - half, y), (x - half * 0.55, y - tall * 0.015)]
            right += [(x + half, y), (x + half * 0.55, y - tall * 0.015)]
        row.polygon([(x, base - tall - 3), *left, *reversed(right)])
    return row


def forest(canvas: Canvas, light: Light) -> None:
    """Slopes of conifers, or trunks and crowns with light falling through."""
    paint_sky(canvas, light, 1.0)
    if canvas.rng.random() < 0.45 and not light.scene.autumn:
        _slopes(canvas, light)
    else:
        _inside(canvas, light)
    paint_weather(canvas, light)


def _slopes(canvas: Canvas, light: Light) -> None:
    rng, fog = canvas.rng, light.scene.weather == "fog"
    for i in range(5):
        depth = 0.78 * (1 - i / 4) ** 1.1 + (0.1 if fog and i < 4 else 0.0)
        ground = HEIGHT * (0.30 + 0.15 * i) + 46 * curve(rng, 0.9)
        snowy = light.scene.weather == "snow"
        pines(canvas, light, ground, near=0.45 + 0.42 * i, count=80 - 11 * i, snowy=snowy, depth=depth)
        mist = below(ground + 10) * smooth(0.0, 0.12, ROWS - float(ground.mean()) / HEIGHT)
        canvas.over(mist, light.haze, (0.5 if fog else 0.26) * (1 - i / 6))


def _inside(canvas: Canvas, light: Light) -> None:
    rng, scene = canvas.rng, light.scene
    leaves, floor = ["#2f6b34", "#3f8040", "#5a9440", "#2a5a3c"], "#3c5a2c"
    if scene.autumn:
        leaves, floor = ["#c8571f", "#e08a1e", "#d9a520", "#a83a1c"], "#6d4a26"
    elif scene.weather == "snow":
        leaves, floor = ["#dfe7ee", "#c9d5e0", "#eef3f7"], "#dfe6ee"
    canvas.over(smooth(0.3, 0.9, ROWS) * np.ones_like(COLUMNS), light.on(colour(leaves[1]), 0.45), 0.8)
    for i in range(4):
        depth = (0.66, 0.44, 0.2, 0.0)[i] + (0.12 if scene.weather == "fog" and i < 3 else 0.0)
        ground = HEIGHT * (0.66 + 0.075 * i) + 10 * curve(rng, 1.2)
        canvas.over(below(ground), light.on(colour(floor), depth * 0.8))
        _trunks(canvas, light, ground, i, depth)
        _crowns(canvas, light, leaves, i, depth)
    if scene.time != "night" and scene.weather in ("clear", "fog"):
        _rays(canvas, light)
    canvas.over(smooth(0.86, 1.0, ROWS) * np.ones_like(COLUMNS), light.on(colour(floor)) * 0.45, 0.55)
    _litter(canvas, light, leaves)


def _trunks(canvas: Canvas, light: Light, ground: Field, layer: int, depth: float) -> None:
    """Bare stems with a lit side; the nearest are the fewest and thickest."""
    rng = canvas.rng
    bark = light.on(colour(str(rng.choice(["#33271f", "#3a2f2a", "#4a3d33"]))), depth)
    side = 1 if light.x > WIDTH / 2 else -1
    wood, lit = Stencil(), Stencil()
    for _ in range((22, 14, 8, 4)[layer]):
        x, wide = float(rng.uniform(0, WIDTH)), float(rng.uniform(0.6, 1.4)) * (2.2, 4, 7.5, 13)[layer]
        base = float(ground[int(np.clip(x, 0, WIDTH - 1))]) + wide
        top = x + wide * 0.9 * np.sin(x)
        foot = [
            (x + wide * 0.5, base - wide),
            (x + wide * 0.9, base),
            (x - wide * 0.9, base),
            (x - wide * 0.5, base - wide),
        ]
        wood.polygon([(top - wide * 0.32, -5), (top + wide * 0.32, -5), *foot])
        edge = side * wide * 0.42
        lit.line([(top + side * wide * 0.24, -5), (x + edge, base - wide)], wide * 0.16)
        for arm, at in ((-1, 0.30), (1, 0.42), (-1, 0.52)):
            y = base * at
            wood.line(
                [(x, y), (x + arm * wide * 1.8, y - wide * 1.4), (x + arm * wide * 3.4, y - wide * 4.5)],
                wide * 0.24,
            )
    canvas.stamp(wood, bark)
    canvas.light_up(lit, light.on(light.sun), 0.22 * (1 - depth), blur=0.6)


def _crowns(canvas: Canvas, light: Light, leaves: list[str], layer: int, depth: float) -> None:
    """Foliage: noise cut into clumps, thick at the top, each clump with a lit side."""
    rng = canvas.rng
    cells = ((26, 34), (18, 24), (12, 17), (9, 12))[layer]
    clumps = 0.72 * noise(rng, cells, 3) + 0.28 * noise(rng, (60, 80), 2)
    reach = (0.62, 0.48, 0.34, 0.22)[layer]
    mask = smooth(0.42, 0.47, clumps + 0.46 * (smooth(-0.25, 1.0, (reach - ROWS) / reach) - 0.66))
    lit = np.clip(relief(clumps, 4, 3 if light.x < WIDTH / 2 else -3, 7.0) + 0.5, 0, 1)
    picks = [light.on(colour(str(rng.choice(leaves))), depth) for _ in range(2)]
    patch = smooth(0.35, 0.65, noise(rng, (5, 7), 2))
    paint = (picks[0] + (picks[1] - picks[0]) * patch[..., None]) * (0.6 + 0.66 * lit[..., None])
    canvas.over(mask, paint.astype(np.float32), 0.96)


def _rays(canvas: Canvas, light: Light) -> None:
    slope = (light.x - WIDTH / 2) / WIDTH
    across = COLUMNS + (ROWS + 0.15) * slope * 1.4
    beam = np.interp(across, np.linspace(-1.2, 2.2, 90), canvas.rng.random(90) ** 3).astype(np.float32)
    canvas.shine(beam * smooth(-0.1, 0.3, ROWS) * smooth(-0.05, 0.5, 0.95 - ROWS), light.on(light.sun), 0.42)


def _litter(canvas: Canvas, light: Light, leaves: list[str]) -> None:
    """Leaves, or snow, or tufts on the ground."""
    for code in leaves[:3]:
        bits = Stencil()
        for x, y, s in canvas.rng.random((70, 3)):
            bits.oval(x * WIDTH, (0.72 + 0.28 * y) * HEIGHT, (0.8 + 2.6 * s) * y + 0.5, (0.5 + 1.2 * s) * y + 0.3)
        canvas.stamp(bits, light.on(colour(code)) * 0.9, 0.8)
