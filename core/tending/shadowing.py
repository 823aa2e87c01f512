"""Keeping the shadow record, and acting on it: a version that fails is rolled back.

The version is asked about a later label's picture without the label, and scored once both are there.
A picture that cannot be asked about (refused, or gone) counts as a tie: it says nothing about anybody.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.asking.questions import Asker, Generic, Judgement
from core.ports import RunReport, Shadow, TuningStores
from core.tending.noted import note
from core.tuning.items import payer_of
from core.tuning.match import matched, trusted
from core.tuning.session import Session
from core.tuning.watch import Watch, record_of_rule, watch
from core.vocabulary.calls import Purpose
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import LabelSet
from core.vocabulary.explanation import Explanation, Withdrawal
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.label import Label, hit
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, VersionStatus

AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Kept:
    """How many shadow rows were stored, and the report of what they led to, if anything."""

    stored: int
    report: RunReport | None = None


class Shadows:
    """Shadows one member's later labels at a time; all members share `concurrency` calls."""

    def __init__(
        self,
        stores: TuningStores,
        asker: Asker,
        clock: Clock,
        *,
        watch: Watch = watch,
        concurrency: int = 4,
    ) -> None:
        self._stores = stores
        self._asker = asker
        self._clock = clock
        self._watch = watch
        self._slots = asyncio.Semaphore(concurrency)

    async def keep(self, key: ProfileKey) -> Kept:
        """Shadow the oldest unshadowed labels (at most 40) and act on the record.

        Raises Stopped where the model is not available, StorageError.
        """
        active = await self._stores.versions.active(key)
        label_set = await self._stores.labels.label_set(key.label_set_id)
        if active is None or label_set is None:
            return Kept(0)
        labels = await self._stores.shadows.unshadowed(key, limit=AT_ONCE)
        asker = self._asker.on_account_of(await payer_of(self._stores.labels, key))
        rows = await self._asked(asker, active, label_set, labels)
        if not rows:
            return Kept(0)
        await self._stores.shadows.put(key, rows, lasting=await self._lasting(key, rows))
        return Kept(len(rows), await self._act(active))

    async def _lasting(self, key: ProfileKey, rows: Sequence[Shadow]) -> int | None:
        """How many labels still count once these rows are known; None while taste has not changed."""
        since = self._watch(None, [*await self._stores.shadows.all(key), *rows]).since
        if since is None:
            return None
        return sum(label.at >= since for label in await self._stores.labels.labels(key))

    async def _asked(
        self, asker: Asker, active: Feelprint, label_set: LabelSet, labels: Sequence[Label]
    ) -> list[Shadow]:
        session = Session(self._slots)
        pictures = [(label, await self._stores.labels.image(label.image_hash)) for label in labels]
        there = [(label, image) for label, image in pictures if image is not None]
        images = [image for _, image in there]
        generics = await session.all(
            Purpose.GENERIC, [partial(asker.generic, image, label_set) for image in images]
        )
        who, block = active.member_id, active.block
        questions = [
            partial(asker.judge, image, label_set, block, owner=who, purpose=Purpose.SHADOW) for image in images
        ]
        judged = await session.all(Purpose.SHADOW, questions)
        held = await _held(session, asker, active, generics, judged)
        rows = [
            _row(active, label_set, label, (generic, judgement), rules)
            for (label, _), generic, judgement, rules in zip(there, generics, judged, held, strict=True)
        ]
        gone = [_row(active, label_set, label, (None, None)) for label, image in pictures if image is None]
        return rows + gone

    async def _act(self, active: Feelprint) -> RunReport | None:
        versions = await self._stores.versions.all(active.key)
        shadows = await self._stores.shadows.all(active.key)
        back = self._watch(active, shadows).fails
        records = await self._updated(active, versions, shadows, back=back)
        if back:
            return await self._rolled_back(active, records)
        await self._stores.runs.put_rules(active.key, records)
        return None

    async def _updated(
        self, active: Feelprint, versions: Sequence[Feelprint], shadows: Sequence[Shadow], *, back: bool
    ) -> list[RuleRecord]:
        """The deployed rules' records with their newest shadow evidence, retired with the version."""
        known = {r.rule.id: r for r in await self._stores.runs.rules(active.key)}
        history = [v for v in versions if v.version <= active.version and v.status != VersionStatus.ROLLED_BACK]
        records = []
        for rule in active.rules:
            record = known.get(rule.id, RuleRecord(rule, RuleStatus.DEPLOYED))
            record = replace(record, shadow=record_of_rule(rule.id, history, shadows))
            if back:
                record = replace(record, status=RuleStatus.RETIRED, reason=RuleReason.FAILED_IN_USE)
            records.append(record)
        return records

    async def _rolled_back(self, active: Feelprint, records: Sequence[RuleRecord]) -> RunReport | None:
        """Back to the newest version that holds none of the retired rules; the generic prompt if there is none."""
        await self._stores.runs.put_rules(active.key, records)
        known = await self._stores.runs.rules(active.key)
        retired = {r.rule.id for r in known if r.status == RuleStatus.RETIRED}
        now: Feelprint | None = await self._stores.versions.roll_back(active.key, active.version)
        while now is not None and retired & {rule.id for rule in now.rules}:
            now = await self._stores.versions.roll_back(active.key, now.version)
        if now is not None:
            back = {rule.id for rule in now.rules}
            others = [r for r in known if r.rule.id in back and r.status != RuleStatus.DEPLOYED]
            again = [replace(r, status=RuleStatus.DEPLOYED) for r in others]
            await self._stores.runs.put_rules(active.key, again)
        told = Explanation(withdrawal=Withdrawal(active.version), version=now.version if now else None)
        reason = RunReason.ROLLED_BACK if now else RunReason.ROLLED_BACK_TO_GENERIC
        return await note(self._stores, active, reason, told, at=self._clock.now_ms())


async def _held(
    session: Session,
    asker: Asker,
    active: Feelprint,
    generics: Sequence[Generic | None],
    judged: Sequence[Judgement | None],
) -> list[tuple[int, ...]]:
    """Per image the places of the rules that held: by description, or as the answers named them."""
    if not active.rules:
        return [() for _ in generics]
    known = [i for i, generic in enumerate(generics) if generic is not None]
    if known and await trusted(session, asker):
        descriptions = [generic.description for generic in generics if generic is not None]
        conditions = [rule.when for rule in active.rules]
        pairs = await matched(session, asker, conditions, descriptions, active.member_id)
        if pairs is not None:
            places = {i: tuple(sorted(c for c, d in pairs if d == at)) for at, i in enumerate(known)}
            return [places.get(i, ()) for i in range(len(generics))]
    named = [j.rule if j is not None else None for j in judged]
    return [(rule,) if rule is not None and rule < len(active.rules) else () for rule in named]


def _row(
    active: Feelprint,
    label_set: LabelSet,
    label: Label,
    answers: tuple[Generic | None, Judgement | None],
    held: Sequence[int] = (),
) -> Shadow:
    generic, judgement = answers
    generic_hit = hit(label_set, generic.distribution, label.felt) if generic is not None else 0.0
    if generic is None or judgement is None:
        said = generic.distribution if generic is not None else label_set.distribution({})
        return Shadow(active.version, label.image_hash, label.at, said, generic_hit, generic_hit)
    whole = hit(label_set, judgement.distribution, label.felt)
    rules = [active.rules[place] for place in held]
    # With one rule the whole answer is that rule's; with several each answers for the emotion that it names.
    own = {
        r.id: whole if len(rules) == 1 else label.felt.get(r.feel, 0.0) / max(label.felt.values()) for r in rules
    }
    return Shadow(active.version, label.image_hash, label.at, judgement.distribution, whole, generic_hit, own)
