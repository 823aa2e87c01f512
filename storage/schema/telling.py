"""The tables of what is told by itself, or of many together.

`storage.schema.tables` has them too, with all others.
"""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, Table, Text

from storage.schema.columns import BIG, label_set, member, metadata

notices = Table(  # a row is stored with the run that it tells of, and goes once it is told
    "notices",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
    member(index=True),
    label_set(),
    Column("at", BIG, nullable=False),
    Column("asked", Boolean, nullable=False),  # the member asked for the run
    Column("refused", Boolean, nullable=False),  # Discord takes no direct message: it waits for their next press
    Column("taken_until", BIG, nullable=False),  # until then somebody is telling it
)

moods = Table(  # what a server's people felt in the last week that was looked at; nobody's row
    "moods",
    metadata,
    Column("server_id", BIG, primary_key=True, autoincrement=False),
    Column("week", BIG, nullable=False),  # when it began
    Column("label_set_id", Text, nullable=False),
    Column("shares", JSON, nullable=False),
    Column("people", Integer, nullable=False),  # 0: too few
)

warnings = Table(  # when people were last told that most of a day's cap is spent
    "warnings",
    metadata,
    Column("account", BIG, primary_key=True, autoincrement=False),  # a server; 0: all of them together
    Column("at", BIG, nullable=False),
)
