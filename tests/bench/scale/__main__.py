"""`python -m tests.bench.scale --labels 1000000 --database sqlite`: make a world, prove, measure and delete it."""

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from core.vocabulary.clock import SystemClock
from storage import open_storage
from tests.bench.scale.filling import fill
from tests.bench.scale.measuring import Bytes, Measured, bytes_of, measured, roster_of
from tests.bench.scale.proving import SAMPLE, wrong
from tests.bench.scale.world import Size
from tests.databases import Postgres, postgres_server


def main() -> int:
    """Print the table; 1 where the world is not consistent or something goes through a large table."""
    asked = _asked()
    size = Size(asked.labels, asked.members or asked.labels // 10, asked.servers or max(1, asked.labels // 1000))
    with _database(asked.database) as url:
        found, lines, taken = asyncio.run(_whole(url, size))
        if asked.move:
            with _database("postgresql" if asked.database == "sqlite" else "sqlite") as other:
                _moved(url, other)
    _show(asked.database, lines, taken)
    for one in found[:20]:
        _say(f"WRONG: {one}")
    return 1 if found or any(line.scans for line in lines) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--members", type=int, help="a tenth of the labels unless given")
    parser.add_argument("--servers", type=int, help="a thousandth of the labels unless given")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--move", action="store_true", help="move it to a database of the other kind as well")
    return parser.parse_args()


@contextlib.contextmanager
def _database(kind: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="feelprint-scale-") as folder:
        if kind == "sqlite":
            yield str(Path(folder) / "feelprint.db")
            return
        with postgres_server() as server:
            postgres = Postgres(server)
            yield postgres.url(postgres.create())


async def _whole(url: str, size: Size) -> tuple[list[str], list[Measured], list[Bytes]]:
    clock = SystemClock()
    async with open_storage(url, clock=clock):
        pass
    began = time.perf_counter()
    await asyncio.to_thread(fill, url, size)
    _say(f"filled in {time.perf_counter() - began:.0f} s: {size}")
    began = time.perf_counter()
    async with open_storage(url, clock=clock) as storage:
        _say(f"opened in {time.perf_counter() - began:.1f} s")
        found = await wrong(storage, size)
        _say(f"{min(SAMPLE, size.members)} members derived again by the product: {len(found)} differences")
        _say(
            "of every member and server in memory: {1:.1f} MB, read in {0:.1f} s".format(*await roster_of(storage))
        )
        taken = await bytes_of(storage)
        return found, await measured(storage, size), taken


def _moved(source: str, target: str) -> None:
    began, most = time.perf_counter(), "0"
    command = [sys.executable, "-m", "bot", "move", source, target]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:  # what the system tells afterwards is of the process that it was forked from
            status = Path(f"/proc/{process.pid}/status").read_text()
            most = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), most)
            time.sleep(0.2)
        said = process.stdout.read() if process.stdout else ""
    _say(f"moved in {time.perf_counter() - began:.0f} s, with {int(most) / 1024:.0f} MB of memory at the most")
    _say("\n".join(said.splitlines()[-3:]))


def _show(kind: str, lines: list[Measured], taken: list[Bytes]) -> None:
    _say(f"\n| on {kind} | median, ms | slowest, ms | goes through |\n|---|--:|--:|---|")
    for line in lines:
        _say(f"| {line.what} | {line.median:.1f} | {line.slowest:.1f} | {', '.join(line.scans)} |")
    _say("\n| table | rows | MB | bytes a row |\n|---|--:|--:|--:|")
    for one in taken:
        if one.rows:
            _say(f"| {one.table} | {one.rows:,} | {one.bytes / 1e6:,.1f} | {one.bytes / one.rows:,.0f} |")
    _say(f"| all | {sum(one.rows for one in taken):,} | {sum(one.bytes for one in taken) / 1e6:,.1f} | |")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
