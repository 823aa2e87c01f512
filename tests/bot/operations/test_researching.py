"""`feelprint research` on both databases: what is in the file, of whom, and when none is written."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ResearchError, ResearchProblem
from bot.host.settings import Settings
from bot.operations.researching import researched
from bot.words import donating as words
from bot.words.problems import sentence
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes, YesTo
from core.vocabulary.emotions import MIKELS
from storage import Storage, open_storage
from tests.fakes import ManualClock
from tests.storage.lives import live
from tests.storage.made import T0, hash_of

DONORS = tuple(range(1_100_000_000_011, 1_100_000_000_016))
OTHER = 1_100_000_000_099
ALLOWED = {
    "person": {"kind", "person", "emotions", "labels", "tested", "right", "generic_right"},
    "label": {"kind", "person", "picture", "felt", "day", "emotions"},
}


@pytest.fixture
async def settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Five members who said yes to research, and one who did not."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with open_storage(database_url, clock=ManualClock()) as storage:
        for member in (*DONORS, OTHER):
            await live(storage, member, range(member % 10, 4 + member % 10), mark="private")
        for member in DONORS:
            await storage.yeses.say(research(member), T0)
    return Settings(_env_file=None, database=database_url)


def research(member: int) -> Yes:
    return Yes(member, ANYWHERE, EVERYBODY, YesTo.RESEARCH)


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


async def changed(settings: Settings, storage_does: Any) -> None:
    async with open_storage(settings.database, clock=ManualClock()) as storage:
        await storage_does(storage)


async def test_a_file_holds_what_donors_felt_and_nothing_that_names_them(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "file.jsonl"
    async with open_storage(settings.database, clock=ManualClock()) as running:
        assert await researched(settings, file) == words.written(file, 20, 5, 1)
        given = (await running.donations.all()).given
    assert file.stat().st_mode & 0o777 == 0o600
    told = rows(file)
    assert all(set(row) == ALLOWED[row["kind"]] for row in told)
    assert all(row["emotions"] == list(MIKELS.names) for row in told)
    people = [row for row in told if row["kind"] == "person"]
    assert [(row["labels"], row["tested"], row["right"], row["generic_right"]) for row in people] == [
        (4, 1, 1.0, 0.0)
    ] * 5
    felt = [row for row in told if row["kind"] == "label"]
    assert {row["person"] for row in felt} == {row["person"] for row in people}
    assert {row["day"] for row in felt} == {"2023-11-14"}
    kept = sorted(sorted(label.felt) for donation in given for label in donation.labels)
    assert sorted(row["felt"] for row in felt) == kept
    text = file.read_text(encoding="utf-8")
    assert "private" not in text
    for member in (*DONORS, OTHER):
        assert str(member) not in text
    assert not any(hash_of(n)[:12] in text for n in range(20))
    assert not re.search(r"\d{13}", re.sub(r'"[0-9a-f]{24}"', "", text)), "no id and no time"


async def test_no_two_files_have_a_name_in_common(settings: Settings, tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        await researched(settings, tmp_path / name)
        found.append({row[what] for row in rows(tmp_path / name) for what in ("person", "picture") if what in row})
    assert found[0].isdisjoint(found[1])


async def test_of_fewer_than_five_people_nothing_is_written(settings: Settings, tmp_path: Path) -> None:
    async def leave(storage: Storage) -> None:
        await storage.yeses.unsay(research(DONORS[0]))

    await changed(settings, leave)
    file = tmp_path / "file.jsonl"
    with pytest.raises(ResearchError, match=ResearchProblem.TOO_FEW) as caught:
        await researched(settings, file)
    assert "Fewer than 5 members" in sentence(caught.value)
    assert caught.value.exit_code == 1
    assert not file.exists()


async def test_a_file_that_is_there_is_left_as_it_is(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "file.jsonl"
    file.write_text("mine")
    with pytest.raises(ResearchError, match=ResearchProblem.NO_FILE) as caught:
        await researched(settings, file)
    assert str(file) in sentence(caught.value)
    assert file.read_text() == "mine"
