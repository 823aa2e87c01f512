"""What is old goes in small transactions: answers, ideas, runs; and the ledger's lines become sums by day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, insert, select, update

from core.ports import Old, RetentionStore
from core.vocabulary.explanation import Explanation
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleReason, RuleStatus
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.explanations import explanation_out
from storage.schema.queries import chunks, of
from storage.schema.tables import answers, feelprints, images, ledger, members, profiles, rules, runs
from storage.stores.answers import UNSENT

DAY_MS = 24 * 60 * 60 * 1000
_SUMMED = ("prompt_tokens", "completion_tokens", "nano_usd")
_SAME = ("purpose", "owner", "model", "state", "outcome", "shared")


class SqlRetentionStore(SqlStore, RetentionStore):
    """`core.ports.RetentionStore` over SQL."""

    @reading
    def members(self, connection: Connection, after: int, *, limit: int) -> tuple[int, ...]:
        query = select(members.c.member_id).where(members.c.member_id > after)
        return tuple(connection.scalars(query.order_by(members.c.member_id).limit(limit)))

    @reading
    def old(self, connection: Connection, member_id: int, before: int) -> Old:
        mine = select(profiles.c.label_set_id).where(profiles.c.member_id == member_id)
        theirs = select(answers.c.key).where(answers.c.owner == member_id, answers.c.at < before)
        keys = tuple(ProfileKey(member_id, label_set_id) for label_set_id in connection.scalars(mine))
        return Old(keys, tuple(connection.scalars(theirs)))

    @reading
    def unlabelled(
        self, connection: Connection, after: str, before: int, *, limit: int
    ) -> tuple[tuple[str, ...], str | None]:
        loose = (
            (answers.c.at < before)
            & answers.c.owner.is_(None)
            & answers.c.about.is_not(None)
            & ~exists().where(images.c.hash == answers.c.about)
        )
        query = select(answers.c.key, loose.label("loose")).where(answers.c.key > after)
        rows = connection.execute(query.order_by(answers.c.key).limit(limit)).all()
        return tuple(row.key for row in rows if row.loose), rows[-1].key if len(rows) == limit else None

    @writing
    def drop_answers(self, connection: Connection, keys: Collection[str]) -> int:
        return sum(
            connection.execute(delete(answers).where(answers.c.key.in_(some))).rowcount for some in chunks(keys)
        )

    @writing
    def thin(
        self,
        connection: Connection,
        key: ProfileKey,
        last: str | None,
        *,
        rules: Sequence[str] = (),
        runs: Sequence[str] = (),
        explained: Mapping[str, Explanation] | None = None,
    ) -> bool:
        if connection.scalar(_latest(key)) != last:
            return False
        _drop_rules(connection, key, rules)
        _drop_runs(connection, key, runs)
        for run_id, explanation in (explained or {}).items():
            _explain(connection, key, run_id, explanation)
        return True

    @reading
    def singles(self, connection: Connection, before: int) -> int:
        return int(connection.scalar(select(func.count()).select_from(ledger).where(_single(before))) or 0)

    @writing
    def sum_up(self, connection: Connection, before: int, *, limit: int) -> int:
        lines = connection.execute(select(ledger).where(_single(before)).order_by(ledger.c.at).limit(limit)).all()
        sent = [line for line in lines if line.outcome != UNSENT]
        sums = list(_sums_of(connection, sent))
        for ids in chunks(line.entry_id for line in (*lines, *sums)):
            connection.execute(delete(ledger).where(ledger.c.entry_id.in_(ids)))
        if sent:
            connection.execute(insert(ledger), _added_up([*sums, *sent]))
        return len(lines)


def _latest(key: ProfileKey) -> Select[Any]:
    newest_first = (runs.c.started_at.desc(), runs.c.finished_at.desc(), runs.c.run_id)
    return select(runs.c.run_id).where(of(runs, key)).order_by(*newest_first).limit(1)


def _drop_rules(connection: Connection, key: ProfileKey, ids: Sequence[str]) -> None:
    idle = rules.c.status.in_((RuleStatus.UNUSED, RuleStatus.DROPPED)) & rules.c.written_at.is_(None)
    struck = rules.c.reason.is_not(None) & (rules.c.reason == RuleReason.STRUCK)
    for some in chunks(ids):
        connection.execute(delete(rules).where(of(rules, key), rules.c.rule_id.in_(some), idle, ~struck))


def _drop_runs(connection: Connection, key: ProfileKey, ids: Sequence[str]) -> None:
    made = exists().where(of(feelprints, key), feelprints.c.run_id == runs.c.run_id)
    for some in chunks(ids):
        connection.execute(delete(runs).where(of(runs, key), runs.c.run_id.in_(some), ~made))


def _explain(connection: Connection, key: ProfileKey, run_id: str, explanation: Explanation) -> None:
    one = update(runs).where(of(runs, key), runs.c.run_id == run_id)
    connection.execute(one.values(explanation=explanation_out(explanation)))


def _single(before: int) -> ColumnElement[bool]:
    return ledger.c.calls.is_(None) & (ledger.c.at < before) & (ledger.c.state == "settled")


def _day(at: int) -> int:
    return at - at % DAY_MS


def _sums_of(connection: Connection, lines: Sequence[Row[Any]]) -> Iterator[Row[Any]]:
    """The sums that there are of the days and owners of some lines."""
    days = sorted({_day(line.at) for line in lines})
    for some in chunks({line.owner for line in lines}):
        whose: ColumnElement[bool] = ledger.c.owner.in_([owner for owner in some if owner is not None])
        if None in some:
            whose |= ledger.c.owner.is_(None)
        query = select(ledger).where(whose, ledger.c.at.in_(days), ledger.c.calls.is_not(None))
        yield from connection.execute(query).all()


def _added_up(lines: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """A sum for all lines of a day that are alike."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        same = {"at": _day(line.at), **{name: getattr(line, name) for name in _SAME}}
        one = sums.setdefault(tuple(same.values()), {**same, "calls": 0, **dict.fromkeys(_SUMMED, 0)})
        one["calls"] += line.calls or 1
        for name in _SUMMED:
            one[name] += getattr(line, name)
    return list(sums.values())
