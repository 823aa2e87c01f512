"""Pictures of nothing but shapes and colours, each in one small palette."""

import numpy as np
from PIL import Image as Pil
from PIL import ImageDraw

from bot.demo.pictures.canvas import (
    COLUMNS,
    FINE,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Colour,
    Stencil,
    colour,
    exp,
    mix,
    noise,
    sin,
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
        for _ in range(int(rng.integers(14, 22))):
            x, y, r = float(rng.uniform(0, WIDTH)), float(rng.uniform(0, HEIGHT)), float(rng.gamma(3.0, 19) + 10)
            glass = mix(colours[int(rng.integers(1, 6))], np.ones(3, dtype=np.float32), 0.12)
            where, disc = Stencil().oval(x, y, r).patch()
            canvas.rgb[where] *= 1.0 - (disc * 0.9)[..., None] * (1.0 - glass)
            if rng.random() < 0.35:
                canvas.stamp(Stencil().ring(x, y, r * 0.55, 1.6), colours[0], 0.9)
    _paper(canvas)


def _ring_grid(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    across = int(rng.choice([4, 5, 8]))
    cell = WIDTH / across
    for row in range(int(np.ceil(HEIGHT / cell))):
        for column in range(across):
            x, y = (column + 0.5) * cell, (row + 0.5) * cell
            last = int(rng.integers(6))
            half = cell / 2
            canvas.stamp(Stencil().box(x - half, y - half, x + half, y + half), colours[last])
            rings = int(rng.integers(3, 6))
            for k in range(rings):
                last = int(rng.choice([c for c in range(6) if c != last]))
                canvas.stamp(Stencil().oval(x, y, cell * 0.46 * (1 - k / rings)), colours[last])


def stripes(canvas: Canvas, light: Light) -> None:
    """Flowing bands, or a striped sun, or woven lines."""
    paint = (_bands, _rainbow, _weave)[int(canvas.rng.integers(3))]
    paint(canvas, _colours(light))
    _paper(canvas)


def _bands(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    angle, count = float(rng.uniform(-0.9, 0.9)), int(rng.integers(9, 17))
    warp = 0.30 * (noise(rng, (2, 2), 2) - 0.5) + 0.05 * sin(COLUMNS * rng.uniform(4, 9) + ROWS * 3)
    at = (ROWS + COLUMNS * angle + warp + 2.0) * count
    order = rng.integers(0, 6, 200)
    for k in range(1, 200):
        order[k] = (order[k] + 1) % 6 if order[k] == order[k - 1] else order[k]
    whole = np.floor(at).astype(int)
    edge = smooth(0.0, 0.035, (at - whole).astype(np.float32))
    table = np.stack(colours)
    here, before = table[order[whole % 200]], table[order[(whole - 1) % 200]]
    canvas.rgb[:] = before + (here - before) * edge[..., None]
    canvas.shade(exp(-((at - whole) * 5.0)), 0.20)


def _rainbow(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    canvas.wash([colours[0], mix(colours[0], colours[4], 0.5)])
    x, y = float(rng.uniform(0.25, 0.75)) * WIDTH, HEIGHT * float(rng.uniform(0.72, 1.0))
    radius, bands, start = float(rng.uniform(190, 300)), int(rng.integers(5, 9)), int(rng.integers(5))
    for k in range(bands):
        canvas.stamp(Stencil().oval(x, y, radius * (1 - k / (bands + 1))), colours[1 + (start + k) % 5])
    blinds = Stencil()
    for k in range(7):
        top = y - radius * 0.16 + k * 15
        blinds.box(0, top, WIDTH, top + 3 + k)
    canvas.stamp(blinds, colours[0])


def _weave(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    canvas.wash([colours[1], mix(colours[1], colours[2], 0.4)])
    for _ in range(int(rng.integers(26, 40))):
        wide, at = float(rng.uniform(3, 20)), float(rng.uniform(0, 1))
        across = [(-10.0, at * HEIGHT), (WIDTH + 10.0, at * HEIGHT)]
        down = [(at * WIDTH, -10.0), (at * WIDTH, HEIGHT + 10.0)]
        thread = Stencil().line(across if rng.random() < 0.5 else down, wide)
        canvas.stamp(thread, colours[int(rng.choice([0, 2, 3, 4, 5]))], 0.74)


def mosaic(canvas: Canvas, light: Light) -> None:
    """Low facets, or tiles of quarter circles, triangles and dots."""
    paint = (_facets, _tiles)[int(canvas.rng.integers(2))]
    paint(canvas, _colours(light))
    _paper(canvas)


def _facets(canvas: Canvas, colours: list[Colour]) -> None:
    """Triangles between shaken grid points, coloured by a gradient that runs across them."""
    rng = canvas.rng
    across, down = 10, 8
    xs = np.linspace(-30, WIDTH + 30, across + 1)[None, :] + rng.normal(0, 11, (down + 1, across + 1))
    ys = np.linspace(-30, HEIGHT + 30, down + 1)[:, None] + rng.normal(0, 11, (down + 1, across + 1))
    angle = float(rng.uniform(0, 6.3))
    ramp = [colours[i] for i in rng.permutation(np.arange(1, 6))]
    image = Pil.new("RGB", (WIDTH * FINE, HEIGHT * FINE))
    draw = ImageDraw.Draw(image)
    for r in range(down):
        for c in range(across):
            grid = [
                (float(xs[i, j]), float(ys[i, j])) for i, j in ((r, c), (r, c + 1), (r + 1, c), (r + 1, c + 1))
            ]
            for corners in ((0, 1, 2), (1, 3, 2)) if rng.random() < 0.5 else ((0, 1, 3), (0, 3, 2)):
                points = [grid[k] for k in corners]
                dx, dy = (
                    np.mean([p[0] for p in points]) / WIDTH - 0.5,
                    np.mean([p[1] for p in points]) / HEIGHT - 0.5,
                )
                t = 0.5 + 0.8 * (dx * np.cos(angle) + dy * np.sin(angle)) + rng.normal(0, 0.07)
                at = float(np.clip(t, 0, 0.999)) * 4
                tone = mix(ramp[int(at)], ramp[int(at) + 1], at % 1) * np.float32(rng.uniform(0.88, 1.12))
                red, green, blue = (int(v) for v in np.clip(tone * 255, 0, 255))
                draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=(red, green, blue))
    canvas.rgb[:] = np.asarray(image.reduce(FINE), dtype=np.float32) / 255


def _tiles(canvas: Canvas, colours: list[Colour]) -> None:
    rng = canvas.rng
    cell = int(rng.choice([48, 64]))
    for x in range(0, WIDTH, cell):
        for y in range(0, HEIGHT, cell):
            ground, figure = (colours[int(i)] for i in rng.choice(6, 2, replace=False))
            turn, form = int(rng.integers(4)), int(rng.integers(4))
            cx, cy = x + (turn % 2) * cell, y + (turn // 2) * cell
            canvas.stamp(Stencil().box(x, y, x + cell, y + cell), ground)
            if form == 3:
                canvas.stamp(Stencil().polygon([(x, y), (x + cell, y), (cx, y + cell)]), figure)
            elif form == 2:
                canvas.stamp(Stencil().oval(x + cell / 2, y + cell / 2, cell * 0.36), figure)
            else:
                start, reach = (0, 90, 270, 180)[turn], cell * (1.0 if form else 0.66)
                canvas.stamp(Stencil().pie(cx, cy, (reach, reach), start=start, end=start + 90), figure)
