"""Which rules of earlier runs compete again, and which never do: those that the member struck."""

from collections.abc import Sequence

from core.asking.plain_words import EMPTY
from core.vocabulary.feelprint import Rule, RuleRecord
from core.vocabulary.reasons import RuleReason, RuleStatus
from core.vocabulary.scripts import folded


def remembered(records: Sequence[RuleRecord], limit: int) -> list[RuleRecord]:
    """Deployed rules, the member's own, and up to `limit` retired or unused ones with the best evidence.

    None that the member struck.
    """
    kept = [*(r for r in records if r.status == RuleStatus.DEPLOYED), *waiting(records)]
    others = [
        r
        for r in records
        if r.status in (RuleStatus.RETIRED, RuleStatus.UNUSED) and r.reason != RuleReason.STRUCK and r not in kept
    ]
    others.sort(key=lambda r: (r.asked.wrong - r.asked.right, r.screened.wrong - r.screened.right, r.rule.id))
    return kept + others[:limit]


def waiting(records: Sequence[RuleRecord]) -> list[RuleRecord]:
    """The rules that the member wrote and that are on trial, oldest first."""
    own = [r for r in records if r.written_at is not None and r.status == RuleStatus.UNUSED]
    return sorted(own, key=lambda r: r.written_at or 0)


def struck_by(records: Sequence[RuleRecord], rule: Rule) -> bool:
    """Whether a model's rule is one that the member struck, or says the same of fewer pictures."""
    words = _words(rule.when)
    return any(
        r.rule.feel == rule.feel and (r.rule.id == rule.id or _words(r.rule.when) <= words)
        for r in records
        if r.reason == RuleReason.STRUCK
    )


def _words(condition: str) -> frozenset[str]:
    """The words that mean something, plurals as their singulars."""
    words = {folded(word) for word in condition.replace("-", " ").replace(",", " ").split()}
    return frozenset(word.rstrip("s") for word in words - EMPTY)
