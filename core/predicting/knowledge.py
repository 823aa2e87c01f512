"""What is known of pictures that a member has not labelled, to choose which to ask them about. Nothing is asked.

Whether a rule's condition holds for a picture is judged by words alone: all that mean something in the
condition are in the picture's description. That misses some, and costs only a place in an order.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping

from core.asking.questions import Asker, Description
from core.collecting.dealing import Known
from core.ports import RunStore, VersionStore
from core.vocabulary.calls import Answer, Purpose
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import Feelprint, RuleRecord
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RuleStatus

_WORD = re.compile(r"[a-z]{3,}")
_SMALL = frozenset(["and", "the", "with", "any", "are", "has", "its", "for", "from", "that", "this"])
_ON_TRIAL = (RuleStatus.DEPLOYED, RuleStatus.UNUSED)
_DECIDED_BY = 2.0
"""A rule that is ahead or behind by so many pictures is not in question."""


class Knowledge:
    """Looks up what earlier questions said; `kept` asks nobody (`core.model.kept`)."""

    def __init__(self, kept: Asker, versions: VersionStore, runs: RunStore) -> None:
        self._kept, self._versions, self._runs = kept, versions, runs

    async def of(self, key: ProfileKey, label_set: LabelSet, hashes: Iterable[str]) -> Mapping[str, Known]:
        """What is known of each of these images, for this member. Raises StorageError."""
        active, records = await self._versions.active(key), await self._runs.rules(key)
        questions = [_words(record.rule.when) for record in records if undecided(record)]
        wanted = list(dict.fromkeys(hashes))
        found = await asyncio.gather(*(self._one(one, label_set, active, questions) for one in wanted))
        return dict(zip(wanted, found, strict=True))

    async def _one(
        self, image_hash: str, label_set: LabelSet, active: Feelprint | None, questions: list[frozenset[str]]
    ) -> Known:
        image = Image(image_hash, b"", 0, 0)  # a question is known by the hash of its picture
        said = await self._kept.generic(image, label_set)
        if not isinstance(said, Answer):
            return Known()
        personal = None
        if active is not None:
            judged = await self._kept.judge(
                image, label_set, active.block, owner=active.member_id, purpose=Purpose.PREDICT
            )
            personal = judged.value.distribution if isinstance(judged, Answer) else None
        seen = _described(said.value.description)
        tests = sum(1 for words in questions if words and words <= seen)
        return Known(said.value.distribution, personal, tests, said.value.description.caption)


def undecided(record: RuleRecord) -> bool:
    """Whether later labels will tell about a rule: it may be used, and is neither clearly ahead nor behind."""
    right = record.fresh.right + record.shadow.right
    wrong = record.fresh.wrong + record.shadow.wrong
    return record.status in _ON_TRIAL and abs(right - wrong) < _DECIDED_BY


def _described(description: Description) -> frozenset[str]:
    return _words(" ".join((description.caption, *description.tags)))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in _WORD.findall(text.lower()) if word not in _SMALL)
