"""A copy of the tree in which mistakes are tried, each by the tests that were seen to reach its lines.

Each try is a fork of a process that has loaded pytest and nothing of ours: half of a short test's time is Python's
start. The quickest tests go first, and those that start a whole bot or a PostgreSQL last.
"""

import contextlib
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

from tests.bench.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[3]
OURS = {"bot", "core", "storage", "tests"}
NO_FAILURE, BROKEN = (0, 5), 3
"""Exit codes of pytest: all passed, or nothing was run; an error of its own."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a test: seconds, and whether it passes in a tree without mistakes."""

    seconds: float
    slow: bool
    passes: bool


class _Plugin:
    """Runs only these tests, in this order, or all; writes what was seen of each."""

    def __init__(self, chosen: Sequence[str] | None, seen: Path, data: Path) -> None:
        self._order = None if chosen is None else {name: i for i, name in enumerate(chosen)}
        self._seen, self._known = seen, dict[str, list[Any]]()
        self._coverage = coverage.Coverage(
            data_file=data,
            config_file=False,
            source=["bot", "core", "storage"],
            concurrency=["thread", "greenlet"],
        )
        if chosen is None:
            self._coverage.start()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if (order := self._order) is not None:
            items[:] = sorted((i for i in items if i.nodeid in order), key=lambda i: order[i.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self._order is None:
            self._coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        known = self._known.setdefault(report.nodeid, [0.0, "slow" in report.keywords, True])
        known[0] += report.duration if report.when == "call" or not known[1] else 0.0
        known[2] &= not report.failed

    def pytest_sessionfinish(self) -> None:
        self._seen.write_text(json.dumps(self._known))
        if self._order is None:
            self._coverage.stop()
            self._coverage.save()


class Tree:
    """A copy of the working tree, as git sees it, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._copy = folder, folder / "tree"
        self._seen, self._data = folder / "seen.json", folder / "coverage"
        self._known: dict[str, Known] = {}
        self._reached: dict[str, dict[int, list[str]]] = {}
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
            "\0"
        ):
            if name and (ROOT / name).is_file():
                (self._copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, self._copy / name)

    def look(self, tests: Iterable[str]) -> None:
        """Run these tests without a mistake, and learn how long each takes and what it reaches."""
        self._run(list(tests), None, 3600.0)
        self._known = {name: Known(*known) for name, known in json.loads(self._seen.read_text()).items()}
        data = coverage.CoverageData(str(self._data))
        data.read()
        self._reached = {
            str(Path(name).relative_to(self._copy)): data.contexts_by_lineno(name)
            for name in data.measured_files()
        }

    def mutants(self, module: str) -> list[Mutant]:
        """Every mistake for a module, or for all modules of a folder."""
        files = sorted((self._copy / module).rglob("*.py")) or [self._copy / module]
        return [m for path in files for m in mutants(str(path.relative_to(self._copy)), path.read_text())]

    def tests_of(self, mutant: Mutant, seconds: float) -> list[str]:
        """The tests that reach a mistake, as many as take so many seconds; what runs at import concerns all that
        reach its module.
        """
        lines = self._reached.get(mutant.path, {})
        contexts = {one for line in mutant.lines for one in lines.get(line, ())} or set(
            lines.get(mutant.statement, ())
        )
        if "" in contexts:
            contexts = {one for found in lines.values() for one in found}
        names = contexts & self._known.keys()
        chosen, left = [], seconds
        for name in sorted(names, key=lambda name: (self._known[name].slow, self._known[name].seconds)):
            known = self._known[name]
            if known.passes and left > 0:
                chosen.append(name)
                left -= known.seconds
        return chosen

    def kills(self, mutant: Mutant, tests: Collection[str]) -> bool:
        """Whether one of these tests goes red, or never ends, with this mistake."""
        path = self._copy / mutant.path
        before = path.read_text()
        path.write_text(mutant.text)
        try:
            shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)  # written within the same second
            files = dict.fromkeys(name.partition("::")[0] for name in tests)
            patience = 30.0 + 4 * sum(self._known[name].seconds for name in tests)
            return self._run(["-x", *files], list(tests), patience) not in NO_FAILURE
        finally:
            path.write_text(before)
            shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)

    def _run(self, arguments: list[str], chosen: list[str] | None, patience: float) -> int:
        """Pytest's exit code, in a fork; -1 where it took longer than so many seconds."""
        temporary = Path(tempfile.mkdtemp(prefix="t", dir=self._folder))
        temporary.chmod(0o755)  # PostgreSQL is started as another user
        child = os.fork()
        if child == 0:
            code = BROKEN
            try:
                code = self._pytest(arguments, chosen, temporary)
            finally:
                os._exit(code)
        until, status = time.monotonic() + patience, None
        while status is None and time.monotonic() < until:
            pid, ended = os.waitpid(child, os.WNOHANG)
            status = os.waitstatus_to_exitcode(ended) if pid else None
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):  # also what a test has left running
            os.killpg(child, signal.SIGKILL)
        if status is None:
            os.waitpid(child, 0)
        for file in temporary.rglob("postmaster.pid"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(file.read_text().split()[0]), signal.SIGQUIT)
        shutil.rmtree(temporary, ignore_errors=True)
        return -1 if status is None else status

    def _pytest(self, arguments: list[str], chosen: list[str] | None, temporary: Path) -> int:
        os.setsid()
        os.chdir(self._copy)
        os.environ |= {"PYTHONPATH": str(self._copy), "TMPDIR": str(temporary)}
        tempfile.tempdir = None
        sys.path[:] = [str(self._copy), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
        for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
            del sys.modules[name]
        gc.collect()
        with (self._folder / "log").open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        options = ["-n0", "-p", "no:cacheprovider", "-m", "not bench", *arguments]
        return int(pytest.main(options, plugins=[_Plugin(chosen, self._seen, self._data)]))
