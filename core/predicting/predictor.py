"""How would a member feel about this picture? The deployed feelprint's answer, and how it came about.

With too few labels for rules, the label-prior layer leans towards what they feel more often, if that would
have helped on their own labels. From eight labels on it is left out: under or instead of rules it did more
harm than good (tests/bench/gain.py), and who feels as most people do is answered as most people are.
"""

import asyncio
from dataclasses import dataclass, replace

from core.asking.questions import Asker, Generic
from core.ports import LabelStore, ShadowStore, VersionStore
from core.predicting.calibrate import Calibration
from core.predicting.prior import corrected, helps
from core.tuning.items import Item, collect
from core.tuning.limits import MIN_LABELS
from core.tuning.session import Session, Stopped
from core.vocabulary.calls import Answer, Failure, Payer, Purpose
from core.vocabulary.clock import Clock
from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.feelprint import Feelprint, Rule
from core.vocabulary.images import Image
from core.vocabulary.label import Label
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import AnswerSource

UNSURE = 0.35
CLOSE = 0.08


@dataclass(frozen=True, slots=True)
class Prediction:
    """An answer to "how would I feel about this?".

    `source` says what it rests on; a feelprint has a `version`. `torn` names the two first emotions where they
    are close and the others are not; `unsure` where it is neither and the first has less than .35. `rule` is the
    feelprint's rule that decided, if the model named one. `generic` is what most people would feel, None only
    where that could not be asked. `right` is how often, in [0, 1], feelprints' answers as sure as this one were
    right, None where too few are known.
    """

    distribution: Distribution
    top: str
    torn: tuple[str, str] | None
    reason: str
    source: AnswerSource
    rule: Rule | None = None
    version: int | None = None
    label: Label | None = None
    generic: Distribution | None = None
    right: float | None = None

    @property
    def unsure(self) -> bool:
        """Whether no emotion stands out, nor two; never of what somebody said themselves."""
        return self.label is None and self.torn is None and max(self.distribution) < UNSURE


class Predictor:
    """Answers members' questions about pictures; at most two calls each, both cached."""

    def __init__(
        self,
        labels: LabelStore,
        versions: VersionStore,
        shadows: ShadowStore,
        asker: Asker,
        clock: Clock,
        *,
        concurrency: int = 4,
    ) -> None:
        self._labels = labels
        self._versions = versions
        self._asker = asker
        self._slots = asyncio.Semaphore(concurrency)
        self.calibration = Calibration(shadows, clock)

    async def predict(
        self, image: Image, member_id: int, label_set: LabelSet, server_id: int | None = None
    ) -> Prediction | Failure:
        """How the member would feel; a Failure where the model gave no answer. They ask in a server or in none,
        and whatever is asked of the model for it is on their account. Raises StorageError.
        """
        asker = self._asker.on_account_of(Payer(member_id, server_id))
        key = ProfileKey(member_id, label_set.id)
        label = await self._labels.label(key, image.hash)
        if label is not None:
            return await self._own(asker, image, label, label_set)
        active = await self._versions.active(key)
        if active is not None:
            return await self._personal(asker, image, active, label_set)
        generic = await asker.generic(image, label_set)
        if isinstance(generic, Failure):
            return generic
        return await self._untuned(asker, generic.value, key, label_set)

    async def guess_of(
        self, image: Image, member_id: int, label_set: LabelSet, payer: Payer
    ) -> Prediction | Failure | None:
        """How a member would feel by their feelprint, for somebody else who pays for it: never by what they said
        about the picture, and without their rules and the reason, which tells of them. None where they have no
        feelprint. Raises StorageError.
        """
        active = await self._versions.active(ProfileKey(member_id, label_set.id))
        if active is None:
            return None
        said = await self._personal(self._asker.on_account_of(payer), image, active, label_set)
        return said if isinstance(said, Failure) else replace(said, rule=None, reason="")

    async def _own(self, asker: Asker, image: Image, label: Label, label_set: LabelSet) -> Prediction:
        generic = await asker.generic(image, label_set)
        known = generic.value if isinstance(generic, Answer) else None
        felt = label_set.distribution(label.felt)
        return Prediction(
            felt,
            label_set.top(felt),
            None,
            known.reason if known else "",
            AnswerSource.LABEL,
            label=label,
            generic=known.distribution if known else None,
        )

    async def _personal(
        self, asker: Asker, image: Image, active: Feelprint, label_set: LabelSet
    ) -> Prediction | Failure:
        judged, generic, scale = await asyncio.gather(
            asker.judge(image, label_set, active.block, owner=active.member_id, purpose=Purpose.PREDICT),
            asker.generic(image, label_set),
            self.calibration.scale(label_set.shared_id),
        )
        if isinstance(judged, Failure):
            return judged
        answer = judged.value
        distribution = scale.tempered(answer.distribution)
        named = answer.rule is not None and answer.rule < len(active.rules)
        return Prediction(
            distribution,
            label_set.top(distribution),
            torn(label_set, distribution),
            answer.reason,
            AnswerSource.FEELPRINT,
            rule=active.rules[answer.rule] if named and answer.rule is not None else None,
            version=active.version,
            generic=generic.value.distribution if isinstance(generic, Answer) else None,
            right=scale.right(max(distribution)),
        )

    async def _untuned(self, asker: Asker, generic: Generic, key: ProfileKey, label_set: LabelSet) -> Prediction:
        items = await self._items(asker, key, label_set)
        leans = helps(label_set, items)
        seen = [(item.generic.distribution, item.felt) for item in items]
        said = corrected(label_set, generic.distribution, seen) if leans else generic.distribution
        distribution = (await self.calibration.scale(label_set.shared_id)).tempered(said)
        return Prediction(
            distribution,
            label_set.top(distribution),
            torn(label_set, distribution),
            generic.reason,
            AnswerSource.PRIOR if leans else AnswerSource.GENERIC,
            generic=generic.distribution,
        )

    async def _items(self, asker: Asker, key: ProfileKey, label_set: LabelSet) -> list[Item]:
        labels = await self._labels.labels(key)
        if len(labels) >= MIN_LABELS:
            return []
        try:
            return await collect(Session(self._slots), asker, self._labels, label_set, labels)
        except Stopped:
            return []


def torn(label_set: LabelSet, distribution: Distribution) -> tuple[str, str] | None:
    """The two first emotions, if .08 at most is between them and more between them and the third, so that two are
    likely and the rest far (docs/method.md#torn).
    """
    places = sorted(range(len(distribution)), key=lambda i: (-distribution[i], i))
    first, second, third = ([distribution[i] for i in places] + [0.0])[:3]
    if first - second > CLOSE or second - third <= CLOSE:
        return None
    return label_set.names[places[0]], label_set.names[places[1]]
