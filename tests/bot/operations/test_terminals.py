"""A terminal that cannot write every character is told what it can, and loses nothing that matters."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.samples import encoded, scene

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
TERMINALS = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


def told(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """What the command line says on a terminal; without settings the offline model answers."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    env |= TERMINALS[name] | {"FEELPRINT_DATABASE": str(folder / "f.db")}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, env=env, cwd=folder, capture_output=True, timeout=120, check=False)


@pytest.mark.parametrize("name", TERMINALS)
def test_doctor_says_its_findings(tmp_path: Path, name: str) -> None:
    done = told(name, "doctor", folder=tmp_path)
    assert b"Traceback" not in done.stderr
    assert b"+ database:" in done.stdout
    assert b"! model:" in done.stdout


@pytest.mark.parametrize("name", ["POSIX", "cp1252"])
def test_evaluate_shows_its_table(tmp_path: Path, name: str) -> None:
    (tmp_path / "images").mkdir()
    rows = ["user,image,emotion"]
    for n in range(12):
        (tmp_path / "images" / f"{n}.png").write_bytes(encoded(scene(64, 64, n), "PNG"))
        rows.append(f"\u00fcnal,{n}.png," + ("g\u00eane" if n % 2 else "joy"))
    (tmp_path / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    arguments = ("--methods", "generic,prior", "--train", "4", "--test", "4", "--out", "out")
    done = told(name, "evaluate", str(tmp_path), *arguments, folder=tmp_path)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert b"generic" in done.stdout
    assert json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["about"]["users"] == 1
