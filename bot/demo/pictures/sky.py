"""Skies: the light of a time of day, clouds, sun, moon and stars, and the weather in front of all."""

import numpy as np

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Colour,
    Stencil,
    colour,
    exp,
    gradient,
    mix,
    noise,
    relief,
    sin,
    smooth,
)
from bot.demo.pictures.scene import Scene

_CLEAR = {
    "day": (
        ("#2f7fc9", "#8cc6ec", "#e6f3f4"),
        ("#4a9be0", "#b4def2", "#fbf1dc"),
        ("#2a66ac", "#74b2de", "#d4ebf2"),
        ("#53a7c9", "#a9dcda", "#f3f0d8"),
    ),
    "dusk": (
        ("#262a5a", "#7f4a80", "#e4705a", "#ffc078"),
        ("#22305f", "#6a5f9c", "#e58ba2", "#ffd9a8"),
        ("#43305f", "#b24e6c", "#f0824a", "#ffd07a"),
        ("#1b3350", "#4e7d8f", "#e8a96a", "#ffe0a0"),
    ),
    "night": (
        ("#050a1c", "#0e1c3e", "#20385f"),
        ("#080821", "#181442", "#392a66"),
        ("#031120", "#09283e", "#184a5c"),
    ),
}
_WEATHER = {
    "rain": (("#586876", "#8493a0", "#b4bfc5"), ("#4f6070", "#7a8d98", "#a9b7b8")),
    "storm": (
        ("#171d26", "#353f4b", "#6c7781"),
        ("#161d1c", "#34423e", "#77857b"),
        ("#1d1a2a", "#3c3a4e", "#7d7785"),
    ),
    "snow": (("#a3b4c6", "#c6d3df", "#eef2f5"), ("#b6bfd0", "#d3d8e3", "#f3f0f0")),
    "fog": (("#aab7bb", "#c3ccce", "#dfe2de"), ("#b4b4bb", "#cbcacc", "#e5e0da")),
}
_TIME_LIGHT = {"day": "#ffffff", "dusk": "#dca58e", "night": "#3b4c74"}


class Light:
    """The light of one picture: sky colours, what distance fades into, and where sun or moon stands."""

    def __init__(self, rng: np.random.Generator, scene: Scene) -> None:
        self.scene = scene
        choices = _CLEAR[scene.time] if scene.weather == "clear" else _WEATHER[scene.weather]
        stops = [colour(code) for code in choices[int(rng.integers(len(choices)))]]
        self.glass = colour(_TIME_LIGHT[scene.time])
        if scene.weather != "clear":
            stops = [stop * self.glass for stop in stops]
        self.stops: list[Colour] = stops
        self.haze: Colour = stops[-1]
        self.x = float(rng.uniform(0.18, 0.82)) * WIDTH
        self.y = float(rng.uniform(0.10, 0.26) if scene.time != "dusk" else rng.uniform(0.36, 0.50)) * HEIGHT
        self.sun = colour({"day": "#fff6d8", "dusk": "#ffd08a", "night": "#f4f1de"}[scene.time])

    def on(self, paint: Colour, depth: float = 0.0) -> Colour:
        """A thing's colour in this light, `depth` (0 near, 1 at the horizon) faded into the haze."""
        strength = {"day": 0.0, "dusk": 0.55, "night": 0.95}[self.scene.time]
        lit = paint * (1.0 + (self.glass - 1.0) * np.float32(strength))
        if self.scene.weather in ("rain", "storm", "fog", "snow"):
            grey = float(lit.mean())
            lit = mix(lit, np.full(3, grey, dtype=np.float32), 0.35) * np.float32(0.88)
        return mix(lit, self.haze, depth)


def paint_sky(canvas: Canvas, light: Light, horizon: float = 1.0) -> None:
    """The whole sky behind a horizon (a share of the height): gradient, stars, sun or moon, clouds."""
    rng, scene = canvas.rng, light.scene
    bottom = max(int(horizon * HEIGHT), 2)
    canvas.rgb[:bottom] = gradient(light.stops, bottom)
    canvas.rgb[bottom:] = light.stops[-1]
    if scene.time == "night" and scene.weather == "clear":
        stars(canvas, 420, horizon)
    if scene.has_sun:
        sun(canvas, light)
    if scene.has_moon:
        moon(canvas, light.x, light.y, float(rng.uniform(13, 24)))
    if scene.weather == "clear":
        if scene.time != "night" or rng.random() < 0.5:
            clouds(canvas, light, horizon, cover=float(rng.uniform(0.3, 0.55)))
    elif scene.weather == "storm":
        clouds(canvas, light, horizon, cover=0.85, dark=True)
    elif scene.weather in ("rain", "snow"):
        clouds(canvas, light, horizon, cover=0.7)


def stars(canvas: Canvas, count: int, horizon: float = 1.0) -> None:
    """A field of stars, most faint, a few bright enough to bloom."""
    rng = canvas.rng
    ys = (rng.random(count) * horizon * HEIGHT).astype(int)
    xs = (rng.random(count) * WIDTH).astype(int)
    bright = (rng.random(count) ** 4).astype(np.float32) * 0.85 + 0.1
    warm = rng.random(count)[:, None]
    tone = (np.array([0.78, 0.87, 1.0]) * (1 - warm) + np.array([1.0, 0.92, 0.8]) * warm).astype(np.float32)
    np.maximum.at(canvas.rgb, (ys.clip(0, HEIGHT - 1), xs), bright[:, None] * tone)
    for i in np.argsort(-bright)[: count // 30]:
        canvas.glow(xs[i], ys[i], 1.1 + 0.9 * float(bright[i]), tone[i], 0.8)
        canvas.glow(xs[i], ys[i], 4.5, tone[i], 0.16)


def sun(canvas: Canvas, light: Light) -> None:
    """The sun with a wide halo; low and large at dusk."""
    dusk = light.scene.time == "dusk"
    radius = 24.0 if dusk else 15.0
    warm = colour("#ff9a4d") if dusk else colour("#fff0c0")
    canvas.glow(light.x, light.y, radius * 7, warm, 0.38)
    canvas.glow(light.x, light.y, radius * 2.4, light.sun, 0.55)
    canvas.stamp(Stencil().oval(light.x, light.y, radius), mix(light.sun, colour("#fffdf4"), 0.6), 0.97, blur=0.8)


def moon(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """A full or waning moon with seas, in its own halo."""
    rng = canvas.rng
    pale = colour("#f3efdd")
    canvas.glow(x, y, radius * 5.5, colour("#9db4e0"), 0.28)
    canvas.glow(x, y, radius * 1.9, colour("#dfe6f5"), 0.35)
    disc = Stencil().oval(x, y, radius).mask(0.6)
    seas = smooth(0.48, 0.7, noise(rng, (18, 24), 3))
    face = pale - (seas[..., None] * np.array([0.16, 0.15, 0.12], dtype=np.float32))
    if rng.random() < 0.4:
        bite = Stencil().oval(x + radius * 0.62, y - radius * 0.18, radius * 0.95).mask(1.0)
        disc = disc * (1.0 - bite)
    canvas.over(disc, face.astype(np.float32))


def clouds(canvas: Canvas, light: Light, horizon: float, cover: float, *, dark: bool = False) -> None:
    """Clouds with a lit and a shaded side, flatter towards the horizon."""
    rng = canvas.rng
    field = noise(rng, (4, 3), 6)
    field = 0.75 * field + 0.25 * noise(rng, (9, 5), 4)
    edge = 0.66 - 0.32 * cover
    where = smooth(edge, edge + 0.16, field) * smooth(0.0, 0.12, horizon - ROWS)
    lit = np.clip(relief(field, 7, 4 if light.x < WIDTH / 2 else -4, 9.0) + 0.62, 0, 1)
    top = mix(light.sun, colour("#ffffff"), 0.6)
    if light.scene.time == "dusk":
        top = mix(light.stops[-1], colour("#fff0d8"), 0.25)
    under = mix(light.stops[0], light.stops[-1], 0.42)
    opacity = 0.82
    if dark:
        top, under, opacity = light.stops[-1] * 0.9, light.stops[0] * 0.7, 0.9
    elif light.scene.time == "night":
        top, under, opacity = mix(light.haze, colour("#b8c6e6"), 0.3), light.stops[0], 0.4
    elif light.scene.weather in ("rain", "snow"):
        top, under, opacity = mix(light.haze, np.ones(3, dtype=np.float32), 0.15), light.stops[0], 0.6
    paint = under + (top - under) * lit[..., None]
    canvas.over(where, paint.astype(np.float32), opacity)


def paint_weather(canvas: Canvas, light: Light) -> None:
    """Rain, snow, fog or lightning in front of everything."""
    weather, rng = light.scene.weather, canvas.rng
    if weather == "rain":
        rain(canvas, 260, 0.30)
    elif weather == "storm":
        rain(canvas, 420, 0.34)
    elif weather == "snow":
        snow(canvas)
    elif weather == "fog":
        drift = noise(rng, (3, 2), 4)
        canvas.over(
            smooth(0.35, 0.75, drift) * smooth(0.15, 0.8, ROWS), mix(light.haze, light.stops[1], 0.2), 0.55
        )


def rain(canvas: Canvas, count: int, strength: float) -> None:
    """Slanting streaks, near ones longer and brighter."""
    rng = canvas.rng
    slant = float(rng.uniform(-0.28, 0.28))
    streaks = Stencil()
    for x, y, near in rng.random((count, 3)):
        px, py, long = (x * 1.3 - 0.15) * WIDTH, (y * 1.1 - 0.1) * HEIGHT, 8 + 26 * near**2
        ends = [(px, py), (px + slant * long, py + long)]
        streaks.line(ends, 0.5 if near < 0.8 else 1.0, light=int(70 + 150 * near))
    canvas.light_up(streaks, colour("#dfe8f0"), strength * 1.4, blur=0.4)


def snow(canvas: Canvas) -> None:
    """Falling flakes in three depths."""
    for count, size, blur, strength in ((260, 0.9, 0.3, 0.8), (90, 1.7, 0.7, 0.7), (26, 3.4, 1.8, 0.42)):
        flakes = Stencil()
        for x, y, s in canvas.rng.random((count, 3)):
            flakes.oval(x * WIDTH, y * HEIGHT, size * (0.6 + 0.7 * s))
        canvas.light_up(flakes, colour("#ffffff"), strength, blur)


def lightning(canvas: Canvas, top: float, bottom: float) -> None:
    """One forked flash that lights the clouds around it."""
    rng = canvas.rng
    x = float(rng.uniform(0.2, 0.8)) * WIDTH
    canvas.glow(x, top + (bottom - top) * 0.3, 95, colour("#aab8ff"), 0.5)
    steps = np.linspace(top, bottom, 26)
    xs = x + np.cumsum(rng.normal(0, 5.5, 26))
    flash = Stencil().line(list(zip(xs.tolist(), steps.tolist(), strict=True)), 1.6)
    for start in (7, 14):
        fork, side = [(float(xs[start]), float(steps[start]))], float(rng.choice([-1, 1]))
        for _ in range(7):
            fork.append((fork[-1][0] + side * float(rng.gamma(2, 3)), fork[-1][1] + (bottom - top) / 24))
        flash.line(fork, 0.8, light=190)
    canvas.light_up(flash, colour("#98a8ff"), 0.55, blur=5.0)
    canvas.light_up(flash, colour("#ffffff"), 0.9, blur=0.5)


def aurora(canvas: Canvas, horizon: float) -> None:
    """Curtains of green and violet light."""
    rng = canvas.rng
    for _ in range(int(rng.integers(2, 4))):
        base = (0.25 + 0.4 * rng.random()) * horizon
        phase, wave = rng.uniform(0, 6.3), rng.uniform(3, 7)
        line = base + 0.09 * sin(COLUMNS * wave + phase) + 0.04 * sin(COLUMNS * wave * 2.3 + phase * 2)
        rays = noise(rng, (1, 42), 3)[:1] * 0.75 + 0.25
        up = line - ROWS
        curtain = exp(-np.clip(up, 0, 1) * 7.5) * (up > 0) + exp(-((up / 0.018) ** 2)) * (up <= 0)
        mask = (curtain * rays * smooth(0.0, 0.15, COLUMNS) * smooth(0.0, 0.15, 1 - COLUMNS)).astype(np.float32)
        canvas.shine(mask, colour(str(rng.choice(["#3dffa8", "#5affc8", "#7dff8a"]))), 0.62)
        high = (mask * smooth(0.04, 0.3, up)).astype(np.float32)
        canvas.shine(high, colour(str(rng.choice(["#b15cff", "#ff5cc0", "#5c8aff"]))), 0.55)
