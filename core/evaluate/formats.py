"""Public datasets with a table of who felt what, read as they are distributed; nothing is downloaded.

Each format says where the table and the images are, and how a line becomes `user`, `image` and `emotion` (or
`score`). What those may be is judged by `core.evaluate.dataset`, as for a folder of one's own. Licences and what
each annotator was asked stand in docs/evaluate.md.
"""

import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.evaluate.tables import Line, cells, read

SCORED = ("displeasure", "indifference", "pleasure")
"""What the lower, the middle and the upper third of somebody's own scores are called."""


class Format(StrEnum):
    """How a dataset is laid out."""

    FOLDER = "folder"
    """labels.csv, images/ and perhaps emotions.txt."""
    PARA = "para"
    """annotation/PARA-Images.csv and imgs/: Yang et al. 2022, CVPR."""
    WIKIART = "wikiart"
    """WikiArt-annotations.csv, and images/ named by WikiArt's ids: Mohammad, Kiritchenko 2018, LREC."""
    FINDINGEMO = "findingemo"
    """annotations_single.ann beside Run_1/ and Run_2/: Mertens et al. 2024, NeurIPS."""
    EVA = "eva"
    """data/votes_filtered.csv and images/: Kang, Valenzise, Dufaux 2020, ATQAM/MAST."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table and the images are; `lines` raises ValueError where it is no table."""

    table: str
    images: str
    lines: Callable[[Path, Path], tuple[list[str], Iterator[Line]]]


def _folder(table: Path, images: Path) -> tuple[list[str], Iterator[Line]]:
    return read(table)


def _para(table: Path, images: Path) -> tuple[list[str], Iterator[Line]]:
    """By position, as its README numbers them: session, image, user, ten scores, emotion."""
    columns, rows = cells(table)
    named = ((line, dict(zip(("session", "image", "user"), row, strict=False)), row[11:12]) for line, row in rows)
    lines = (
        (
            line,
            {
                "user": "",
                **fields,
                "image": f"{fields['session']}/{fields.get('image', '')}",
                "emotion": "".join(felt),
            },
        )
        for line, fields, felt in named
    )
    return _enough(columns, 12), lines


def _wikiart(table: Path, images: Path) -> tuple[list[str], Iterator[Line]]:
    """A line is a worker and five pictures shown without a title: id, emotions, other; then what had a title."""
    columns, rows = cells(table, otherwise="cp1252")
    files = {file.stem: file.name for file in images.iterdir() if file.is_file()}

    def lines() -> Iterator[Line]:
        for line, row in rows:
            for at in range(1, 16, 3):
                picture, emotions, other = (*row[at : at + 3], "", "", "")[:3]
                for emotion in _named(emotions, other):
                    yield line, {"user": row[0], "image": files.get(picture, picture), "emotion": emotion}

    return _enough(columns, 16), lines()


def _named(emotions: str, other: str) -> list[str]:
    """The chosen emotions, a line each, by the first of their words; of one's own words only "neutral" counts."""
    own = ["neutral"] if other.lower() in ("n", "neutral") else []
    words = (line.partition(",")[0].strip().lower() for line in emotions.splitlines())
    return list(dict.fromkeys([word for word in words if word and not word.startswith("other")] + own))


def _findingemo(table: Path, images: Path) -> tuple[list[str], Iterator[Line]]:
    columns, rows = read(table)
    renamed = {"image_path": "image", "datetime": "time"}
    lines = ((line, {renamed.get(k, k): v.lstrip("/") for k, v in row.items()}) for line, row in rows)
    return [renamed.get(name, name) for name in columns], lines


def _eva(table: Path, images: Path) -> tuple[list[str], Iterator[Line]]:
    """Images are named by the number of a row's picture, in whichever folder they were unpacked."""
    columns, rows = read(table)
    files = {file.stem: file.relative_to(images).as_posix() for file in images.rglob("*.jpg")}
    renamed = {"image_id": "image", "user_id": "user"}
    lines = ((line, {renamed.get(k, k): v.strip('"') for k, v in row.items()}) for line, row in rows)
    found = ((line, {**row, "image": files.get(row["image"], row["image"])}) for line, row in lines)
    return [renamed.get(name, name) for name in columns], found


def _enough(columns: list[str], needed: int) -> list[str]:
    """What is read by position has all columns where it has enough of them."""
    return ["user", "image", "emotion"] if len(columns) >= needed else columns


LAYOUTS: Mapping[Format, Layout] = {
    Format.FOLDER: Layout("labels.csv", "images", _folder),
    Format.PARA: Layout("annotation/PARA-Images.csv", "imgs", _para),
    Format.WIKIART: Layout("WikiArt-annotations.csv", "images", _wikiart),
    Format.FINDINGEMO: Layout("annotations_single.ann", ".", _findingemo),
    Format.EVA: Layout("data/votes_filtered.csv", "images", _eva),
}


def by_thirds(lines: Iterable[tuple[str, float]]) -> list[str]:
    """Each (user, score) as the third of that user's own scores in which it lies; equal scores share a third.

    A score lies where the middle of its equals ranks: below a third, above two thirds, or between.
    """
    pairs = list(lines)
    ranked: dict[str, list[float]] = {}
    for user, score in pairs:
        ranked.setdefault(user, []).append(score)
    for scores in ranked.values():
        scores.sort()

    def third(user: str, score: float) -> str:
        scores = ranked[user]
        middle = (bisect.bisect_left(scores, score) + bisect.bisect_right(scores, score)) / 2 / len(scores)
        return SCORED[0 if middle < 1 / 3 else 2 if middle > 2 / 3 else 1]

    return [third(user, score) for user, score in pairs]
