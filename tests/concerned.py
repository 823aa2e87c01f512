"""What `make check` runs: the tests of each room that differs from `main`, and those of the house as a whole.

A change in `core`, `bot` or `storage` concerns the tests of that name, one in `storage` its contracts too; what
only shows further away, `make test` finds before the commit. Where nothing differs, all are run.
"""

import subprocess
from pathlib import Path

TESTS_OF = {"core": ("core",), "bot": ("bot",), "storage": ("storage", "contracts")}


def concerned(changed: list[str]) -> list[str]:
    """The tests that these files concern; one that all tests use, such as `tests/conftest.py`, concerns all."""
    folders: set[str] = set()
    for name in changed:
        top, *below = Path(name).parts
        if top == "tests" and len(below) > 1:
            folders.add(below[0])
        elif name == "pyproject.toml" or (top == "tests" and not below[0].startswith("test_")):
            return ["tests"]
        else:
            folders.update(TESTS_OF.get(top, ()))
    house = sorted(str(path) for path in Path("tests").glob("test_*.py"))
    return [*(f"tests/{folder}" for folder in sorted(folders)), *house] if changed else ["tests"]


def differing() -> list[str]:
    """Files that differ from where this branch left `main`, and new ones; on `main`, from its last commit."""
    since = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return _git("diff", "--name-only", since[0]) + _git("ls-files", "--others", "--exclude-standard")


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


if __name__ == "__main__":
    print(*concerned(differing()))
