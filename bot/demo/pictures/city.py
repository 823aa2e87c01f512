"""Cities: lit towers and streets, and painted house fronts by day."""

import numpy as np

from bot.demo.pictures.canvas import (
    COLUMNS,
    HEIGHT,
    ROWS,
    WIDTH,
    Canvas,
    Stencil,
    colour,
    exp,
    noise,
    sin,
    smooth,
)
from bot.demo.pictures.sky import Light, paint_sky, paint_weather
from bot.demo.pictures.water import lake

_COATS = ("#c8453c", "#2f5f8a", "#e0b03c", "#3f7a58", "#6a4a7a", "#d8d0c4", "#30343c", "#d87a4a")


def city(canvas: Canvas, light: Light) -> None:
    """A street of houses by day, or a skyline with a street or a river."""
    rng, scene = canvas.rng, light.scene
    paint_sky(canvas, light, 0.78)
    if scene.time == "day" and rng.random() < 0.65:
        _houses(canvas, light)
    else:
        base = 0.74 if scene.has_water else 0.84
        for i in range(4):
            skyline(canvas, light, base, i)
        if scene.has_water:
            lake(canvas, light, base, ripple=1.6)
        else:
            _street(canvas, light, base)
    if scene.weather == "snow":
        canvas.over(smooth(0.84, 0.9, ROWS) * np.ones_like(COLUMNS), light.on(colour("#eef3f8")), 0.85)
    if scene.crowded:
        _crowd(canvas, light)
    paint_weather(canvas, light)


def skyline(canvas: Canvas, light: Light, base: float, layer: int, tallest: float = 0.52) -> None:
    """One row of towers; the nearer ones are darker and show more windows."""
    rng = canvas.rng
    depth = (0.72, 0.48, 0.22, 0.0)[layer]
    towers, dim = Stencil(), Stencil()
    lit = {"#ffcf7a": Stencil(), "#ffeccb": Stencil(), "#9fd4ff": Stencil()}
    share = {"day": 0.0, "dusk": 0.34, "night": 0.46}[light.scene.time]
    floor, x = base * HEIGHT, -20.0
    while x < WIDTH + 10:
        wide = float(rng.uniform(18, 38) + 7 * layer)
        top = floor - float(rng.uniform(0.16, tallest) * (1 - 0.14 * layer)) * HEIGHT
        _tower(towers, x, top, wide=wide, floor=floor, roof=int(rng.integers(5)))
        rows, columns = int((floor - top) / 8), max(int(wide / 6), 1)
        gap = wide / columns
        for r, c in np.argwhere(rng.random((rows, columns)) < (share or 0.9)):
            glass = lit[str(rng.choice(list(lit), p=(0.6, 0.28, 0.12)))] if share else dim
            wx, wy = x + (c + 0.28) * gap, top + 5 + r * 8
            glass.box(wx, wy, wx + gap * 0.48, wy + 4)
        x += wide * float(rng.uniform(0.85, 1.25))
    wall = colour(str(rng.choice(["#3a4866", "#46425e", "#35505e", "#514650"])))
    canvas.stamp(towers, light.on(wall, depth))
    canvas.stamp(dim, light.on(wall * 0.55, depth), 0.5 * (1 - depth))
    for code, glass in lit.items():
        canvas.stamp(glass, colour(code), 0.92 * (1 - 0.75 * depth))
        if layer >= 2 and share:
            canvas.light_up(glass, colour(code), 0.12, blur=2.5)
    canvas.over(smooth(0.0, 0.4, ROWS - base + 0.32) * np.ones_like(COLUMNS) * (base > ROWS), light.haze, 0.24)


def _tower(towers: Stencil, x: float, top: float, *, wide: float, floor: float, roof: int) -> None:
    mid = x + wide / 2
    towers.box(x, top, x + wide, floor)
    if roof == 0:
        towers.box(x + 5, top - 9, x + wide - 5, top)
    elif roof == 1:
        towers.polygon([(x, top), (mid, top - 16), (x + wide, top)]).line([(mid, top - 14), (mid, top - 34)], 1.0)
    elif roof == 2:
        towers.box(x + wide * 0.2, top - 14, x + wide * 0.8, top).box(mid - 3, top - 24, mid + 3, top - 14)


def _street(canvas: Canvas, light: Light, base: float) -> None:
    """A road with lamps; when it rains, the lights lie on it as long streaks."""
    rng, scene = canvas.rng, light.scene
    top = int(base * HEIGHT)
    wet = scene.weather == "rain"
    if wet:
        lake(canvas, light, base, ripple=0.8)
    else:
        canvas.rgb[top:] = light.on(colour("#2b2f38" if scene.time != "day" else "#8f8d88")) * (
            1.1 - 0.3 * ROWS[top:, :, None]
        )
    if scene.time == "day":
        return
    for x in np.linspace(30, WIDTH - 30, 6) + rng.uniform(-12, 12):
        warm = colour(str(rng.choice(["#ffc070", "#ffb056", "#ffe0a8"])))
        canvas.stamp(Stencil().line([(x, top - 26), (x, top + 8)], 1.4), light.on(colour("#14161c")), 0.9)
        canvas.glow(x, top - 28, 17, warm, 0.5)
        canvas.glow(x, top - 28, 3.0, colour("#fff6e0"), 1.0)
        narrow = exp(-(((COLUMNS - x / WIDTH) / 0.012) ** 2))
        streak = narrow * smooth(base, base + 0.03, ROWS) * smooth(-0.1, 0.1, 1 - ROWS)
        canvas.shine(streak.astype(np.float32), warm, 0.6 if wet else 0.2)
    for _ in range(9):
        x, y, back = float(rng.uniform(0, WIDTH)), top + float(rng.uniform(12, 46)), rng.random() < 0.5
        paint = colour("#ff4038" if back else "#fff2d0")
        canvas.stamp(Stencil().box(x - 6, y - 7, x + 15, y + 3, corner=3), light.on(colour("#1a1c24")), 0.9)
        for dx in (-3, 12):
            canvas.glow(x + dx, y, 1.8, paint, 0.95)
            canvas.glow(x + dx, y, 7, paint, 0.25)


def _houses(canvas: Canvas, light: Light) -> None:
    """A row of painted fronts with gables, shutters, awnings and strings of flags."""
    rng = canvas.rng
    walls = ["#e8b04a", "#d9694f", "#7fb0a8", "#e9d3a8", "#c98aa0", "#8fb4d4", "#e89a7a", "#a8b878"]
    floor, x = 0.84 * HEIGHT, float(rng.uniform(-60, -10))
    last = ""
    while x < WIDTH:
        wide, tall = float(rng.uniform(62, 96)), float(rng.uniform(0.38, 0.58)) * HEIGHT
        last = str(rng.choice([w for w in walls if w != last]))
        _house(canvas, light, (x, floor - tall, x + wide, floor), last)
        x += wide
    street = smooth(0.0, 0.004, ROWS - 0.84) * np.ones_like(COLUMNS)
    canvas.over(street, light.on(colour("#b9ab98")))
    rows = np.abs(sin(np.clip(ROWS - 0.8, 0, 1) ** 0.5 * 160))
    canvas.shade(street * (rows * noise(rng, (60, 90), 1)).astype(np.float32), 0.25)
    canvas.shade(street * exp(-np.clip(ROWS - 0.84, 0, 1) * 40), 0.35)
    if rng.random() < 0.6:
        for k in range(2):
            _bunting(canvas, light, 0.40 + 0.13 * k)


def _house(canvas: Canvas, light: Light, corners: tuple[float, float, float, float], wall: str) -> None:
    rng = canvas.rng
    x0, y0, x1, y1 = corners
    mid, wide = (x0 + x1) / 2, x1 - x0
    roof = light.on(colour(str(rng.choice(["#7a4034", "#5a4a4a", "#8a5a3c", "#4a5560"]))))
    canvas.stamp(Stencil().polygon([(x0 - 3, y0), (mid, y0 - float(rng.uniform(18, 40))), (x1 + 3, y0)]), roof)
    canvas.stamp(Stencil().box(x0, y0, x1, y1), light.on(colour(wall)))
    canvas.stamp(Stencil().box(x0, y0, x1, y0 + 5), light.on(colour(wall)) * 0.72, 0.8, blur=1.2)
    canvas.stamp(Stencil().box(x1 - 5, y0, x1, y1), light.on(colour(wall)) * 0.6, 0.5, blur=1.5)
    columns, rows = (3 if wide > 76 else 2), max(2, int((y1 - y0 - 50) / 40))
    frame, glass, shine, shutter = Stencil(), Stencil(), Stencil(), Stencil()
    for c in range(columns):
        for r in range(rows):
            px, py = x0 + wide * (c + 0.5) / columns, y0 + 14 + r * (y1 - y0 - 58) / rows
            frame.box(px - 7.5, py - 2, px + 7.5, py + 25)
            glass.box(px - 5.5, py, px + 5.5, py + 23)
            shine.polygon([(px - 5, py + 23), (px - 5, py + 12), (px + 5, py), (px + 5.5, py + 4)])
            shutter.box(px - 13, py - 1, px - 8, py + 24).box(px + 8, py - 1, px + 13, py + 24)
    canvas.stamp(frame, light.on(colour("#f6f0e4")))
    canvas.stamp(glass, light.on(colour("#3c5468")))
    canvas.light_up(shine, light.stops[0], 0.35)
    canvas.stamp(shutter, light.on(colour(str(rng.choice(["#3f6a5a", "#4a5f8a", "#8a3f3a", "#f2eee2"])))))
    door = mid + float(rng.choice([-0.24, 0.24])) * wide
    canvas.stamp(Stencil().box(door - 10, y1 - 34, door + 10, y1 + 1, corner=2), light.on(colour("#4a3026")))
    other = mid * 2 - door
    canvas.stamp(Stencil().box(other - 15, y1 - 28, other + 15, y1 - 4), light.on(colour("#40566a")))
    canvas.light_up(
        Stencil().polygon([(other - 12, y1 - 4), (other, y1 - 28), (other + 8, y1 - 28), (other - 4, y1 - 4)]),
        light.stops[0],
        0.3,
    )
    awning, white = Stencil(), Stencil()
    for k in range(6):
        left = other - 17 + k * 34 / 6
        piece = [(left, y1 - 32), (left + 34 / 6, y1 - 32), (left + 34 / 6 + 1, y1 - 24), (left - 1, y1 - 24)]
        (awning if k % 2 else white).polygon(piece)
    canvas.stamp(awning, light.on(colour(str(rng.choice(_COATS)))))
    canvas.stamp(white, light.on(colour("#f4ede0")))


def _bunting(canvas: Canvas, light: Light, height: float) -> None:
    xs = np.linspace(0, WIDTH, 27)
    ys = HEIGHT * (height + 0.05 * np.sin(xs / WIDTH * 2 * np.pi + height * 9) ** 2)
    canvas.stamp(
        Stencil().line(list(zip(xs.tolist(), ys.tolist(), strict=True)), 0.7), light.on(colour("#6a5a4a")), 0.8
    )
    for k, code in enumerate(("#e8484a", "#f7d046", "#3f9ae0", "#58b868")):
        flags = Stencil()
        for x, y in zip(xs[k::4], ys[k::4], strict=True):
            flags.polygon([(x - 6, y), (x + 6, y), (x, y + 13)])
        canvas.stamp(flags, light.on(colour(code)))


def _crowd(canvas: Canvas, light: Light) -> None:
    """People in coats, under umbrellas when it rains or snows; the near ones cover the far ones."""
    rng = canvas.rng
    umbrellas = light.scene.weather in ("rain", "snow")
    for near in np.sort(rng.random(52) ** 0.7):
        x, s = float(rng.uniform(0, WIDTH)), 9 + 17 * float(near)
        y = HEIGHT * (0.86 + 0.15 * float(near))
        coat = light.on(colour(str(rng.choice(_COATS))))
        skin = light.on(colour(str(rng.choice(["#e8b894", "#a8714a", "#f0cdb0", "#6e4630"]))))
        hair = light.on(colour(str(rng.choice(["#2a1d16", "#5a3a22", "#141414", "#b08a50", "#8a8a88"]))))
        step = float(rng.uniform(0.05, 0.2)) * s
        canvas.stamp(Stencil().oval(x, y, s * 0.5, s * 0.12), light.on(colour("#15161c")), 0.35, blur=1.0)
        legs = (
            Stencil()
            .line([(x, y - s * 0.8), (x - step, y)], s * 0.16)
            .line([(x, y - s * 0.8), (x + step, y)], s * 0.16)
        )
        canvas.stamp(legs, light.on(colour("#23242c")))
        canvas.stamp(Stencil().box(x - s * 0.29, y - s * 1.75, x + s * 0.29, y - s * 0.6, corner=s * 0.2), coat)
        canvas.stamp(
            Stencil().box(x + s * 0.12, y - s * 1.6, x + s * 0.29, y - s * 0.6, corner=s * 0.1), coat * 0.75, 0.7
        )
        canvas.stamp(Stencil().oval(x, y - s * 2.0, s * 0.19, s * 0.22), skin)
        canvas.stamp(Stencil().pie(x, y - s * 2.02, (s * 0.21, s * 0.24), start=170, end=370), hair)
        if umbrellas and rng.random() < 0.6:
            top = light.on(colour(str(rng.choice(_COATS))))
            canvas.stamp(Stencil().pie(x, y - s * 2.1, (s * 0.85, s * 0.7), start=180, end=360), top)
            canvas.stamp(Stencil().pie(x, y - s * 2.1, (s * 0.3, s * 0.7), start=180, end=360), top * 0.8, 0.6)
