"""Feelprint versions: deploying one, rolling one back, and the labels that it was learnt from."""

from typing import Any

from sqlalchemy import Connection, Row, func, literal, select, update

from core.ports import VersionStore
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, VersionStatus
from storage.database.transactions import SqlStore, reading, writing
from storage.schema.codec import evidence_in, evidence_out, rule_in, rule_out, storable
from storage.schema.queries import insert as insert_in
from storage.schema.queries import of, put
from storage.schema.tables import feelprints, labels, learned
from storage.stores.unshadowed import note_unshadowed


class SqlVersionStore(SqlStore, VersionStore):
    """`core.ports.VersionStore` over SQL."""

    @reading
    def active(self, connection: Connection, key: ProfileKey) -> Feelprint | None:
        return _active(connection, key)

    @reading
    def all(self, connection: Connection, key: ProfileKey) -> tuple[Feelprint, ...]:
        query = select(feelprints).where(of(feelprints, key)).order_by(feelprints.c.version)
        return tuple(_version(row) for row in connection.execute(query))

    @writing
    def roll_back(self, connection: Connection, key: ProfileKey, version: int) -> Feelprint | None:
        mine = of(feelprints, key)
        this = (feelprints.c.version == version) & (feelprints.c.status == VersionStatus.ACTIVE)
        if (
            connection.execute(
                update(feelprints).where(mine, this).values(status=VersionStatus.ROLLED_BACK)
            ).rowcount
            == 0
        ):
            return None
        earlier = select(feelprints.c.version).where(mine, feelprints.c.status == VersionStatus.SUPERSEDED)
        newest = connection.scalar(earlier.order_by(feelprints.c.version.desc()).limit(1))
        if newest is not None:
            connection.execute(
                update(feelprints).where(mine, feelprints.c.version == newest).values(status=VersionStatus.ACTIVE)
            )
        note_unshadowed(connection, [key])
        return _active(connection, key)


def number_for(connection: Connection, made: Feelprint) -> int:
    """The next number of the profile; the same again where this run has stored its version already."""
    mine = select(feelprints.c.version).where(of(feelprints, made.key), feelprints.c.run_id == made.run_id)
    last = select(func.max(feelprints.c.version)).where(of(feelprints, made.key))
    return connection.scalar(mine) or (connection.scalar(last) or 0) + 1


def deploy(connection: Connection, made: Feelprint, learned_until: int) -> None:
    """Make a version the active one; labels first made until then are what it was learnt from."""
    was_active = (feelprints.c.status == VersionStatus.ACTIVE) & (feelprints.c.version != made.version)
    connection.execute(
        update(feelprints).where(of(feelprints, made.key), was_active).values(status=VersionStatus.SUPERSEDED)
    )
    put(connection, feelprints, [_row(made)])
    seen = select(labels.c.member_id, labels.c.label_set_id, labels.c.image_hash, literal(made.version)).where(
        of(labels, made.key), labels.c.first_at <= learned_until
    )
    columns = ["member_id", "label_set_id", "image_hash", "version"]
    connection.execute(insert_in(connection, learned).from_select(columns, seen).on_conflict_do_nothing())
    note_unshadowed(connection, [made.key])


def go_back(connection: Connection, key: ProfileKey, version: int) -> None:
    """Make a version the active one, and those after it rolled back; 0: none is active, nor rolled back."""
    later = (feelprints.c.version > version) & (version > 0)
    moves = (
        (later, VersionStatus.ROLLED_BACK),
        (feelprints.c.status == VersionStatus.ACTIVE, VersionStatus.SUPERSEDED),
        (feelprints.c.version == version, VersionStatus.ACTIVE),
    )
    for which, status in moves:
        connection.execute(update(feelprints).where(of(feelprints, key), which).values(status=status))
    note_unshadowed(connection, [key])


def rules_of(connection: Connection, key: ProfileKey, version: int | None) -> set[str]:
    """The ids of a version's rules."""
    query = select(feelprints.c.rules).where(of(feelprints, key), feelprints.c.version == version)
    return {rule_in(rule).id for stored in connection.scalars(query) for rule in stored}


def _active(connection: Connection, key: ProfileKey) -> Feelprint | None:
    query = select(feelprints).where(of(feelprints, key), feelprints.c.status == VersionStatus.ACTIVE)
    row = connection.execute(query).first()
    return None if row is None else _version(row)


def _row(made: Feelprint) -> dict[str, Any]:
    return {
        "member_id": made.member_id,
        "label_set_id": made.label_set_id,
        "version": made.version,
        "mode": made.mode,
        "rules": [rule_out(rule) for rule in made.rules],
        "text": storable(made.text),
        "created_at": made.created_at,
        "n_labels": made.n_labels,
        "run_id": made.run_id,
        "verify": evidence_out(made.verify),
        "status": VersionStatus.ACTIVE,
    }


def _version(row: Row[Any]) -> Feelprint:
    return Feelprint(
        member_id=row.member_id,
        label_set_id=row.label_set_id,
        version=row.version,
        mode=Mode(row.mode),
        rules=tuple(rule_in(rule) for rule in row.rules),
        text=row.text,
        created_at=row.created_at,
        n_labels=row.n_labels,
        run_id=row.run_id,
        verify=evidence_in(row.verify),
        status=VersionStatus(row.status),
    )
