"""Tuning runs, and the rules that they tried.

Nothing is written for somebody who left while the model was being asked: each write looks first whether
the member is still there, inside its transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, update

from core.ports import RunReport, RunStore
from core.vocabulary.feelprint import Feelprint, Rule, RuleRecord
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.codec import record_in, record_out
from storage.schema.explanations import explanation_in, explanation_out
from storage.schema.queries import columns_of, many, of, put
from storage.schema.tables import members, profiles, rules, runs
from storage.stores.moods import of_gone_moods
from storage.stores.untold import note_untold
from storage.stores.versions import deploy as deploy_version
from storage.stores.versions import go_back, number_for, rules_of


class SqlRunStore(SqlStore, RunStore):
    """`core.ports.RunStore` over SQL."""

    @writing
    def start(self, connection: Connection, report: RunReport) -> None:
        connection.execute(delete(runs).where(of(runs, report.key), runs.c.result == RunResult.RUNNING))
        if _is_here(connection, report.key):
            put(connection, runs, [_row(report)])

    @writing
    def finish(
        self,
        connection: Connection,
        report: RunReport,
        *,
        rules: Sequence[RuleRecord] = (),
        deploy: Feelprint | None = None,
        back_to: int | None = None,
        retry_at: int = 0,
        lasting: int | None = None,
    ) -> bool:
        if not _is_here(connection, report.key) or _is_overtaken(connection, report):
            return False
        if deploy is not None and not deploy.version:
            deploy = replace(deploy, version=number_for(connection, deploy))
            report = replace(report, explanation=replace(report.explanation, version=deploy.version))
        wanted = {rule.id for rule in deploy.rules} if deploy else rules_of(connection, report.key, back_to)
        if wanted & _struck(connection, report.key):
            return False
        known = connection.scalar(select(runs.c.result).where(runs.c.run_id == report.run_id))
        put(connection, runs, [_row(report)])
        _put_rules(connection, report.key, rules, self._clock.now_ms())
        if deploy is not None:
            deploy_version(connection, deploy, learned_until=report.started_at)
        elif back_to is not None:
            go_back(connection, report.key, back_to)
        moved: dict[str, int] = {"retry_at": retry_at}
        if report.result != RunResult.STOPPED:
            moved["labels_at_run"] = report.n_labels
            moved["lasting"] = report.n_labels if lasting is None else lasting
        connection.execute(update(profiles).where(of(profiles, report.key)).values(moved))
        if known != report.result:  # else it was stored before, its answer lost on the way
            note_untold(connection, report)
        return True

    @reading
    def last(self, connection: Connection, key: ProfileKey) -> RunReport | None:
        return next(iter(_latest(connection, key, 1)), None)

    @reading
    def latest(self, connection: Connection, key: ProfileKey, *, limit: int) -> tuple[RunReport, ...]:
        return _latest(connection, key, limit)

    @reading
    def rules(self, connection: Connection, key: ProfileKey) -> tuple[RuleRecord, ...]:
        query = select(rules).where(of(rules, key)).order_by(rules.c.first_at, rules.c.rule_id)
        return tuple(_record(row) for row in many(connection, query))

    @reading
    def stopped(self, connection: Connection) -> Mapping[RuleReason, int]:
        return stopped_rules(connection)

    @writing
    def write_rule(
        self, connection: Connection, key: ProfileKey, rule: Rule, *, seen: Sequence[str], at: int
    ) -> bool:
        row = connection.execute(select(rules).where(of(rules, key), rules.c.rule_id == rule.id)).first()
        known = RuleRecord(rule, RuleStatus.UNUSED) if row is None else _record(row)
        if known.status == RuleStatus.DEPLOYED or not _is_here(connection, key):
            return False
        record = replace(known, status=RuleStatus.UNUSED, reason=None, seen=tuple(seen), writer=None)
        put(connection, rules, [_rule_row(key, record, at) | {"written_at": at}], keep=("first_at",))
        return True

    @writing
    def ask(self, connection: Connection, key: ProfileKey) -> None:
        connection.execute(
            update(profiles).where(of(profiles, key)).values(labels_at_run=0, retry_at=0, asked=True)
        )

    @writing
    def put_rules(self, connection: Connection, key: ProfileKey, rules: Sequence[RuleRecord]) -> None:
        if _is_here(connection, key):
            _put_rules(connection, key, rules, self._clock.now_ms())


def stopped_rules(connection: Connection) -> dict[RuleReason, int]:
    """How many rules that are not in use have each reason, the most frequent first."""
    query = (
        select(rules.c.reason, func.count())
        .where(rules.c.reason.is_not(None), rules.c.status != RuleStatus.DEPLOYED)
        .group_by(rules.c.reason)
        .order_by(func.count().desc(), rules.c.reason)
    )
    return {RuleReason(reason): number for reason, number in connection.execute(query)}


def _is_here(connection: Connection, key: ProfileKey) -> bool:
    """Whether there is the member, and the mood that it is about."""
    if of_gone_moods(connection, [key]):
        return False
    return bool(connection.scalar(select(exists().where(members.c.member_id == key.member_id))))


def _is_overtaken(connection: Connection, report: RunReport) -> bool:
    """Whether another process has begun a run of the profile: this one's stood still, and was taken for dead."""
    others = (runs.c.run_id != report.run_id) & (runs.c.result == RunResult.RUNNING)
    return bool(connection.scalar(select(exists().where(of(runs, report.key), others))))


def _row(report: RunReport) -> dict[str, Any]:
    row = {name: getattr(report, name) for name in runs.c.keys()}  # noqa: SIM118 (not a dict)
    return {**row, "explanation": explanation_out(report.explanation)}


def report_of(row: Row[Any]) -> RunReport:
    """A run as it is stored."""
    return RunReport(
        run_id=row.run_id,
        member_id=row.member_id,
        label_set_id=row.label_set_id,
        mode=Mode(row.mode),
        seed=row.seed,
        n_labels=row.n_labels,
        started_at=row.started_at,
        finished_at=row.finished_at,
        result=RunResult(row.result),
        reason=None if row.reason is None else RunReason(row.reason),
        explanation=explanation_in(row.explanation),
    )


def _latest(connection: Connection, key: ProfileKey, limit: int) -> tuple[RunReport, ...]:
    newest_first = (runs.c.started_at.desc(), runs.c.finished_at.desc(), runs.c.run_id)
    query = select(runs).where(of(runs, key)).order_by(*newest_first).limit(limit)
    return tuple(report_of(row) for row in connection.execute(query))


def _struck(connection: Connection, key: ProfileKey) -> set[str]:
    query = select(rules.c.rule_id).where(of(rules, key), rules.c.reason == RuleReason.STRUCK)
    return set(connection.scalars(query))


def _put_rules(connection: Connection, key: ProfileKey, records: Sequence[RuleRecord], now: int) -> None:
    """What was struck stays so, and who wrote a rule is told by `write_rule` alone."""
    struck = _struck(connection, key)
    kept = {r.rule.id: r for r in records if r.reason == RuleReason.STRUCK or r.rule.id not in struck}
    put(connection, rules, (_rule_row(key, r, now) for r in kept.values()), keep=("first_at", "written_at"))


def _rule_row(key: ProfileKey, record: RuleRecord, now: int) -> dict[str, Any]:
    return {
        **columns_of(key),
        "first_at": now,
        "rule_id": record.rule.id,
        "status": record.status,
        "reason": record.reason,
        "record": record_out(record),
    }


def _record(row: Row[Any]) -> RuleRecord:
    return replace(record_in(row.status, row.reason, row.record), written_at=row.written_at)
