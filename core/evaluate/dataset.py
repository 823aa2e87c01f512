"""A dataset folder, read with care: what is wrong in it is listed by line, never guessed at.

A table has the columns user,image,emotion and optionally weight, time, split; several rows for one user and
image are several emotions of one label. `score`, a number, in place of `emotion` is read by thirds of each
user's own. `emotions.txt`, one a line, gives the label set.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from core.evaluate.formats import LAYOUTS, Format, Layout, by_thirds
from core.evaluate.refusals import BadRow, DatasetError, DatasetProblem, RowProblem
from core.evaluate.tables import Line
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.errors import LabelSetError
from core.vocabulary.scripts import composed, folded

Split = Literal["train", "test"]
_REQUIRED = ("user", "image", "emotion")


@dataclass(frozen=True, slots=True)
class Sample:
    """One user's label of one image file; `felt` sums to one; `split` as the dataset says, if it does."""

    image: str
    felt: Mapping[str, float]
    split: Split | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labels by user, each user's samples in time order; `images` is the folder that image names are in,
    `table` the file that the lines of `problems` count in.
    """

    images: Path
    label_set: LabelSet
    people: Mapping[str, tuple[Sample, ...]]
    problems: tuple[BadRow, ...] = ()
    table: str = "labels.csv"


@dataclass(frozen=True, slots=True)
class _Row:
    user: str
    image: str
    emotion: str
    weight: float
    time: float
    split: Split | None


def load(folder: Path, *, strict: bool = False, layout: Format = Format.FOLDER) -> Dataset:
    """Read a dataset.

    Raises DatasetError where there is nothing to read, or, with `strict`, at the first bad row.
    """
    form = LAYOUTS[layout]
    table, images = folder / form.table, folder / form.images
    if not table.is_file():
        raise DatasetError(DatasetProblem.NO_TABLE, folder=str(folder), table=form.table, images=form.images)
    if not images.is_dir():
        raise DatasetError(DatasetProblem.NO_IMAGES, folder=str(folder), images=form.images)
    allowed = _emotions_file(folder / "emotions.txt")
    spelled = {folded(name): name for name in allowed or MIKELS.names}
    rows: list[_Row] = []
    problems: list[BadRow] = []
    for line, fields in _lines(form, table, images):
        row = _row(fields, images, allowed, spelled, line)
        if isinstance(row, _Row):
            rows.append(row)
        elif strict:
            raise DatasetError(DatasetProblem.BAD_ROW, row=row, table=form.table)
        else:
            problems.append(row)
    if not rows:
        raise DatasetError(DatasetProblem.NO_ROW, table=form.table)
    label_set = _label_set(allowed, list(dict.fromkeys(row.emotion for row in rows)))
    return Dataset(images, label_set, _people(rows), tuple(problems), form.table)


def _lines(form: Layout, table: Path, images: Path) -> Iterator[Line]:
    try:
        columns, lines = form.lines(table, images)
        scored = "score" in columns and "emotion" not in columns
        missing = [name for name in _REQUIRED if name not in columns and not (scored and name == "emotion")]
        if missing:
            raise DatasetError(DatasetProblem.NO_COLUMN, names=missing, table=form.table)
        yield from _by_thirds(list(lines)) if scored else lines
    except ValueError as error:
        raise DatasetError(DatasetProblem.NOT_A_TABLE, table=form.table) from error


def _by_thirds(lines: list[Line]) -> Iterator[Line]:
    """Lines with an emotion for their score; without one where it is no number, which is told as what it is."""
    scores = [(fields["user"], _number(fields["score"].replace(",", "."))) for _, fields in lines]
    named = iter(by_thirds((user, score) for user, score in scores if score is not None))
    for (line, fields), (_, score) in zip(lines, scores, strict=True):
        yield line, fields if score is None else {**fields, "emotion": next(named)}


def _row(
    fields: Mapping[str, str], images: Path, allowed: list[str], spelled: dict[str, str], line: int
) -> _Row | BadRow:
    """A row, or what is wrong with it. `spelled` holds each emotion as it is written first."""
    if fields.get("score") and "emotion" not in fields:
        return BadRow(line, RowProblem.SCORE, fields["score"])
    empty = tuple(name for name in _REQUIRED if not fields.get(name))
    if empty:
        return BadRow(line, RowProblem.EMPTY, names=empty)
    image, split = _image_name(fields["image"], images), fields.get("split", "").lower()
    emotion = spelled.setdefault(folded(fields["emotion"]), fields["emotion"])
    weight = _number((fields.get("weight") or "1").replace(",", "."))
    time = _time(fields["time"]) if fields.get("time") else float(line)
    faults = (
        (not _inside(images, image), RowProblem.OUTSIDE, image),
        (not (images / image).is_file(), RowProblem.NO_IMAGE, image),
        (bool(allowed) and emotion not in allowed, RowProblem.EMOTION, emotion),
        (split not in ("", "train", "test"), RowProblem.SPLIT, split),
        (weight is None or weight <= 0, RowProblem.WEIGHT, fields.get("weight", "")),
        (time is None, RowProblem.TIME, fields.get("time", "")),
    )
    for wrong, reason, value in faults:
        if wrong:
            return BadRow(line, reason, value)
    return _Row(fields["user"], image, emotion, weight, time, split or None)  # type: ignore[arg-type]


def _image_name(written: str, images: Path) -> str:
    """The file's name within images/, which many tables write in front, some with the strokes of Windows."""
    name = written.replace("\\", "/").removeprefix("./")
    there = "\0" not in name and (images / name).exists()
    return name if there else name.removeprefix("images/")


def _inside(folder: Path, name: str) -> bool:
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except ValueError:  # a NUL in the name
        return False


def _time(text: str) -> float | None:
    number = _number(text)
    if number is not None:
        return number
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _emotions_file(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return [composed(line) for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def _label_set(listed: list[str], seen: list[str]) -> LabelSet:
    """The listed emotions; without a list Mikels' eight where they cover what is seen, else the seen in order."""
    if not listed and set(seen) <= set(MIKELS.names):
        return MIKELS
    emojis = {e.name: e.emoji for e in MIKELS.emotions}
    try:
        return LabelSet(tuple(Emotion(name, emojis.get(name, "")) for name in listed or seen))
    except LabelSetError as error:
        raise DatasetError(DatasetProblem.NO_LABEL_SET, label_set=error) from error


def _people(rows: Iterable[_Row]) -> dict[str, tuple[Sample, ...]]:
    by_user: dict[str, dict[str, list[_Row]]] = {}
    for row in sorted(rows, key=lambda r: r.time):
        by_user.setdefault(row.user, {}).setdefault(row.image, []).append(row)
    return {user: tuple(_sample(group) for group in images.values()) for user, images in sorted(by_user.items())}


def _sample(group: list[_Row]) -> Sample:
    felt: dict[str, float] = {}
    for row in group:
        felt[row.emotion] = felt.get(row.emotion, 0.0) + row.weight
    total = sum(felt.values())
    # A picture that stands on both sides in one user's rows is a test picture: training on it would leak.
    splits = {row.split for row in group}
    split: Split | None = "test" if "test" in splits else "train" if "train" in splits else None
    return Sample(group[0].image, {name: weight / total for name, weight in felt.items()}, split)
