"""The painter's tools: float colours, soft masks, light and noise.

A picture is an array of light (rows, columns, three colours in 0..1). Shapes are drawn by Pillow at twice
the size and shrunk to soft masks, so every edge is smooth, and each layer is laid over what is there.
"""

import io
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image as Pil
from PIL import ImageDraw, ImageFilter

WIDTH, HEIGHT = 512, 384
FINE = 2
"""Shapes are drawn this many times larger and then shrunk."""

Field: TypeAlias = NDArray[np.float32]
Colour: TypeAlias = NDArray[np.float32]
Points: TypeAlias = Sequence[tuple[float, float]]
Shape: TypeAlias = tuple[str, list[tuple[float, float]], int, float]
"""Kind, points, brightness (0..255), and a width or radius."""


ROWS: Field = np.linspace(0.0, 1.0, HEIGHT, dtype=np.float32)[:, None]
COLUMNS: Field = np.linspace(0.0, 1.0, WIDTH, dtype=np.float32)[None, :]
_Y: Field = np.arange(HEIGHT, dtype=np.float32)[:, None]
_X: Field = np.arange(WIDTH, dtype=np.float32)[None, :]


def single(values: ArrayLike | Pil.Image) -> Field:
    """Anything as an array in single precision."""
    return np.asarray(values, dtype=np.float32)


def colour(code: str) -> Colour:
    """`#rrggbb` as three numbers in 0..1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a."""
    return (a + (b - a) * np.float32(share)).astype(np.float32)


def smooth(low: float, high: float, values: Field) -> Field:
    """0 below `low`, 1 above `high`, an S between them."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return single(t * t * (3.0 - 2.0 * t))


def exp(values: NDArray[np.floating]) -> Field:
    """The exponential of these.

    Like `sin` and `raised` in double precision: in single precision processors differ in the last place, so
    pictures would in a few pixels, and with their hashes all that is drawn by chance from these.
    """
    return single(np.exp(values, dtype=np.float64))


def sin(values: NDArray[np.floating]) -> Field:
    """The sine of these."""
    return single(np.sin(values, dtype=np.float64))


def raised(values: NDArray[np.floating], to: float) -> Field:
    """These to a power that is no whole number."""
    return single(np.power(values, to, dtype=np.float64))


def gradient(stops: Sequence[Colour], height: int = HEIGHT) -> Field:
    """Colours spread evenly from top to bottom, as (height, 1, 3)."""
    at = np.linspace(0.0, 1.0, len(stops))
    rows = np.linspace(0.0, 1.0, height)
    return np.stack([np.interp(rows, at, [s[c] for s in stops]) for c in range(3)], -1)[:, None].astype(np.float32)


def noise(
    rng: np.random.Generator, cells: tuple[int, int], octaves: int = 4, size: tuple[int, int] = (HEIGHT, WIDTH)
) -> Field:
    """Smooth fractal noise in 0..1, `cells` (down, across) large features, as an array of `size`."""
    small = (size[0] // 4, size[1] // 4)
    coarse, detail = np.zeros(small, dtype=np.float32), np.zeros(size, dtype=np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        grid = rng.random((cells[0] * 2**octave + 2, cells[1] * 2**octave + 2), dtype=np.float32)
        into = coarse if max(grid.shape) < 40 else detail
        into += _stretch(grid, into.shape) * np.float32(weight)
        weights += weight
        weight *= 0.5
    return single(np.clip((_stretch(coarse, size) + detail) / weights, 0.0, 1.0))


def _stretch(grid: Field, size: tuple[int, ...]) -> Field:
    big = Pil.fromarray(grid).resize((size[1], size[0]), Pil.Resampling.BICUBIC)
    return np.asarray(big, dtype=np.float32)


def relief(field: Field, down: int, across: int, steep: float) -> Field:
    """The slope of a field in one direction, about zero: positive where it faces the light."""
    padded = np.pad(field, ((abs(down),) * 2, (abs(across),) * 2), mode="edge")
    rows, columns = field.shape
    r, c = abs(down) - down, abs(across) - across
    return ((field - padded[r : r + rows, c : c + columns]) * np.float32(steep)).astype(np.float32)


def ridge(rng: np.random.Generator, peaks: int, octaves: int = 6, rough: float = 0.5) -> Field:
    """A jagged line of `WIDTH` heights in 0..1."""
    xs = np.linspace(0.0, 1.0, WIDTH)
    total = np.zeros(WIDTH)
    weight = 1.0
    for octave in range(octaves):
        knots = peaks * 2**octave + 1
        total += weight * np.interp(xs, np.linspace(0, 1, knots), rng.random(knots))
        weight *= rough
    total -= total.min()
    return (total / max(float(total.max()), 1e-6)).astype(np.float32)


def curve(rng: np.random.Generator, waves: float = 1.5) -> Field:
    """A soft rolling line of `WIDTH` heights in 0..1."""
    xs = np.linspace(0.0, 2 * np.pi, WIDTH)
    total = sum(
        np.sin(xs * waves * k * rng.uniform(0.7, 1.3) + rng.uniform(0, 2 * np.pi)) / k**1.4 for k in (1, 2, 3)
    )
    values = np.asarray(total)
    return single((values - values.min()) / (values.max() - values.min()))


def depth_below(line: Field) -> Field:
    """How far each pixel is below a line, in shares of the height (negative above it)."""
    return single((_Y - line[None, :]) / HEIGHT)


def below(line: Field) -> Field:
    """A soft mask of everything below a line of `WIDTH` rows (in pixels)."""
    return single(np.clip(_Y - line[None, :] + 0.5, 0.0, 1.0))


class Stencil:
    """Shapes, in pixels, that are painted as one; only the box that they need is drawn, at twice the size."""

    def __init__(self) -> None:
        self._shapes: list[Shape] = []

    def oval(self, x: float, y: float, rx: float, ry: float | None = None, *, light: int = 255) -> "Stencil":
        """A filled ellipse."""
        ry = rx if ry is None else ry
        return self._add("ellipse", [(x - rx, y - ry), (x + rx, y + ry)], light)

    def ring(self, x: float, y: float, r: float, wide: float) -> "Stencil":
        """The outline of a circle."""
        return self._add("ring", [(x - r, y - r), (x + r, y + r)], 255, wide)

    def box(self, x0: float, y0: float, x1: float, y1: float, *, corner: float = 0.0) -> "Stencil":
        """A filled rectangle, with round corners if wanted."""
        return self._add("box", [(x0, y0), (max(x1, x0), max(y1, y0))], 255, corner)

    def polygon(self, points: Points, *, light: int = 255) -> "Stencil":
        """A filled polygon."""
        return self._add("polygon", list(points), light)

    def line(self, points: Points, wide: float = 1.0, *, light: int = 255) -> "Stencil":
        """A line through points, `wide` pixels wide."""
        return self._add("line", list(points), light, wide)

    def pie(self, x: float, y: float, radii: tuple[float, float], *, start: float, end: float) -> "Stencil":
        """A piece of pie from one angle to another (degrees, clockwise)."""
        rx, ry = radii
        return self._add("pie", [(x - rx, y - ry), (x + rx, y + ry), (start, end)], 255)

    def _add(self, kind: str, points: list[tuple[float, float]], light: int, size: float = 0.0) -> "Stencil":
        self._shapes.append((kind, points, light, size))
        return self

    def bounds(self, margin: float) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of all shapes within the picture, with a margin."""
        points = np.array([p for kind, ps, _, _ in self._shapes for p in (ps[:2] if kind == "pie" else ps)])
        if not len(points):
            return (0, 0, 0, 0)
        wide = max((size for kind, _, _, size in self._shapes if kind in ("line", "ring")), default=0.0)
        low, high = points.min(0) - margin - wide - 1, points.max(0) + margin + wide + 2
        x0, y0 = int(np.clip(low[0], 0, WIDTH)), int(np.clip(low[1], 0, HEIGHT))
        return (x0, y0, int(np.clip(high[0], x0, WIDTH)), int(np.clip(high[1], y0, HEIGHT)))

    def patch(self, blur: float = 0.0) -> tuple[tuple[slice, slice], Field]:
        """Where the shapes are, and their soft mask there."""
        x0, y0, x1, y1 = self.bounds(blur * 3)
        where = (slice(y0, y1), slice(x0, x1))
        if x0 >= x1 or y0 >= y1:
            return where, np.zeros((y1 - y0, x1 - x0), dtype=np.float32)
        image = Pil.new("L", ((x1 - x0) * FINE, (y1 - y0) * FINE))
        draw = ImageDraw.Draw(image)
        for shape in self._shapes:
            _draw(draw, shape, [((x - x0) * FINE, (y - y0) * FINE) for x, y in shape[1]])
        small = image.reduce(FINE)
        if blur:
            small = small.filter(ImageFilter.GaussianBlur(blur))
        return where, single(small) * np.float32(1 / 255)

    def mask(self, blur: float = 0.0) -> Field:
        """The soft mask of the whole picture."""
        where, part = self.patch(blur)
        whole: Field = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
        whole[where] = part
        return whole


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, points: list[tuple[float, float]]) -> None:
    kind, (*_, last), light, size = shape
    match kind:
        case "ellipse":
            draw.ellipse(points, fill=light)
        case "ring":
            draw.ellipse(points, outline=light, width=max(1, round(size * FINE)))
        case "box":
            draw.rounded_rectangle(points, radius=size * FINE, fill=light)
        case "polygon":
            draw.polygon(points, fill=light)
        case "line":
            draw.line(points, fill=light, width=max(1, round(size * FINE)), joint="curve")
        case "pie":
            draw.pieslice(points[:2], last[0], last[1], fill=light)


def _rows(mask: Field) -> slice:
    """The rows in which a mask is not empty; most layers cover a part of the picture."""
    filled = np.flatnonzero(mask.any(axis=1)) if mask.shape[0] == HEIGHT else np.arange(HEIGHT)
    return slice(int(filled[0]), int(filled[-1]) + 1) if len(filled) else slice(0, 0)


class Canvas:
    """A picture being painted."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.rgb: Field = np.zeros((HEIGHT, WIDTH, 3), dtype=np.float32)

    def wash(self, stops: Sequence[Colour]) -> None:
        """Cover all with a gradient from top to bottom."""
        self.rgb[:] = gradient(stops)

    def over(self, mask: Field, paint: Field, opacity: float = 1.0) -> None:
        """Lay a colour, a column of colours or a whole picture over what is there."""
        rows = _rows(mask)
        share = single(mask[rows])[..., None] * np.float32(opacity)
        tone = single(paint)
        part = self.rgb[rows]
        part += ((tone[rows] if tone.ndim == 3 else tone) - part) * share

    def stamp(self, stencil: Stencil, paint: Colour, opacity: float = 1.0, blur: float = 0.0) -> None:
        """Lay shapes of one colour over what is there."""
        where, mask = stencil.patch(blur)
        part = self.rgb[where]
        part += (paint - part) * (mask * np.float32(opacity))[..., None]

    def light_up(self, stencil: Stencil, light: Colour, strength: float = 1.0, blur: float = 0.0) -> None:
        """Let shapes shine; a blurred shape's light is raised so that it glows."""
        where, mask = stencil.patch(blur)
        part = self.rgb[where]
        part += (1.0 - part) * np.clip(mask * (strength * (1 + blur * 0.35)), 0, 1)[..., None] * light

    def shine(self, mask: Field, light: Colour, strength: float = 1.0) -> None:
        """Add light where the mask is, without ever burning out."""
        rows = _rows(mask)
        part = self.rgb[rows]
        part += (1.0 - part) * (single(mask[rows])[..., None] * (single(light) * np.float32(strength)))

    def shade(self, mask: Field, strength: float) -> None:
        """Take light away where the mask is."""
        rows = _rows(mask)
        self.rgb[rows] *= 1.0 - single(mask[rows])[..., None] * np.float32(strength)

    def glow(self, x: float, y: float, radius: float, light: Colour, strength: float = 1.0) -> None:
        """A round light that fades out over about `radius` pixels."""
        reach = int(radius * 3.2)
        x0, x1 = max(0, int(x) - reach), min(WIDTH, int(x) + reach + 1)
        y0, y1 = max(0, int(y) - reach), min(HEIGHT, int(y) + reach + 1)
        if x0 >= x1 or y0 >= y1:
            return
        far = ((_X[:, x0:x1] - x) ** 2 + (_Y[y0:y1] - y) ** 2) / radius**2
        mask = exp(-far * 0.5) * strength
        part = self.rgb[y0:y1, x0:x1]
        part += (1.0 - part) * np.clip(mask, 0, 1)[..., None] * light

    def soften(self, radius: float) -> None:
        """Blur all that is there."""
        image = Pil.fromarray(self._bytes()).filter(ImageFilter.GaussianBlur(radius))
        self.rgb = single(image) * np.float32(1 / 255)

    def finish(self, vignette: float = 0.22) -> bytes:
        """Darken the corners a little, dither away the bands, and give the PNG without metadata."""
        far = ((COLUMNS - 0.5) * 1.15) ** 2 + ((ROWS - 0.5) * 1.05) ** 2
        self.rgb *= (1.0 - vignette * smooth(0.12, 0.62, far))[..., None]
        self.rgb += (self.rng.random((HEIGHT, WIDTH, 1), dtype=np.float32) - 0.5) * np.float32(2.2 / 255)
        out = io.BytesIO()
        Pil.fromarray(self._bytes()).save(out, "PNG", compress_level=1)
        return out.getvalue()

    def _bytes(self) -> NDArray[np.uint8]:
        return (np.clip(self.rgb, 0.0, 1.0) * 255 + 0.5).astype(np.uint8)
