"""What is put together of several parts is put together as the language that is spoken does it."""

import re

import pytest

from bot.words import amounts, found, game, me, news, overview, several_moods, texts
from bot.words.language import speaking
from core.ports import RunReport
from core.vocabulary.calls import Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.explanation import Cost, Explanation
from core.vocabulary.feelprint import Evidence, Rule, RuleRecord
from core.vocabulary.own_moods import MoodKept, OwnMood
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult

JUNE = 1_749_124_800_000
ENGLISH = re.compile(r"。 |[\u3000-\u30ff\u4e00-\u9fff]( \d+)?[,.](\s|$)")
"""A space after a full stop of theirs; a comma or a full stop of ours after letters, or a number, of theirs."""

A_RULE = Rule("snow", "awe", "When a picture shows snow, this person tends to feel awe.")


def said() -> list[str]:
    """Of each kind of joining one that members read."""
    cost = Cost({Purpose.WRITE: 3, Purpose.GENERIC: 40}, {Purpose.WRITE: 3})
    told = Explanation(cost=cost, candidates=(A_RULE.id,))
    look = RunReport("run", 1, MIKELS.id, Mode.RULES, 0, 40, 1, 2, RunResult.DEPLOYED, RunReason.FOUND, told)
    record = RuleRecord(
        A_RULE, RuleStatus.DROPPED, reason=RuleReason.REFUTED, asked=Evidence(4, 1, 2), seen=("a",)
    )
    return [
        several_moods.listed_moods([MoodKept(OwnMood(0), active=True, labels=3, versions=2)]),
        overview.missing_permissions("#art", ["view_channel", "send_messages"]),
        overview.would_hide(3, emotions=True),
        texts.counted_past(3, JUNE, 2),
        game.panel(None, 3),
        news.new_version(2, 40, new=["雪。"], first=False),
        me.described(me.chart({"awe": 2, "fear": 1}, MIKELS, [])),
        *found.explained(found.History([look], [record])),
    ]


@pytest.mark.parametrize("spoken", ["ja", "zh-CN"])
def test_no_space_and_no_comma_of_english_stands_between_chinese_or_japanese(spoken):
    with speaking(spoken):
        for text in said():
            assert not ENGLISH.search(text), text


@pytest.mark.parametrize(
    ("spoken", "row", "month"),
    [
        ("en", "a, b, c", "June 2025"),
        ("de", "a, b, c", "Juni 2025"),
        ("ja", "a、b、c", "2025年6月"),
        ("zh-CN", "a、b、c", "2025年6月"),
    ],
)
def test_rows_sentences_and_months_are_those_of_the_language(spoken, row, month):
    with speaking(spoken):
        assert amounts.in_a_row(iter("abc")) == row
        assert amounts.sentences("One.", "Two.") == "One. Two."
        assert amounts.month(JUNE) == month


def test_one_thing_alone_is_left_as_it_is():
    assert (amounts.in_a_row(["a"]), amounts.in_a_row([])) == ("a", "")
    assert (amounts.sentences("One."), amounts.sentences(), amounts.sentences("一。", "二。")) == (
        "One.",
        "",
        "一。二。",
    )
