"""Features of form: edges, texture, lines, outlines, horizon, symmetry, repetition.

Plain numpy on the fixed grid. Each feature is a broad property that a person could name, not a
fingerprint of a picture. Spots, lights and round shapes are in `blobs`.
"""

import numpy as np
from numpy.typing import NDArray

from core.offline.pixels import REGIONS, SIDE, Canvas, Features, Grid

_EDGE = 0.03
_HARD = 0.12
_BLOCK = 16


def shape_features(canvas: Canvas) -> Features:
    """All features of form."""
    down, right = _slopes(canvas.rgb)
    squared = down * down + right * right
    size = np.sqrt(np.maximum(np.maximum(squared[..., 0], squared[..., 1]), squared[..., 2]))
    found: Features = {f"edges {region}": float((size[where] > _EDGE).mean()) for region, where in REGIONS.items()}
    found["hard edges"] = float((size > _HARD).sum() / max(1, int((size > _EDGE).sum())))
    found.update(_texture(canvas.luma))
    found.update(_lines(*_slopes(canvas.luma)))
    found.update(_outline(canvas))
    found.update(_horizon(canvas.rgb))
    found.update(_symmetry(canvas.luma))
    found["repetition"] = max(_repetition(canvas.luma), _repetition(canvas.luma.T))
    return found


def blur(grid: Grid, radius: int) -> Grid:
    """Mean over a (2 radius + 1)-wide square, edges repeated."""
    width = 2 * radius + 1
    padded = np.pad(grid.astype(np.float64), ((radius + 1, radius), (radius + 1, radius)), mode="edge")
    sums = padded.cumsum(0).cumsum(1)
    total = sums[width:, width:] - sums[:-width, width:] - sums[width:, :-width] + sums[:-width, :-width]
    mean: Grid = (total / width**2).astype(np.float32)
    return mean


def _slopes(grid: Grid) -> tuple[Grid, Grid]:
    down: Grid = np.zeros_like(grid)
    right: Grid = np.zeros_like(grid)
    down[1:-1] = 0.5 * (grid[2:] - grid[:-2])
    right[:, 1:-1] = 0.5 * (grid[:, 2:] - grid[:, :-2])
    return down, right


def _blocks(grid: Grid) -> Grid:
    count = SIDE // _BLOCK
    sums: Grid = grid.reshape(count, _BLOCK, count, _BLOCK).sum(axis=(1, 3))
    return sums


def _texture(luma: Grid) -> Features:
    fine = np.abs(luma - blur(luma, 1))
    return {
        "fine": float(fine.mean()),
        "fine below": float(fine[REGIONS["below"]].mean()),
        "fine above": float(fine[REGIONS["above"]].mean()),
        "coarse": float(np.abs(blur(luma, 2) - blur(luma, 6)).mean()),
        "empty": float((_blocks(fine) / _BLOCK**2 < 0.006).mean()),
    }


def _lines(down: Grid, right: Grid) -> Features:
    """Directions of edges (structure tensor in blocks), weighted by how straight they are there."""
    xx, yy, xy = _blocks(right * right), _blocks(down * down), _blocks(right * down)
    energy = xx + yy + 1e-9
    straight = np.hypot(xx - yy, 2.0 * xy) / energy
    upright = np.cos(np.arctan2(2.0 * xy, xx - yy))
    present = np.sqrt(energy / _BLOCK**2)
    weight = straight * np.minimum(present / 0.05, 1.0)
    half = weight.shape[0] // 2
    return {
        "vertical": float((weight * (upright > 0.85)).mean()),
        "horizontal": float((weight * (upright < -0.85)).mean()),
        "diagonal": float((weight * (np.abs(upright) < 0.7)).mean()),
        "horizontal below": float((weight * (upright < -0.7))[half:].mean()),
        "straightness": float((straight * present).sum() / max(float(present.sum()), 1e-6)),
        "axis": float((weight * (np.abs(upright) > 0.92)).sum() / max(float(weight.sum()), 1e-3)),
    }


def _outline(canvas: Canvas) -> Features:
    """The line where a smooth upper part (a sky) ends for good, per column: how high, how rough, how stepped."""
    ahead = 14
    smooth = np.stack([blur(canvas.rgb[..., channel], 1) for channel in range(3)], axis=2)
    sky = smooth[:5].mean(axis=0)
    sums = np.pad(smooth.cumsum(axis=0), ((1, 0), (0, 0), (0, 0)))
    coming = (sums[ahead:] - sums[:-ahead]) / ahead
    leaves = (_furthest(coming[5:] - sky) > 0.12) & (_furthest(coming[5:] - coming[:-5]) > 0.05)
    first = np.where(leaves.any(axis=0), leaves.argmax(axis=0) + ahead // 2 + 3, SIDE)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(first, 2, mode="edge"), 5)
    height = np.median(windows, axis=1) / SIDE
    change = np.abs(np.diff(height))
    return {
        "sky": float((height > 0.2).mean()),
        "outline height": float(height.mean()),
        "outline spread": float(height.std()),
        "outline jumps": float((change > 0.05).sum()),
        "outline flat": float((change < 0.004).mean()),
        "outline slope": float(((change > 0.004) & (change < 0.05)).mean()),
    }


def _furthest(difference: Grid) -> Grid:
    apart = np.abs(difference)
    furthest: Grid = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2])
    return furthest


def _horizon(rgb: Grid) -> Features:
    """The strongest level boundary that runs through seven of eight strips of columns, and where it lies."""
    strips = rgb.reshape(SIDE, 8, SIDE // 8, 3).mean(axis=2)
    reach = 6
    sums = np.pad(strips.cumsum(axis=0), ((1, 0), (0, 0), (0, 0)))
    means = (sums[reach:] - sums[:-reach]) / reach
    change = _furthest(means[reach + 2 :] - means[: -reach - 2])
    level = np.sort(change, axis=1)[:, 1]
    middle = slice(SIDE // 8, SIDE - SIDE // 4)
    best = int(level[middle].argmax()) + middle.start
    return {"horizon": float(level[best]), "horizon height": (best + reach) / SIDE}


def _symmetry(luma: Grid) -> Features:
    """Likeness to the mirror image, of what is not explained by level layers (or, below, upright ones)."""
    soft = blur(luma, 2)
    half = SIDE // 2
    rows = soft - soft.mean(axis=1, keepdims=True)
    return {
        "mirror": _alike(rows[:, :half], rows[:, : half - 1 : -1]),
        "reflection": _alike(rows[:half], rows[: half - 1 : -1]),
    }


def _alike(one: Grid, other: Grid) -> float:
    spread = float(one.std() * other.std())
    return float((one * other).mean() / spread) if spread > 0.0009 else 0.0


def _repetition(luma: Grid) -> float:
    """How far rows come back to themselves after a shift: the autocorrelation's rise after its first valley."""
    rows = luma - luma.mean(axis=1, keepdims=True)
    if float(rows.std()) < 0.03:
        return 0.0
    power = (np.abs(np.fft.rfft(rows, n=2 * SIDE, axis=1)) ** 2).mean(axis=0)
    wave: NDArray[np.float64] = np.fft.irfft(power)[: SIDE // 2]
    wave = wave / wave[0] * SIDE / (SIDE - np.arange(SIDE // 2))
    valley = int(wave.argmin())
    return float(wave[valley:].max() - max(float(wave[valley]), -0.4)) if wave[valley] < -0.1 else 0.0
