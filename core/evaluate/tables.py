"""A table as researchers have it: commas, semicolons, tabs or equals signs, a mark of its encoding, any capitals.

Only how the table is written is forgiven here; what stands in it is judged by `core.evaluate.dataset`.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from core.vocabulary.scripts import composed

_DELIMITERS = ",;\t="
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Cells: TypeAlias = tuple[int, list[str]]
Line: TypeAlias = tuple[int, dict[str, str]]


def read(table: Path) -> tuple[list[str], Iterator[Line]]:
    """The columns in small letters, and each row by column with its line's number; blanks around are dropped.

    Raises ValueError, also while rows are taken, where it is no table in UTF-8 or, with its mark, UTF-16.
    """
    columns, rows = cells(table)
    blank = dict.fromkeys(columns, "")
    return columns, ((line, blank | dict(zip(columns, row, strict=False))) for line, row in rows)


def cells(table: Path, *, otherwise: str = "utf-8") -> tuple[list[str], Iterator[Cells]]:
    """The same with rows as lists, as columns may share a name; `otherwise`: the encoding if not UTF-8."""
    data = table.read_bytes()
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8").lstrip("\ufeff")
    except UnicodeDecodeError:
        text = data.decode(otherwise)
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return columns, _rows(rows)


def _rows(rows: Any) -> Iterator[Cells]:
    try:
        for row in rows:
            filled = [composed(cell) for cell in row]
            if any(filled):
                yield rows.line_num, filled
    except csv.Error as error:
        raise ValueError(str(error)) from error
