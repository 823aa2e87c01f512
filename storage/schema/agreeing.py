"""Members' yeses, each kind in a table of its own: a yes to one thing is none to another, and a query that asks
the wrong table finds nothing.
"""

from sqlalchemy import Column, PrimaryKeyConstraint, Table

from storage.schema.columns import BIG, member, metadata


def _yeses(name: str) -> Table:
    return Table(
        name,
        metadata,
        member(),
        Column("server_id", BIG, nullable=False, index=True),  # 0: wherever they are
        Column("other_id", BIG, nullable=False, index=True),  # 0: everybody there
        Column("at", BIG, nullable=False),
        PrimaryKeyConstraint("member_id", "server_id", "other_id"),
    )


yeses = _yeses("yeses")
"""To be compared with somebody; without one of each nobody is."""

askable = _yeses("askable")
"""To be asked about by somebody; without one nobody is."""

players = _yeses("players")
"""To be guessed about in the weekly game of a server; without one nobody is."""

donors = _yeses("donors")
"""To be in files for research; without one nobody is."""

EVERY_YES = (yeses, askable, players, donors)
