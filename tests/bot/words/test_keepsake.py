"""What is taken along can be read by people, holds what is stored, and runs nothing that others wrote."""

import csv
import io
import re

from bot.words import keepsake
from bot.words.language import speaking
from core.ports import RunReport
from core.vocabulary.feelprint import Feelprint, Rule, RuleRecord
from core.vocabulary.reasons import Mode, RuleStatus, RunReason, RunResult
from tests.storage.made import SET, T0, hash_of, key, rated

EVIL = "<script>alert(1)</script> & \"'"


async def data_of(storage):
    """Somebody with two labels and a version whose rule tries to be more than text."""
    await storage.members.join(1, 1, T0)
    await storage.labels.apply([rated(1, 1, "awe", at=5), rated(1, 2, "fear", "anger", at=9_000)])
    made = Rule(EVIL, "awe", f"When a picture shows {EVIL}, this person tends to feel awe.")
    report = RunReport("r", 1, SET, Mode.RULES, 1, 2, T0, T0 + 1, RunResult.DEPLOYED, RunReason.FOUND)
    version = Feelprint(1, SET, 1, Mode.RULES, (made,), "", T0, 2, "r")
    assert await storage.runs.finish(report, rules=[RuleRecord(made, RuleStatus.DEPLOYED)], deploy=version)
    assert await storage.labels.labels(key(1))
    return await storage.members.export(1)


async def test_the_table_holds_every_label_oldest_first(sqlite_storage):
    rows = list(csv.DictReader(io.StringIO(keepsake.labels_table(await data_of(sqlite_storage)))))
    assert [(row["picture"], row["emotions"]) for row in rows] == [
        (f"pictures/{hash_of(1)}.jpg", "awe"),
        (f"pictures/{hash_of(2)}.jpg", "anger+fear"),
    ]
    assert rows[1]["last"] == "2023-11-14T22:13:29+00:00"


async def test_the_rules_are_text_as_they_stand_in_the_prompt(sqlite_storage):
    text = keepsake.prompts(await data_of(sqlite_storage))
    assert text.startswith("Version 1, 2023-11-14T22:13:20+00:00, active\n")
    assert f"When a picture shows {EVIL}, this person tends to feel awe." in text


async def test_the_page_shows_pictures_rules_and_looks_and_runs_nothing(sqlite_storage):
    page = keepsake.page(await data_of(sqlite_storage))
    for n in (1, 2):
        assert f'src="pictures/{hash_of(n)}.jpg"' in page
    assert "you tend to feel awe" in page
    assert "your feelprint has a new version" in page
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!pictures/)', page)


async def test_the_page_speaks_german(sqlite_storage):
    with speaking("de", {"feelprint why": "</feelprint why:1>"}):
        page = keepsake.page(await data_of(sqlite_storage))
    assert '<html lang="de">' in page
    assert "<t:" not in page
    assert "14. November 2023" in page
    assert "Angst" in page
    assert "Dein Feelprint" in page


def test_of_nothing_there_is_an_empty_table_and_no_text():
    assert keepsake.labels_table({}).count("\n") == 1
    assert keepsake.prompts({}) == ""
