"""The house itself: names, locks, and what its documents say about commands, settings and exit codes."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = {"requirements.lock": ["build"], "requirements-dev.lock": ["build", "demo", "dev"]}


def locked(name: str) -> dict[str, set[str]]:
    """The versions that a lock names for each package: more than one where they differ by Python."""
    versions: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([\w.!+]+)", (ROOT / name).read_text(), re.MULTILINE):
        versions.setdefault(package, set()).add(version)
    return versions


def test_no_file_name_stands_three_times() -> None:
    files = [path for room in ("bot", "core", "storage") for path in (ROOT / room).rglob("*.py")]
    counts = Counter(path.name for path in files if path.name != "__init__.py")
    assert [name for name, count in counts.items() if count > 2] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(name: str) -> None:
    versions, extras = locked(name), PROJECT["optional-dependencies"]
    asked = PROJECT["dependencies"] + [line for extra in LOCKS[name] for line in extras[extra]]
    for requirement in map(Requirement, asked):
        if requirement.name != PROJECT["name"]:
            found = versions[canonicalize_name(requirement.name)]
            assert all(version in requirement.specifier for version in found), requirement


@pytest.mark.parametrize("name", [*LOCKS, "requirements-supply.lock", "requirements-peers.lock"])
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_both_locks_name_the_same_versions() -> None:
    run, develop = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: develop.get(name) for name in run} == run


def test_the_lock_of_peers_is_whole_and_changes_no_version_of_the_others() -> None:
    peers, develop = locked("requirements-peers.lock"), locked("requirements-dev.lock")
    assert all(peers[name] <= develop[name] for name in peers.keys() & develop.keys())
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    for requirement in map(Requirement, groups["peers"]):
        assert all(version in requirement.specifier for version in peers[requirement.name]), requirement
