"""What a member does to their feelprint by hand: writes a rule, strikes one, goes back to an earlier version.

A rule that they write is believed no more than one of a model: it competes in the next run, and counts as proved
only on pictures that they label later, as they know all labels of before. A no is obeyed at once and kept: a rule
that they struck is never proposed again, nor one of a model that says the same of fewer pictures.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from core.asking.conditions import condition_of
from core.asking.write import compose
from core.ports import TuningStores
from core.tending.noted import note
from core.tuning.memory import waiting
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import LabelSet
from core.vocabulary.explanation import Explanation, Withdrawal
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.images import reference_of
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason

MOST = 4
"""Rules of their own that one member may have on trial at once."""


class Outcome(StrEnum):
    """What became of what a member wrote or chose."""

    ON_TRIAL = "on_trial"
    """The next run judges it."""
    DONE = "done"
    """It is so now."""
    NOT_TO_SEE = "not_to_see"
    """It is no condition that can be checked by looking at a picture."""
    IN_USE = "in_use"
    """It is in use already."""
    TOO_MANY = "too_many"
    """As many of theirs as one may have are on trial."""
    GONE = "gone"
    """There is no such rule or version (any more), or it holds a rule that they struck."""


class ByHand:
    """Changes one member's rules as they say. Whoever calls stops a run of theirs that is under way."""

    def __init__(self, stores: TuningStores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock

    async def write(self, key: ProfileKey, label_set: LabelSet, when: str, feel: str) -> Outcome:
        """Put a rule on trial, for the next run. Raises StorageError."""
        condition = condition_of(when, label_set.names)
        if condition is None or feel not in label_set.names:
            return Outcome.NOT_TO_SEE
        rule = compose(condition, feel)
        mine = waiting(await self._stores.runs.rules(key))
        if len([one for one in mine if one.rule.id != rule.id]) >= MOST:
            return Outcome.TOO_MANY
        seen = [reference_of(label.image_hash) for label in await self._stores.labels.labels(key)]
        new = await self._stores.runs.write_rule(key, rule, seen=seen, at=self._clock.now_ms())
        if new:
            return Outcome.ON_TRIAL
        known = {one.rule.id for one in await self._stores.runs.rules(key) if one.status is RuleStatus.DEPLOYED}
        return Outcome.IN_USE if rule.id in known else Outcome.GONE

    async def strike(self, key: ProfileKey, rule_id: str) -> Outcome:
        """Take a rule out for good; the version in use goes on without it. Raises StorageError."""
        records = {r.rule.id: r for r in await self._stores.runs.rules(key)}
        active = await self._stores.versions.active(key)
        used = {rule.id: rule for rule in active.rules} if active else {}
        known = records.get(rule_id) or (
            RuleRecord(used[rule_id], RuleStatus.DEPLOYED) if rule_id in used else None
        )
        if known is None:
            return Outcome.GONE
        out = replace(known, status=RuleStatus.RETIRED, reason=RuleReason.STRUCK)
        if active is None or rule_id not in used:
            await self._stores.runs.put_rules(key, [out])
            return Outcome.DONE
        left = tuple(rule for rule in active.rules if rule.id != rule_id)
        withdrawn = Withdrawal(active.version, (rule_id,))
        if not left:
            told = Explanation(withdrawal=withdrawn)
            return await self._noted(active, RunReason.RULE_STRUCK, told, [out], back_to=0)
        made = replace(active, version=0, rules=left, created_at=self._clock.now_ms())
        told = Explanation(withdrawal=withdrawn)
        return await self._noted(active, RunReason.RULE_STRUCK, told, [out], deploy=made)

    async def go_back(self, key: ProfileKey, version: int) -> Outcome:
        """Use another version; those after it are taken back. Raises StorageError."""
        versions = await self._stores.versions.all(key)
        active = await self._stores.versions.active(key)
        chosen = next((v for v in versions if v.version == version), None)
        if chosen is None or (active is not None and active.version == version):
            return Outcome.GONE
        back = {rule.id for rule in chosen.rules}
        records = [
            replace(r, status=RuleStatus.DEPLOYED if r.rule.id in back else RuleStatus.UNUSED)
            for r in await self._stores.runs.rules(key)
            if (r.rule.id in back) != (r.status == RuleStatus.DEPLOYED)
        ]
        told = Explanation(version=version, withdrawal=Withdrawal(active.version) if active else None)
        return await self._noted(chosen, RunReason.WENT_BACK, told, records, back_to=version)

    async def _noted(
        self,
        of: Feelprint,
        reason: RunReason,
        told: Explanation,
        records: Sequence[RuleRecord],
        *,
        deploy: Feelprint | None = None,
        back_to: int | None = None,
    ) -> Outcome:
        at = self._clock.now_ms()
        stored = await note(self._stores, of, reason, told, at=at, records=records, deploy=deploy, back_to=back_to)
        return Outcome.DONE if stored else Outcome.GONE
