"""Feelprint versions: deploying one, rolling one back, and which labels are a fair test of it."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, literal, select, update

from core.vocabulary.feelprint import Feelprint
from core.vocabulary.label import Label
from storage.codec import evidence_in, evidence_out, rule_in, rule_out, storable
from storage.due import note_unshadowed, unshadowed
from storage.queries import insert as insert_in
from storage.queries import put
from storage.tables import feelprints, labels, learned


def of_profile(member_id: int, label_set_id: str) -> ColumnElement[bool]:
    """The versions of one profile."""
    return (feelprints.c.member_id == member_id) & (feelprints.c.label_set_id == label_set_id)


def versions(connection: Connection, member_id: int, label_set_id: str) -> tuple[Feelprint, ...]:
    """All versions, oldest first."""
    query = select(feelprints).where(of_profile(member_id, label_set_id)).order_by(feelprints.c.version)
    return tuple(_version(row) for row in connection.execute(query))


def active(connection: Connection, member_id: int, label_set_id: str) -> Feelprint | None:
    """The deployed version."""
    query = select(feelprints).where(of_profile(member_id, label_set_id), feelprints.c.status == "active")
    row = connection.execute(query).first()
    return None if row is None else _version(row)


def deploy(connection: Connection, made: Feelprint, learned_until: int) -> None:
    """Make a version the active one; labels first made until then are what it was learnt from."""
    mine = of_profile(made.member_id, made.label_set_id)
    was_active = (feelprints.c.status == "active") & (feelprints.c.version != made.version)
    connection.execute(update(feelprints).where(mine, was_active).values(status="superseded"))
    put(connection, feelprints, [_row(made)])
    seen = select(labels.c.member_id, labels.c.label_set_id, labels.c.image_hash, literal(made.version)).where(
        labels.c.member_id == made.member_id,
        labels.c.label_set_id == made.label_set_id,
        labels.c.first_at <= learned_until,
    )
    columns = ["member_id", "label_set_id", "image_hash", "version"]
    connection.execute(insert_in(connection, learned).from_select(columns, seen).on_conflict_do_nothing())
    note_unshadowed(connection, [(made.member_id, made.label_set_id)])


def roll_back(connection: Connection, member_id: int, label_set_id: str, version: int) -> Feelprint | None:
    """Take the active `version` back; the newest superseded one is active again, and is returned."""
    mine = of_profile(member_id, label_set_id)
    this = (feelprints.c.version == version) & (feelprints.c.status == "active")
    if connection.execute(update(feelprints).where(mine, this).values(status="rolled_back")).rowcount == 0:
        return None
    earlier = select(feelprints.c.version).where(mine, feelprints.c.status == "superseded")
    newest = connection.scalar(earlier.order_by(feelprints.c.version.desc()).limit(1))
    if newest is not None:
        connection.execute(update(feelprints).where(mine, feelprints.c.version == newest).values(status="active"))
    note_unshadowed(connection, [(member_id, label_set_id)])
    return active(connection, member_id, label_set_id)


def unshadowed_labels(
    connection: Connection, member_id: int, label_set_id: str, *, limit: int
) -> tuple[Label, ...]:
    """Labels that the active version was neither learnt from nor tested on, oldest first."""
    query = (
        select(labels.c.image_hash, labels.c.felt, labels.c.updated_at)
        .select_from(labels.join(feelprints, unshadowed()))
        .where(of_profile(member_id, label_set_id), feelprints.c.status == "active")
        .order_by(labels.c.first_at, labels.c.image_hash)
        .limit(limit)
    )
    return tuple(Label(member_id, row.image_hash, row.felt, row.updated_at) for row in connection.execute(query))


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
        "status": "active",
    }


def _version(row: Row[Any]) -> Feelprint:
    return Feelprint(
        member_id=row.member_id,
        label_set_id=row.label_set_id,
        version=row.version,
        mode=row.mode,
        rules=tuple(rule_in(rule) for rule in row.rules),
        text=row.text,
        created_at=row.created_at,
        n_labels=row.n_labels,
        run_id=row.run_id,
        verify=evidence_in(row.verify),
        status=row.status,
    )
