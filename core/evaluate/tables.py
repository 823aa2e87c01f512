"""A table as researchers have it: commas, semicolons or tabs, a mark of its encoding, columns in capitals.

Only how the table is written is forgiven here; what stands in it is judged by `core.evaluate.dataset`.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from core.vocabulary.scripts import composed

_DELIMITERS = ",;\t"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Line: TypeAlias = tuple[int, dict[str, str]]


def read(table: Path) -> tuple[list[str], Iterator[Line]]:
    """The columns in small letters, and each row by column with its line's number; blanks around are dropped.

    Raises ValueError, also while rows are taken, where it is no table in UTF-8 or, with its mark, UTF-16.
    """
    data = table.read_bytes()
    text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8").lstrip("\ufeff")
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return columns, _lines(rows, columns)


def _lines(rows: Any, columns: list[str]) -> Iterator[Line]:
    blank = dict.fromkeys(columns, "")
    try:
        for row in rows:
            fields = dict(zip(columns, map(composed, row), strict=False))
            if any(fields.values()):
                yield rows.line_num, blank | fields
    except csv.Error as error:
        raise ValueError(str(error)) from error
