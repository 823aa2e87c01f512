"""A terminal that cannot write every character is told what it can, and loses nothing that matters."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
import typer

from bot.host.logs import set_up_logs
from bot.host.settings import Settings
from bot.operations.beginning import ending_in_the_log
from core.vocabulary.changes import RecordRating
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from tests.core.samples import encoded, scene
from tests.fakes import ManualClock
from tests.programs import Programs
from tests.storage.made import T0, image

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
TERMINALS = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


Told = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def told(programs: Programs, tmp_path: Path) -> Told:
    """What the command line says on a terminal; without settings the offline model answers.

    What the locale does it does when Python starts, so a Python is started for that.
    """

    def run(name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
        env |= TERMINALS[name] | {"FEELPRINT_DATABASE": str(tmp_path / "f.db")} | more
        if "LC_ALL" not in env:
            return programs.run("bot", *arguments, env=env, cwd=tmp_path)
        command = [sys.executable, "-m", "bot", *arguments]
        return subprocess.run(
            command, env=env, cwd=tmp_path, capture_output=True, encoding="utf-8", errors="replace", check=False
        )

    return run


@pytest.mark.parametrize("name", ["POSIX", "cp1252"])
def test_doctor_says_its_findings(told: Told, name: str) -> None:
    done = told(name, "doctor")
    assert "Traceback" not in done.stderr
    assert "+ database:" in done.stdout
    assert "! model:" in done.stdout


def test_what_is_to_be_copied_is_not_broken_by_a_narrow_terminal(told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "/".join(["a folder of a long name"] * 5)
    (tmp_path / ".env").write_text(f"FEELPRINT_DATABASE={folder}/f.db")
    found = told("latin-1", "doctor", FEELPRINT_DATABASE="").stdout
    assert f"{folder}/f.db is empty or not there yet; `feelprint run` makes what is needed.\n" in found
    refused = told("latin-1", "restore", f"{folder}/copy.db", FEELPRINT_DATABASE="")
    assert refused.stderr == f"There is no file {folder}/copy.db to restore.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("healthy", "--health", "abc"), "FEELPRINT_HEALTH is “abc”, which does not work"),
        (("healthy", "--health", "99999"), "FEELPRINT_HEALTH is “99999”, which does not work"),
        (("export", "9" * 20), "Invalid value for 'member'"),
        (("explain", "0"), "Invalid value for 'member'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(told: Told, arguments: tuple[str, ...], says: str) -> None:
    done = told("POSIX", *arguments, PYTHONIOENCODING="utf-8")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [{}, {"DISCORD_TOKEN": "a.b.c", "FEELPRINT_HEALTH": "9.9.9.9:1"}])
def test_why_a_bot_ended_is_a_line_of_json_where_its_log_is(told: Told, more: dict[str, str]) -> None:
    done = told("latin-1", "run", FEELPRINT_LOG_JSON="true", **more)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 2
    assert (lines[-1]["event"], lines[-1]["exit_code"]) == ("ended", 2)
    assert "FEELPRINT_HEALTH" in lines[-1]["why"] if more else "DISCORD_TOKEN" in lines[-1]["why"]


@pytest.mark.parametrize("as_json", [False, True])
def test_what_nobody_foresaw_is_a_masked_line_of_the_log(
    capsys: pytest.CaptureFixture[str], logs_restored: None, as_json: bool
) -> None:
    settings = Settings(_env_file=None).model_copy(update={"log_json": as_json})
    set_up_logs("info", json=as_json, secrets=["canary"])
    with pytest.raises(typer.Exit) as ended, ending_in_the_log(settings):
        raise RuntimeError("nobody foresaw canary")
    said = capsys.readouterr().err
    assert ended.value.exit_code == 1
    assert "nobody foresaw •••" in said or "nobody foresaw \\u2022" in said
    assert "canary" not in said


def test_evaluate_shows_its_table(told: Told, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    rows = ["user,image,emotion"]
    for n in range(12):
        (tmp_path / "images" / f"{n}.png").write_bytes(encoded(scene(64, 64, n), "PNG"))
        rows.append(f"\u00fcnal,{n}.png," + ("g\u00eane" if n % 2 else "joy"))
    (tmp_path / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    arguments = ("--methods", "generic,prior", "--train", "4", "--test", "4", "--out", "out")
    done = told("POSIX", "evaluate", str(tmp_path), *arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert "generic" in done.stdout
    assert json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["about"]["users"] == 1


def test_evaluate_shows_a_table_whose_words_look_like_markup(told: Told, tmp_path: Path) -> None:
    """What researchers call their files and emotions is shown as it stands."""
    folder = tmp_path / "photos [1]"
    (folder / "images").mkdir(parents=True)
    rows = ["user,image,emotion", "a,[/red] x.png,joy"]
    for n in range(12):
        (folder / "images" / f"{n}.png").write_bytes(encoded(scene(64, 64, n), "PNG"))
        rows.append(f"a,{n}.png," + ("sad" if n % 2 else "joy"))
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    out = str(folder / "[/out]")
    arguments = ("--methods", "generic,prior", "--train", "4", "--test", "4", "--out", out)
    done = told("latin-1", "evaluate", str(folder), *arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert "[/red] x.png" in done.stdout
    assert "[/out]" in done.stdout


@pytest.mark.parametrize("name", ["latin-1", "POSIX"])
def test_an_export_loses_no_letter(told: Told, tmp_path: Path, name: str) -> None:
    asyncio.run(_felt(tmp_path / "f.db", "g\u00eane"))
    done = told(name, "export", "1")
    assert done.returncode == 0, done.stderr
    assert "g\u00eane" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


async def _felt(database: Path, emotion: str) -> None:
    """Somebody whose only label is one emotion."""
    felt = LabelSet((Emotion(emotion, ""), Emotion("joy", "")))
    shown = image(1)
    async with open_storage(database, clock=ManualClock()) as storage:
        await storage.servers.save(ServerSettings(5, label_set=felt))
        await storage.members.join(1, 1, T0)
        await storage.labels.apply([RecordRating(1, shown.hash, frozenset({emotion}), felt.id, 5, T0, shown)])


def test_the_version_is_said():
    done = subprocess.run([sys.executable, "-m", "bot", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"feelprint {metadata.version('feelprint')}\n"
