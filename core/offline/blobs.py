"""Features of single things in a picture: small lights on dark, coloured spots, round shapes.

A thing is what differs from its surroundings in all eight directions; the weakest direction counts.
"""

import numpy as np
from numpy.typing import NDArray

from core.offline.pixels import COLOURS, SIDE, Canvas, Features, Grid
from core.offline.shapes import blur

_HALF = SIDE // 2
_GREEN = COLOURS.index("green")


def blob_features(canvas: Canvas) -> Features:
    """All features of single things."""
    rgb: Grid = np.ascontiguousarray(
        canvas.rgb.reshape(_HALF, 2, _HALF, 2, 3).mean(axis=(1, 3)).transpose(2, 0, 1)
    )
    return _lights(canvas) | _spots(rgb, canvas) | _round(rgb)


def _peaks(grid: Grid, threshold: float) -> NDArray[np.bool_]:
    """Local maxima of at least `threshold`, the border left out."""
    inner = grid[1:-1, 1:-1]
    peak: NDArray[np.bool_] = inner >= threshold
    for dy in (0, 1, 2):
        for dx in (0, 1, 2):
            if (dy, dx) != (1, 1):
                other = grid[dy : dy + inner.shape[0], dx : dx + inner.shape[1]]
                peak &= inner > other if (dy, dx) < (1, 1) else inner >= other
    return np.pad(peak, 1)


def _lights(canvas: Canvas) -> Features:
    """Small bright points on dark ground: how many, where they lie, how many are warm."""
    around = blur(canvas.luma, 4)
    bright = (canvas.peaks > 0.34) & (canvas.peaks > 2.4 * around) & (around < 0.3)
    points = _peaks(canvas.peaks - around, 0.16) & bright
    count = float(points.sum())
    warm = canvas.rgb[..., 0] - canvas.rgb[..., 2] > 0.1
    return {
        "points": count,
        "points above": float(points[: SIDE // 2].sum()),
        "points below": float(points[SIDE // 2 :].sum()),
        "points above cool": float((points & ~warm)[: SIDE // 2].sum()),
        "points warm": float(warm[points].mean()) if count else 0.0,
    }


def _spots(rgb: Grid, canvas: Canvas) -> Features:
    """Small patches of another colour than all their surroundings."""
    change = np.zeros((_HALF, _HALF), dtype=np.float32)
    for radius in (1, 2):
        _, here, _ = _ring(rgb, radius)
        edge = radius + 3
        change[edge:-edge, edge:-edge] = np.maximum(change[edge:-edge, edge:-edge], here)
    spots = _peaks(change, 0.12)
    names, value = canvas.names[::2, ::2], canvas.value[::2, ::2]
    saturation = canvas.saturation[::2, ::2]
    vivid = spots & (saturation > 0.3) & (value > 0.4) & (names != _GREEN)
    pale = spots & (saturation < 0.2) & (value > 0.7)
    return {"spots": float(spots.sum()), "vivid spots": float(vivid.sum()), "pale spots": float(pale.sum())}


def _round(rgb: Grid) -> Features:
    """Discs of even colour: the clearest bright one, the clearest of any colour, and how many there are."""
    found = {"round bright": 0.0, "round any": 0.0, "discs": 0.0}
    for radius in (3, 5, 8, 12):
        drop, change, uneven = _ring(rgb, radius)
        solid = uneven < 0.16
        found["round bright"] = max(found["round bright"], float((drop * solid).max()))
        clear: Grid = change * solid
        found["round any"] = max(found["round any"], float(clear.max()))
        found["discs"] += float(_peaks(blur(clear, 1), 0.08).sum())
    return found


def _ring(rgb: Grid, radius: int) -> tuple[Grid, Grid, Grid]:
    """Per centre: least brightness drop and least colour change to a ring outside the radius, and the greatest
    unevenness within it, over eight directions. `rgb` is (3, 64, 64), results are (64 - 2 (radius + 3)) squared.
    """
    luma: Grid = np.tensordot(np.array([0.299, 0.587, 0.114], dtype=np.float32), rgb, axes=1)
    outer = radius + 3
    core = slice(outer, _HALF - outer)
    middle, shade = rgb[:, core, core], luma[core, core]
    drop = np.ones_like(shade)
    change = np.ones_like(shade)
    uneven = np.zeros_like(shade)
    for turn in range(8):
        angle = turn * np.pi / 4.0
        for reach in (radius + 2.0, radius - 1.5):
            if reach < 1.0:
                continue
            dy, dx = round(reach * np.sin(angle)), round(reach * np.cos(angle))
            there = (slice(outer + dy, _HALF - outer + dy), slice(outer + dx, _HALF - outer + dx))
            apart = np.abs(rgb[:, *there] - middle)
            distance = np.maximum(np.maximum(apart[0], apart[1]), apart[2])
            if reach > radius:
                drop = np.minimum(drop, shade - luma[there])
                change = np.minimum(change, distance)
            else:
                uneven = np.maximum(uneven, distance)
    return np.maximum(drop, 0.0), change, uneven
