"""Features of form: edges, lines, texture, small lights, spots, round shapes, outlines, symmetry.

Plain numpy on the 128 x 128 grid. Each feature is a broad property that a person could name, not a
fingerprint of a picture.
"""

import numpy as np
from numpy.typing import NDArray

from core.offline.pixels import REGIONS, SIDE, Canvas, Features, Grid

_EDGE = 0.07
_BLOCK = 16


def shape_features(canvas: Canvas) -> Features:
    """All features of form."""
    down, right = _slopes(canvas.luma)
    size = np.hypot(down, right)
    found: Features = {}
    for region, where in REGIONS.items():
        found[f"edges {region}"] = float((size[where] > _EDGE).mean())
    found["edge strength"] = float(size.mean())
    found.update(_texture(canvas.luma))
    found.update(_lines(down, right))
    found.update(_lights(canvas))
    found.update(_spots(canvas))
    found.update(_round(canvas))
    found.update(_outline(canvas))
    found.update(_horizon(canvas.rgb))
    found.update(_symmetry(canvas.luma))
    return found


def _slopes(luma: Grid) -> tuple[Grid, Grid]:
    down: Grid = np.gradient(luma, axis=0)
    right: Grid = np.gradient(luma, axis=1)
    return down, right


def blur(grid: Grid, radius: int) -> Grid:
    """Mean over a (2 radius + 1)-wide square, edges repeated."""
    width = 2 * radius + 1
    padded = np.pad(grid, radius, mode="edge").astype(np.float64)
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    total = sums[width:, width:] - sums[:-width, width:] - sums[width:, :-width] + sums[:-width, :-width]
    mean: Grid = (total / width**2).astype(np.float32)
    return mean


def _blocks(grid: Grid) -> Grid:
    count = SIDE // _BLOCK
    sums: Grid = grid.reshape(count, _BLOCK, count, _BLOCK).sum(axis=(1, 3))
    return sums


def _texture(luma: Grid) -> Features:
    fine = np.abs(luma - blur(luma, 1))
    coarse = np.abs(blur(luma, 2) - blur(luma, 6))
    busy_blocks = _blocks(fine) / _BLOCK**2
    spectrum = np.abs(np.fft.rfft2((luma - blur(luma, 12)) * np.outer(np.hanning(SIDE), np.hanning(SIDE))))
    spectrum[:3, :3] = 0.0
    strongest = np.sort(spectrum.ravel())[-6:].sum()
    return {
        "fine": float(fine.mean()),
        "fine below": float(fine[REGIONS["below"]].mean()),
        "fine above": float(fine[REGIONS["above"]].mean()),
        "coarse": float(coarse.mean()),
        "empty": float((busy_blocks < 0.006).mean()),
        "repetition": float(strongest / max(float(spectrum.sum()), 1e-6)),
    }


def _lines(down: Grid, right: Grid) -> Features:
    """Directions of edges (structure tensor in blocks), weighted by how straight they are there."""
    xx, yy, xy = _blocks(right * right), _blocks(down * down), _blocks(right * down)
    energy = xx + yy + 1e-9
    straight = np.hypot(xx - yy, 2.0 * xy) / energy
    angle = 0.5 * np.arctan2(2.0 * xy, xx - yy)
    present = np.sqrt(energy / _BLOCK**2)
    weight = straight * np.minimum(present / 0.05, 1.0)
    upright = np.cos(2.0 * angle)
    share = 1.0 / weight.size
    half = weight.shape[0] // 2
    return {
        "vertical": float((weight * (upright > 0.85)).sum() * share),
        "horizontal": float((weight * (upright < -0.85)).sum() * share),
        "diagonal": float((weight * (np.abs(upright) < 0.7)).sum() * share),
        "horizontal below": float((weight * (upright < -0.7))[half:].sum() * 2.0 * share),
        "straightness": float((straight * present).sum() / max(float(present.sum()), 1e-6)),
        "axis": float((weight * (np.abs(upright) > 0.92)).sum() / max(float(weight.sum()), 1e-3)),
    }


def _peaks(grid: Grid, threshold: float) -> NDArray[np.bool_]:
    """Local maxima of at least `threshold`, the border left out."""
    inner = grid[1:-1, 1:-1]
    above = inner >= threshold
    for dy in (0, 1, 2):
        for dx in (0, 1, 2):
            if (dy, dx) != (1, 1):
                other = grid[dy : dy + inner.shape[0], dx : dx + inner.shape[1]]
                above &= inner > other if (dy, dx) < (1, 1) else inner >= other
    return np.pad(above, 1)


def _lights(canvas: Canvas) -> Features:
    """Small bright points on dark ground: counts, where they lie, and how warm they are."""
    around = blur(canvas.luma, 4)
    rise = canvas.peaks - around
    points = _peaks(rise, 0.16) & (around < 0.36) & (canvas.peaks > 0.3)
    count = float(points.sum())
    tint = canvas.rgb[..., 0] - canvas.rgb[..., 2]
    return {
        "points": count,
        "points above": float(points[: SIDE // 2].sum()),
        "points below": float(points[SIDE // 2 :].sum()),
        "points warm": float((tint[points] > 0.12).mean()) if count else 0.0,
    }


def _spots(canvas: Canvas) -> Features:
    """Small patches that are more colourful than, or of another colour than, their surroundings."""
    distance = np.zeros_like(canvas.luma)
    for channel in range(3):
        plane = canvas.rgb[..., channel]
        distance += (blur(plane, 2) - blur(plane, 8)) ** 2
    distance = np.sqrt(distance)
    spots = _peaks(blur(distance, 1), 0.14) & (canvas.value > 0.3)
    vivid = spots & (canvas.saturation > 0.35) & (canvas.value > 0.45)
    green = canvas.names == 6
    return {
        "spots": float(spots.sum()),
        "vivid spots": float((vivid & ~green).sum()),
        "vivid spots below": float((vivid & ~green)[SIDE // 2 :].sum()),
    }


def _round(canvas: Canvas) -> Features:
    """Discs that stand out from their surroundings on all sides: the weakest of eight directions counts."""
    half = SIDE // 2
    rgb = canvas.rgb.reshape(half, 2, half, 2, 3).mean(axis=(1, 3))
    luma = rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    found = {"round bright": 0.0, "round any": 0.0, "discs": 0.0}
    for radius in (3, 5, 8, 12):
        bright, outside, inside = _ring(luma, rgb, radius)
        solid = inside < 0.16
        found["round bright"] = max(found["round bright"], float((bright * solid).max()))
        any_here = outside * solid
        found["round any"] = max(found["round any"], float(any_here.max()))
        found["discs"] += float(_peaks(blur(any_here.astype(np.float32), 1), 0.1).sum())
    return found


def _ring(luma: Grid, rgb: Grid, radius: int) -> tuple[Grid, Grid, Grid]:
    """Per centre: least brightness drop, least colour change and greatest unevenness over eight directions."""
    side = luma.shape[0]
    outer = radius + 3
    core = slice(outer, side - outer)
    middle, shade = rgb[core, core], luma[core, core]
    drop = np.full(shade.shape, 1.0, dtype=np.float32)
    change = np.full(shade.shape, 1.0, dtype=np.float32)
    uneven = np.zeros(shade.shape, dtype=np.float32)
    for turn in range(8):
        angle = turn * np.pi / 4.0
        for reach in (radius + 2.0, radius - 1.5):
            dy, dx = round(reach * np.sin(angle)), round(reach * np.cos(angle))
            there = (slice(outer + dy, side - outer + dy), slice(outer + dx, side - outer + dx))
            distance = np.abs(rgb[there] - middle).max(axis=2)
            if reach > radius:
                drop = np.minimum(drop, shade - luma[there])
                change = np.minimum(change, distance)
            else:
                uneven = np.maximum(uneven, distance)
    return np.maximum(drop, 0.0), change, uneven


def _outline(canvas: Canvas) -> Features:
    """The line where a smooth upper part (a sky) ends, per column: how high, how rough, how stepped it is."""
    sky = canvas.rgb[:6].mean(axis=0)
    smooth = np.stack([blur(canvas.rgb[..., channel], 1) for channel in range(3)], axis=2)
    step = np.abs(np.diff(smooth, n=1, axis=0)).max(axis=2)
    away = np.abs(smooth[1:] - sky).max(axis=2)
    leaves = (away > 0.1) & (blur(step, 1) > 0.025)
    reached = leaves.any(axis=0)
    height = np.where(reached, leaves.argmax(axis=0), SIDE).astype(np.float32) / SIDE
    jumps = np.abs(np.diff(height))
    trend = np.convolve(height, np.ones(9) / 9.0, mode="valid")
    slope = np.abs(np.diff(trend))
    return {
        "sky": float((height > 0.18).mean()),
        "outline height": float(height.mean()),
        "outline spread": float(height.std()),
        "outline jumps": float((jumps > 0.06).sum()),
        "outline flat": float((jumps < 0.012).mean()),
        "outline slope": float(((slope > 0.004) & (slope < 0.03)).mean()),
    }


def _horizon(rgb: Grid) -> Features:
    """The strongest level boundary that runs through all eight strips of columns, and where it lies."""
    strips = rgb.reshape(SIDE, 8, SIDE // 8, 3).mean(axis=2)
    reach = 6
    sums = np.pad(strips.cumsum(axis=0), ((1, 0), (0, 0), (0, 0)))
    means = (sums[reach:] - sums[:-reach]) / reach
    change = np.abs(means[reach + 2 :] - means[: -reach - 2]).max(axis=2)
    level = np.sort(change, axis=1)[:, 1]
    middle = slice(SIDE // 8, SIDE - SIDE // 4)
    best = int(level[middle].argmax()) + middle.start
    return {"horizon": float(level[best]), "horizon height": (best + reach) / SIDE}


def _symmetry(luma: Grid) -> Features:
    soft = blur(luma, 2)
    deviation = float(soft.std()) + 1e-4

    def alike(one: Grid, other: Grid) -> float:
        a, b = one - one.mean(), other - other.mean()
        return float((a * b).mean() / max(float(a.std() * b.std()), 1e-5)) if deviation > 0.03 else 0.0

    half = SIDE // 2
    return {
        "mirror": alike(soft[:, :half], soft[:, : half - 1 : -1]),
        "reflection": alike(soft[:half], soft[: half - 1 : -1]),
    }
