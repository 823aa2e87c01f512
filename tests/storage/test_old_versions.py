"""A database of the version before reasons: it migrates, is read whole, and its members read the same words."""

import gzip
import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import MetaData, create_engine, insert, select

import storage as package
from bot.words import cards, found, outcomes
from core.ports import TuningPolicy
from core.predicting.readiness import standing
from core.predicting.shown import rules_shown, since_version
from core.vocabulary.calls import Failure, Purpose, Usage
from core.vocabulary.emotions import MIKELS
from core.vocabulary.explanation import Cost, CrossFit, Explanation, Forecast, Stop, Verification, Withdrawal
from core.vocabulary.feelprint import Evidence
from core.vocabulary.images import reference_of
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult, VersionStatus
from storage import Storage, open_storage
from storage.database.address import parse
from storage.database.backup import backups
from tests.databases import Postgres
from tests.fakes import ManualClock

OLD = Path(__file__).parent / "old"
T0 = 1_700_000_000_000
FEW, MANY, EVERYTHING, STRANGE = 1001, 1002, 1003, 1004
WORDS = {one["member"]: one for one in json.loads(gzip.decompress((OLD / "words.json.gz").read_bytes()))}


def restored(path: Path) -> Path:
    with sqlite3.connect(path) as database:
        database.executescript(gzip.decompress((OLD / "version-0002.sql.gz").read_bytes()).decode())
    return path


def earlier(folder: Path) -> str:
    """The migrations of the version that wrote it."""
    scripts = shutil.copytree(Path(package.__file__).parent / "migrations", folder / "earlier")
    for later in scripts.glob("versions/m*.py"):
        if later.name > "m0003":
            later.unlink()
    return str(scripts)


async def carried(path: Path, url: str, scripts: str) -> None:
    """The same rows in PostgreSQL, under the schema that they were written for."""
    async with open_storage(url, clock=ManualClock(), scripts=scripts):
        pass
    source, target = create_engine(f"sqlite:///{path}"), create_engine(parse(url).url or "")
    there, here = MetaData(), MetaData()
    there.reflect(source)
    here.reflect(target)
    with source.connect() as reading, target.begin() as writing:
        for table in here.sorted_tables:
            columns = [there.tables[table.name].c[c.name] for c in table.c if c.computed is None]
            rows = [dict(row) for row in reading.execute(select(*columns)).mappings()]
            if rows and table.name != "alembic_version":
                writing.execute(insert(table), rows)
    source.dispose()
    target.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
async def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An old database of each kind."""
    path = restored(tmp_path / "old.db")
    if request.param == "sqlite":
        return str(path)
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.url(postgres.create())
    await carried(path, url, earlier(tmp_path))
    return url


def old_runs(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """What the old database holds of each run."""
    with sqlite3.connect(restored(tmp_path / "again.db")) as database:
        rows = database.execute("SELECT run_id, detail FROM runs").fetchall()
    return {run_id: json.loads(detail) for run_id, detail in rows}


async def runs(storage: Storage) -> dict[str, Any]:
    every = [await storage.runs.latest(ProfileKey(member, MIKELS.id), limit=99) for member in WORDS]
    return {report.run_id: report for reports in every for report in reports}


async def test_that_it_was_brought_up_to_date_is_logged_with_the_copy_of_before(tmp_path: Path) -> None:
    path = restored(tmp_path / "x.db")
    with structlog.testing.capture_logs() as lines:
        for _ in range(2):
            async with open_storage(path, clock=ManualClock()):
                pass
    (line,) = [line for line in lines if line["event"] == "storage.upgraded"]
    assert line["before"] == "0002"
    assert backups(path) == [Path(line["copy"])]
    with structlog.testing.capture_logs() as lines:
        async with open_storage(tmp_path / "new.db", clock=ManualClock()):
            pass
    assert lines == [], "what is made anew was not brought up to date"


async def test_members_read_the_same_words_of_every_run_and_of_their_feelprint(old_url: str) -> None:
    async with open_storage(old_url, clock=ManualClock()) as storage:
        for member in (FEW, MANY, EVERYTHING):
            key = ProfileKey(member, MIKELS.id)
            reports, records = await storage.runs.latest(key, limit=99), await storage.runs.rules(key)
            active, versions, shadows = (
                await storage.versions.active(key),
                await storage.versions.all(key),
                await storage.shadows.all(key),
            )
            assert active is not None
            shown = rules_shown(active, versions, records, shadows)
            profile = await storage.labels.profile(key)
            before = WORDS[member]
            assert cards.feelprint(active, shown, since_version(active, shadows), offline=True) == before["show"]
            assert {report.run_id for report in reports} == set(before["runs"])
            for place, report in enumerate(reports):
                said = before["runs"][report.run_id]
                why = found.explained(found.History(reports[place:], records, shown, active))
                assert as_before(why) == said["why"]
                stand = standing(profile, active, report, T0, TuningPolicy())
                assert as_before(cards.progress(profile, MIKELS, stand, None, report)) == said["progress"]


def as_before(said: Any) -> Any:
    """What is told now, but that an empty account was told as a model that is away, and rules were tried alone."""
    away = outcomes.run_reason(RunReason.UNAVAILABLE)
    empty = outcomes.run_reason(RunReason.UNAVAILABLE, Stop(Failure.QUOTA, 1, 0))
    text = json.dumps(said)
    for now, before in {empty: away, **SAID_ONCE}.items():
        text = text.replace(now, before)
    return json.loads(
        re.sub(r"Of these (\d+) were tried:", r"Those that promised most, \1, were each tried alone:", text)
    )


SAID_ONCE = {  # what was said of the same reason when these databases were written
    "Learning now:": "Tuning now:",
    "promised too little, so I": "promised too little, alone or together, so I",
    outcomes.run_reason(RunReason.ROLLED_BACK_TO_GENERIC): (
        "Your version kept going wrong on new pictures, so I took it back. "
        "Until I know better, I answer with what most people would feel."
    ),
    outcomes.rule_reason(RuleReason.NO_GAIN): "Most people's answer was right as often where it applies.",
    outcomes.rule_reason(RuleReason.NOT_BETTER): (
        "Tested alone, it was not right more often than most people's answer."
    ),
    outcomes.rule_reason(RuleReason.OUT_OF_CALLS): (
        "Not tested: this run's calls went to rules that promised more."
    ),
    outcomes.rule_reason(RuleReason.TOO_LITTLE_EVIDENCE): (
        "It was right a few times, but too few to tell it from luck."
    ),
    outcomes.rule_reason(RuleReason.FEELPRINT_FULL): (
        "It promised something, but a feelprint holds only the best few rules."
    ),
    outcomes.rule_reason(RuleReason.VERIFIED): "It held up alone and in the whole.",
    outcomes.rule_reason(RuleReason.VERIFICATION): (
        "It was right alone, but together with the others it was not reliably better."
    ),
}


async def test_each_reason_equals_what_the_sentence_said(old_url: str) -> None:
    async with open_storage(old_url, clock=ManualClock()) as storage:
        run_reasons, rule_reasons = set(), set()
        for member in (FEW, MANY, EVERYTHING):
            for report in await storage.runs.latest(ProfileKey(member, MIKELS.id), limit=99):
                told = WORDS[member]["runs"][report.run_id]["told"]
                assert as_before(outcomes.run_reason(report.reason) if report.reason else None) == told
                run_reasons.add(report.reason)
            for record in await storage.runs.rules(ProfileKey(member, MIKELS.id)):
                note = WORDS[member]["notes"][record.rule.id]
                assert as_before(outcomes.rule_reason(record.reason) if record.reason else "") == note
                rule_reasons.add(record.reason)
        later = {RunReason.RULE_STRUCK, RunReason.WENT_BACK}
        assert run_reasons == {None, *RunReason} - later
        assert rule_reasons == {None, *RuleReason} - {RuleReason.STRUCK}
        assert set(await storage.runs.stopped()) == {*RuleReason} - {RuleReason.VERIFIED, RuleReason.STRUCK}


async def test_sentences_that_nobody_knows_become_no_reason_and_break_nothing(old_url: str) -> None:
    async with open_storage(old_url, clock=ManualClock()) as storage:
        reports = await storage.runs.latest(ProfileKey(STRANGE, MIKELS.id), limit=9)
        (record,) = await storage.runs.rules(ProfileKey(STRANGE, MIKELS.id))
        assert [(report.result, report.reason) for report in reports] == [(RunResult.KEPT, None)] * 3
        assert (record.status, record.reason, record.writer) == (RuleStatus.UNUSED, None, None)
        assert reports[-1].explanation == Explanation(candidates=(record.rule.id,), cost=Cost())
        said = "\n".join(found.explained(found.History(reports, [record])))
        assert "a shade" in said
        assert "nobody remembers" not in said


async def test_what_was_known_of_a_run_stands_in_fields(old_url: str) -> None:
    async with open_storage(old_url, clock=ManualClock()) as storage:
        known = await runs(storage)
        records = {record.rule.id for record in await storage.runs.rules(ProfileKey(EVERYTHING, MIKELS.id))}
    failed = known["made-07"].explanation
    assert set(failed.candidates) <= records
    assert failed.forecast == Forecast(
        {
            Purpose.GENERIC: 12,
            Purpose.WRITE: 5,
            Purpose.MATCH: 9,
            Purpose.ALONE: 60,
            Purpose.VERIFY: 12,
        },
        0.5,
    )
    assert (failed.caution, failed.pictures, failed.taste_changed, failed.described) == ("normal", 12, False, True)
    assert failed.cross_fit == CrossFit(Evidence(12, 5.0, 1.0), 0.9375)
    assert failed.verification == Verification(Evidence(11, 2.0, 3.0), 0.3, 0.9, passed=False, unreadable=2)
    assert failed.cost == Cost(
        {Purpose.GENERIC: 12, Purpose.MATCH: 2, Purpose.WRITE: 5},
        {Purpose.GENERIC: 4, Purpose.MATCH: 1, Purpose.WRITE: 5},
        {Failure.REFUSED: 1},
        Usage(12345, 678, 0.0123),
    )
    assert known["made-06"].explanation.composed == ()
    assert known["made-04"].explanation.composed is None
    assert known["made-02"].explanation.taste_changed
    leaning = known["made-09"].explanation
    assert (leaning.cross_fit.beats_favourite, leaning.version) == (False, 3)
    (retired,) = known["made-11"].explanation.withdrawal.rules
    assert retired in records
    assert known["made-12"].explanation == Explanation(withdrawal=Withdrawal(4), version=3)
    assert known["made-13"].explanation == Explanation(withdrawal=Withdrawal(1))
    assert known["made-14"].explanation.stop == Stop(Failure.QUOTA, 3, known["made-14"].explanation.stop.retry_at)
    assert known["made-15"].explanation.stop.failure is None
    (paper,) = (run for run in known.values() if run.mode is Mode.PAPER)
    best = max(paper.explanation.wordings, key=lambda wording: wording.score)
    assert (best.pictures, best.round_ > 0, best.writer > 0) == (12, True, True)
    assert paper.explanation.wordings[0].text == ""


async def test_numbers_of_real_runs_are_those_that_were_stored(old_url: str, tmp_path: Path) -> None:
    before = old_runs(tmp_path)
    async with open_storage(old_url, clock=ManualClock()) as storage:
        known = await runs(storage)
    real = [run_id for run_id, detail in before.items() if detail.get("aside")]
    assert len(real) > 3
    for run_id in real:
        detail, explanation = before[run_id], known[run_id].explanation
        assert explanation.cost.asked == detail["asked"]
        assert explanation.cost.usage.prompt_tokens == detail["tokens"]["prompt"]
        assert list(explanation.candidates) == [rule["id"] for rule in detail["rules"]]
        assert explanation.cross_fit.evidence.right == detail["aside"]["better"]
        if "verify" in detail:
            assert explanation.verification.probability == detail["verify"]["probability"]
            against = detail["verify"]["against_deployed"]
            assert (explanation.verification.deployed is None) == (against is None)


async def test_versions_shadows_money_and_records_are_there_as_before(old_url: str) -> None:
    async with open_storage(old_url, clock=ManualClock()) as storage:
        versions = await storage.versions.all(ProfileKey(EVERYTHING, MIKELS.id))
        assert [(v.mode, v.status) for v in versions] == [
            (Mode.PAPER, VersionStatus.SUPERSEDED),
            (Mode.RULES, VersionStatus.SUPERSEDED),
            (Mode.RULES, VersionStatus.SUPERSEDED),
            (Mode.RULES, VersionStatus.ROLLED_BACK),
            (Mode.RULES, VersionStatus.ACTIVE),
        ]
        assert len(await storage.shadows.all(ProfileKey(MANY, MIKELS.id))) == 16
        assert sum((await storage.answers.calls()).values()) == 317
        mine = {
            reference_of(label.image_hash) for label in await storage.labels.labels(ProfileKey(FEW, MIKELS.id))
        }
        records = await storage.runs.rules(ProfileKey(FEW, MIKELS.id))
        assert {image for record in records for image in (*record.held_on, *record.seen)} <= mine
        assert {record.writer for record in records} <= set(range(1, 6))
        assert all(record.seen for record in records)


async def test_an_old_database_takes_less_than_a_third_of_the_room_for_the_same(tmp_path: Path) -> None:
    """Runs and rules of the member with 32 labels and of the one with 64, as text in the columns."""
    path = restored(tmp_path / "old.db")

    def room(column: str, member: int) -> int:
        with sqlite3.connect(path) as database:
            both = f"(SELECT sum(length({column})) FROM runs WHERE member_id = {member})"
            rules = f"(SELECT sum(length(record)) FROM rules WHERE member_id = {member})"
            return int(database.execute(f"SELECT {both} + {rules}").fetchone()[0])

    before = {member: room("detail", member) for member in (FEW, MANY)}
    async with open_storage(path, clock=ManualClock()):
        pass
    for member in (FEW, MANY):
        assert room("explanation", member) < before[member] / 3
