"""The tables: facts (reactions, ratings), what is derived from them (labels, profiles), and what was learnt.

Everything that belongs to a member hangs on their row by a cascading key, so that forgetting cannot
miss a table; the cache of answers and the ledger know an `owner` instead, so that a line of the ledger can
outlive its member. Neither names anybody who has not joined.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Computed,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
    true,
)

from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult, VersionStatus
from storage.schema.agreeing import EVERY_YES, askable, donors, players, yeses
from storage.schema.asking import abilities, answers, ledger, spending
from storage.schema.columns import BIG, label_set, member, metadata, one_of, only
from storage.schema.comparing import declined, exclusions, pasts, snapshots, walks
from storage.schema.moods import own_moods
from storage.schema.playing import games, guesses, subjects
from storage.schema.telling import moods, notices, warnings

__all__ = [
    "EVERY_YES",
    "abilities",
    "answers",
    "askable",
    "declined",
    "donors",
    "exclusions",
    "games",
    "guesses",
    "ledger",
    "metadata",
    "moods",
    "notices",
    "own_moods",
    "pasts",
    "players",
    "snapshots",
    "spending",
    "subjects",
    "walks",
    "warnings",
    "yeses",
]

members = Table(
    "members",
    metadata,
    Column("member_id", BIG, primary_key=True, autoincrement=False),
    Column("consent_version", Integer, nullable=False),
    Column("joined_at", BIG, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("counts_from", BIG, nullable=False, server_default="0"),  # in Discord's time: before it nothing counts
    Column("told_at_press", Boolean, nullable=False, server_default=false()),  # instead of by direct message
)

label_sets = Table(
    "label_sets",
    metadata,
    Column("label_set_id", Text, primary_key=True),
    Column("emotions", JSON, nullable=False),  # [[name, emoji], ...]
)

servers = Table(
    "servers",
    metadata,
    Column("server_id", BIG, primary_key=True, autoincrement=False),
    Column("channels", JSON, nullable=False),
    Column("emotions", JSON, nullable=False),  # the label set with this server's own emojis
    Column("min_labels", Integer, nullable=False),
    Column("min_emotions", Integer, nullable=False),
    Column("seed_reactions", Boolean, nullable=False),
    Column("allow_nsfw", Boolean, nullable=False),
    Column("allow_spoilers", Boolean, nullable=False),
    Column("bot_id", BIG),  # which bot was seen there: another one's absence says nothing
    Column("left_at", BIG),  # since when the bot is not there; NULL: it is, or was never told otherwise
    Column("notices_channel", BIG),  # where people who manage it are told what they must know
    Column("label_roles", JSON, nullable=False, server_default="[]"),  # who may label there; none: everybody
    Column("ask_roles", JSON, nullable=False, server_default="[]"),
    Column("game_channel", BIG),  # where the weekly game is played; NULL: nowhere
    Column("usd_per_day", Double),  # what it chose to spend at most; NULL: what whoever runs the bot allows
    Column("member_usd_per_day", Double),  # the same for whoever asks there
)

images = Table(
    "images",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("jpeg", LargeBinary, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
)

sightings = Table(  # there as long as a reaction needs it
    "sightings",
    metadata,
    Column("message_id", BIG, primary_key=True, autoincrement=False),
    Column("channel_id", BIG, nullable=False, index=True),
    Column("server_id", BIG, index=True),
    Column("image_hash", Text, ForeignKey("images.hash"), nullable=False, index=True),
    Column("posted_at", BIG, nullable=False),
    Column("source", Text),  # which file it was; an edit may put another in its place
    Column("author_id", BIG, index=True),  # who posted it, to find what they say is not to be used
    Column("parent_id", BIG),  # the channel that a thread belongs to
    Column("spoiler", Boolean),
    Column("nsfw", Boolean),  # how it stood there; NULL in rows from before that was asked for
    Column("counts", Boolean, nullable=False, server_default=true()),  # whether its server lets it count now
)

tombstones = Table(  # messages and channels that are gone: a late reaction does not revive them
    "tombstones",
    metadata,
    Column("gone_id", BIG, primary_key=True, autoincrement=False),
    Column("at", BIG, nullable=False, index=True),
)

reactions = Table(
    "reactions",
    metadata,
    member(),
    Column("message_id", BIG, ForeignKey("sightings.message_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("emoji", Text, nullable=False),
    Column("burst", Boolean, nullable=False),
    Column("image_hash", Text, nullable=False),  # the sighting's, kept here for the index
    Column("emotion", Text, nullable=False),
    label_set(),
    Column("at", BIG, nullable=False),
    PrimaryKeyConstraint("member_id", "message_id", "emoji", "burst"),
    Index(None, "member_id", "image_hash"),
)

ratings = Table(
    "ratings",
    metadata,
    member(),
    Column("image_hash", Text, nullable=False, index=True),  # an empty one needs no image
    label_set(),
    Column("emotions", JSON, nullable=False),  # none: whatever stood when it was given is taken back
    Column("server_id", BIG, index=True),
    Column("at", BIG, nullable=False),
    Column("message_id", BIG, index=True),  # where it stands; NULL where it was given with a command
    Column("channel_id", BIG),
    Column("author_id", BIG, index=True),
    Column("source", Text),
    PrimaryKeyConstraint("member_id", "image_hash", "label_set_id"),
    Index(None, "channel_id", "message_id"),
)

labels = Table(
    "labels",
    metadata,
    member(),
    label_set(),
    Column("image_hash", Text, nullable=False),
    Column("felt", JSON, nullable=False),
    Column("first_at", BIG, nullable=False),
    Column("updated_at", BIG, nullable=False),
    PrimaryKeyConstraint("member_id", "label_set_id", "image_hash"),
    Index(None, "member_id", "label_set_id", "first_at"),
)

_DUE = ("last_label_at", "retry_at", "waiting", "labels_at_run", "lasting", "member_id", "label_set_id")

profiles = Table(
    "profiles",
    metadata,
    member(),
    label_set(),
    Column("labels", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("emotions", Integer, nullable=False),  # how many emotions have a label
    Column("last_label_at", BIG, nullable=False),
    Column("labels_at_run", Integer, nullable=False),
    Column("min_labels", Integer, nullable=False),
    Column("min_emotions", Integer, nullable=False),
    Column("server_id", BIG, index=True),  # where the thresholds come from
    Column("retry_at", BIG, nullable=False),
    Column("unshadowed", Boolean, nullable=False),  # whether a label waits to test the active version
    Column("lasting", Integer, nullable=False),  # of how many labels a next run wants a share of new ones
    Column(  # labels that a next run would be for; 0 while the first one is not allowed yet
        "waiting",
        Integer,
        Computed(
            "CASE WHEN labels_at_run > 0 THEN labels - labels_at_run"
            " WHEN labels >= min_labels AND emotions >= min_emotions THEN labels ELSE 0 END",
            persisted=True,
        ),
    ),
    Column("asked", Boolean, nullable=False, server_default=false()),  # the member is to be told of the next run
    PrimaryKeyConstraint("member_id", "label_set_id"),
    Index("ix_profiles_due", *_DUE, **only("waiting > 0")),
    Index("ix_profiles_unshadowed", "last_label_at", "member_id", "label_set_id", **only("unshadowed")),
)

feelprints = Table(
    "feelprints",
    metadata,
    member(),
    label_set(),
    Column("version", Integer, nullable=False),
    Column("mode", Text, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", BIG, nullable=False),
    Column("n_labels", Integer, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("verify", JSON, nullable=False),
    Column("status", Text, nullable=False),
    PrimaryKeyConstraint("member_id", "label_set_id", "version"),
    Index("ix_feelprints_active", "member_id", "label_set_id", unique=True, **only("status = 'active'")),
    one_of("mode", Mode),
    one_of("status", VersionStatus),
)

learned = Table(  # images that a version was made from: never a fair test of it, even when labelled anew
    "learned",
    metadata,
    member(),
    label_set(),
    Column("image_hash", Text, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("member_id", "label_set_id", "image_hash"),
)

rules = Table(
    "rules",
    metadata,
    member(),
    label_set(),
    Column("rule_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("record", JSON, nullable=False),
    Column("first_at", BIG, nullable=False),
    Column("written_at", BIG),  # when its member wrote it; NULL: a model did
    PrimaryKeyConstraint("member_id", "label_set_id", "rule_id"),
    one_of("status", RuleStatus),
    one_of("reason", RuleReason),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    member(),
    label_set(),
    Column("mode", Text, nullable=False),
    Column("seed", BIG, nullable=False),
    Column("n_labels", Integer, nullable=False),
    Column("started_at", BIG, nullable=False),
    Column("finished_at", BIG, nullable=False),
    Column("result", Text, nullable=False),
    Column("reason", Text),
    Column("explanation", JSON, nullable=False),
    Index(None, "member_id", "label_set_id", "started_at"),
    one_of("mode", Mode),
    one_of("result", RunResult),
    one_of("reason", RunReason),
)

shadows = Table(  # a label's test; it goes with its label
    "shadows",
    metadata,
    member(),
    label_set(),
    Column("version", Integer, nullable=False),
    Column("image_hash", Text, nullable=False),
    Column("at", BIG, nullable=False),
    Column("distribution", JSON, nullable=False),
    Column("hit", Double, nullable=False),
    Column("generic_hit", Double, nullable=False),
    Column("rules_held", JSON, nullable=False),
    PrimaryKeyConstraint("member_id", "label_set_id", "image_hash", "version"),
    ForeignKeyConstraint(
        ["member_id", "label_set_id", "image_hash"],
        ["labels.member_id", "labels.label_set_id", "labels.image_hash"],
        ondelete="CASCADE",
    ),
    Index(None, "label_set_id", "at"),
)
