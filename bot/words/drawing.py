"""The chart of `/me`: what a member felt how often, and how often guesses were right, version by version.

Drawn with Pillow, in a thread, in a few hundredths of a second. The letters are DejaVu's, which come with
matplotlib (not imported: that takes a second), and for Chinese and Japanese those of a font of the system; a name
that none can write is drawn as its number, as in the description of the picture.
"""

import importlib.util
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

WIDTH = 960
_MARGIN, _ROW, _HEAD = 28, 34, 58
_LEFT, _GAP = 500, 40
_GROUND, _INK, _FAINT, _LINE = "#2b2d31", "#f2f3f5", "#b5bac1", "#404249"
_MINE, _MOST = "#2fb5a6", "#80848e"
_SIZE, _TITLE = 17, 20
_NAME, _VERSION = 150, 118
_OF_THE_SYSTEM = ("DroidSansFallbackFull.ttf", "NotoSansCJK-Regular.ttc", "wqy-microhei.ttc")
"""Fonts with Chinese and Japanese: the first is Debian's fonts-droid-fallback, the others are found elsewhere."""

_NO_LETTER = "\U0010ffff"
Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was felt."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """How often a version was right, and most people's answer on the same pictures."""

    name: str
    right: int
    most: int
    of: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: rows with their titles, and what stands where there is no row."""

    felt_title: str
    felt: Sequence[Count]
    right_title: str
    records: Sequence[Record]
    none: str
    mine: str
    most: str


def draw(chart: Chart) -> bytes:
    """The chart as a PNG. Blocking: call it off the event loop."""
    rows = max(len(chart.felt), 2 * len(chart.records) + 2, 4)
    image = Image.new("RGB", (WIDTH, _HEAD + rows * _ROW + _MARGIN), _GROUND)
    pen = ImageDraw.Draw(image)
    _felt(pen, chart)
    _records(pen, chart)
    pen.line((_LEFT, _MARGIN, _LEFT, image.height - _MARGIN), fill=_LINE, width=2)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def drawable(text: str) -> bool:
    """Whether the letters can write it."""
    return all(letter.isspace() or _writing(letter, _SIZE, bold=False) is not None for letter in text)


def _felt(pen: ImageDraw.ImageDraw, chart: Chart) -> None:
    _write(pen, (_MARGIN, _MARGIN - 6), chart.felt_title, size=_TITLE, bold=True)
    most = max([1, *(count.number for count in chart.felt)])
    left, right = _MARGIN + _NAME, _LEFT - _GAP - 44
    for place, count in enumerate(chart.felt):
        top = _HEAD + place * _ROW
        name = count.name if drawable(count.name) else f"{place + 1}"
        _write(pen, (_MARGIN, top + 4), _fitting(name, _NAME - 10))
        end = left + round((right - left) * count.number / most)
        _bar(pen, (left, top + 5, end, top + _ROW - 9), _MINE)
        _write(pen, (end + 10, top + 4), str(count.number))


def _records(pen: ImageDraw.ImageDraw, chart: Chart) -> None:
    start = _LEFT + _GAP
    _write(pen, (start, _MARGIN - 6), chart.right_title, size=_TITLE, bold=True)
    if not chart.records:
        for n, line in enumerate(_wrapped(chart.none, WIDTH - start - _MARGIN)):
            _write(pen, (start, _HEAD + 4 + n * 26), line, colour=_FAINT)
        return
    left, right = start + 126, WIDTH - _MARGIN - 84
    for place, record in enumerate(chart.records):
        top = _HEAD + 2 * place * _ROW
        _write(pen, (start, top + 16), _fitting(record.name, _VERSION))
        for n, (number, colour) in enumerate(((record.right, _MINE), (record.most, _MOST))):
            at = top + n * 26
            end = left + round((right - left) * number / record.of)
            _bar(pen, (left, at + 4, end, at + 24), colour)
            _write(pen, (end + 8, at + 2), f"{number}/{record.of}")
    bottom = _HEAD + 2 * len(chart.records) * _ROW + 8
    for n, (name, colour) in enumerate(((chart.mine, _MINE), (chart.most, _MOST))):
        at = bottom + n * 26
        _bar(pen, (start, at + 4, start + 16, at + 20), colour)
        _write(pen, (start + 26, at), _fitting(name, WIDTH - start - 26 - _MARGIN), colour=_FAINT)


def _bar(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colour: str) -> None:
    if box[2] > box[0]:
        pen.rounded_rectangle(box, min(5, (box[2] - box[0]) // 2), fill=colour)


def _write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    *,
    size: int = _SIZE,
    bold: bool = False,
    colour: str = _INK,
) -> None:
    left, base = at[0], at[1] + size
    for run, font in _runs(text, size, bold=bold):
        pen.text((left, base), run, font=font, fill=colour, anchor="ls")
        left += font.getlength(run)


def _length(text: str) -> float:
    return sum(font.getlength(run) for run, font in _runs(text, _SIZE, bold=False))


def _fitting(text: str, width: int) -> str:
    """As much of a text as fits into so many pixels."""
    if _length(text) <= width:
        return text
    while text and _length(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _wrapped(text: str, width: int) -> list[str]:
    """A text in lines; one without blanks between its words may be parted anywhere."""
    lines = [""]
    for part in re.findall(r"[!-ÿ]+\s*|.", text):
        if _length((lines[-1] + part).rstrip()) <= width:
            lines[-1] += part
        else:
            lines.append(part.lstrip())
    return lines


def _runs(text: str, size: int, *, bold: bool) -> Iterator[tuple[str, Font]]:
    """Parts of a text, each with a font that can write it, our own wherever it can."""
    for font, letters in groupby(text, lambda letter: _writing(letter, size, bold=bold)):
        yield "".join(letters), font or _fonts(size, bold=bold)[0]


@lru_cache(maxsize=4096)
def _writing(letter: str, size: int, *, bold: bool) -> Font | None:
    """The first font that has a letter."""
    return next((font for font in _fonts(size, bold=bold) if _has(font, letter)), None)


def _has(font: Font, letter: str) -> bool:
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))


@cache
def _fonts(size: int, *, bold: bool) -> list[Font]:
    found: list[Font] = [_own_font(size, bold=bold)]
    for name in _OF_THE_SYSTEM:
        with suppress(OSError):
            found.append(ImageFont.truetype(name, size))
    return found


def _own_font(size: int, *, bold: bool) -> Font:
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / "mpl-data" / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
        if file.exists():
            return ImageFont.truetype(str(file), size)
    return ImageFont.load_default(size)
