"""The table of members' own moods; whoever has only the first has no row in it.

`storage.schema.tables` has it too, with all others. What belongs to a mood says so by its label set's id
(`core.vocabulary.own_moods`).
"""

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from storage.schema.columns import BIG, member, metadata, only

own_moods = Table(
    "own_moods",
    metadata,
    member(),
    Column("number", Integer, nullable=False),  # 0: what they call the first
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),  # none of theirs: the first is
    Column("made_at", BIG, nullable=False),
    PrimaryKeyConstraint("member_id", "number"),
    Index("ix_own_moods_active", "member_id", unique=True, **only("active")),
)
