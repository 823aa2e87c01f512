"""What tuning keeps: runs, rules and shadow records; versions and due profiles have modules of their own.

Nothing is written for somebody who left while the model was being asked: each write looks first whether
the member is still there, inside its transaction.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, select, update

from core.ports import Due, RunReport, Scored, Shadow, TuningStore
from core.vocabulary.clock import Clock
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.label import Label
from storage import due, versions
from storage.codec import record_in, record_out
from storage.engine import Database
from storage.queries import add, put
from storage.tables import labels, members, profiles, rules, runs, shadows


class SqlTuningStore(TuningStore):
    """`core.ports.TuningStore` over SQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def due(
        self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float, limit: int
    ) -> tuple[Due, ...]:
        """Profiles due for a run, longest waiting first."""
        return await self._database.read(
            due.due, now, quiet_ms=quiet_ms, renew_min=renew_min, renew_share=renew_share, limit=limit
        )

    async def next_due_at(self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float) -> int | None:
        """When the next profile that is not due yet becomes so by waiting alone."""
        return await self._database.read(
            due.next_due_at, now, quiet_ms=quiet_ms, renew_min=renew_min, renew_share=renew_share
        )

    async def start_run(self, report: RunReport) -> None:
        """Record that a run started."""
        await self._database.write(_start_run, report)

    async def finish_run(
        self,
        report: RunReport,
        *,
        rules: Sequence[RuleRecord] = (),
        deploy: Feelprint | None = None,
        retry_at: int = 0,
    ) -> bool:
        """Store a run's outcome whole; False if the member has left."""
        return await self._database.write(
            _finish_run, report, rules, deploy, retry_at=retry_at, now=self._clock.now_ms()
        )

    async def last_run(self, member_id: int, label_set_id: str) -> RunReport | None:
        """The latest run, finished or not."""
        return next(iter(await self.runs(member_id, label_set_id, limit=1)), None)

    async def runs(self, member_id: int, label_set_id: str, *, limit: int) -> tuple[RunReport, ...]:
        """The latest runs, newest first."""
        return await self._database.read(_runs, member_id, label_set_id, limit)

    async def active(self, member_id: int, label_set_id: str) -> Feelprint | None:
        """The deployed version."""
        return await self._database.read(versions.active, member_id, label_set_id)

    async def versions(self, member_id: int, label_set_id: str) -> tuple[Feelprint, ...]:
        """All versions, oldest first."""
        return await self._database.read(versions.versions, member_id, label_set_id)

    async def roll_back(self, member_id: int, label_set_id: str, version: int) -> Feelprint | None:
        """Take the active version back; the one that is active then."""
        return await self._database.write(versions.roll_back, member_id, label_set_id, version)

    async def rules(self, member_id: int, label_set_id: str) -> tuple[RuleRecord, ...]:
        """Every rule ever proposed, oldest first."""
        return await self._database.read(_rules, member_id, label_set_id)

    async def put_rules(self, member_id: int, label_set_id: str, rules: Sequence[RuleRecord]) -> None:
        """Insert or replace rules by id."""
        await self._database.write(_put_rules, member_id, label_set_id, rules, self._clock.now_ms())

    async def unshadowed(self, member_id: int, label_set_id: str, *, limit: int) -> tuple[Label, ...]:
        """Labels that the active version was neither learnt from nor tested on."""
        return await self._database.read(versions.unshadowed_labels, member_id, label_set_id, limit=limit)

    async def shadow_due(self, *, limit: int) -> tuple[Due, ...]:
        """Profiles with at least one unshadowed label."""
        return await self._database.read(due.shadow_due, limit=limit)

    async def put_shadow(self, member_id: int, label_set_id: str, shadow: Shadow) -> None:
        """Store one shadow row, once, while its label is there."""
        await self._database.write(_put_shadow, member_id, label_set_id, shadow)

    async def shadows(self, member_id: int, label_set_id: str, version: int | None = None) -> tuple[Shadow, ...]:
        """Shadow rows, oldest first."""
        return await self._database.read(_shadows, member_id, label_set_id, version)

    async def pooled(self, label_set_id: str, *, limit: int, members: int) -> tuple[Scored, ...]:
        """The newest shadow records of everybody, without ids; none where too few members have any."""
        return await self._database.read(_pooled, label_set_id, limit, members)


def _is_here(connection: Connection, member_id: int) -> bool:
    return bool(connection.scalar(select(exists().where(members.c.member_id == member_id))))


def _start_run(connection: Connection, report: RunReport) -> None:
    mine = (runs.c.member_id == report.member_id) & (runs.c.label_set_id == report.label_set_id)
    connection.execute(delete(runs).where(mine, runs.c.result == "running"))
    if _is_here(connection, report.member_id):
        put(connection, runs, [_run_row(report)])


def _finish_run(
    connection: Connection,
    report: RunReport,
    records: Sequence[RuleRecord],
    deploy: Feelprint | None,
    *,
    retry_at: int,
    now: int,
) -> bool:
    if not _is_here(connection, report.member_id):
        return False
    put(connection, runs, [_run_row(report)])
    _put_rules(connection, report.member_id, report.label_set_id, records, now)
    if deploy is not None:
        versions.deploy(connection, deploy, learned_until=report.started_at)
    moved: dict[str, int] = {"retry_at": retry_at}
    if report.result != "stopped":
        moved["labels_at_run"] = report.n_labels
    mine = (profiles.c.member_id == report.member_id) & (profiles.c.label_set_id == report.label_set_id)
    connection.execute(update(profiles).where(mine).values(moved))
    return True


def _run_row(report: RunReport) -> dict[str, Any]:
    row = {name: getattr(report, name) for name in runs.c.keys()}  # noqa: SIM118 (not a dict)
    return {**row, "detail": dict(report.detail)}


def _runs(connection: Connection, member_id: int, label_set_id: str, limit: int) -> tuple[RunReport, ...]:
    query = (
        select(runs)
        .where(runs.c.member_id == member_id, runs.c.label_set_id == label_set_id)
        .order_by(runs.c.started_at.desc(), runs.c.finished_at.desc(), runs.c.run_id)
        .limit(limit)
    )
    return tuple(RunReport(**row._mapping) for row in connection.execute(query))


def _put_rules(
    connection: Connection, member_id: int, label_set_id: str, records: Sequence[RuleRecord], now: int
) -> None:
    if not records or not _is_here(connection, member_id):
        return
    mine = {"member_id": member_id, "label_set_id": label_set_id, "first_at": now}
    rows = {
        r.rule.id: {**mine, "rule_id": r.rule.id, "status": r.status, "record": record_out(r)} for r in records
    }
    put(connection, rules, list(rows.values()), keep=("first_at",))


def _rules(connection: Connection, member_id: int, label_set_id: str) -> tuple[RuleRecord, ...]:
    query = (
        select(rules)
        .where(rules.c.member_id == member_id, rules.c.label_set_id == label_set_id)
        .order_by(rules.c.first_at, rules.c.rule_id)
    )
    return tuple(record_in(row.status, row.record) for row in connection.execute(query))


def _put_shadow(connection: Connection, member_id: int, label_set_id: str, shadow: Shadow) -> None:
    label = exists().where(
        labels.c.member_id == member_id,
        labels.c.label_set_id == label_set_id,
        labels.c.image_hash == shadow.image_hash,
    )
    if connection.scalar(select(label)):
        row = {
            "member_id": member_id,
            "label_set_id": label_set_id,
            "version": shadow.version,
            "image_hash": shadow.image_hash,
            "at": shadow.at,
            "distribution": list(shadow.distribution),
            "hit": shadow.hit,
            "generic_hit": shadow.generic_hit,
            "rules_held": dict(shadow.rules_held),
        }
        add(connection, shadows, [row])
        due.note_unshadowed(connection, [(member_id, label_set_id)])


def _shadows(connection: Connection, member_id: int, label_set_id: str, version: int | None) -> tuple[Shadow, ...]:
    query = (
        select(shadows)
        .where(shadows.c.member_id == member_id, shadows.c.label_set_id == label_set_id)
        .order_by(shadows.c.at, shadows.c.version, shadows.c.image_hash)
    )
    if version is not None:
        query = query.where(shadows.c.version == version)
    return tuple(_shadow(row) for row in connection.execute(query))


def _pooled(connection: Connection, label_set_id: str, limit: int, at_least: int) -> tuple[Scored, ...]:
    query = (
        select(shadows.c.member_id, shadows.c.distribution, shadows.c.hit)
        .where(shadows.c.label_set_id == label_set_id)
        .order_by(shadows.c.at.desc(), shadows.c.image_hash, shadows.c.version, shadows.c.member_id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    if len({row.member_id for row in rows}) < at_least:
        return ()
    return tuple(Scored(tuple(row.distribution), row.hit) for row in rows)


def _shadow(row: Row[Any]) -> Shadow:
    return Shadow(
        version=row.version,
        image_hash=row.image_hash,
        at=row.at,
        distribution=tuple(row.distribution),
        hit=row.hit,
        generic_hit=row.generic_hit,
        rules_held=row.rules_held,
    )
