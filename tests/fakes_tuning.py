"""Fakes for whatever tunes or predicts: stores in memory that hold the contracts of `core.ports`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.ports import Profile, RunReport, Scored, Shadow, TuningPolicy
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.images import Image
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleReason, RuleStatus, RunResult, VersionStatus


class MemoryLabels:
    """The reading half of `LabelStore`, and `felt` to label a picture."""

    def __init__(self, label_set: LabelSet = MIKELS, *, min_labels: int = 12, min_emotions: int = 3) -> None:
        self.label_set_ = label_set
        self.min_labels, self.min_emotions = min_labels, min_emotions
        self.images: dict[str, Image] = {}
        self.kept: dict[ProfileKey, dict[str, Label]] = {}
        self.first_at: dict[tuple[ProfileKey, str], int] = {}
        self.at_run: dict[ProfileKey, int] = {}
        self.retry: dict[ProfileKey, int] = {}
        self.lasting: dict[ProfileKey, int] = {}

    def felt(self, member_id: int, image: Image, emotions: str | Sequence[str], at: int) -> Label:
        """The member feels this about the image from now on."""
        names = [emotions] if isinstance(emotions, str) else emotions
        label = Label.of(member_id, image.hash, names, at)
        key = ProfileKey(member_id, self.label_set_.id)
        self.images[image.hash] = image
        self.kept.setdefault(key, {})[image.hash] = label
        self.first_at.setdefault((key, image.hash), at)
        return label

    async def labels(self, key: ProfileKey) -> tuple[Label, ...]:
        found = self.kept.get(key, {}).values()
        return tuple(sorted(found, key=lambda label: (label.at, label.image_hash)))

    async def label(self, key: ProfileKey, image_hash: str) -> Label | None:
        return self.kept.get(key, {}).get(image_hash)

    async def image(self, image_hash: str) -> Image | None:
        return self.images.get(image_hash)

    async def label_set(self, label_set_id: str) -> LabelSet | None:
        return self.label_set_ if label_set_id == self.label_set_.id else None

    async def profile(self, key: ProfileKey) -> Profile | None:
        labels = await self.labels(key)
        if not labels:
            return None
        return Profile(
            key,
            len(labels),
            Counter(name for label in labels for name in label.felt),
            max(label.at for label in labels),
            self.at_run.get(key, 0),
            self.min_labels,
            self.min_emotions,
            self.retry.get(key, 0),
            self.lasting.get(key, self.at_run.get(key, 0)),
        )

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"Nothing here should need LabelStore.{name}")


@dataclass
class MemoryTuning:
    """`TuningStores` over `MemoryLabels`, and what is due."""

    labels: MemoryLabels
    reports: list[RunReport] = field(default_factory=list)
    kept_versions: dict[ProfileKey, list[Feelprint]] = field(default_factory=dict)
    kept_rules: dict[ProfileKey, dict[str, RuleRecord]] = field(default_factory=dict)
    kept_shadows: dict[ProfileKey, dict[tuple[int, str], Shadow]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.versions = MemoryVersions(self)
        self.runs = MemoryRuns(self)
        self.shadows = MemoryShadows(self)
        self.due = MemoryDue(self)


class _Part:
    def __init__(self, memory: MemoryTuning) -> None:
        self._memory = memory


class MemoryVersions(_Part):
    """`VersionStore`."""

    async def active(self, key: ProfileKey) -> Feelprint | None:
        versions = self._memory.kept_versions.get(key, [])
        return next((v for v in versions if v.status == VersionStatus.ACTIVE), None)

    async def all(self, key: ProfileKey) -> tuple[Feelprint, ...]:
        return tuple(self._memory.kept_versions.get(key, []))

    async def roll_back(self, key: ProfileKey, version: int) -> Feelprint | None:
        versions = self._memory.kept_versions.get(key, [])
        if not any(v.version == version and v.status == VersionStatus.ACTIVE for v in versions):
            return None
        versions[:] = [
            replace(v, status=VersionStatus.ROLLED_BACK) if v.version == version else v for v in versions
        ]
        back = max(
            (v for v in versions if v.status == VersionStatus.SUPERSEDED), key=lambda v: v.version, default=None
        )
        if back is None:
            return None
        versions[:] = [replace(v, status=VersionStatus.ACTIVE) if v == back else v for v in versions]
        return replace(back, status=VersionStatus.ACTIVE)


class MemoryRuns(_Part):
    """`RunStore`."""

    async def start(self, report: RunReport) -> None:
        self._memory.reports = [
            r for r in self._memory.reports if not (r.key == report.key and r.result == RunResult.RUNNING)
        ]
        self._memory.reports.append(report)

    async def finish(
        self,
        report: RunReport,
        *,
        rules: Sequence[RuleRecord] = (),
        deploy: Feelprint | None = None,
        retry_at: int = 0,
        lasting: int | None = None,
    ) -> bool:
        if report.member_id in self._memory.left:
            return False
        self._memory.reports = [report if r.run_id == report.run_id else r for r in self._memory.reports]
        await self.put_rules(report.key, rules)
        if deploy is not None:
            versions = self._memory.kept_versions.setdefault(report.key, [])
            assert deploy.version not in {v.version for v in versions}
            versions[:] = [
                replace(v, status=VersionStatus.SUPERSEDED) if v.status == VersionStatus.ACTIVE else v
                for v in versions
            ]
            versions.append(deploy)
        self._memory.labels.retry[report.key] = retry_at
        if report.result != RunResult.STOPPED:
            self._memory.labels.at_run[report.key] = report.n_labels
            self._memory.labels.lasting[report.key] = report.n_labels if lasting is None else lasting
        return True

    async def last(self, key: ProfileKey) -> RunReport | None:
        return next(iter(await self.latest(key, limit=1)), None)

    async def latest(self, key: ProfileKey, *, limit: int) -> tuple[RunReport, ...]:
        return tuple([r for r in reversed(self._memory.reports) if r.key == key][:limit])

    async def rules(self, key: ProfileKey) -> tuple[RuleRecord, ...]:
        return tuple(self._memory.kept_rules.get(key, {}).values())

    async def stopped(self) -> dict[RuleReason, int]:
        records = [record for rules in self._memory.kept_rules.values() for record in rules.values()]
        return Counter(r.reason for r in records if r.reason and r.status != RuleStatus.DEPLOYED)

    async def put_rules(self, key: ProfileKey, rules: Sequence[RuleRecord]) -> None:
        kept = self._memory.kept_rules.setdefault(key, {})
        kept.update({record.rule.id: record for record in rules})


class MemoryShadows(_Part):
    """`ShadowStore`."""

    async def unshadowed(self, key: ProfileKey, *, limit: int) -> tuple[Label, ...]:
        active = await self._memory.versions.active(key)
        if active is None:
            return ()
        rows = self._memory.kept_shadows.get(key, {})
        found = [
            label
            for label in await self._memory.labels.labels(key)
            if self._memory.labels.first_at[key, label.image_hash] > active.created_at
            and (active.version, label.image_hash) not in rows
        ]
        return tuple(found[:limit])

    async def put(self, key: ProfileKey, rows: Sequence[Shadow], *, lasting: int | None = None) -> None:
        kept = self._memory.kept_shadows.setdefault(key, {})
        for row in rows:
            kept.setdefault((row.version, row.image_hash), row)
        if lasting is not None:
            profile = await self._memory.labels.profile(key)
            self._memory.labels.lasting[key] = min(lasting, profile.lasting if profile else 0)

    async def all(self, key: ProfileKey, version: int | None = None) -> tuple[Shadow, ...]:
        rows = self._memory.kept_shadows.get(key, {}).values()
        found = [row for row in rows if version is None or row.version == version]
        return tuple(sorted(found, key=lambda row: (row.at, row.image_hash)))

    async def pooled(self, label_set_id: str, *, limit: int, members: int) -> tuple[Scored, ...]:
        kept = self._memory.kept_shadows
        whose = {key for key, rows in kept.items() if key.label_set_id == label_set_id and rows}
        rows = [row for key in whose for row in kept[key].values()]
        newest = sorted(rows, key=lambda row: (-row.at, row.image_hash))[:limit]
        return tuple(Scored(row.distribution, row.hit) for row in newest) if len(whose) >= members else ()


class MemoryDue(_Part):
    """`DueStore`."""

    async def for_run(self, now: int, policy: TuningPolicy, *, limit: int) -> tuple[ProfileKey, ...]:
        times = await self._times(policy)
        ready = sorted((at, key) for key, at in times.items() if at <= now)
        return tuple(key for _, key in ready[:limit])

    async def next_run_at(self, now: int, policy: TuningPolicy) -> int | None:
        times = await self._times(policy)
        return min((at for at in times.values() if at > now), default=None)

    async def for_shadows(self, *, limit: int) -> tuple[ProfileKey, ...]:
        keys = [key for key in self._memory.labels.kept if await self._memory.shadows.unshadowed(key, limit=1)]
        return tuple(key for key in keys if key.member_id not in self._memory.left)[:limit]

    async def _times(self, policy: TuningPolicy) -> dict[ProfileKey, int]:
        times = {}
        for key in self._memory.labels.kept:
            profile = await self._memory.labels.profile(key)
            if profile is None or key.member_id in self._memory.left:
                continue
            ran = profile.labels_at_run
            if ran:
                enough = profile.labels - ran >= max(policy.renew_min, policy.renew_share * profile.lasting)
            else:
                enough = profile.labels >= profile.min_labels and len(profile.counts) >= profile.min_emotions
            if enough:
                times[key] = max(profile.last_label_at + policy.quiet_ms, profile.retry_at)
        return times
