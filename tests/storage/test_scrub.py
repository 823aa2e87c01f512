"""What is overwritten is what no cell owns, and nothing else."""

import os
import random
import sqlite3
from pathlib import Path

import pytest

from storage.erasing.scrub import Scrub, unused


def filled(path: Path, page_size: int, seed: int) -> sqlite3.Connection:
    """Tables and indices of many shapes, with rows that were changed and deleted without being overwritten."""
    dice = random.Random(seed)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute(f"PRAGMA page_size={page_size}")
    database.execute("PRAGMA secure_delete=OFF")
    database.execute("CREATE TABLE a (k TEXT PRIMARY KEY, n INTEGER, v BLOB)")
    database.execute("CREATE TABLE b (k TEXT, n INTEGER, PRIMARY KEY (k, n)) WITHOUT ROWID")
    database.execute("CREATE INDEX a_n ON a (n, k)")
    database.execute("BEGIN")
    for _ in range(3000):
        key, n = f"{dice.randrange(10**9):x}", dice.randrange(1000)
        size = dice.choice((0, 10, 100, 1000, 9000))
        database.execute("INSERT OR REPLACE INTO a VALUES (?, ?, ?)", (key, n, dice.randbytes(size)))
        database.execute("INSERT OR REPLACE INTO b VALUES (?, ?)", ("CANARY" + key if n < 300 else key, n))
        if dice.random() < 0.3:
            database.execute("UPDATE a SET v = ? WHERE n = ?", (dice.randbytes(300), dice.randrange(1000)))
    database.execute("DELETE FROM b WHERE n < 300")
    database.execute("COMMIT")
    return database


@pytest.mark.parametrize("page_size", [512, 4096, 65536])
@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_every_row_stays_and_every_copy_goes(tmp_path: Path, page_size: int, seconds: float) -> None:
    path = tmp_path / "some.db"
    database = filled(path, page_size, seed=page_size)
    before = [database.execute(f"SELECT * FROM {t} ORDER BY k, n").fetchall() for t in "ab"]
    roots = [root for (root,) in database.execute("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")]
    database.close()
    assert b"CANARY" in _of_trees(path, page_size, [1, *roots])
    walk, file, steps = Scrub([1, *roots]), os.open(path, os.O_RDWR), 1
    while not walk.step(file, seconds):
        steps += 1
    os.close(file)
    assert (steps > 10) == (seconds == 0.0)
    assert b"CANARY" not in _of_trees(path, page_size, [1, *roots])
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert [database.execute(f"SELECT * FROM {t} ORDER BY k, n").fetchall() for t in "ab"] == before


def _of_trees(path: Path, page_size: int, roots: list[int]) -> bytes:
    """The bytes of all pages of some trees, by SQLite's own account of them."""
    database = sqlite3.connect(path)
    pages = database.execute("SELECT pageno FROM dbstat WHERE pagetype IN ('leaf', 'internal')").fetchall()
    database.close()
    whole = path.read_bytes()
    return b"".join(whole[(n - 1) * page_size : n * page_size] for (n,) in pages)


def test_what_is_no_page_of_a_tree_is_left_alone() -> None:
    assert list(unused(bytes([255]) * 4096, 2, 4096)) == []
    assert list(unused(bytes(4096), 2, 4096)) == []
