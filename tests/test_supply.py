"""`make audit` must not take silence for an answer. The auditor here is a small program in its place.

It answers for the canary and for a lock as pip-audit does: by its exit code, and in JSON for the canary.
"""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def audited(folder: Path, *, canary: str, lock: int) -> subprocess.CompletedProcess[str]:
    """What becomes of an audit whose service says `canary` of the canary, and ends with `lock` for a lock."""
    auditor = folder / "auditor"
    auditor.write_text(
        f"#!/bin/sh\ncase $* in *canary*) echo '{canary}'; exit 1;; *strict*) exit {lock};; esac\nexit 9\n"
    )
    auditor.chmod(0o700)
    command = [ROOT / ".ci" / "audit", auditor, "requirements.lock", "requirements-dev.lock"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("silence", ["", "[]", "could not connect"])
def test_a_service_that_does_not_know_the_canary_ends_the_audit(tmp_path: Path, silence: str) -> None:
    done = audited(tmp_path, canary=silence, lock=0)
    assert (done.returncode, done.stdout) == (3, "")
    assert (
        done.stderr == "The service that knows vulnerabilities cannot be asked from here: nothing was audited.\n"
    )


@pytest.mark.parametrize("found", [0, 1])
def test_an_audit_ends_as_the_locks_deserve(tmp_path: Path, found: int) -> None:
    assert audited(tmp_path, canary='{"id": "PYSEC-2022-9"}', lock=found).returncode == found
