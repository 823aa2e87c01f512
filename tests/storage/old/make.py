"""Makes `version-0002.sql.gz` and `words.json.gz` with the code of commit dfb35c1, as README.md says.

It does not run against later code, and need not: what it made is what is tested.
"""

import asyncio
import gzip
import json
import sqlite3
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.model import model_settings
from core.changes import RecordRating
from core.emotions import MIKELS
from core.feelprint import Evidence, Feelprint, Rule, RuleRecord
from core.imageworker import ImageWorkers
from core.readiness import TuningPolicy, standing
from core.servers import ServerSettings
from core.tuning.run import Tuner
from core.tuning.shadowing import Shadows
from core.tuning.shown import rules_shown, since_version

from bot import cards, found
from bot.demo.people import PEOPLE, reactions
from bot.demo.pictures import draw_many
from bot.demo.settings import settings_in
from core.asking.asker import ModelAsker
from core.model.client import ModelClient
from core.model.gateway import Gateway
from core.offline.server import OfflineServer
from core.ports import RunReport, Shadow
from core.tuning import alone, compose, notes, rules, screen, shadowing
from storage import open_storage

T0 = 1_700_000_000_000
FEW, MANY, EVERYTHING, STRANGE = 1001, 1002, 1003, 1004
"""A member with 32 labels, one with 64, one to whom all happens that can, and one of whom much is unknown."""
UNKNOWN = "A sentence of a version that nobody remembers."

STOPPED_RULES = (
    alone.NO_CALLS,
    alone.NOT_BETTER,
    alone.SPREADS,
    screen.NOT_HELD,
    screen.SAID,
    screen.NO_GAIN,
    compose.ADDS_LITTLE,
    compose.REFUTED,
    compose.ENOUGH,
    rules.FAILED_ASIDE,
    rules.FAILED_TOGETHER,
    rules.QUARANTINED,
    "",
)

ASKED = {
    "asked": {"generic": 12, "match": 2, "write": 5},
    "sent": {"generic": 4, "match": 1, "write": 5},
    "failures": {"refused": 1},
    "tokens": {"prompt": 12345, "completion": 678},
    "usd": 0.0123,
}
LOOKED = {
    "planned": {"calls": {"generic": 12, "write": 5, "match": 9, "alone": 60, "verify": 12}, "usd": 0.5},
    "drift": False,
    "preset": "normal",
    "pictures": 12,
    "described": True,
    "aside": {"pictures": 12, "better": 5.0, "worse": 1.0, "probability": 0.9375, "apart": True},
}
PASSED = {
    "pictures": 11,
    "better": 6.5,
    "worse": 1.0,
    "probability": 0.9648,
    "gate": 0.9,
    "unreadable": 0,
    "against_deployed": {"better": 2.0, "worse": 1.0},
    "passed": True,
}


class Clock:
    """A second later at every look."""

    def __init__(self) -> None:
        self.at = T0

    def now_ms(self) -> int:
        self.at += 1000
        return self.at


async def make(folder: Path) -> list[dict[str, Any]]:
    """Fill a database; what members read of every run in it."""
    clock = Clock()
    settings = settings_in(folder)
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(settings.database, clock=clock))
        images = await stack.enter_async_context(ImageWorkers(1))
        model = model_settings(settings, (await stack.enter_async_context(OfflineServer())).base_url)
        sender = await stack.enter_async_context(ModelClient(model, images.normalise))
        gateway = Gateway(sender, storage.answers, model, clock)
        stack.push_async_callback(gateway.aclose)
        parts = (storage.labels, storage.tuning, ModelAsker(gateway), clock)
        await storage.servers.save(ServerSettings(1))
        drawn = draw_many(64, 3)
        seen = [await images.normalise(picture.png) for picture in drawn]
        felt = reactions([picture.scene for picture in drawn], 3)

        async def label(member: int, person: int, places: range) -> None:
            mine = felt[PEOPLE[person].name]
            await storage.labels.apply(
                [
                    RecordRating(member, seen[k].hash, frozenset({mine[k]}), MIKELS.id, 1, clock.now_ms(), seen[k])
                    for k in places
                ]
            )

        for member in (FEW, MANY, EVERYTHING, STRANGE):
            await storage.members.join(member, 1, clock.now_ms())
        await label(FEW, 0, range(32))
        await Tuner(*parts, price=gateway.estimate).tune(FEW, MIKELS.id)
        await label(MANY, 1, range(48))
        await Tuner(*parts).tune(MANY, MIKELS.id)
        await label(MANY, 1, range(48, 64))
        await Shadows(*parts).keep(MANY, MIKELS.id)
        await Tuner(*parts).tune(MANY, MIKELS.id)
        await label(EVERYTHING, 2, range(12))
        await Tuner(*parts, mode="paper").tune(EVERYTHING, MIKELS.id)
        await everything(storage, clock, [image.hash for image in seen])
        await label(STRANGE, 3, range(3))
        await strange(storage, clock)
        return [await words(storage, member) for member in (FEW, MANY, EVERYTHING, STRANGE)]


async def everything(storage: Any, clock: Clock, seen: list[str]) -> None:  # noqa: PLR0915 - a list of events
    """Every result with every sentence, every status with every note, versions of every status."""
    tuning, who = storage.tuning, (EVERYTHING, MIKELS.id)
    number = 0

    async def run(result: str, told: str | None, detail: dict[str, Any], **more: Any) -> RunReport:
        nonlocal number
        number += 1
        at = clock.now_ms()
        report = RunReport(f"made-{number:02}", *who, "rules", number, 12, at)
        await tuning.start_run(report)
        words = {} if told is None else {"told": told}
        done = replace(report, finished_at=at + 500, result=result, detail={**detail, **words})
        await tuning.finish_run(done, **more)
        return done

    def idea(n: int) -> Rule:
        return Rule(f"shade {n}", "awe", f"When a picture shows shade {n}, this person tends to feel awe.")

    def record(n: int, status: str, note: str, **more: Any) -> RuleRecord:
        given = {
            "screened": Evidence(3, 2.0, 1.0),
            "note": note,
            "held_on": tuple(seen[n % 5 : n % 5 + 3]),
            "seen": tuple(seen[n % 4 : 8]),
            "source": f"writer {n % 6 + 1}",
        }
        return RuleRecord(idea(n), status, **{**given, **more})

    def version(n: int, *places: int) -> Feelprint:
        made = clock.now_ms()
        texts = tuple(idea(place) for place in places)
        return Feelprint(*who, n, "rules", texts, "", made, 12, f"v{n}", Evidence(11, 6.5, 1.0))

    def known(*records: RuleRecord) -> list[dict[str, Any]]:
        from core.tuning.run import _told

        return [_told(one) for one in records]

    for result, told in (
        ("nothing", notes.TOO_FEW),
        ("nothing", notes.TOO_FEW_SINCE),
        ("nothing", notes.ONE_EMOTION),
    ):
        drift = told == notes.TOO_FEW_SINCE
        none = {"asked": {}, "sent": {}, "failures": {}, "tokens": {"prompt": 0, "completion": 0}, "usd": 0.0}
        await run(result, told, {"drift": drift, "preset": "normal", "rules": [], **none})
    dropped = [
        record(n, "dropped" if n % 2 else "unused", note, **({"alone": Evidence(3, 1.0, 2.0)} if n < 3 else {}))
        for n, note in enumerate(STOPPED_RULES)
    ]
    dropped.append(record(40, "unused", compose.ENOUGH, source=""))
    detail = {**LOOKED, **ASKED, "rules": known(*dropped)}
    await run("kept", notes.NOT_YET, detail, rules=dropped)
    below = {"pictures": 12, "better": 0.0, "worse": 3.0, "probability": 0.03, "apart": False}
    await run("kept", notes.MAJORITY, {**detail, "aside": below, "preset": "strict"})
    await run("kept", notes.NOT_YET, {**detail, "composed": []})
    failed = {**PASSED, "better": 2.0, "worse": 3.0, "probability": 0.3, "against_deployed": None, "passed": False}
    await run("kept", notes.NOT_YET, {**detail, "composed": [idea(10).id], "verify": {**failed, "unreadable": 2}})
    chosen = [record(n, "deployed", rules.CHOSEN, fresh=Evidence(4, 3.0, 0.0)) for n in (20, 21, 22)]
    composed = {"composed": [one.rule.id for one in chosen], "rules": known(*chosen)}
    looked = {**LOOKED, **ASKED, **composed, "verify": {**PASSED, "against_deployed": None}, "version": 2}
    await run("deployed", notes.NEW, looked, rules=chosen, deploy=version(2, 20, 21))
    leaning = {**LOOKED["aside"], "apart": False}
    await run("deployed", notes.LEANING, {**looked, "aside": leaning, "version": 3}, deploy=version(3, 20, 21, 22))
    quiet = replace(chosen[0], note="")
    await run("kept", notes.STILL_BEST, {**LOOKED, **ASKED, **composed}, rules=[quiet])
    gone = replace(chosen[2], status="retired", note=shadowing.FAILED_LATER, shadow=Evidence(5, 1.0, 4.0))
    retired = {"event": "retired", "retired": [gone.rule.id], "from": 3, "version": 4}
    await run("deployed", notes.RETIRED, retired, rules=[gone], deploy=version(4, 20, 21))
    await tuning.roll_back(*who, 4)
    await run("kept", notes.ROLLED_BACK, {"event": "rolled_back", "from": 4, "version": 3})
    await run("kept", notes.ROLLED_BACK_TO_MOST, {"event": "rolled_back", "from": 1, "version": None})
    stop = {"failure": "quota", "tries": 3, "retry_at": clock.at + 3_600_000}
    await run("stopped", notes.STOPPED, {"planned": LOOKED["planned"], **stop, **ASKED}, retry_at=stop["retry_at"])
    fault = {"failure": "fault", "tries": 1, "retry_at": clock.at + 300_000}
    await run("stopped", notes.STOPPED, fault, retry_at=fault["retry_at"])
    await run("deployed", notes.NEW, {**looked, "described": False, "version": 5}, deploy=version(5, 20, 22))
    at = clock.now_ms()
    for n, held in enumerate(({}, {idea(20).id: 1.0}, {idea(20).id: 0.0, idea(22).id: 1.0})):
        row = Shadow(5, seen[n], at + n, MIKELS.distribution({"awe": 1.0}), float(n > 0), float(n == 2), held)
        await tuning.put_shadow(*who, row)
    await tuning.start_run(RunReport("made-last", *who, "rules", 99, 12, clock.now_ms()))


async def strange(storage: Any, clock: Clock) -> None:
    """Runs and a rule that say what this code never said, or nothing."""
    tuning, who = storage.tuning, (STRANGE, MIKELS.id)
    rule = Rule("a shade", "awe", "When a picture shows a shade, this person tends to feel awe.")
    details: list[dict[str, Any]] = [
        {"told": UNKNOWN, "asked": {"sing": 1}, "rules": [{"id": rule.id}], "else": [1]},
        {"told": UNKNOWN, "event": "moved", "aside": None, "verify": [], "failures": None},
        {},
    ]
    for n, detail in enumerate(details):
        at = clock.now_ms()
        report = RunReport(f"strange-{n}", *who, "rules", n, 3, at, at + 1, "kept", detail)
        records = [RuleRecord(rule, "unused", note=UNKNOWN, source="a dream")]
        await tuning.finish_run(report, rules=records)


async def words(storage: Any, member: int) -> dict[str, Any]:
    """What a member reads of each run, as if it were the latest, and of their feelprint."""
    tuning, who = storage.tuning, (member, MIKELS.id)
    reports, records = await tuning.runs(*who, limit=99), await tuning.rules(*who)
    active, versions, shadows = await tuning.active(*who), await tuning.versions(*who), await tuning.shadows(*who)
    shown = rules_shown(active, versions, records, shadows) if active else ()
    profile = await storage.labels.profile(*who)
    runs = {}
    for place, report in enumerate(reports):
        stand = standing(profile, active, report, T0, TuningPolicy())
        runs[report.run_id] = {
            "told": report.detail.get("told"),
            "why": found.explained(found.Told(reports[place:], records, shown, active)),
            "progress": cards.progress(profile, MIKELS, stand, None, report),
        }
    card = cards.feelprint(active, shown, since_version(active, shadows), offline=True) if active else None
    notes_ = {record.rule.id: record.note for record in records}
    return {"member": member, "runs": runs, "show": card, "notes": notes_}


def main(out: Path) -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(make(Path(folder)))
        (path,) = Path(folder).glob("*.db")
        with sqlite3.connect(path) as database:
            database.execute("UPDATE images SET jpeg = x'ffd8ffd9'")  # small: nobody looks at them any more
            dump = "\n".join(database.iterdump())
    for name, text in (("version-0002.sql", dump), ("words.json", json.dumps(told, ensure_ascii=False))):
        (out / f"{name}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
