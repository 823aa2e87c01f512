"""Real small disks for tests: a tmpfs of a few megabytes, where this machine lets us mount one."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SMALL_MB = 256


@contextlib.contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """A folder that is a disk of its own; skips the test where mounting is not allowed."""
    at.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(at)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk needs root and a machine that lets it")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=False)


def make_read_only(disk: Path) -> None:
    """Turn a small disk read-only; nothing may be open on it."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, capture_output=True)


def fill(disk: Path, leave: int = 0) -> Path:
    """Fill a disk with a file but for `leave` bytes; the file. Should it be gone, never more than it held."""
    filler, whole = disk / "filler", os.statvfs(disk)
    blocks = whole.f_blocks * whole.f_frsize // 4096
    assert blocks < SMALL_MB << 8, "this is the machine's own disk"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for _ in range(blocks + 1):
            file.write(bytes(4096))
    size = filler.stat().st_size
    os.truncate(filler, max(0, size - leave))
    return filler
