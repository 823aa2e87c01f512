"""From JPEG bytes to a small canvas of colours, and to the features of light and colour.

Everything is measured on a square grid of fixed size, so that a picture and its thumbnail give about the
same numbers; the aspect ratio is dropped on purpose.
"""

import io
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

Grid: TypeAlias = NDArray[np.float32]
Features: TypeAlias = dict[str, float]
"""Named numbers about one picture, most of them shares or levels in [0, 1]."""

SIDE = 128
COLOURS = (
    "black",
    "white",
    "grey",
    "red",
    "orange",
    "yellow",
    "green",
    "turquoise",
    "blue",
    "purple",
    "pink",
    "brown",
    "beige",
)
_HUES = (14.0, 42.0, 68.0, 165.0, 195.0, 256.0, 292.0, 345.0)
_HUE_NAMES = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "red")

REGIONS = {
    "all": (slice(None), slice(None)),
    "above": (slice(0, SIDE // 3), slice(None)),
    "below": (slice(2 * SIDE // 3, SIDE), slice(None)),
    "centre": (slice(SIDE // 3, 2 * SIDE // 3), slice(SIDE // 3, 2 * SIDE // 3)),
}


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture on a SIDE x SIDE grid: `luma`, `value`, `saturation`, `chroma` in [0, 1], `hue` in degrees,
    `names` as indices into COLOURS, and `peaks`, the brightest luma of each cell's four sub-cells.
    """

    rgb: Grid
    luma: Grid
    peaks: Grid
    value: Grid
    saturation: Grid
    chroma: Grid
    hue: Grid
    names: NDArray[np.int64]


def paint(data: bytes) -> Canvas:
    """Decode JPEG or PNG bytes onto the grid. Raises ValueError for anything else."""
    try:
        with Pillow.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            large = picture.convert("RGB").resize((2 * SIDE, 2 * SIDE), Pillow.Resampling.BOX)
            small = large.resize((SIDE, SIDE), Pillow.Resampling.BOX)
    except Exception as error:
        raise ValueError("The picture cannot be decoded.") from error
    rgb: Grid = np.asarray(small, dtype=np.float32) / np.float32(255.0)
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
    fine = np.asarray(large.convert("L"), dtype=np.float32) / np.float32(255.0)
    peaks: Grid = fine.reshape(SIDE, 2, SIDE, 2).transpose(1, 3, 0, 2).reshape(4, SIDE, SIDE).max(axis=0)
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    value: Grid = np.maximum(np.maximum(red, green), blue)
    chroma: Grid = value - np.minimum(np.minimum(red, green), blue)
    saturation: Grid = (chroma / np.maximum(value, 1e-4)).astype(np.float32)
    hue = _hue(rgb, value, chroma)
    names = _colour_names(hue, saturation, value)
    luma: Grid = rgb @ weights
    return Canvas(rgb, luma, peaks, value, saturation, chroma, hue, names)


def _hue(rgb: Grid, value: Grid, chroma: Grid) -> Grid:
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    safe = np.maximum(chroma, 1e-5)
    sector = np.where(
        value == red,
        ((green - blue) / safe) % 6.0,
        np.where(value == green, (blue - red) / safe + 2.0, (red - green) / safe + 4.0),
    )
    return (sector * 60.0).astype(np.float32)


def _colour_names(hue: Grid, saturation: Grid, value: Grid) -> NDArray[np.int64]:
    """Basic colour terms (after Berlin & Kay 1969, with turquoise and beige) by cuts in HSV."""
    index = {name: place for place, name in enumerate(COLOURS)}
    by_hue = np.array([index[name] for name in _HUE_NAMES])
    names = by_hue[np.searchsorted(np.array(_HUES), hue, side="right")]
    earthy = (hue >= 8.0) & (hue < 55.0)
    names = np.where(earthy & (value < 0.62), index["brown"], names)
    names = np.where(earthy & (saturation < 0.42) & (value >= 0.62), index["beige"], names)
    rosy = ((hue >= 330.0) | (hue < 14.0)) & (saturation < 0.55) & (value > 0.65)
    names = np.where(rosy, index["pink"], names)
    pale = (saturation < 0.15) | (value * saturation < 0.075)
    names = np.where(pale, index["grey"], names)
    names = np.where(pale & (value > 0.8), index["white"], names)
    return np.where((value < 0.2) | ((value < 0.3) & (saturation < 0.25)), index["black"], names).astype(np.int64)


def colour_features(canvas: Canvas) -> Features:
    """Light, contrast, saturation, warmth, variety, and the share of each colour in each region."""
    found: Features = {}
    for region, where in REGIONS.items():
        names = canvas.names[where]
        shares = np.bincount(names.ravel(), minlength=len(COLOURS)) / names.size
        for colour, share in zip(COLOURS, shares, strict=True):
            found[f"{colour} {region}"] = float(share)
        found[f"light {region}"] = float(canvas.luma[where].mean())
        found[f"chroma {region}"] = float(canvas.chroma[where].mean())
    low, high = np.percentile(canvas.luma, (4, 96))
    found["contrast"] = float(high - low)
    found["darkest"], found["brightest"] = float(low), float(high)
    found["saturation"] = float(canvas.saturation.mean())
    found["chroma high"] = float(np.percentile(canvas.chroma, 90))
    found["light deviation"] = float(canvas.luma.std())
    sides = (canvas.luma[:12], canvas.luma[-12:], canvas.luma[:, :12], canvas.luma[:, -12:])
    found["light border"] = float(np.mean([side.mean() for side in sides]))
    olive = (canvas.hue > 38) & (canvas.hue < 95) & (canvas.saturation > 0.2) & (canvas.value < 0.55)
    found["murky"] = float((olive & (canvas.value > 0.15)).mean())
    found["warm"], found["cold"] = _warm_cold(found)
    found.update(_variety(found))
    return found


def _warm_cold(found: Features) -> tuple[float, float]:
    def share(colour: str) -> float:
        return found[f"{colour} all"]

    warm = (
        share("red") + share("orange") + share("yellow") + 0.6 * (share("pink") + share("brown") + share("beige"))
    )
    cold = share("blue") + share("turquoise") + 0.4 * (share("green") + share("purple"))
    return warm, cold


def _variety(found: Features) -> Features:
    chromatic = np.array([found[f"{colour} all"] for colour in COLOURS[3:]])
    total = float(chromatic.sum())
    shares = chromatic / max(total, 1e-6)
    entropy = float(-(shares * np.log(shares + 1e-9)).sum()) if total > 0.05 else 0.0
    return {
        "coloured": total,
        "colours": float((chromatic > 0.04).sum()),
        "colour entropy": entropy,
        "main colour": float(chromatic.max()),
    }
