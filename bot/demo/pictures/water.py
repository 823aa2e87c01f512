"""Water: the sea in all its moods, and the mirror of a lake."""

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
    depth_below,
    exp,
    mix,
    noise,
    raised,
    ridge,
    sin,
    single,
    smooth,
)
from bot.demo.pictures.sky import Light, lightning, paint_sky, paint_weather


def lake(canvas: Canvas, light: Light, horizon: float, ripple: float = 1.0) -> None:
    """Mirror all above a horizon into the rows below it, with ripples that grow towards the viewer."""
    rng = canvas.rng
    top = int(horizon * HEIGHT)
    rows = np.arange(HEIGHT - top)
    near = rows / max(len(rows), 1)
    squeeze = 1.0 + 1.2 * near
    offset = np.cumsum(rng.normal(0, 0.9, len(rows))) * 0.6
    source = np.clip(top - 2 - rows * squeeze + offset * ripple * near * 3, 0, top - 1).astype(int)
    mirror = canvas.rgb[source]
    sway = (np.sin(rows * 0.9) * 2.2 * near * ripple).astype(int)
    for i, shift in enumerate(sway):
        if shift:
            mirror[i] = np.roll(mirror[i], shift, axis=0)
    tone = mix(light.stops[0], light.on(colour("#1d3a4a")), 0.5)
    canvas.rgb[top:] = mirror * 0.72 + tone * 0.24
    glints = noise(rng, (90, 5), 2)[top:]
    canvas.rgb[top:] += (smooth(0.62, 0.8, glints) * 0.10 * (0.4 + near[:, None]))[..., None] * light.sun
    line = exp(-(((ROWS - horizon) / 0.006) ** 2)) * np.ones_like(COLUMNS)
    canvas.shine(line.astype(np.float32), light.haze, 0.35)


def sea(canvas: Canvas, light: Light) -> None:
    """Calm, grey or raging, with a shore, a boat or a cliff now and then."""
    rng, scene = canvas.rng, light.scene
    horizon = float(rng.uniform(0.48, 0.58))
    if scene.time == "dusk":
        light.y = (horizon - float(rng.uniform(0.03, 0.16))) * HEIGHT
    paint_sky(canvas, light, horizon)
    if scene.weather == "storm":
        lightning(canvas, 0, horizon * HEIGHT)
        _raging(canvas, light, horizon)
        paint_weather(canvas, light)
        return
    _calm(canvas, light, horizon)
    if rng.random() < 0.45:
        _islands(canvas, light, horizon)
    if rng.random() < 0.5:
        _boat(canvas, light, horizon)
    if scene.time == "day" and rng.random() < 0.5:
        _beach(canvas, light)
    paint_weather(canvas, light)


def _calm(canvas: Canvas, light: Light, horizon: float) -> None:
    rng = canvas.rng
    body = smooth(0.0, 0.004, ROWS - horizon) * np.ones_like(COLUMNS)
    near = np.clip((ROWS - horizon) / (1 - horizon), 0, 1)
    deep = light.on(colour(str(rng.choice(["#12566e", "#0f4a78", "#1a6a74", "#0d3f5e"]))))
    far = mix(light.stops[-1], deep, 0.42)
    paint = far + (deep * 0.8 - far) * raised(near, 0.7)[..., None]
    canvas.over(body, paint.astype(np.float32))
    rows = raised(near, 0.45) * 60
    waves = sin(rows * 5.2 + noise(rng, (14, 9), 4) * 26 + COLUMNS * 5) * smooth(0.3, 0.75, noise(rng, (40, 7), 3))
    canvas.shine(body * np.clip(waves, 0, 1).astype(np.float32), mix(light.stops[-1], light.sun, 0.4), 0.34)
    canvas.shade(body * np.clip(-waves, 0, 1).astype(np.float32), 0.26)
    if light.scene.has_sun or light.scene.has_moon:
        width = 0.035 + 0.10 * near
        path = exp(-(((COLUMNS - light.x / WIDTH) / width) ** 2))
        flakes = smooth(0.50, 0.66, noise(rng, (70, 16), 3))
        canvas.shine((body * path * (0.22 + flakes)).astype(np.float32), light.sun, 0.85)


def _islands(canvas: Canvas, light: Light, horizon: float) -> None:
    rng = canvas.rng
    centre, wide = rng.uniform(0.1, 0.9), rng.uniform(0.12, 0.3)
    bump = exp(-(((COLUMNS[0] - centre) / wide) ** 2))
    line = horizon * HEIGHT - bump * (14 + 44 * ridge(rng, 6)) + 2
    mask = below(line.astype(np.float32)) * smooth(0.0, 0.006, horizon + 0.004 - ROWS) * smooth(0.02, 0.1, bump)
    canvas.over(mask, light.on(colour("#33465a"), 0.45))


def _boat(canvas: Canvas, light: Light, horizon: float) -> None:
    rng = canvas.rng
    x, y = float(rng.uniform(0.15, 0.85)) * WIDTH, (horizon + float(rng.uniform(0.03, 0.14))) * HEIGHT
    s = 10 + 95 * (y / HEIGHT - horizon)

    low = y - s * 0.28
    hull = Stencil().polygon([(x - s, low), (x + s * 1.1, low), (x + s * 0.75, y), (x - s * 0.7, y)])
    hull.line([(x, y - s * 0.2), (x, y - s * 2.5)], 0.8)
    sails = Stencil().polygon([(x + 1.2, y - s * 2.4), (x + s, y - s * 0.5), (x + 1.2, y - s * 0.45)])
    sails.polygon([(x - 1.5, y - s * 2.2), (x - s * 0.8, y - s * 0.5), (x - 1.5, y - s * 0.45)])
    mirror = Stencil().polygon([(x - s * 0.7, y + 1), (x + s * 0.75, y + 1), (x + s * 0.1, y + s * 1.7)])
    canvas.stamp(mirror, canvas.rgb[int(y) - 1, int(x)] * 0.3, 0.45, blur=1.6)
    canvas.stamp(hull, light.on(colour("#5a2f22"), 0.1))
    canvas.stamp(sails, light.on(colour(str(rng.choice(["#f7f1e4", "#e86a4a", "#f2d08a"])))))


def _beach(canvas: Canvas, light: Light) -> None:
    rng = canvas.rng
    line = HEIGHT * 0.86 + 34 * curve(rng, 0.8)
    for shift, paint, opacity in (
        (-9.0, "#bfe6e0", 0.5),
        (-3.0, "#ffffff", 0.85),
        (2.0, "#b89a6c", 0.9),
        (8.0, "#e4cf9f", 1.0),
    ):
        wobble = 3.0 * ridge(rng, 24, 3)
        canvas.over(below((line + shift + wobble).astype(np.float32)), light.on(colour(paint)), opacity)
    grain = noise(rng, (120, 160), 1)
    canvas.shade(below(line + 8) * smooth(0.5, 0.8, grain), 0.10)


def _raging(canvas: Canvas, light: Light, horizon: float) -> None:
    """Wave behind wave with torn white crests; a small ship that has seen better days."""
    rng = canvas.rng
    deep = light.on(colour(str(rng.choice(["#1d4a52", "#21445a", "#2a4a48"]))))
    ship = rng.random() < 0.6
    for i in range(7):
        near = i / 6
        line = (
            HEIGHT * (horizon + 0.02 + 0.40 * near**1.25)
            - (6 + 40 * near) * _swell(rng, 5.5 - 4 * near)
            + 10 * near
        )
        body = below(line)
        canvas.over(body, mix(mix(deep, light.haze, 0.3), deep * 0.62, near))
        down = depth_below(line) * HEIGHT / (8 + 34 * near)
        streaks = noise(rng, (26, 9), 4)
        crest = exp(-np.clip(down, 0, 9) * 1.1) * body
        canvas.shine(crest * smooth(0.36, 0.62, streaks), light.on(colour("#eaf4f2")), 0.82)
        canvas.shine(body * exp(-(((down - 1.6) / 1.2) ** 2)), light.on(colour("#4f9a94")), 0.26)
        canvas.shine(body * smooth(0.60, 0.78, streaks), light.on(colour("#dbe8e6")), 0.30 * near)
        drops = Stencil()
        for x, y, size in rng.random((int(30 + 60 * near), 3)):
            top = float(line[int(x * (WIDTH - 1))])
            drops.oval(x * WIDTH, top - y * y * (8 + 26 * near), 0.4 + 1.3 * size * near, light=200)
        canvas.light_up(drops, light.on(colour("#eef6f5")), 0.65, blur=0.4)
        if i == 2 and ship:
            _boat(canvas, light, horizon + 0.02)


def _swell(rng: np.random.Generator, waves: float) -> Field:
    """Pointed wave crests: 1 - |sin|, of uneven size."""
    xs = np.linspace(0, np.pi, WIDTH)
    base = 1 - np.abs(np.sin(xs * waves + rng.uniform(0, 3.1)))
    return single(base * (0.55 + 0.45 * curve(rng, waves / 2)) + 0.10 * ridge(rng, 14, 3))
