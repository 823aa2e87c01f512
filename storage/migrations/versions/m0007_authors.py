"""Who posted a picture and how it stands there, in which message one was rated, and what may not be used.

Of what was stored before, this is not known: it is found out when the message is next looked at.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the columns and the table; a rating that takes everything back needs no image."""
    op.add_column("sightings", sa.Column("author_id", _BIG))
    op.add_column("sightings", sa.Column("parent_id", _BIG))
    op.add_column("sightings", sa.Column("spoiler", sa.Boolean()))
    op.add_column("sightings", sa.Column("nsfw", sa.Boolean()))
    op.add_column("sightings", sa.Column("counts", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index(op.f("ix_sightings_author_id"), "sightings", ["author_id"])
    with op.batch_alter_table("ratings") as ratings:
        ratings.drop_constraint(op.f("fk_ratings_image_hash"), type_="foreignkey")
    op.add_column("ratings", sa.Column("message_id", _BIG))
    op.add_column("ratings", sa.Column("channel_id", _BIG))
    op.add_column("ratings", sa.Column("author_id", _BIG))
    op.add_column("ratings", sa.Column("source", sa.Text()))
    op.create_index(op.f("ix_ratings_message_id"), "ratings", ["message_id"])
    op.create_index(op.f("ix_ratings_author_id"), "ratings", ["author_id"])
    op.create_index(op.f("ix_ratings_channel_id_message_id"), "ratings", ["channel_id", "message_id"])
    op.create_table(
        "exclusions",
        sa.Column("server_id", _BIG, nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("author_id", _BIG, nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("moment", _BIG, nullable=False),
        sa.PrimaryKeyConstraint(
            "what", "subject", "author_id", "server_id", "said_by", name=op.f("pk_exclusions")
        ),
        sa.CheckConstraint("said_by IN ('author', 'admin')", name=op.f("ck_exclusions_said_by")),
        sa.CheckConstraint("what IN ('message', 'picture', 'author')", name=op.f("ck_exclusions_what")),
    )
    op.create_index(op.f("ix_exclusions_author_id"), "exclusions", ["author_id"])
