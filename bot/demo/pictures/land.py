"""Mountains, forests, deserts and meadows: layers of land that fade into the distance."""

import numpy as np
from PIL.ImageDraw import ImageDraw

from bot.demo.pictures.canvas import (
    COLUMNS,
    FINE,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Colour,
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
from bot.demo.pictures.sky import Light, lightning, paint_sky, paint_weather
from bot.demo.pictures.water import lake


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
        tall = HEIGHT * (0.34 - 0.045 * i)
        line = high + tall * (1 - ridge(rng, 4 + i))
        body = below(line)
        canvas.over(body, light.on(mix(rock, colour("#22303c"), i / layers), depth))
        _rock(canvas, line, body, light, depth, snowline=0.42 + 0.5 * (i / layers) - (0.7 if snowy else 0.0))
        canvas.over(body * smooth(0.0, 0.35, ROWS - 0.42 - 0.12 * i), light.haze, 0.30 * (1 - i / layers))
    if scene.has_water:
        lake(canvas, light, 0.80)
    ground = HEIGHT * (0.93 if scene.has_water else 0.84) + 16 * curve(rng, 1.0)
    pines(canvas, light, ground, near=1.0, count=46, snowy=snowy)
    paint_weather(canvas, light)


def _rock(canvas: Canvas, line: Field, body: Field, light: Light, depth: float, snowline: float) -> None:
    """Faces turned to and from the light, and snow above a line that wanders."""
    rng = canvas.rng
    down = (np.arange(HEIGHT, dtype=np.float32)[:, None] - line[None, :]) / HEIGHT
    grain = noise(rng, (7, 12), 5)
    facets = np.clip((grain - np.roll(grain, (3, 5 if light.x < WIDTH / 2 else -5), (0, 1))) * 7, -1, 1)
    low, high = float(line.min()), float(line.max())
    height = (high - line[None, :]) / max(high - low, 1.0)
    cover = smooth(0.0, 0.07, height * 0.34 * (1 - snowline) - down + (grain - 0.5) * 0.20) * body
    if snowline < 1.0:
        white = light.on(colour("#f4f7fb"), depth * 0.75)
        canvas.over(cover, white, 0.93)
    canvas.shade(body * np.clip(-facets, 0, 1), 0.30 * (1 - depth))
    canvas.shine(body * np.clip(facets, 0, 1), light.on(light.sun), 0.16 * (1 - depth))


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
    mask = np.maximum(below(ground), shape(lambda d: _pines(d, trees, ground)))
    canvas.over(mask, paint)
    canvas.over(below(ground) * smooth(0.0, 0.25, ROWS - float(ground.min()) / HEIGHT), paint * 0.6, 0.7)
    if snowy:
        lifted = shape(lambda d: _pines(d, [(x - 1.2, h * 0.97) for x, h in trees], ground - 1.5, skirt=0.55))
        canvas.over(lifted * smooth(0.4, 0.62, noise(rng, (40, 50), 2)), light.on(colour("#f2f6fa"), depth), 0.85)
        canvas.over(below(ground + 3), light.on(colour("#e8eef5"), depth), 0.92)


def _pines(draw: ImageDraw, trees: list[tuple[float, float]], ground: Field, skirt: float = 1.0) -> None:
    for x, tall in trees:
        base = float(ground[int(np.clip(x, 0, WIDTH - 1))]) + 4
        left, right = [], []
        tiers = 7
        for k in range(tiers):
            y = base - tall + tall * (k + 1) / tiers
            half = tall * 0.24 * ((k + 1) / tiers) ** 0.9 * skirt
            left += [(x - half, y), (x - half * 0.55, y - tall * 0.015)]
            right += [(x + half, y), (x + half * 0.55, y - tall * 0.015)]
        draw.polygon(fine([(x, base - tall - 3), *left, *reversed(right)]), fill=255)


def forest(canvas: Canvas, light: Light) -> None:
    """Trunks and crowns in four depths, with light falling through."""
    rng, scene = canvas.rng, light.scene
    paint_sky(canvas, light, 1.0)
    snowy = scene.weather == "snow"
    if rng.random() < 0.45 and not scene.autumn:
        _conifer_slopes(canvas, light, snowy=snowy)
        paint_weather(canvas, light)
        return
    leaves = (
        ["#c8571f", "#e08a1e", "#d9a520", "#a83a1c"]
        if scene.autumn
        else ["#2f6b34", "#3f8040", "#5a9440", "#2a5a3c"]
    )
    if snowy:
        leaves = ["#dfe7ee", "#c9d5e0", "#eef3f7"]
    floor = {True: "#dfe6ee", False: "#6d4a26" if scene.autumn else "#3c5a2c"}[snowy]
    canvas.over(smooth(0.3, 0.9, ROWS) * np.ones_like(COLUMNS), light.on(colour(leaves[1]), 0.45), 0.8)
    for i in range(4):
        depth = (0.66, 0.44, 0.2, 0.0)[i] + (0.12 if scene.weather == "fog" and i < 3 else 0.0)
        ground = HEIGHT * (0.66 + 0.075 * i) + 10 * curve(rng, 1.2)
        canvas.over(below(ground), light.on(colour(floor), depth * 0.8))
        trunks = [
            (float(rng.uniform(0, WIDTH)), float(rng.uniform(0.6, 1.4)) * (2.2, 4, 7.5, 13)[i])
            for _ in range((22, 14, 8, 4)[i])
        ]
        canvas.over(shape(lambda d, t=trunks, g=ground: _trunks(d, t, g)), light.on(colour("#33271f"), depth))  # type: ignore[misc]
        _crowns(canvas, light, leaves, i, depth)
    if scene.time != "night" and scene.weather in ("clear", "fog"):
        _rays(canvas, light)
    canvas.over(smooth(0.86, 1.0, ROWS) * np.ones_like(COLUMNS), light.on(colour(floor)) * 0.45, 0.55)
    _litter(canvas, light, leaves)
    paint_weather(canvas, light)


def _trunks(draw: ImageDraw, trunks: list[tuple[float, float]], ground: Field) -> None:
    for x, wide in trunks:
        base = float(ground[int(np.clip(x, 0, WIDTH - 1))]) + wide
        lean = wide * 0.9 * np.sin(x)
        draw.polygon(
            fine([(x + lean - wide * 0.32, -5), (x + lean + wide * 0.32, -5), (x + wide * 0.5, base - wide), (x + wide * 0.9, base), (x - wide * 0.9, base), (x - wide * 0.5, base - wide)]),
            fill=255,
        )  # fmt: skip
        for side, at in ((-1, 0.30), (1, 0.42), (-1, 0.52)):
            y = base * at
            draw.line(
                fine([(x, y), (x + side * wide * 4, y - wide * 4.5)]), fill=255, width=max(1, int(wide * 0.5))
            )


def _crowns(canvas: Canvas, light: Light, leaves: list[str], layer: int, depth: float) -> None:
    """Foliage: noise cut into clumps, thick at the top, each clump with a lit side."""
    rng = canvas.rng
    cells = ((20, 26), (14, 18), (9, 12), (6, 8))[layer]
    clumps = noise(rng, cells, 4)
    reach = (0.62, 0.48, 0.34, 0.20)[layer]
    mask = smooth(0.42, 0.50, clumps + 0.42 * (smooth(-0.2, 1.0, (reach - ROWS) / reach) - 0.62))
    lit = np.clip((clumps - np.roll(clumps, (5, 4), (0, 1))) * 8 + 0.5, 0, 1)
    picks = [light.on(colour(str(rng.choice(leaves))), depth) for _ in range(2)]
    patch = smooth(0.35, 0.65, noise(rng, (5, 7), 2))
    paint = picks[0] + (picks[1] - picks[0]) * patch[..., None]
    paint = paint * (0.62 + 0.62 * lit[..., None])
    canvas.over(mask, paint.astype(np.float32), 0.96)


def _rays(canvas: Canvas, light: Light) -> None:
    slope = (light.x - WIDTH / 2) / WIDTH
    across = COLUMNS + (ROWS + 0.15) * slope * 1.4
    beam = np.interp(across, np.linspace(-1.2, 2.2, 90), canvas.rng.random(90) ** 3).astype(np.float32)
    canvas.shine(beam * smooth(-0.1, 0.3, ROWS) * smooth(-0.05, 0.5, 0.95 - ROWS), light.on(light.sun), 0.42)


def _litter(canvas: Canvas, light: Light, leaves: list[str]) -> None:
    """Leaves, or snow, or tufts on the ground."""
    rng = canvas.rng
    for code in leaves[:3]:
        spots = rng.random((70, 3))

        def paint(draw: ImageDraw, spots: Field = spots) -> None:
            for x, y, s in spots:
                near = 0.72 + 0.28 * y
                draw.ellipse(
                    oval(x * WIDTH, near * HEIGHT, (0.8 + 2.6 * s) * y + 0.5, (0.5 + 1.2 * s) * y + 0.3), fill=255
                )

        canvas.over(shape(paint), light.on(colour(code)) * 0.9, 0.8)


def _conifer_slopes(canvas: Canvas, light: Light, *, snowy: bool) -> None:
    rng, fog = canvas.rng, light.scene.weather == "fog"
    for i in range(5):
        depth = 0.78 * (1 - i / 4) ** 1.1 + (0.1 if fog and i < 4 else 0.0)
        ground = HEIGHT * (0.30 + 0.15 * i) + 46 * curve(rng, 0.9)
        pines(canvas, light, ground, near=0.45 + 0.42 * i, count=80 - 11 * i, snowy=snowy, depth=depth)
        canvas.over(
            below(ground + 10) * smooth(0.0, 0.12, ROWS - float(ground.mean()) / HEIGHT),
            light.haze,
            0.5 if fog else 0.26,
        )


def desert(canvas: Canvas, light: Light) -> None:
    """Dunes with one side in the sun, ripples, and sometimes cacti."""
    rng, scene = canvas.rng, light.scene
    paint_sky(canvas, light, 0.62)
    sand = colour(str(rng.choice(["#d99a56", "#e0b070", "#c97f4a", "#d8a878"])))
    if rng.random() < 0.5:
        line = HEIGHT * 0.44 + 40 * (1 - ridge(rng, 5, 4, 0.35))
        canvas.over(below(line), light.on(colour("#a8604a"), 0.55))
    for i in range(5):
        depth = 0.6 * (1 - i / 4) ** 1.4
        line = HEIGHT * (0.50 + 0.105 * i) + (34 + 12 * i) * curve(rng, 0.7 + 0.25 * (4 - i))
        body = below(line)
        tone = light.on(mix(sand, colour("#b06a3c"), 0.10 * i), depth)
        canvas.over(body, tone)
        _dune(canvas, light, line, body, i)
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(1, 4))):
            x = float(rng.uniform(0.08, 0.92)) * WIDTH
            tall = float(rng.uniform(26, 64))
            canvas.over(
                shape(lambda d, x=x, t=tall: _cactus(d, x, HEIGHT * 0.86, t)), light.on(colour("#2f4a34")) * 0.75
            )  # type: ignore[misc]
    if scene.weather == "storm":
        dust = smooth(0.25, 0.8, noise(rng, (3, 2), 5))
        canvas.over(dust, light.on(colour("#b98a5a"), 0.2), 0.72)


def _dune(canvas: Canvas, light: Light, line: Field, body: Field, i: int) -> None:
    """The slip face in shade along a winding crest, and wind ripples on the near dunes."""
    slope = np.gradient(line)
    away = slope if light.x < WIDTH / 2 else -slope
    down = (np.arange(HEIGHT, dtype=np.float32)[:, None] - line[None, :]) / HEIGHT
    shade = np.clip(away * 2.2, 0, 1)[None, :] * np.exp(-np.clip(down, 0, 1) * 9)
    lit = np.clip(-away * 2.2, 0, 1)[None, :] * np.exp(-np.clip(down, 0, 1) * 7)
    canvas.shade(body * shade, 0.55)
    canvas.shine(body * lit, light.on(light.sun), 0.5)
    canvas.shine(body * np.exp(-(((down - 0.004) / 0.006) ** 2)), light.on(light.sun), 0.35)
    if i >= 3:
        warp = noise(canvas.rng, (4, 4), 3)
        ripple = np.sin((down * 190 / (1 + 1.5 * np.clip(down, 0, 1))) + warp * 22 + COLUMNS * 9)
        canvas.shade(body * np.clip(ripple, 0, 1).astype(np.float32) * smooth(0.0, 0.1, down), 0.09)


def _cactus(draw: ImageDraw, x: float, y: float, tall: float) -> None:
    wide = tall * 0.15
    draw.rounded_rectangle(oval(x, y - tall / 2, wide / 2, tall / 2), radius=wide * FINE / 2, fill=255)
    for side, at, up in ((-1, 0.45, 0.34), (1, 0.6, 0.28)):
        ax, ay = x + side * wide * 1.6, y - tall * at
        draw.line(fine([(x, ay), (ax, ay)]), fill=255, width=int(wide * 0.7 * FINE))
        draw.rounded_rectangle(
            oval(ax, ay - tall * up / 2, wide * 0.38, tall * up / 2 + wide * 0.3),
            radius=wide * 0.38 * FINE,
            fill=255,
        )


def meadow(canvas: Canvas, light: Light) -> None:
    """Green hills, a tree, and flowers that grow smaller into the distance."""
    rng = canvas.rng
    paint_sky(canvas, light, 0.66)
    if light.scene.weather == "storm":
        lightning(canvas, 0, HEIGHT * 0.5)
    greens = [colour(c) for c in ("#7fae6a", "#6fa653", "#5d9a43", "#4f8d3a")]
    for i, green in enumerate(greens):
        depth = (0.62, 0.36, 0.14, 0.0)[i]
        line = HEIGHT * (0.47 + 0.075 * i) + (40 - 6 * i) * curve(rng, 0.8)
        body = below(line)
        canvas.over(body, light.on(green, depth))
        down = np.clip((np.arange(HEIGHT, dtype=np.float32)[:, None] - line[None, :]) / HEIGHT, 0, 1)
        canvas.shine(body * np.exp(-down * 22), light.on(light.sun), 0.24)
        canvas.shade(body * noise(rng, (12, 8), 4) * smooth(0.0, 0.3, down), 0.34)
        if i == 1 and rng.random() < 0.8:
            x = float(rng.uniform(0.15, 0.85)) * WIDTH
            _tree(canvas, light, x, float(line[int(x)]) + 3, float(rng.uniform(38, 70)), depth)
    _grass(canvas, light)
    hues = [
        ("#ffffff", "#f7d842", "#e8486a"),
        ("#f7d842", "#ff9a3d", "#ffffff"),
        ("#b07cf0", "#ffffff", "#6f8cff"),
        ("#e8324a", "#f2684a", "#ffffff"),
    ]
    for code in hues[int(rng.integers(len(hues)))]:
        _flowers(canvas, light, colour(code))
    paint_weather(canvas, light)


def _tree(canvas: Canvas, light: Light, x: float, y: float, tall: float, depth: float) -> None:
    rng = canvas.rng
    blobs = [
        (x + rng.normal(0, tall * 0.22), y - tall * (0.68 + rng.normal(0, 0.13)), tall * rng.uniform(0.13, 0.24))
        for _ in range(16)
    ]
    canvas.over(
        shape(
            lambda d: d.polygon(
                fine(
                    [
                        (x - tall * 0.05, y),
                        (x - tall * 0.02, y - tall * 0.6),
                        (x + tall * 0.02, y - tall * 0.6),
                        (x + tall * 0.05, y),
                    ]
                ),
                fill=255,
            )
        ),
        light.on(colour("#3d2d22"), depth),
    )
    side = -1 if light.x < x else 1
    for dx, code in ((0.0, "#2d5a2e"), (0.05 * side, "#4c8440"), (0.11 * side, "#7fb257")):
        scale = 1.0 - abs(dx) * 3.4

        def paint(draw: ImageDraw, dx: float = dx, scale: float = scale) -> None:
            for bx, by, r in blobs:
                draw.ellipse(oval(bx + dx * tall, by - abs(dx) * tall * 0.7, r * scale), fill=255)

        canvas.over(
            shape(paint, 0.6) * smooth(0.25, 0.45, noise(rng, (50, 66), 2)), light.on(colour(code), depth), 0.95
        )


def _grass(canvas: Canvas, light: Light) -> None:
    rng = canvas.rng
    for code, count in (("#3f7a30", 260), ("#8fc060", 170)):
        blades = rng.random((count, 3))

        def paint(draw: ImageDraw, blades: Field = blades) -> None:
            for x, y, s in blades:
                near = y**0.5
                px, py, tall = x * WIDTH, HEIGHT * (0.78 + 0.26 * near), 5 + 24 * near * (0.5 + s)
                draw.line(
                    fine([(px, py), (px + (s - 0.5) * tall * 0.7, py - tall)]), fill=int(90 + 110 * s), width=2
                )

        canvas.over(shape(paint), light.on(colour(code)), 0.55)


def _flowers(canvas: Canvas, light: Light, paint_with: Colour) -> None:
    """Blossoms whose size and spacing follow perspective."""
    spots = canvas.rng.random((150, 3))

    def paint(draw: ImageDraw) -> None:
        for x, y, s in spots:
            near = y**0.8
            size = 0.6 + 4.6 * near**2 * (0.6 + 0.7 * s)
            draw.ellipse(oval(x * WIDTH, HEIGHT * (0.70 + 0.31 * near), size, size * 0.8), fill=255)

    mask = shape(paint, 0.35)
    canvas.over(mask, light.on(paint_with), 0.95)
    canvas.shade(mask * smooth(0.4, 0.6, noise(canvas.rng, (90, 120), 1)), 0.16)
