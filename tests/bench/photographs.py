"""A dataset of photographs that the project did not draw, for `feelprint evaluate`.

    python -m pip install scikit-image
    python -m tests.bench.photographs photographs
    feelprint evaluate photographs --train 16,32 --test 40 --shuffle

Views cropped from scikit-image's sample photographs, labelled by generated tastes: each person feels as
most people do about what is photographed, but for three conditions on the pixels, drawn by seed, with
some noise. The conditions are arithmetic over pixels and are never put into words.
"""

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.vocabulary.emotions import MIKELS

Pixels = NDArray[np.float64]

MOST_PEOPLE = {
    "astronaut": "excitement",
    "chelsea": "contentment",
    "coffee": "contentment",
    "hubble_deep_field": "awe",
    "rocket": "awe",
    "retina": "disgust",
    "immunohistochemistry": "disgust",
    "stereo_motorcycle": "excitement",
    "brick": "contentment",
    "camera": "sadness",
    "coins": "amusement",
    "grass": "contentment",
    "gravel": "sadness",
    "moon": "awe",
    "clock": "fear",
}
VIEWS = 8
"""Crops of each photograph."""

PEOPLE = 16
NOISE = 0.1


def views(seed: int) -> list[tuple[str, Pixels]]:
    """(photograph, RGB pixels in [0, 1]) of every crop: squares of 45 to 75 % of the shorter side."""
    from skimage import data

    rng = np.random.default_rng(seed)
    found = []
    for name in MOST_PEOPLE:
        raw = getattr(data, name)()
        picture = np.asarray(raw[0] if isinstance(raw, tuple) else raw)
        picture = np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture[..., :3]
        pixels = picture / 255.0
        for _ in range(VIEWS):
            side = int(min(pixels.shape[:2]) * rng.uniform(0.45, 0.75))
            top, left = (int(rng.integers(size - side + 1)) for size in pixels.shape[:2])
            found.append((name, pixels[top : top + side, left : left + side]))
    return found


MEASURES: tuple[Callable[[Pixels], float], ...] = (
    lambda p: float(p.mean()),
    lambda p: float(-p.mean()),
    lambda p: float((p[..., 0] - p[..., 2]).mean()),
    lambda p: float((p[..., 2] - p[..., 0]).mean()),
    lambda p: float((p[..., 1] - (p[..., 0] + p[..., 2]) / 2).mean()),
    lambda p: float((p.max(axis=-1) - p.min(axis=-1)).mean()),
    lambda p: float(np.abs(np.diff(p.mean(axis=-1), axis=0)).mean()),
    lambda p: float(-np.abs(np.diff(p.mean(axis=-1), axis=0)).mean()),
    lambda p: float(p[: len(p) // 2].mean() - p[len(p) // 2 :].mean()),
    lambda p: float(p.std()),
)
"""Light, dark, warm, cold, green, colourful, rough, smooth, lighter above, contrast."""


def feelings(seen: list[tuple[str, Pixels]], person: int, seed: int) -> list[str]:
    """What one person feels about each view: the first of three conditions that holds, else as most people."""
    rng = np.random.default_rng([seed, person])
    values = np.array([[measure(pixels) for measure in MEASURES] for _, pixels in seen])
    chosen = rng.choice(len(MEASURES), size=3, replace=False)
    emotions = rng.choice(len(MIKELS.names), size=3, replace=False)
    shares = rng.uniform(0.2, 0.3, size=3)
    felt = []
    for i, (name, _) in enumerate(seen):
        usual = MOST_PEOPLE[name]
        for measure, emotion, share in zip(chosen, emotions, shares, strict=True):
            if values[i, measure] >= np.quantile(values[:, measure], 1.0 - share):
                usual = MIKELS.names[emotion]
                break
        felt.append(str(rng.choice(MIKELS.names)) if rng.random() < NOISE else usual)
    return felt


def write(folder: Path, seed: int) -> None:
    """Write the dataset: `images/`, and `labels.csv` in an order drawn for each person."""
    seen = views(seed)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for i, (_, pixels) in enumerate(seen):
        Image.fromarray((pixels * 255).astype(np.uint8)).resize((384, 384)).save(folder / "images" / f"{i:03}.png")
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["user", "image", "emotion"])
        for person in range(PEOPLE):
            felt = feelings(seen, person, seed)
            for i in np.random.default_rng([seed, person, 1]).permutation(len(seen)):
                rows.writerow([f"person-{person:02}", f"{i:03}.png", felt[i]])


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
