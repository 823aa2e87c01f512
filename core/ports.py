"""What `core` needs of storage, as small protocols with written contracts.

Every method may raise `core.errors.StorageError` (disk full, database unreachable) and nothing else.
Every writing method is one transaction: it happens whole or not at all, cancelled or not. Times are
milliseconds since the epoch; ids of Discord are 64-bit integers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from core.changes import Change, Sighting
from core.emotions import Distribution, LabelSet
from core.feelprint import Evidence, Feelprint, RuleRecord
from core.images import Image
from core.labels import Label
from core.model.calls import Usage
from core.servers import ServerSettings


@dataclass(frozen=True, slots=True)
class Membership:
    """A member's standing consent. `paused`: keep what is there, collect nothing new."""

    member_id: int
    consent_version: int
    joined_at: int
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a member stands with one label set, kept up to date in the transaction that changes labels.

    `counts` is labels per emotion (a label with two emotions counts for both); `min_labels` and
    `min_emotions` are the thresholds of the server in which they last labelled.
    """

    member_id: int
    label_set_id: str
    labels: int
    counts: Mapping[str, int]
    last_label_at: int
    labels_at_run: int
    min_labels: int
    min_emotions: int
    retry_at: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch of changes did: the (member, label set) profiles whose labels changed.

    `wanting`: records of which nothing was written, because their image is not stored (any more) and was
    not given: send them again with its bytes.
    """

    touched: frozenset[tuple[int, str]]
    wanting: tuple[Change, ...] = ()


class LabelStore(Protocol):
    """Reactions and ratings (facts), sightings, images, and the labels derived from them."""

    async def apply(self, changes: Sequence[Change]) -> Applied:
        """Commit changes in order, in one transaction; recompute labels and profiles of those touched.

        A record for a member who is not joined (or is paused), or on a message known to be deleted, is
        skipped. Images that no reaction and no rating needs any more are deleted, with answers about
        them. Repeating a batch changes nothing.

        A label is the union of the emotions of the member's live reactions on an image, in whatever
        message, and of their rating of it; a rating supersedes reactions that are not newer than it.
        When a server is left, what was seen there goes; ratings made there stay, without the server.
        """
        ...

    async def sighting(self, message_id: int) -> Sighting | None:
        """Where a message's image is known from; None if no stored reaction is on it."""
        ...

    async def reactions_on(self, message_ids: Sequence[int]) -> frozenset[tuple[int, int, str, bool]]:
        """Stored reactions on messages, as (message, member, emoji, burst): catch-up compares with it."""
        ...

    async def messages_in(self, channel_id: int, since: int) -> frozenset[int]:
        """Messages of a channel with a sighting, from message id `since` on: catch-up looks for lost ones."""
        ...

    async def labels(self, member_id: int, label_set_id: str) -> tuple[Label, ...]:
        """A member's labels, oldest first by (at, image hash)."""
        ...

    async def label(self, member_id: int, label_set_id: str, image_hash: str) -> Label | None:
        """A member's label of one image."""
        ...

    async def image(self, image_hash: str) -> Image | None:
        """An image's bytes, while a label needs it."""
        ...

    async def profile(self, member_id: int, label_set_id: str) -> Profile | None:
        """Where a member stands; None before the first label."""
        ...

    async def label_set(self, label_set_id: str) -> LabelSet | None:
        """A label set that was used when labels were recorded or a server was set up."""
        ...


class MemberStore(Protocol):
    """Consent, and the rights that go with it."""

    async def membership(self, member_id: int) -> Membership | None:
        """The member's consent, or None if they have not joined."""
        ...

    async def joined_ids(self) -> frozenset[int]:
        """Everybody whose reactions may be kept: joined, not paused, consent of today's version."""
        ...

    async def join(self, member_id: int, consent_version: int, at: int) -> None:
        """Record consent (again, if they had joined)."""
        ...

    async def pause(self, member_id: int, paused: bool) -> None:
        """Stop or resume collecting; nothing is deleted."""
        ...

    async def forget(self, member_id: int) -> int:
        """Erase everything about a member, derived data included; ledger rows lose their member.

        Returns how many labels were erased. Afterwards no byte of it is left in SQLite's file or its
        log, and backups made before start-up migrations are deleted with it (on PostgreSQL these are the
        operator's; in a file with more than 256 MB in it, the last unreachable remnants go at the next
        start). It works on a full disk. An answer that was in flight is not kept when it arrives.
        """
        ...

    async def export(self, member_id: int) -> Mapping[str, Any]:
        """All that is stored about a member, as JSON-ready data, images by hash."""
        ...


class ServerStore(Protocol):
    """Servers' settings."""

    async def settings(self, server_id: int) -> ServerSettings:
        """The server's settings; the defaults (no channels) where none are stored."""
        ...

    async def save(self, settings: ServerSettings) -> None:
        """Store settings whole."""
        ...

    async def all(self) -> tuple[ServerSettings, ...]:
        """Settings of every server that has some."""
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """A profile whose labels call for a tuning run now."""

    member_id: int
    label_set_id: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """One tuning run, explained: what was tried, what it showed, what it cost. `detail` is JSON-ready.

    `result`: `deployed` (a new version), `kept` (no reliable improvement yet), `nothing` (nothing to
    learn from these labels), `stopped` (the model was not available; tried again at `retry_at`).
    """

    run_id: str
    member_id: int
    label_set_id: str
    mode: str
    seed: int
    n_labels: int
    started_at: int
    finished_at: int = 0
    result: Literal["running", "deployed", "kept", "nothing", "stopped"] = "running"
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shadow:
    """One label seen by the deployed version before the label was looked at, and the score that came of it.

    `hit` and `generic_hit` are in [0, 1]. `rules_held` maps the ids of the deployed rules that held for
    the image to each rule's own hit.
    """

    version: int
    image_hash: str
    at: int
    distribution: Distribution
    hit: float
    generic_hit: float
    rules_held: Mapping[str, float] = field(default_factory=dict)


class TuningStore(Protocol):
    """Feelprint versions, rules, runs, shadow records; and who is due."""

    async def due(
        self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float, limit: int
    ) -> tuple[Due, ...]:
        """Profiles due for a run, longest waiting first.

        Joined and not paused; no new label for `quiet_ms`; past `retry_at`; never run: at least
        `min_labels` labels over `min_emotions` emotions; else at least max(renew_min, renew_share x
        labels_at_run) more labels than at the last run.
        """
        ...

    async def next_due_at(self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float) -> int | None:
        """When the next profile that is not due yet becomes due by waiting alone, or None: how long a worker
        may sleep. Always later than `now`.
        """
        ...

    async def start_run(self, report: RunReport) -> None:
        """Record that a run started; an unfinished earlier run of the profile is replaced."""
        ...

    async def finish_run(
        self,
        report: RunReport,
        *,
        rules: Sequence[RuleRecord] = (),
        deploy: Feelprint | None = None,
        retry_at: int = 0,
    ) -> bool:
        """Store a run's outcome, its rules and the new version, in one transaction; the profile's
        `labels_at_run` becomes the run's `n_labels` (all labels of the profile at its start, or it is due
        again at once) unless the result is `stopped`. Labels made up to `started_at` count as learnt from
        by `deploy`: they are never a fair test of it, even if withdrawn and made anew.

        False, and nothing stored, if the member has left meanwhile.
        """
        ...

    async def last_run(self, member_id: int, label_set_id: str) -> RunReport | None:
        """The latest run, finished or not."""
        ...

    async def active(self, member_id: int, label_set_id: str) -> Feelprint | None:
        """The deployed version."""
        ...

    async def versions(self, member_id: int, label_set_id: str) -> tuple[Feelprint, ...]:
        """All versions, oldest first."""
        ...

    async def roll_back(self, member_id: int, label_set_id: str, version: int) -> Feelprint | None:
        """Mark the active `version` rolled back and make the newest superseded one active; None if none is left
        (the generic prompt answers then) or if `version` is not the active one.
        """
        ...

    async def rules(self, member_id: int, label_set_id: str) -> tuple[RuleRecord, ...]:
        """Every rule ever proposed for the profile, newest evidence."""
        ...

    async def put_rules(self, member_id: int, label_set_id: str, rules: Sequence[RuleRecord]) -> None:
        """Insert or replace rules by id."""
        ...

    async def unshadowed(self, member_id: int, label_set_id: str, *, limit: int) -> tuple[Label, ...]:
        """Labels whose image was first labelled after the active version was made, which it was not learnt
        from, with no shadow row for that version yet, oldest first.
        """
        ...

    async def shadow_due(self, *, limit: int) -> tuple[Due, ...]:
        """Profiles of joined members with at least one unshadowed label."""
        ...

    async def put_shadow(self, member_id: int, label_set_id: str, shadow: Shadow) -> None:
        """Store one shadow row; an existing one for the version and image stays as it is. It goes with its
        label; where that is gone already, nothing is stored.
        """
        ...

    async def shadows(self, member_id: int, label_set_id: str, version: int | None = None) -> tuple[Shadow, ...]:
        """Shadow rows of a version (None: of all versions), oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer paid for earlier: its raw text, and its cost then, so that reports do not depend on the cache."""

    text: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room in the budget taken before a call is sent."""

    entry_id: int


class AnswerStore(Protocol):
    """The cache of paid answers and the ledger of calls: one store, because paying and keeping are one act."""

    async def get(self, key: str) -> "Kept | None":
        """The answer kept under a call's key."""
        ...

    async def reserve(
        self,
        *,
        at: int,
        purpose: str,
        owner: int | None,
        model: str,
        usd: float,
        cap_usd_day: float | None,
        owner_cap_usd_day: float | None,
    ) -> Reservation | None:
        """Write a reservation of `usd` if spent + reserved of the last 24 hours stays within both caps
        (None: no cap); None if it would not. Checked and written in one transaction.
        """
        ...

    async def settle(
        self,
        reservation: Reservation,
        *,
        outcome: str,
        usage: Usage,
        key: str = "",
        text: str | None = None,
        about: str | None = None,
        owner: int | None = None,
    ) -> None:
        """Replace the reservation by what the call really cost, and keep `text` under `key` if given."""
        ...

    async def close_reservations(self) -> int:
        """At start-up: count the reservations that a crash left open as spent; how many there were."""
        ...

    async def spent(self, since: int, owner: int | None = None) -> Mapping[str, Usage]:
        """Settled and reserved cost by purpose since a time (of one owner, if given)."""
        ...

    async def calls(self, since: int = 0, owner: int | None = None) -> Mapping[str, int]:
        """How many calls were sent, by purpose (answers from the cache are none)."""
        ...


__all__ = [
    "AnswerStore",
    "Applied",
    "Due",
    "Evidence",
    "Kept",
    "LabelStore",
    "MemberStore",
    "Membership",
    "Profile",
    "Reservation",
    "RunReport",
    "ServerStore",
    "Shadow",
    "TuningStore",
]
