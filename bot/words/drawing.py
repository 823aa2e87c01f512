"""The chart of `/me`: what a member felt how often, and how often guesses were right, version by version.

Drawn with Pillow, in a thread, in a few hundredths of a second. The letters are DejaVu's, which come with
matplotlib (not imported: that takes a second); a name that they cannot write is drawn as its number, as in the
description of the picture.
"""

import importlib.util
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH = 960
_MARGIN, _ROW, _HEAD = 28, 34, 58
_LEFT, _GAP = 500, 40
_GROUND, _INK, _FAINT, _LINE = "#2b2d31", "#f2f3f5", "#b5bac1", "#404249"
_MINE, _MOST = "#2fb5a6", "#80848e"
_SIZE, _TITLE = 17, 20
_NAME = 150


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
    font = _font(_SIZE, bold=False)
    missing = bytes(font.getmask("\U0010ffff"))
    return all(letter.isspace() or bytes(font.getmask(letter)) != missing for letter in text)


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
    left, right = start + 96, WIDTH - _MARGIN - 84
    for place, record in enumerate(chart.records):
        top = _HEAD + 2 * place * _ROW
        _write(pen, (start, top + 16), _fitting(record.name, 90))
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
    pen.text(at, text, font=_font(size, bold=bold), fill=colour)


def _fitting(text: str, width: int) -> str:
    """As much of a text as fits into so many pixels."""
    font = _font(_SIZE, bold=False)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _wrapped(text: str, width: int) -> list[str]:
    font, lines = _font(_SIZE, bold=False), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / "mpl-data" / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
        if file.exists():
            return ImageFont.truetype(str(file), size)
    return ImageFont.load_default(size)
