"""The painter's tools: float colours, soft masks, light and noise.

A picture is an array of light (rows, columns, three colours in 0..1). Shapes are drawn by Pillow at twice
the size and shrunk to soft masks, so every edge is smooth, and each layer is laid over what is there.
"""

import io
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pil
from PIL import ImageDraw, ImageFilter

WIDTH, HEIGHT = 512, 384
FINE = 2
"""Shapes are drawn this many times larger and then shrunk."""

Field: TypeAlias = NDArray[np.float32]
Colour: TypeAlias = NDArray[np.float32]
Painter: TypeAlias = Callable[[ImageDraw.ImageDraw], None]
Points: TypeAlias = Sequence[tuple[float, float]]

ROWS: Field = np.linspace(0.0, 1.0, HEIGHT, dtype=np.float32)[:, None]
COLUMNS: Field = np.linspace(0.0, 1.0, WIDTH, dtype=np.float32)[None, :]
_Y: Field = np.arange(HEIGHT, dtype=np.float32)[:, None]
_X: Field = np.arange(WIDTH, dtype=np.float32)[None, :]


def colour(code: str) -> Colour:
    """`#rrggbb` as three numbers in 0..1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a."""
    return (a + (b - a) * np.float32(share)).astype(np.float32)


def smooth(low: float, high: float, values: Field) -> Field:
    """0 below `low`, 1 above `high`, an S between them."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return (t * t * (3.0 - 2.0 * t)).astype(np.float32)


def gradient(stops: Sequence[Colour], height: int = HEIGHT) -> Field:
    """Colours spread evenly from top to bottom, as (height, 1, 3)."""
    at = np.linspace(0.0, 1.0, len(stops))
    rows = np.linspace(0.0, 1.0, height)
    return np.stack([np.interp(rows, at, [s[c] for s in stops]) for c in range(3)], -1)[:, None].astype(np.float32)


def noise(
    rng: np.random.Generator, cells: tuple[int, int], octaves: int = 4, size: tuple[int, int] = (HEIGHT, WIDTH)
) -> Field:
    """Smooth fractal noise in 0..1, `cells` (down, across) large features, as an array of `size`."""
    total = np.zeros(size, dtype=np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        grid = rng.random((cells[0] * 2**octave + 2, cells[1] * 2**octave + 2), dtype=np.float32)
        big = Pil.fromarray(grid).resize((size[1], size[0]), Pil.Resampling.BICUBIC)
        total += np.asarray(big, dtype=np.float32) * weight
        weights += weight
        weight *= 0.5
    return np.clip(total / weights, 0.0, 1.0)


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
    return ((values - values.min()) / (values.max() - values.min())).astype(np.float32)


def below(line: Field) -> Field:
    """A soft mask of everything below a line of `WIDTH` rows (in pixels)."""
    return np.clip(_Y - line[None, :] + 0.5, 0.0, 1.0).astype(np.float32)


def shape(paint: Painter, blur: float = 0.0) -> Field:
    """What `paint` draws in white (in units of pixels times `FINE`), as a soft mask."""
    image = Pil.new("L", (WIDTH * FINE, HEIGHT * FINE))
    paint(ImageDraw.Draw(image))
    small = image.reduce(FINE)
    if blur:
        small = small.filter(ImageFilter.GaussianBlur(blur))
    return np.asarray(small, dtype=np.float32) / 255


def fine(points: Points) -> list[tuple[float, float]]:
    """Points in pixels as `shape` draws them."""
    return [(x * FINE, y * FINE) for x, y in points]


def oval(x: float, y: float, rx: float, ry: float | None = None) -> tuple[float, float, float, float]:
    """The box of an ellipse as `shape` draws it."""
    ry = rx if ry is None else ry
    return ((x - rx) * FINE, (y - ry) * FINE, (x + rx) * FINE, (y + ry) * FINE)


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
        share = (mask * np.float32(opacity))[..., None]
        self.rgb += (paint - self.rgb) * share

    def shine(self, mask: Field, light: Colour, strength: float = 1.0) -> None:
        """Add light where the mask is, without ever burning out."""
        self.rgb += (1.0 - self.rgb) * (mask * np.float32(strength))[..., None] * light

    def shade(self, mask: Field, strength: float) -> None:
        """Take light away where the mask is."""
        self.rgb *= 1.0 - (mask * np.float32(strength))[..., None]

    def glow(self, x: float, y: float, radius: float, light: Colour, strength: float = 1.0) -> None:
        """A round light that fades out over about `radius` pixels."""
        reach = int(radius * 3.2)
        x0, x1 = max(0, int(x) - reach), min(WIDTH, int(x) + reach + 1)
        y0, y1 = max(0, int(y) - reach), min(HEIGHT, int(y) + reach + 1)
        if x0 >= x1 or y0 >= y1:
            return
        far = ((_X[:, x0:x1] - x) ** 2 + (_Y[y0:y1] - y) ** 2) / radius**2
        mask = np.exp(-far * 0.5) * strength
        part = self.rgb[y0:y1, x0:x1]
        part += (1.0 - part) * np.clip(mask, 0, 1)[..., None] * light

    def tint(self, colours: Colour, strength: float = 1.0) -> None:
        """Look at all of it through coloured glass."""
        self.rgb *= 1.0 + (colours - 1.0) * np.float32(strength)

    def soften(self, radius: float) -> None:
        """Blur all that is there."""
        image = Pil.fromarray(self._bytes()).filter(ImageFilter.GaussianBlur(radius))
        self.rgb = np.asarray(image, dtype=np.float32) / 255

    def finish(self, vignette: float = 0.22) -> bytes:
        """Darken the corners a little, dither away the bands, and give the PNG without metadata."""
        far = ((COLUMNS - 0.5) * 1.15) ** 2 + ((ROWS - 0.5) * 1.05) ** 2
        self.rgb *= (1.0 - vignette * smooth(0.12, 0.62, far))[..., None]
        self.rgb += (self.rng.random((HEIGHT, WIDTH, 1), dtype=np.float32) - 0.5) * np.float32(2.2 / 255)
        out = io.BytesIO()
        Pil.fromarray(self._bytes()).save(out, "PNG", compress_level=3)
        return out.getvalue()

    def _bytes(self) -> NDArray[np.uint8]:
        return (np.clip(self.rgb, 0.0, 1.0) * 255 + 0.5).astype(np.uint8)
