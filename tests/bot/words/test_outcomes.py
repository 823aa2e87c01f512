"""Every reason that may be stored has a sentence of its own."""

from collections.abc import Callable
from enum import StrEnum

import pytest

from bot.words import outcomes
from core.vocabulary.reasons import RuleReason, RuleStatus, RunReason, RunResult


@pytest.mark.parametrize(
    ("say", "reasons"),
    [
        (outcomes.run_reason, RunReason),
        (outcomes.rule_reason, RuleReason),
        (outcomes.run_result, RunResult),
        (outcomes.rule_status, RuleStatus),
    ],
)
def test_each_reason_says_something_else(say: Callable[[StrEnum], str], reasons: type[StrEnum]) -> None:
    sentences = [say(reason) for reason in reasons]
    assert all(sentence and sentence[0].isupper() for sentence in sentences)
    assert len(set(sentences)) == len(reasons)


def test_a_new_version_is_named_in_a_few_words() -> None:
    assert outcomes.run_result_short(RunResult.DEPLOYED, 3) == "feelprint, version 3"
    assert len({outcomes.run_result_short(result, 1) for result in RunResult}) == len(RunResult)
