"""The weekly guessing game: no server has switched it on before, and nobody has said yes to it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and add the column."""
    op.create_table(
        "players",
        _id("member_id"),
        _id("server_id"),
        _id("other_id"),
        _id("at"),
        sa.PrimaryKeyConstraint("member_id", "server_id", "other_id", name=op.f("pk_players")),
        _of_member("players"),
    )
    op.create_index(op.f("ix_players_server_id"), "players", ["server_id"])
    op.create_index(op.f("ix_players_other_id"), "players", ["other_id"])
    op.create_table(
        "games",
        _id("server_id"),
        _id("week"),
        _id("channel_id"),
        sa.Column("message_id", _BIG),
        _id("ends_at"),
        sa.Column("running", sa.Boolean(), nullable=False),
        _id("taken_until"),
        sa.PrimaryKeyConstraint("server_id", "week", name=op.f("pk_games")),
    )
    running = sa.text("running")
    op.create_index(
        op.f("ix_games_running"), "games", ["server_id"], sqlite_where=running, postgresql_where=running
    )
    op.create_table(
        "subjects",
        _id("server_id"),
        _id("week"),
        _id("member_id"),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("image_hash", sa.Text(), nullable=False),
        _id("channel_id"),
        _id("message_id"),
        sa.PrimaryKeyConstraint("server_id", "week", name=op.f("pk_subjects")),
        _of_game("subjects"),
        _of_member("subjects"),
    )
    op.create_index(op.f("ix_subjects_member_id"), "subjects", ["member_id"])
    op.create_table(
        "guesses",
        _id("server_id"),
        _id("week"),
        _id("member_id"),
        sa.Column("emotion", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("server_id", "week", "member_id", name=op.f("pk_guesses")),
        _of_game("guesses"),
        _of_member("guesses"),
    )
    op.create_index(op.f("ix_guesses_member_id"), "guesses", ["member_id"])
    op.add_column("servers", sa.Column("game_channel", _BIG))


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=False)


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_member_id")
    return sa.ForeignKeyConstraint(["member_id"], ["members.member_id"], name=name, ondelete="CASCADE")


def _of_game(table: str) -> sa.ForeignKeyConstraint:
    columns, name = ["games.server_id", "games.week"], op.f(f"fk_{table}_server_id_week")
    return sa.ForeignKeyConstraint(["server_id", "week"], columns, name=name, ondelete="CASCADE")
