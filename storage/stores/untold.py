"""In the transaction that stores a run: whether its member is to be told of it."""

from sqlalchemy import Connection, exists, select, update

from core.ports import RunReport
from storage.schema.queries import add, columns_of, may_collect, of
from storage.schema.tables import members, notices, profiles


def note_untold(connection: Connection, report: RunReport) -> None:
    """Keep that a member is to be told of a run; an outcome that they asked for is owed no longer."""
    asked = bool(connection.scalar(select(profiles.c.asked).where(of(profiles, report.key))))
    may = select(exists().where(members.c.member_id == report.member_id, may_collect()))
    if report.may_be_news(asked=asked) and connection.scalar(may):
        row = {"run_id": report.run_id, "at": report.finished_at, "asked": asked}
        add(connection, notices, [{**row, **columns_of(report.key), "refused": False, "taken_until": 0}])
    if asked and report.may_be_news(asked=False):
        connection.execute(update(profiles).where(of(profiles, report.key)).values(asked=False))
