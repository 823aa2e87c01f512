"""Overwrite what SQLite leaves between the cells of its pages, a few pages at a time.

`secure_delete` overwrites what is deleted, but where SQLite once split or merged pages, copies stay in bytes that
no cell owns. VACUUM is rid of them by writing the whole file anew; here they alone are overwritten, in place, as
the file format allows (sqlite.org/fileformat2.html). SQLite never reads them, so a reader is not disturbed and a
crash in between breaks nothing. Whoever calls holds the only writer, with an empty log.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13
_INTERIOR = frozenset({INTERIOR_INDEX, INTERIOR_TABLE})
_PAGES = _INTERIOR | {LEAF_INDEX, LEAF_TABLE}
_FILE_HEADER = 100
_DEEPEST = 20
"""No tree is as deep: SQLite itself refuses one."""


@dataclass
class Scrub:
    """One walk over every tree of a file, given by their roots. `done` are the pages of the last of `trees` that
    were cleaned since it began; `written` counts what had to be overwritten.

    Rows may be written between two steps. A page that is new since then holds only what was there to be written,
    so a tree is finished when each of its pages was cleaned once.
    """

    trees: list[int]
    written: int = 0
    done: set[int] = field(default_factory=set)

    def step(self, file: int, seconds: float) -> bool:
        """Clean pages for about so long; whether all trees are finished. `file` is open for both."""
        until = time.monotonic() + seconds
        page_size, usable = _sizes(file)
        while self.trees:
            for number, page in _pages(file, self.trees[-1], page_size, self.done):
                for start, end in unused(page, number, usable):
                    if any(page[start:end]):
                        os.pwrite(file, bytes(end - start), (number - 1) * page_size + start)
                        self.written += 1
                self.done.add(number)
                if time.monotonic() > until:
                    return False
            self.trees.pop()
            self.done.clear()
        return True


def unused(page: bytes, number: int, usable: int) -> Iterator[tuple[int, int]]:
    """Where a page of a tree holds nothing: between pointers and cells, and in the blocks that are free."""
    head = _FILE_HEADER if number == 1 else 0
    if page[head] not in _PAGES:
        return
    cells = int.from_bytes(page[head + 3 : head + 5])
    content = int.from_bytes(page[head + 5 : head + 7]) or 65_536
    start = head + (12 if page[head] in _INTERIOR else 8) + 2 * cells
    if start <= content <= usable:
        yield start, content
    block = int.from_bytes(page[head + 1 : head + 3])
    while content <= block <= usable - 4:
        following, size = int.from_bytes(page[block : block + 2]), int.from_bytes(page[block + 2 : block + 4])
        if size > 4 and block + size <= usable:
            yield block + 4, block + size
        if following <= block:
            return
        block = following


def _sizes(file: int) -> tuple[int, int]:
    """A page's size, and how much of it is SQLite's."""
    header = os.pread(file, _FILE_HEADER, 0)
    size = int.from_bytes(header[16:18])
    size = 65_536 if size == 1 else size
    return size, size - header[20]


def _pages(file: int, root: int, page_size: int, done: set[int]) -> Iterator[tuple[int, bytes]]:
    """The pages of a tree that are not done, with their bytes. All leaves are equally deep, so that those which
    are done need not be read again; the few pages above them are.
    """

    def read(number: int) -> bytes:
        return os.pread(file, page_size, (number - 1) * page_size)

    depth, number = 0, root
    while (below := _children(read(number), number)) and depth < _DEEPEST:
        depth, number = depth + 1, below[0]
    ahead = [(root, depth)]
    while ahead:
        number, above_leaves = ahead.pop()
        if above_leaves == 0 and number in done:
            continue
        page = read(number)
        ahead += [(child, above_leaves - 1) for child in _children(page, number)]
        if number not in done:
            yield number, page


def _children(page: bytes, number: int) -> list[int]:
    """The pages below one; a leaf has none."""
    head = _FILE_HEADER if number == 1 else 0
    if page[head] not in _INTERIOR:
        return []
    cells = int.from_bytes(page[head + 3 : head + 5])
    places = [int.from_bytes(page[at : at + 2]) for at in range(head + 12, head + 12 + 2 * cells, 2)]
    below = [int.from_bytes(page[place : place + 4]) for place in places]
    return [*below, int.from_bytes(page[head + 8 : head + 12])]
