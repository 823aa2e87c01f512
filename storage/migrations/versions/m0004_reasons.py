"""Reasons instead of sentences: what became of a run and of a rule, and why, in columns of their own.

A run's explanation gets the fields of `core.vocabulary.explanation`, refers to its rules by id only (they stand
whole in `rules`), and rules refer to images by the first 12 digits of their hashes. Sentences that no version
is known to have written become no reason. Both tables are made anew and filled row by row: every row changes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Data = dict[str, Any]

RUN_REASONS = {
    "There are too few labelled pictures to learn from yet. A few more, and I can try.": "too_few_labels",
    "Your feelings seem to have changed, so I go by your newer pictures only. "
    "A few more of them, and I can learn from you again.": "too_few_since_change",
    "All your pictures carry the same feeling, so there is nothing to tell apart yet. "
    "React to a few that move you differently, and I will look again.": "one_emotion",
    "I looked closely, but found nothing about your taste that I could rely on yet. "
    "Until then I answer with what most people would feel.": "nothing_reliable",
    "You feel about most pictures as most people do, and I found nothing reliable that sets you apart. "
    "So I answer with what most people would feel: for you that is a good guess.": "feels_as_most",
    "I looked at your new labels: your feelprint still fits best, so it stays as it is.": "still_best",
    "I found something that sets you apart: your feelprint has a new version.": "found",
    "Your feelprint has a new version. So far it mostly knows which feelings you have often; "
    "what makes the difference between two pictures for you, I cannot tell reliably yet.": "found_leaning",
    "One of your rules did not hold up on newer pictures, so I took it out.": "rule_retired",
    "Your newest version kept going wrong on new pictures, so I took it back. What worked before is in use "
    "again.": "rolled_back",
    "Your version kept going wrong on new pictures, so I took it back. "
    "Until I know better, I answer with what most people would feel.": "rolled_back_to_generic",
    "The model could not be reached. Nothing is lost; I will try again by myself.": "unavailable",
}
RULE_REASONS = {
    "It speaks of none of your pictures.": "holds_nowhere",
    "Most people's answer was right as often where it applies.": "no_gain",
    "Another idea says the same of these pictures.": "duplicate",
    "Not tested: this run's calls went to rules that promised more.": "out_of_calls",
    "Tested alone, it was not right more often than most people's answer.": "not_better",
    "It also changed pictures that it does not speak of.": "spreads",
    "It was right a few times, but too few to tell it from luck.": "too_little_evidence",
    "On labels that its writer had not seen it was wrong more often than right.": "refuted",
    "It promised something, but a feelprint holds only the best few rules.": "feelprint_full",
    "Labels that I had kept aside did not bear out ideas like this one.": "out_of_fold",
    "It was right alone, but together with the others it was not reliably better.": "verification",
    "These rules were taken back once, after they had failed on new pictures.": "quarantined",
    "It held up alone and in the whole.": "verified",
    "Taken out: on newer pictures it went wrong again and again.": "failed_in_use",
}
PURPOSES = {"generic", "predict", "shadow", "alone", "verify", "score", "write", "match", "fewshot", "probe"}
FAILURES = {"refused", "filtered", "truncated", "invalid", "unavailable", "quota", "auth", "budget"}
DIGITS = 12
AT_ONCE = 100


def upgrade() -> None:
    """Make both tables anew."""
    _anew("rules", _make_rules, ("member_id", "label_set_id", "rule_id"), _rule)
    _anew("runs", _make_runs, ("run_id",), _run)
    op.create_index(
        op.f("ix_runs_member_id_label_set_id_started_at"), "runs", ["member_id", "label_set_id", "started_at"]
    )


def _anew(name: str, make: Callable[[], sa.Table], keys: tuple[str, ...], change: Callable[[Data], Data]) -> None:
    """Set the rows aside, make the table, and put every row back, changed."""
    connection = op.get_bind()
    old = f"old_{name}"
    op.execute(f"CREATE TABLE {old} AS SELECT * FROM {name}")  # noqa: S608 - names of ours
    op.drop_table(name)
    table = make()
    for rows in _batches(connection, old, keys):
        connection.execute(table.insert(), [change(row) for row in rows])
    op.drop_table(old)


def _batches(connection: sa.Connection, name: str, keys: tuple[str, ...]) -> Iterator[list[Data]]:
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    for column in ("record", "detail"):  # JSON, whatever the copy calls it
        if column in table.c:
            table.c[column].type = sa.JSON()
    order = [table.c[key] for key in keys]
    after: sa.ColumnElement[bool] = sa.true()
    while rows := [
        dict(row._mapping)
        for row in connection.execute(sa.select(table).where(after).order_by(*order).limit(AT_ONCE))
    ]:
        yield rows
        after = sa.tuple_(*order) > sa.tuple_(*(sa.literal(rows[-1][key]) for key in keys))


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["member_id"], ["members.member_id"], name=op.f(f"fk_{table}_member_id"), ondelete="CASCADE"
    )


def _one_of(table: str, column: str, values: list[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _make_rules() -> sa.Table:
    return op.create_table(
        "rules",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("label_set_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("first_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "label_set_id", "rule_id", name=op.f("pk_rules")),
        _one_of("rules", "status", ["deployed", "unused", "dropped", "retired"]),
        _one_of("rules", "reason", list(RULE_REASONS.values())),
        _of_member("rules"),
    )


def _make_runs() -> sa.Table:
    return op.create_table(
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
        sa.Column("reason", sa.Text()),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
        _one_of("runs", "mode", ["rules", "paper"]),
        _one_of("runs", "result", ["running", "deployed", "kept", "nothing", "stopped"]),
        _one_of("runs", "reason", list(RUN_REASONS.values())),
        _of_member("runs"),
    )


def _rule(row: Data) -> Data:
    record = dict(row["record"])
    source = re.fullmatch(r"writer (\d+)", str(record.pop("source", "")))
    changed = {
        **record,
        "held_on": [image[:DIGITS] for image in record["held_on"]],
        "seen": [image[:DIGITS] for image in record["seen"]],
        "writer": int(source[1]) if source else None,
    }
    return {**row, "reason": RULE_REASONS.get(changed.pop("note", "")), "record": changed}


def _run(row: Data) -> Data:
    detail = row.pop("detail")
    return {**row, "reason": RUN_REASONS.get(str(detail.get("told"))), "explanation": explained(detail)}


def explained(detail: Mapping[str, Any]) -> Data:
    """A run's `detail` as the fields of its explanation; what it lacks is left out."""
    test, whole = _part(detail, "aside"), _part(detail, "verify")
    calls, stopped = _part(detail, "planned"), "retry_at" in detail
    found = {
        "preset": detail.get("preset"),
        "forecast": calls and {"calls": _counts(calls, "calls", PURPOSES), "usd": calls.get("usd", 0.0)},
        "pictures": detail.get("pictures"),
        "taste_changed": detail.get("drift"),
        "described": detail.get("described"),
        "candidates": [rule["id"] for rule in detail.get("rules", ()) if "id" in rule],
        "cross_fit": test and _cross_fit(test),
        "composed": detail.get("composed"),
        "verification": whole and _verification(whole),
        "wordings": [_wording(text) for text in detail.get("tried", ())],
        "cost": _cost(detail) if "asked" in detail else None,
        "stop": _stop(detail) if stopped else None,
        "withdrawal": (
            {"version": detail["from"], "rules": list(detail.get("retired", ()))} if "from" in detail else None
        ),
        "version": detail.get("version"),
    }
    # A run that composed nothing says so by an empty list.
    return {name: value for name, value in found.items() if value not in (None, [], {}) or name == "composed"}


def _part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, Mapping) else {}


def _counts(data: Mapping[str, Any], key: str, known: set[str]) -> Data:
    return {name: number for name, number in _part(data, key).items() if name in known}


def _evidence(data: Mapping[str, Any], held: int) -> Data:
    return {"held": held, "right": data.get("better", 0.0), "wrong": data.get("worse", 0.0)}


def _cross_fit(test: Mapping[str, Any]) -> Data:
    return {
        "evidence": _evidence(test, test.get("pictures", 0)),
        "probability": test.get("probability", 0.5),
        "beats_favourite": test.get("apart", True),
    }


def _verification(test: Mapping[str, Any]) -> Data:
    """On how many pictures it was compared with the version in use was not kept."""
    deployed = _part(test, "against_deployed")
    return {
        "evidence": _evidence(test, test.get("pictures", 0)),
        "probability": test.get("probability", 0.5),
        "gate": test.get("gate", 0.0),
        "passed": bool(test.get("passed")),
        "unreadable": test.get("unreadable", 0),
        "deployed": _evidence(deployed, 0) if deployed else None,
    }


def _wording(text: Mapping[str, Any]) -> Data:
    source = re.fullmatch(r"round (\d+), writer (\d+)", str(text.get("source")))
    return {
        "text": text.get("text", ""),
        "score": text.get("score", 0.0),
        "pictures": text.get("of", 0),
        "round_": int(source[1]) if source else 0,
        "writer": int(source[2]) if source else 0,
    }


def _cost(detail: Mapping[str, Any]) -> Data:
    tokens = _part(detail, "tokens")
    return {
        "asked": _counts(detail, "asked", PURPOSES),
        "sent": _counts(detail, "sent", PURPOSES),
        "failures": _counts(detail, "failures", FAILURES),
        "usage": {
            "prompt_tokens": tokens.get("prompt", 0),
            "completion_tokens": tokens.get("completion", 0),
            "usd": detail.get("usd", 0.0),
        },
    }


def _stop(detail: Mapping[str, Any]) -> Data:
    failure = detail.get("failure")
    return {
        "failure": failure if failure in FAILURES else None,
        "tries": detail.get("tries", 1),
        "retry_at": detail["retry_at"],
    }
