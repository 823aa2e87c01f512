"""The first schema: members, servers, facts, labels, feelprints, answers and the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _people_and_places()
    _facts()
    _derived()
    _tuning()
    _money()


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_member_id")
    return sa.ForeignKeyConstraint(["member_id"], ["members.member_id"], name=name, ondelete="CASCADE")


def _people_and_places() -> None:
    op.create_table(
        "members",
        sa.Column("member_id", BIG, autoincrement=False, nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column("joined_at", BIG, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_members")),
    )
    op.create_table(
        "label_sets",
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("emotions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("label_set_id", name=op.f("pk_label_sets")),
    )
    op.create_table(
        "servers",
        sa.Column("server_id", BIG, autoincrement=False, nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("emotions", sa.JSON(), nullable=False),
        sa.Column("min_labels", sa.Integer(), nullable=False),
        sa.Column("min_emotions", sa.Integer(), nullable=False),
        sa.Column("seed_reactions", sa.Boolean(), nullable=False),
        sa.Column("allow_nsfw", sa.Boolean(), nullable=False),
        sa.Column("allow_spoilers", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_servers")),
    )


def _facts() -> None:
    op.create_table(
        "images",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_images")),
    )
    op.create_table(
        "sightings",
        sa.Column("message_id", BIG, autoincrement=False, nullable=False),
        sa.Column("channel_id", BIG, nullable=False),
        sa.Column("server_id", BIG),
        sa.Column("image_hash", sa.Text(), nullable=False),
        sa.Column("posted_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["image_hash"], ["images.hash"], name=op.f("fk_sightings_image_hash")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_sightings")),
    )
    op.create_index(op.f("ix_sightings_channel_id"), "sightings", ["channel_id"])
    op.create_index(op.f("ix_sightings_image_hash"), "sightings", ["image_hash"])
    op.create_index(op.f("ix_sightings_server_id"), "sightings", ["server_id"])
    op.create_table(
        "tombstones",
        sa.Column("gone_id", BIG, autoincrement=False, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("gone_id", name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_at"), "tombstones", ["at"])
    op.create_table(
        "reactions",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("burst", sa.Boolean(), nullable=False),
        sa.Column("image_hash", sa.Text(), nullable=False),
        sa.Column("emotion", sa.Text(), nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        _of_member("reactions"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["sightings.message_id"], name=op.f("fk_reactions_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "message_id", "emoji", "burst", name=op.f("pk_reactions")),
    )
    op.create_index(op.f("ix_reactions_member_id_image_hash"), "reactions", ["member_id", "image_hash"])
    op.create_index(op.f("ix_reactions_message_id"), "reactions", ["message_id"])
    op.create_table(
        "ratings",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("image_hash", sa.Text(), nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("emotions", sa.JSON(), nullable=False),
        sa.Column("server_id", BIG),
        sa.Column("at", BIG, nullable=False),
        _of_member("ratings"),
        sa.ForeignKeyConstraint(["image_hash"], ["images.hash"], name=op.f("fk_ratings_image_hash")),
        sa.PrimaryKeyConstraint("member_id", "image_hash", "label_set_id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_image_hash"), "ratings", ["image_hash"])


def _derived() -> None:
    op.create_table(
        "labels",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("image_hash", sa.Text(), nullable=False),
        sa.Column("felt", sa.JSON(), nullable=False),
        sa.Column("first_at", BIG, nullable=False),
        sa.Column("updated_at", BIG, nullable=False),
        _of_member("labels"),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", "image_hash", name=op.f("pk_labels")),
    )
    op.create_index(
        op.f("ix_labels_member_id_label_set_id_first_at"), "labels", ["member_id", "label_set_id", "first_at"]
    )
    op.create_table(
        "profiles",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("emotions", sa.Integer(), nullable=False),
        sa.Column("last_label_at", BIG, nullable=False),
        sa.Column("labels_at_run", sa.Integer(), nullable=False),
        sa.Column("min_labels", sa.Integer(), nullable=False),
        sa.Column("min_emotions", sa.Integer(), nullable=False),
        sa.Column("server_id", BIG),
        sa.Column("retry_at", BIG, nullable=False),
        sa.Column("unshadowed", sa.Boolean(), nullable=False),
        sa.Column(
            "waiting",
            sa.Integer(),
            sa.Computed(
                "CASE WHEN labels_at_run > 0 THEN labels - labels_at_run"
                " WHEN labels >= min_labels AND emotions >= min_emotions THEN labels ELSE 0 END",
                persisted=True,
            ),
        ),
        _of_member("profiles"),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", name=op.f("pk_profiles")),
    )
    op.create_index(
        "ix_profiles_due",
        "profiles",
        ["last_label_at", "retry_at", "waiting", "labels_at_run", "member_id", "label_set_id"],
        sqlite_where=sa.text("waiting > 0"),
        postgresql_where=sa.text("waiting > 0"),
    )
    op.create_index(op.f("ix_profiles_server_id"), "profiles", ["server_id"])
    op.create_index(
        "ix_profiles_unshadowed",
        "profiles",
        ["last_label_at", "member_id", "label_set_id"],
        sqlite_where=sa.text("unshadowed"),
        postgresql_where=sa.text("unshadowed"),
    )


def _tuning() -> None:
    op.create_table(
        "feelprints",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("n_labels", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("verify", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("mode IN ('rules', 'paper')", name=op.f("ck_feelprints_mode")),
        sa.CheckConstraint("status IN ('active', 'superseded', 'rolled_back')", name=op.f("ck_feelprints_status")),
        _of_member("feelprints"),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", "version", name=op.f("pk_feelprints")),
    )
    op.create_index(
        "ix_feelprints_active",
        "feelprints",
        ["member_id", "label_set_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "learned",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("image_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_member("learned"),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", "image_hash", name=op.f("pk_learned")),
    )
    op.create_table(
        "rules",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("first_at", BIG, nullable=False),
        sa.CheckConstraint("status IN ('deployed', 'unused', 'dropped', 'retired')", name=op.f("ck_rules_status")),
        _of_member("rules"),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", "rule_id", name=op.f("pk_rules")),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("seed", BIG, nullable=False),
        sa.Column("n_labels", sa.Integer(), nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("finished_at", BIG, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "result IN ('running', 'deployed', 'kept', 'nothing', 'stopped')", name=op.f("ck_runs_result")
        ),
        _of_member("runs"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_index(
        op.f("ix_runs_member_id_label_set_id_started_at"), "runs", ["member_id", "label_set_id", "started_at"]
    )
    op.create_table(
        "shadows",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("image_hash", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("distribution", sa.JSON(), nullable=False),
        sa.Column("hit", sa.Double(), nullable=False),
        sa.Column("generic_hit", sa.Double(), nullable=False),
        sa.Column("rules_held", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id", "label_set_id", "image_hash"],
            ["labels.member_id", "labels.label_set_id", "labels.image_hash"],
            name=op.f("fk_shadows_member_id_label_set_id_image_hash"),
            ondelete="CASCADE",
        ),
        _of_member("shadows"),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", "image_hash", "version", name=op.f("pk_shadows")),
    )


def _money() -> None:
    op.create_table(
        "answers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("owner", BIG),
        sa.Column("about", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", BIG, nullable=False),
        sa.Column("completion_tokens", BIG, nullable=False),
        sa.Column("nano_usd", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_about"), "answers", ["about"])
    op.create_index(op.f("ix_answers_owner"), "answers", ["owner"])
    op.create_table(
        "ledger",
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("owner", BIG),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", BIG, nullable=False),
        sa.Column("completion_tokens", BIG, nullable=False),
        sa.Column("nano_usd", BIG, nullable=False),
        sa.CheckConstraint("state IN ('reserved', 'settled')", name=op.f("ck_ledger_state")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_at_nano_usd"), "ledger", ["at", "nano_usd"])
    op.create_index(op.f("ix_ledger_owner_at_nano_usd"), "ledger", ["owner", "at", "nano_usd"])
