"""A made-up world, server by server: members who joined, pictures, what was felt about them, and what runs left.

Everything follows from the seed and the number of a server, so no two servers need be in memory. What is derived
(labels, profiles, hourly sums) is written as the product would derive it; `proving` has the product say so.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from PIL import Image as Pillow

from core.decoding.normalise import _encoded
from core.vocabulary.emotions import MIKELS
from core.vocabulary.exclusions import By, What
from core.vocabulary.feelprint import Evidence, Rule, RuleRecord
from core.vocabulary.images import reference_of
from core.vocabulary.label import Label
from core.vocabulary.moments import moment_of
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult, VersionStatus
from core.vocabulary.server_settings import ServerSettings, thresholds_at
from storage.schema.codec import emotions_out, evidence_out, record_out, rule_out
from storage.stores.spending import HOUR_MS

SET = MIKELS.id
NAMES = MIKELS.names
EMOJI = {one.name: one.emoji for one in MIKELS.emotions}
DAY_MS = 24 * HOUR_MS
NOW = 1_750_000_000_000
DAYS = 180
PICTURES, CHANNELS = 100, 2
"""Of each server: more than the most that somebody labels."""

SHARES = ((20, 6.4), (5, 1.6), (1, 0.55))
"""Every so manieth member labels so many times the average; the first that fits counts. Together 1."""

RUNS_AT = (12, 24, 48)
RULES, ASKED = 8, 12
"""Rules that a run leaves, and questions about pictures that it asks. Fewer than there are in truth: see docs."""

Rows: TypeAlias = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is."""

    labels: int
    members: int
    servers: int
    seed: int = 0

    @property
    def each(self) -> int:
        """Members of a server; it has the last few fewer where they do not come out even."""
        return -(-self.members // self.servers)


def label_sets() -> Rows:
    """What is everybody's."""
    return {"label_sets": [{"label_set_id": SET, "emotions": emotions_out(MIKELS)}]}


def member_of(n: int) -> int:
    """A member's id."""
    return moment_of(NOW - 900 * DAY_MS) + n


def server_of(n: int) -> int:
    """A server's id."""
    return moment_of(NOW - 1000 * DAY_MS) + n


def channel_of(server: int, n: int) -> int:
    """A channel's id."""
    return moment_of(NOW - 999 * DAY_MS) + server * CHANNELS + n


def servers(size: Size) -> Iterator[Rows]:
    """All rows of one server after another."""
    for n in range(size.servers):
        yield _Server(size, n).rows


@dataclass(frozen=True, slots=True)
class _Shown:
    """A picture in its message."""

    hash: str
    message: int
    channel: int
    author: int
    at: int


class _Server:
    """One server, built when it is made."""

    def __init__(self, size: Size, n: int) -> None:
        self._dice = random.Random(f"{size.seed} {n}")
        self._size, self._n, self._id = size, n, server_of(n)
        self._numbers = range(n * size.each, min((n + 1) * size.each, size.members))
        self._spent: dict[tuple[str, int, int], int] = defaultdict(int)
        self.rows: Rows = defaultdict(list)
        self._settings = ServerSettings(self._id, frozenset(channel_of(n, c) for c in range(CHANNELS)))
        self._place()
        self._pictures = [self._picture(i) for i in range(PICTURES)]
        for number in self._numbers:
            self._member(number)
        self._account()

    def _put(self, table: str, **row: Any) -> None:
        self.rows[table].append(row)

    def _place(self) -> None:
        s = self._settings
        self._put(
            "servers",
            server_id=s.server_id,
            channels=sorted(s.channels),
            emotions=emotions_out(s.label_set),
            min_labels=s.min_labels,
            min_emotions=s.min_emotions,
            seed_reactions=s.seed_reactions,
            allow_nsfw=s.allow_nsfw,
            allow_spoilers=s.allow_spoilers,
            bot_id=1,
        )
        for channel in sorted(s.channels):
            seen = moment_of(NOW)
            self._put("walks", channel_id=channel, server_id=self._id, round=1, turn=NOW, cursor=0, seen=seen)
        gone = moment_of(NOW - DAY_MS) + self._n
        self._put("tombstones", gone_id=gone, at=NOW - DAY_MS)
        said = {"server_id": self._id, "what": What.MESSAGE.value, "excluded": True, "moment": gone}
        self._put("exclusions", **said, said_by=By.ADMIN.value, subject=str(gone), author_id=0)

    def _picture(self, i: int) -> _Shown:
        """A tiny picture with real pixels, each its own."""
        side = self._dice.randrange(6, 12)
        image = _encoded(Pillow.frombytes("RGB", (side, side), self._dice.randbytes(3 * side * side)), b"")
        at = NOW - DAY_MS // 2 - (PICTURES - 1 - i) * DAYS * DAY_MS // PICTURES
        message = moment_of(at) + self._n
        channel = channel_of(self._n, i % CHANNELS)
        author = member_of(self._dice.choice(self._numbers)) if self._numbers else 0
        self._put("images", hash=image.hash, jpeg=image.jpeg, width=image.width, height=image.height)
        where = {"message_id": message, "channel_id": channel, "server_id": self._id}
        self._put(
            "sightings",
            **where,
            image_hash=image.hash,
            posted_at=at,
            source=f"/attachments/{channel}/{message}/picture.png",
            author_id=author,
            parent_id=None,
            spoiler=False,
            nsfw=False,
            counts=True,
        )
        others = {EMOJI[self._dice.choice(NAMES)]: [self._dice.randrange(9), 0]}
        self._put("snapshots", message_id=message, channel_id=channel, round=1, mark=0, others=others)
        self._answer(f"generic {image.hash}", "generic", None, image.hash, at, asked_by=author)
        return _Shown(image.hash, message, channel, author, at)

    def _member(self, number: int) -> None:
        member, joined = member_of(number), NOW - DAYS * DAY_MS
        self._put(
            "members",
            member_id=member,
            consent_version=1,
            joined_at=joined,
            paused=number % 50 == 49,
            counts_from=moment_of(joined),
        )
        if number % 10 == 0:
            past = {"wanted": True, "moment": moment_of(joined), "at": joined, "done": True}
            self._put("pasts", member_id=member, server_id=self._id, **past)
            for table in ("yeses", "askable", "players", "donors"):
                self._put(table, member_id=member, server_id=self._id, other_id=0, at=joined)
        felt = self._labels(member, labels_of(self._size, number))
        if felt:
            self._learnt(member, number, felt)

    def _labels(self, member: int, count: int) -> list[Label]:
        """So many labels, oldest first: four of five by reactions, a few of these by two, others by buttons."""
        taste = self._dice.sample(NAMES, 4)
        made = []
        for one in sorted(self._dice.sample(self._pictures, count), key=lambda picture: picture.at):
            emotions = {taste[min(int(self._dice.expovariate(1)), 3)]}
            at = one.at + self._dice.randrange(DAY_MS // 2)
            if self._dice.random() < 0.2:
                self._rate(member, one, sorted(emotions), at)
            else:
                emotions |= {self._dice.choice(taste)} if self._dice.random() < 0.05 else set()
                for emotion in emotions:
                    self._react(member, one, emotion, at)
            label = Label.of(member, one.hash, emotions, at)
            own = {"member_id": member, "label_set_id": SET, "image_hash": one.hash}
            self._put("labels", **own, felt=dict(label.felt), first_at=at, updated_at=at)
            made.append(label)
        return sorted(made, key=lambda label: label.at)

    def _react(self, member: int, one: _Shown, emotion: str, at: int) -> None:
        key = {"member_id": member, "message_id": one.message, "emoji": EMOJI[emotion], "burst": False}
        self._put("reactions", **key, image_hash=one.hash, emotion=emotion, label_set_id=SET, at=at)

    def _rate(self, member: int, one: _Shown, emotions: list[str], at: int) -> None:
        where = {"message_id": one.message, "channel_id": one.channel, "author_id": one.author}
        self._put(
            "ratings",
            member_id=member,
            image_hash=one.hash,
            label_set_id=SET,
            emotions=emotions,
            server_id=self._id,
            at=at,
            source=f"/attachments/{one.channel}/{one.message}/picture.png",
            **where,
        )

    def _learnt(self, member: int, number: int, felt: list[Label]) -> None:
        """Where a member stands, after the runs that there were; every fiftieth still waits for the first."""
        counts: dict[str, int] = defaultdict(int)
        for label in felt:
            for emotion in label.felt:
                counts[emotion] += 1
        min_labels, min_emotions = thresholds_at(self._settings)
        may_run = len(felt) >= min_labels and len(counts) >= min_emotions and number % 50
        runs = [at for at in RUNS_AT if at <= len(felt)] if may_run else []
        untested = bool(runs) and number % 100 == 20 and len(felt) > runs[-1]
        for version, n in enumerate(runs, 1):
            self._run(member, version, felt[:n], last=version == len(runs))
            self._tested(member, version, felt[n : (*runs, len(felt))[version] - untested])
            known = felt[(0, *runs)[version - 1] : n]
            own = {"member_id": member, "label_set_id": SET, "version": version}
            self.rows["learned"] += [{**own, "image_hash": label.image_hash} for label in known]
        self._put(
            "profiles",
            member_id=member,
            label_set_id=SET,
            labels=len(felt),
            counts=dict(sorted(counts.items())),
            emotions=len(counts),
            last_label_at=felt[-1].at,
            labels_at_run=runs[-1] if runs else 0,
            min_labels=min_labels,
            min_emotions=min_emotions,
            server_id=self._id,
            retry_at=0,
            unshadowed=untested,
            lasting=runs[-1] if runs else 0,
        )

    def _run(self, member: int, version: int, felt: list[Label], *, last: bool) -> None:
        """A run that deployed a version, the rules that it left and the answers that it paid for."""
        at, run_id = felt[-1].at, f"{member}-{version}"
        told = {"mode": Mode.RULES.value, "n_labels": len(felt), "member_id": member, "label_set_id": SET}
        result, reason = RunResult.DEPLOYED.value, RunReason.FOUND.value
        when = {"started_at": at, "finished_at": at}
        self._put("runs", run_id=run_id, **told, **when, seed=1, result=result, reason=reason, explanation={})
        rules = [self._rule(member, version, i, felt) for i in range(RULES)]
        used = [record.rule for record in rules if record.status == RuleStatus.DEPLOYED]
        self._put(
            "feelprints",
            **told,
            version=version,
            rules=[rule_out(rule) for rule in used],
            text="",
            created_at=at,
            run_id=run_id,
            verify=evidence_out(Evidence(len(felt), 6, 2)),
            status=(VersionStatus.ACTIVE if last else VersionStatus.SUPERSEDED).value,
        )
        for record in rules:
            self._put(
                "rules",
                member_id=member,
                label_set_id=SET,
                rule_id=record.rule.id,
                status=record.status.value,
                reason=record.reason and record.reason.value,
                record=record_out(record),
                first_at=at,
                written_at=None,
            )
        for i in range(ASKED):
            about = felt[i % len(felt)].image_hash
            self._answer(f"{run_id} {i}", "verify", member, about, at, asked_by=None)

    def _rule(self, member: int, version: int, i: int, felt: list[Label]) -> RuleRecord:
        when, feel = f"thing {i} of {version} that {member} saw in a wide and quiet place", NAMES[i]
        rule = Rule(when, feel, f"When a picture shows {when}, this person tends to feel {feel}.")
        held = tuple(reference_of(label.image_hash) for label in felt[i::3])
        deployed = i < 3
        status, reason = (RuleStatus.DEPLOYED, None) if deployed else (RuleStatus.DROPPED, RuleReason.NO_GAIN)
        tried = Evidence(len(held), 2, 1)
        return RuleRecord(rule, status, reason=reason, screened=tried, asked=tried, held_on=held, seen=held)

    def _tested(self, member: int, version: int, later: list[Label]) -> None:
        for label in later:
            self._put(
                "shadows",
                member_id=member,
                label_set_id=SET,
                version=version,
                image_hash=label.image_hash,
                at=label.at + 1000,
                distribution=[0.3, *[0.1] * 7],
                hit=float(self._dice.random() < 0.5),
                generic_hit=float(self._dice.random() < 0.4),
                rules_held={},
            )

    def _answer(
        self, name: str, purpose: str, owner: int | None, about: str, at: int, *, asked_by: int | None
    ) -> None:
        """A paid answer and its line in the ledger; what is of the last day counts in hourly sums."""
        digest = hashlib.sha256(name.encode())
        text = '{"distribution":[0.30,0.10,0.10,0.10,0.10,0.10,0.10,0.10],"reason":"' + digest.hexdigest() + '"}'
        paid = {"prompt_tokens": 900, "completion_tokens": 60, "nano_usd": 300_000 + self._dice.randrange(99_999)}
        row = {"owner": owner, "about": about, "text": text, "asked_by": asked_by, "at": at}
        self._put("answers", key=digest.hexdigest(), **row, **paid)
        payer = owner or asked_by
        known = {"key": int.from_bytes(digest.digest()[:8], signed=True), "model": "a-model", "shared": False}
        self._put(
            "ledger", **known, at=at, purpose=purpose, owner=payer, state="settled", outcome="answer", **paid
        )
        if at // HOUR_MS >= NOW // HOUR_MS - 24:
            for kind, account in (("bot", 0), ("server", self._id), ("member", payer)):
                if account is not None:
                    self._spent[kind, account, at // HOUR_MS] += paid["nano_usd"]

    def _account(self) -> None:
        for (kind, account, hour), nano_usd in self._spent.items():
            member = account if kind == "member" else None
            self._put("spending", kind=kind, account=account, hour=hour, member_id=member, nano_usd=nano_usd)


def labels_of(size: Size, number: int) -> int:
    """How many labels a member has: few have many."""
    average = size.labels / size.members
    share = next(share for every, share in SHARES if number % every == 0)
    return min(PICTURES, int(average * share + number * 7919 % 1000 / 1000))
