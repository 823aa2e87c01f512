"""The tables of the weekly guessing game: the question as a post, whom it is about, and what is guessed.

The post is nobody's, so that one about somebody who was forgotten is still found, and deleted on Discord; whom it
is about and who guessed goes with them. `storage.schema.tables` has these too, with all others.
"""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text

from storage.schema.columns import BIG, label_set, member, metadata, only

games = Table(
    "games",
    metadata,
    Column("server_id", BIG, nullable=False),
    Column("week", BIG, nullable=False),  # when it began
    Column("channel_id", BIG, nullable=False),
    Column("message_id", BIG),  # NULL: it is not posted yet
    Column("ends_at", BIG, nullable=False),
    Column("running", Boolean, nullable=False),
    Column("taken_until", BIG, nullable=False),  # until then somebody sees to it; 0: nobody has tried
    PrimaryKeyConstraint("server_id", "week"),
    Index("ix_games_running", "server_id", **only("running")),
)


def _of_a_game() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["server_id", "week"], ["games.server_id", "games.week"], ondelete="CASCADE")


subjects = Table(  # stays when the game is over, so that nothing is asked twice
    "subjects",
    metadata,
    Column("server_id", BIG, nullable=False),
    Column("week", BIG, nullable=False),
    member(index=True),
    label_set(),
    Column("image_hash", Text, nullable=False),
    Column("channel_id", BIG, nullable=False),  # where the picture stands
    Column("message_id", BIG, nullable=False),
    PrimaryKeyConstraint("server_id", "week"),
    _of_a_game(),
)

guesses = Table(  # while the game is open; none of them is a label
    "guesses",
    metadata,
    Column("server_id", BIG, nullable=False),
    Column("week", BIG, nullable=False),
    member(index=True),
    Column("emotion", Text, nullable=False),
    PrimaryKeyConstraint("server_id", "week", "member_id"),
    _of_a_game(),
)
