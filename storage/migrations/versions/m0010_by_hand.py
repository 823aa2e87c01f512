"""What members do to their feelprints by hand: rules that they wrote, rules that they struck, going back.

Both tables are made anew, as SQLite cannot change a check; their rows stay as they are.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RULE_REASONS = (
    "holds_nowhere",
    "no_gain",
    "duplicate",
    "out_of_calls",
    "not_better",
    "spreads",
    "too_little_evidence",
    "refuted",
    "feelprint_full",
    "out_of_fold",
    "verification",
    "quarantined",
    "verified",
    "failed_in_use",
    "struck",
)
_RUN_REASONS = (
    "too_few_labels",
    "too_few_since_change",
    "one_emotion",
    "nothing_reliable",
    "feels_as_most",
    "still_best",
    "found",
    "found_leaning",
    "rule_retired",
    "rolled_back",
    "rolled_back_to_generic",
    "rule_struck",
    "went_back",
    "unavailable",
)


def upgrade() -> None:
    """Allow the new reasons, and add the column."""
    _anew("rules", _make_rules)
    _anew("runs", _make_runs)
    op.create_index(
        op.f("ix_runs_member_id_label_set_id_started_at"), "runs", ["member_id", "label_set_id", "started_at"]
    )


def _anew(name: str, make: Callable[[], sa.Table]) -> None:
    """Set the rows aside, make the table, put them back."""
    op.execute(f"CREATE TABLE old_{name} AS SELECT * FROM {name}")  # noqa: S608 - names of ours
    op.drop_table(name)
    columns = ", ".join(column.name for column in make().columns if column.name != "written_at")
    op.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM old_{name}")  # noqa: S608
    op.drop_table(f"old_{name}")


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["member_id"], ["members.member_id"], name=op.f(f"fk_{table}_member_id"), ondelete="CASCADE"
    )


def _one_of(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _make_rules() -> sa.Table:
    return op.create_table(
        "rules",
        sa.Column("member_id", _BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("first_at", _BIG, nullable=False),
        sa.Column("written_at", _BIG),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", "rule_id", name=op.f("pk_rules")),
        _one_of("rules", "status", ("deployed", "unused", "dropped", "retired")),
        _one_of("rules", "reason", _RULE_REASONS),
        _of_member("rules"),
    )


def _make_runs() -> sa.Table:
    return op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("member_id", _BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("seed", _BIG, nullable=False),
        sa.Column("n_labels", sa.Integer(), nullable=False),
        sa.Column("started_at", _BIG, nullable=False),
        sa.Column("finished_at", _BIG, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
        _one_of("runs", "mode", ("rules", "paper")),
        _one_of("runs", "result", ("running", "deployed", "kept", "nothing", "stopped")),
        _one_of("runs", "reason", _RUN_REASONS),
        _of_member("runs"),
    )
