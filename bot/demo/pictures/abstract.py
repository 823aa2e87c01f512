"""Pictures of nothing but shapes and colours, each in one small palette."""

import numpy as np
from PIL.ImageDraw import ImageDraw

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Colour,
    colour,
    fine,
    mix,
    noise,
    oval,
    shape,
    smooth,
)
from bot.demo.pictures.sky import Light

_PALETTES = {
    "candy": ("#fff3e6", "#ff5d8f", "#ffb142", "#3ec1d3", "#8a5cf6", "#ffd93d"),
    "ocean": ("#eaf4f4", "#0b3954", "#087e8b", "#5bc0be", "#bfd7ea", "#ff9f6e"),
    "ember": ("#fbeee0", "#7d1128", "#d1495b", "#edae49", "#30343f", "#f26419"),
    "ink": ("#f3efe6", "#1d1e2c", "#59656f", "#ac9fbb", "#ddbdd5", "#c1292e"),
    "forest": ("#f1f0e0", "#1b4332", "#40916c", "#95d5b2", "#d9ae61", "#bc6c25"),
    "pastel": ("#fffaf3", "#f7c5cc", "#c5dff8", "#cdeac0", "#fde4a8", "#d7c6f2"),
    "mono": ("#f4f4f2", "#161616", "#4a4a4a", "#8c8c8c", "#c6c6c4", "#2a2a2a"),
    "retro": ("#f6e7cb", "#264653", "#2a9d8f", "#e9c46a", "#f4a261", "#e76f51"),
}


def _colours(light: Light) -> list[Colour]:
    return [colour(code) for code in _PALETTES[light.scene.palette]]


def _paper(canvas: Canvas) -> None:
    """A hint of paper grain, so that flat colour looks printed."""
    grain = noise(canvas.rng, (96, 128), 2)
    canvas.rgb *= 1.0 + ((grain - 0.5) * 0.07)[..., None]


def circles(canvas: Canvas, light: Light) -> None:
    """Rings within rings on a grid, or discs that overlap like coloured glass."""
    rng, colours = canvas.rng, _colours(light)
    if rng.random() < 0.5:
        _ring_grid(canvas, colours)
    else:
        canvas.wash([colours[0], mix(colours[0], colours[1], 0.12)])
        for _ in range(int(rng.integers(12, 20))):
            x, y, r = float(rng.uniform(0, WIDTH)), float(rng.uniform(0, HEIGHT)), float(rng.gamma(3.0, 19) + 10)
            paint = colours[int(rng.integers(1, 6))]
            disc = shape(lambda d, x=x, y=y, r=r: d.ellipse(oval(x, y, r), fill=255))  # type: ignore[misc]
            canvas.rgb *= 1.0 - (disc * 0.9)[..., None] * (1.0 - mix(paint, np.ones(3, dtype=np.float32), 0.12))
            if rng.random() < 0.35:
                hollow = shape(lambda d, x=x, y=y, r=r: d.ellipse(oval(x, y, r * 0.55), outline=255, width=5))  # type: ignore[misc]
                canvas.over(hollow, colours[0], 0.9)
    _paper(canvas)


def _ring_grid(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    across = int(rng.choice([4, 5, 8]))
    cell = WIDTH / across
    canvas.wash([colours[0], colours[0]])
    layers: dict[int, list[tuple[int, tuple[float, float, float, float]]]] = {}
    tiles: dict[int, list[tuple[float, float]]] = {}
    for row in range(int(np.ceil(HEIGHT / cell))):
        for column in range(across):
            x, y = (column + 0.5) * cell, (row + 0.5) * cell
            tiles.setdefault(int(rng.integers(0, 6)), []).append((x, y))
            rings = int(rng.integers(3, 6))
            for k in range(rings):
                r = cell * 0.47 * (1 - k / rings) + rng.uniform(-1, 1)
                layers.setdefault(k, []).append((int(rng.integers(0, 6)), oval(x, y, float(max(r, 1)))))
    for which, places in tiles.items():
        canvas.over(
            shape(lambda d, p=places: [d.rectangle(oval(x, y, cell / 2), fill=255) for x, y in p] and None),
            colours[which],
            0.9,
        )  # type: ignore[misc]
    for k in sorted(layers):
        for which in range(6):
            boxes = [box for c, box in layers[k] if c == which]
            if boxes:
                canvas.over(shape(lambda d, b=boxes: [d.ellipse(q, fill=255) for q in b] and None), colours[which])  # type: ignore[misc]


def stripes(canvas: Canvas, light: Light) -> None:
    """Flowing bands, or a striped sun, or woven lines."""
    rng, colours = canvas.rng, _colours(light)
    style = int(rng.integers(3))
    if style == 0:
        _bands(canvas, colours)
    elif style == 1:
        _rainbow(canvas, colours)
    else:
        _weave(canvas, colours)
    _paper(canvas)


def _bands(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    angle, count = float(rng.uniform(-0.9, 0.9)), int(rng.integers(9, 17))
    warp = 0.30 * (noise(rng, (2, 2), 2) - 0.5) + 0.05 * np.sin(COLUMNS * rng.uniform(4, 9) + ROWS * 3)
    at = (ROWS + COLUMNS * angle + warp + 2.0) * count
    order = rng.integers(0, 6, 200)
    order[1:] = np.where(order[1:] == order[:-1], (order[1:] + 1) % 6, order[1:])
    whole = np.floor(at).astype(int)
    edge = smooth(0.0, 0.035, (at - whole).astype(np.float32))
    table = np.stack(colours)
    here, before = table[order[whole % 200]], table[order[(whole - 1) % 200]]
    canvas.rgb[:] = before + (here - before) * edge[..., None]
    canvas.shade(np.exp(-((at - whole) * 5.0)).astype(np.float32), 0.20)


def _rainbow(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    canvas.wash([colours[0], mix(colours[0], colours[4], 0.5)])
    x, y = float(rng.uniform(0.25, 0.75)) * WIDTH, HEIGHT * float(rng.uniform(0.72, 1.0))
    radius, bands = float(rng.uniform(190, 300)), int(rng.integers(5, 9))
    start = int(rng.integers(5))
    for k in range(bands):
        r = radius * (1 - k / (bands + 1))
        canvas.over(shape(lambda d, r=r: d.ellipse(oval(x, y, r), fill=255)), colours[1 + (start + k) % 5])  # type: ignore[misc]
    for k in range(7):
        top = y - radius * 0.16 + k * 15
        canvas.over(
            shape(lambda d, t=top, k=k: d.rectangle([0, t * 2, WIDTH * 2, (t + 3 + k) * 2], fill=255)), colours[0]
        )  # type: ignore[misc]


def _weave(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    canvas.wash([colours[1], mix(colours[1], colours[2], 0.4)])
    for _ in range(int(rng.integers(26, 40))):
        across = rng.random() < 0.5
        wide, at = float(rng.uniform(3, 20)), float(rng.uniform(0, 1))
        ends = (
            [(-10, at * HEIGHT), (WIDTH + 10, at * HEIGHT)]
            if across
            else [(at * WIDTH, -10), (at * WIDTH, HEIGHT + 10)]
        )
        mask = shape(lambda d, e=ends, w=wide: d.line(fine(e), fill=255, width=int(w * 2)))  # type: ignore[misc]
        canvas.over(mask, colours[int(rng.choice([0, 2, 3, 4, 5]))], 0.74)


def mosaic(canvas: Canvas, light: Light) -> None:
    """Low facets, quarter-circle tiles or triangles."""
    rng, colours = canvas.rng, _colours(light)
    if rng.random() < 0.5:
        _facets(canvas, colours)
    else:
        _tiles(canvas, colours)
    _paper(canvas)


def _facets(canvas: Canvas, colours: list[Colour]) -> None:
    """Triangles between shaken grid points, coloured by a gradient that runs across them."""
    rng = canvas.rng
    across, down = 10, 8
    xs = np.linspace(-30, WIDTH + 30, across + 1)[None, :] + rng.normal(0, 11, (down + 1, across + 1))
    ys = np.linspace(-30, HEIGHT + 30, down + 1)[:, None] + rng.normal(0, 11, (down + 1, across + 1))
    angle = rng.uniform(0, 6.3)
    from PIL import Image as Pil  # noqa: PLC0415
    from PIL import ImageDraw as Draw  # noqa: PLC0415

    image = Pil.new("RGB", (WIDTH * 2, HEIGHT * 2))
    draw = Draw.Draw(image)
    ramp = np.stack([colours[i] for i in rng.permutation(np.arange(1, 6))])
    for r in range(down):
        for c in range(across):
            a, b, e, f = (
                (float(xs[i, j]), float(ys[i, j])) for i, j in ((r, c), (r, c + 1), (r + 1, c), (r + 1, c + 1))
            )
            for corners in ((a, b, e), (b, f, e)) if rng.random() < 0.5 else ((a, b, f), (a, f, e)):
                mx, my = sum(p[0] for p in corners) / 3 / WIDTH, sum(p[1] for p in corners) / 3 / HEIGHT
                t = (
                    np.clip(
                        0.5
                        + (mx - 0.5) * np.cos(angle) * 0.8
                        + (my - 0.5) * np.sin(angle) * 0.8
                        + rng.normal(0, 0.07),
                        0,
                        0.999,
                    )
                    * 4
                )
                tone = mix(ramp[int(t)], ramp[int(t) + 1], float(t % 1)) * float(rng.uniform(0.88, 1.12))
                draw.polygon(fine(corners), fill=tuple(int(v) for v in np.clip(tone * 255, 0, 255)))
    canvas.rgb[:] = np.asarray(image.reduce(2), dtype=np.float32) / 255


def _tiles(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    cell = int(rng.choice([48, 64]))
    canvas.wash([colours[0], colours[0]])
    grounds: dict[int, list[tuple[int, int]]] = {}
    arcs: dict[int, list[tuple[int, int, int, int]]] = {}
    for x in range(0, WIDTH, cell):
        for y in range(0, HEIGHT, cell):
            first, second = rng.choice(6, 2, replace=False)
            grounds.setdefault(int(first), []).append((x, y))
            arcs.setdefault(int(second), []).append((x, y, int(rng.integers(4)), int(rng.integers(4))))

    def ground(draw: ImageDraw, places: list[tuple[int, int]]) -> None:
        for x, y in places:
            draw.rectangle([x * 2, y * 2, (x + cell) * 2, (y + cell) * 2], fill=255)

    def arc(draw: ImageDraw, places: list[tuple[int, int, int, int]]) -> None:
        for x, y, turn, form in places:
            cx, cy = x + (turn % 2) * cell, y + (turn // 2) * cell
            start = {0: 0, 1: 90, 2: 270, 3: 180}[turn]
            if form == 3:
                draw.polygon(fine([(x, y), (x + cell, y), (cx, y + cell)]), fill=255)
            elif form == 2:
                draw.ellipse(oval(x + cell / 2, y + cell / 2, cell * 0.36), fill=255)
            else:
                draw.pieslice(oval(cx, cy, cell * (1.0 if form else 0.66)), start, start + 90, fill=255)

    for which, places in grounds.items():
        canvas.over(shape(lambda d, p=places: ground(d, p)), colours[which])  # type: ignore[misc]
    for which, pieces in arcs.items():
        canvas.over(shape(lambda d, p=pieces: arc(d, p)), colours[which])  # type: ignore[misc]
