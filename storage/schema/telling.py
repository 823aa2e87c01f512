"""The table of what is still to be told to members; `storage.schema.tables` has it too, with all others."""

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text

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
