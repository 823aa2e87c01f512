"""The tables of comparing with Discord and of every no: how far it came, what stood there, what was said.

`storage.schema.tables` has them too, with all others.
"""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, PrimaryKeyConstraint, Table, Text

from core.vocabulary.exclusions import By, What
from storage.schema.columns import BIG, member, metadata, one_of

pasts = Table(  # whether reactions from before somebody joined count in a server, as they said
    "pasts",
    metadata,
    member(),
    Column("server_id", BIG, nullable=False),
    Column("wanted", Boolean, nullable=False),
    Column("moment", BIG, nullable=False),
    Column("at", BIG, nullable=False),
    Column("done", Boolean, nullable=False),  # whether all of it was looked at
    PrimaryKeyConstraint("member_id", "server_id"),
)

walks = Table(  # how far each channel has been compared with what is stored
    "walks",
    metadata,
    Column("channel_id", BIG, primary_key=True, autoincrement=False),
    Column("server_id", BIG),
    Column("round", BIG, nullable=False),  # the last absence after which all of it was compared
    Column("turn", BIG, nullable=False),  # when it last had its turn
    Column("cursor", BIG, nullable=False),  # the message to go on below, 0 where nothing is left
    Column("seen", BIG, nullable=False),  # the newest message when all of it was compared
)

snapshots = Table(  # what the reactions to a message were when all of them were last listed
    "snapshots",
    metadata,
    Column("message_id", BIG, primary_key=True, autoincrement=False),
    Column("channel_id", BIG, nullable=False, index=True),
    Column("round", BIG, nullable=False),
    Column("mark", BIG, nullable=False),  # the last "no" of anybody before it was listed
    Column("others", JSON, nullable=False),  # {emoji: [normal, super]} of everybody of whom nothing is stored
)

declined = Table(  # reactions that stand on Discord and do not count, until they are taken back and made anew
    "declined",
    metadata,
    member(),
    Column("message_id", BIG, ForeignKey("snapshots.message_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("emoji", Text, nullable=False),
    Column("burst", Boolean, nullable=False),
    PrimaryKeyConstraint("member_id", "message_id", "emoji", "burst"),
)

exclusions = Table(  # what may not be used: an author's no, an admin's exclusion, or that it was taken back
    "exclusions",
    metadata,
    Column("server_id", BIG, nullable=False),  # 0: everywhere
    Column("said_by", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),  # a message, an image's hash, or a person
    Column("author_id", BIG, nullable=False, index=True),  # whose pictures; 0: anybody's
    Column("excluded", Boolean, nullable=False),
    Column("moment", BIG, nullable=False),
    PrimaryKeyConstraint("what", "subject", "author_id", "server_id", "said_by"),
    one_of("said_by", By),
    one_of("what", What),
)
