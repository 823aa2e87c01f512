"""Fakes for whatever tunes or predicts: stores in memory that hold the contracts of `core.ports`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.ports import Due, Profile, RunReport, Scored, Shadow
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.images import Image
from core.vocabulary.label import Label

Who = tuple[int, str]


class MemoryLabels:
    """The reading half of `LabelStore`, and `felt` to label a picture."""

    def __init__(self, label_set: LabelSet = MIKELS, *, min_labels: int = 12, min_emotions: int = 3) -> None:
        self.label_set_ = label_set
        self.min_labels, self.min_emotions = min_labels, min_emotions
        self.images: dict[str, Image] = {}
        self.kept: dict[Who, dict[str, Label]] = {}
        self.first_at: dict[tuple[int, str, str], int] = {}
        self.at_run: dict[Who, int] = {}
        self.retry: dict[Who, int] = {}

    def felt(self, member_id: int, image: Image, emotions: str | Sequence[str], at: int) -> Label:
        """The member feels this about the image from now on."""
        names = [emotions] if isinstance(emotions, str) else emotions
        label = Label.of(member_id, image.hash, names, at)
        self.images[image.hash] = image
        self.kept.setdefault((member_id, self.label_set_.id), {})[image.hash] = label
        self.first_at.setdefault((member_id, self.label_set_.id, image.hash), at)
        return label

    async def labels(self, member_id: int, label_set_id: str) -> tuple[Label, ...]:
        found = self.kept.get((member_id, label_set_id), {}).values()
        return tuple(sorted(found, key=lambda label: (label.at, label.image_hash)))

    async def label(self, member_id: int, label_set_id: str, image_hash: str) -> Label | None:
        return self.kept.get((member_id, label_set_id), {}).get(image_hash)

    async def image(self, image_hash: str) -> Image | None:
        return self.images.get(image_hash)

    async def label_set(self, label_set_id: str) -> LabelSet | None:
        return self.label_set_ if label_set_id == self.label_set_.id else None

    async def profile(self, member_id: int, label_set_id: str) -> Profile | None:
        labels = await self.labels(member_id, label_set_id)
        if not labels:
            return None
        who = (member_id, label_set_id)
        return Profile(
            member_id,
            label_set_id,
            len(labels),
            Counter(name for label in labels for name in label.felt),
            max(label.at for label in labels),
            self.at_run.get(who, 0),
            self.min_labels,
            self.min_emotions,
            self.retry.get(who, 0),
        )

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"Nothing here should need LabelStore.{name}")


@dataclass
class MemoryTuning:
    """`TuningStore` over `MemoryLabels`."""

    labels: MemoryLabels
    reports: list[RunReport] = field(default_factory=list)
    kept_versions: dict[Who, list[Feelprint]] = field(default_factory=dict)
    kept_rules: dict[Who, dict[str, RuleRecord]] = field(default_factory=dict)
    kept_shadows: dict[Who, dict[tuple[int, str], Shadow]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    async def due(
        self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float, limit: int
    ) -> tuple[Due, ...]:
        times = await self._times(quiet_ms, renew_min, renew_share)
        ready = sorted((at, who) for who, at in times.items() if at <= now)
        return tuple(Due(*who) for _, who in ready[:limit])

    async def next_due_at(self, now: int, *, quiet_ms: int, renew_min: int, renew_share: float) -> int | None:
        times = await self._times(quiet_ms, renew_min, renew_share)
        return min((at for at in times.values() if at > now), default=None)

    async def _times(self, quiet_ms: int, renew_min: int, renew_share: float) -> dict[Who, int]:
        times = {}
        for who in self.labels.kept:
            profile = await self.labels.profile(*who)
            if profile is None or who[0] in self.left:
                continue
            ran = profile.labels_at_run
            if ran:
                enough = profile.labels - ran >= max(renew_min, renew_share * ran)
            else:
                enough = profile.labels >= profile.min_labels and len(profile.counts) >= profile.min_emotions
            if enough:
                times[who] = max(profile.last_label_at + quiet_ms, profile.retry_at)
        return times

    async def start_run(self, report: RunReport) -> None:
        self.reports = [r for r in self.reports if not (_of(r) == _of(report) and r.result == "running")]
        self.reports.append(report)

    async def finish_run(
        self,
        report: RunReport,
        *,
        rules: Sequence[RuleRecord] = (),
        deploy: Feelprint | None = None,
        retry_at: int = 0,
    ) -> bool:
        if report.member_id in self.left:
            return False
        self.reports = [report if r.run_id == report.run_id else r for r in self.reports]
        await self.put_rules(*_of(report), rules)
        if deploy is not None:
            versions = self.kept_versions.setdefault(_of(report), [])
            assert deploy.version not in {v.version for v in versions}
            versions[:] = [replace(v, status="superseded") if v.status == "active" else v for v in versions]
            versions.append(deploy)
        self.labels.retry[_of(report)] = retry_at
        if report.result != "stopped":
            self.labels.at_run[_of(report)] = report.n_labels
        return True

    async def last_run(self, member_id: int, label_set_id: str) -> RunReport | None:
        return next(iter(await self.runs(member_id, label_set_id, limit=1)), None)

    async def runs(self, member_id: int, label_set_id: str, *, limit: int) -> tuple[RunReport, ...]:
        return tuple([r for r in reversed(self.reports) if _of(r) == (member_id, label_set_id)][:limit])

    async def active(self, member_id: int, label_set_id: str) -> Feelprint | None:
        versions = self.kept_versions.get((member_id, label_set_id), [])
        return next((v for v in versions if v.status == "active"), None)

    async def versions(self, member_id: int, label_set_id: str) -> tuple[Feelprint, ...]:
        return tuple(self.kept_versions.get((member_id, label_set_id), []))

    async def roll_back(self, member_id: int, label_set_id: str, version: int) -> Feelprint | None:
        versions = self.kept_versions.get((member_id, label_set_id), [])
        if not any(v.version == version and v.status == "active" for v in versions):
            return None
        versions[:] = [replace(v, status="rolled_back") if v.version == version else v for v in versions]
        back = max((v for v in versions if v.status == "superseded"), key=lambda v: v.version, default=None)
        if back is None:
            return None
        versions[:] = [replace(v, status="active") if v == back else v for v in versions]
        return replace(back, status="active")

    async def rules(self, member_id: int, label_set_id: str) -> tuple[RuleRecord, ...]:
        return tuple(self.kept_rules.get((member_id, label_set_id), {}).values())

    async def put_rules(self, member_id: int, label_set_id: str, rules: Sequence[RuleRecord]) -> None:
        kept = self.kept_rules.setdefault((member_id, label_set_id), {})
        kept.update({record.rule.id: record for record in rules})

    async def unshadowed(self, member_id: int, label_set_id: str, *, limit: int) -> tuple[Label, ...]:
        active = await self.active(member_id, label_set_id)
        if active is None:
            return ()
        rows = self.kept_shadows.get((member_id, label_set_id), {})
        found = [
            label
            for label in await self.labels.labels(member_id, label_set_id)
            if self.labels.first_at[member_id, label_set_id, label.image_hash] > active.created_at
            and (active.version, label.image_hash) not in rows
        ]
        return tuple(found[:limit])

    async def shadow_due(self, *, limit: int) -> tuple[Due, ...]:
        whom = [who for who in self.labels.kept if await self.unshadowed(*who, limit=1)]
        return tuple(Due(*who) for who in whom if who[0] not in self.left)[:limit]

    async def put_shadow(self, member_id: int, label_set_id: str, shadow: Shadow) -> None:
        rows = self.kept_shadows.setdefault((member_id, label_set_id), {})
        rows.setdefault((shadow.version, shadow.image_hash), shadow)

    async def shadows(self, member_id: int, label_set_id: str, version: int | None = None) -> tuple[Shadow, ...]:
        rows = self.kept_shadows.get((member_id, label_set_id), {}).values()
        found = [row for row in rows if version is None or row.version == version]
        return tuple(sorted(found, key=lambda row: (row.at, row.image_hash)))

    async def pooled(self, label_set_id: str, *, limit: int, members: int) -> tuple[Scored, ...]:
        whose = {who for (who, set_id), rows in self.kept_shadows.items() if set_id == label_set_id and rows}
        rows = [row for who in whose for row in self.kept_shadows[who, label_set_id].values()]
        newest = sorted(rows, key=lambda row: (-row.at, row.image_hash))[:limit]
        return tuple(Scored(row.distribution, row.hit) for row in newest) if len(whose) >= members else ()


def _of(report: RunReport) -> Who:
    return (report.member_id, report.label_set_id)
