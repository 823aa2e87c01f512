"""The tables of asking models: paid answers, what was paid, and what the servers have shown of themselves.

`storage.schema.tables` has them too, with all others.
"""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text, false

from storage.schema.columns import BIG, metadata, one_of, only

abilities = Table(  # what each model takes in a request, as it has shown
    "abilities",
    metadata,
    Column("address", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("takes", JSON, nullable=False),
    Column("at", BIG, nullable=False),
    PrimaryKeyConstraint("address", "model"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("owner", BIG, index=True),
    Column("about", Text, index=True),
    Column("text", Text, nullable=False),
    Column("prompt_tokens", BIG, nullable=False),
    Column("completion_tokens", BIG, nullable=False),
    Column("nano_usd", BIG, nullable=False),
    Column("at", BIG, nullable=False),
    Column("asked_by", BIG, index=True),  # who caused one that is about a picture alone
)

spending = Table(  # what the ledger says, by hour and account: caps are looked at before every call
    "spending",
    metadata,
    Column("kind", Text, nullable=False),
    Column("account", BIG, nullable=False),  # an id, 0 where there is one account of its kind
    Column("hour", BIG, nullable=False),
    Column("member_id", BIG, ForeignKey("members.member_id", ondelete="CASCADE"), index=True),
    Column("nano_usd", BIG, nullable=False),
    PrimaryKeyConstraint("kind", "account", "hour"),
    Index(None, "hour"),
    one_of("kind", ("bot", "server", "member", "strangers")),
)

ledger = Table(
    "ledger",
    metadata,
    Column("entry_id", BIG, primary_key=True),
    Column("at", BIG, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("owner", BIG),
    Column("model", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("prompt_tokens", BIG, nullable=False),
    Column("completion_tokens", BIG, nullable=False),
    Column("nano_usd", BIG, nullable=False),
    Column("key", BIG),  # what the purchase is known by; NULL in lines from before it had one
    Column("shared", Boolean, nullable=False, server_default=false()),  # on the account of all who had not joined
    Column("question", Text),  # as long as it is reserved: under which key its answer is looked for
    Column("holder", BIG),  # and by which process; NULL too where that was not noted yet
    Column("calls", BIG),  # of how many calls a line is the sum, over a day; NULL: one call, as it was made
    Index(None, "key", unique=True),
    Index("ix_ledger_reserved", "question", "holder", **only("state = 'reserved'")),
    Index(None, "at", "nano_usd"),
    Index(None, "owner", "at", "nano_usd"),
    Index("ix_ledger_single", "at", **only("calls IS NULL")),
    one_of("state", ("reserved", "settled")),
)
