"""The explanation of a run: complete, within Discord's limits, and never a score on what it was written from."""

from dataclasses import replace

from bot.discord_ui.commands.mine import HowFound
from bot.words import found
from bot.words.outcomes import rule_reason, run_reason
from core.ports import RunReport
from core.predicting.shown import RuleShown
from core.vocabulary.calls import Failure, Purpose, Usage
from core.vocabulary.emotions import MIKELS
from core.vocabulary.explanation import (
    Cost,
    CrossFit,
    Explanation,
    Forecast,
    Verification,
    Withdrawal,
    Wording,
)
from core.vocabulary.feelprint import Evidence, Feelprint, Rule, RuleRecord
from core.vocabulary.reasons import Mode, RuleReason, RuleStatus, RunReason, RunResult, Unverified

DONE = Cost({Purpose.WRITE: 3, Purpose.GENERIC: 40}, {Purpose.WRITE: 3})


def _report(result=RunResult.DEPLOYED, mode=Mode.RULES, reason=RunReason.FOUND, **explanation):
    return RunReport("run", 1, "mikels-8", mode, 0, 40, 1000, 2000, result, reason, Explanation(**explanation))


def _look(**explanation):
    return _report(**{"cost": DONE, **explanation})


def _record(when, status=RuleStatus.UNUSED, **more):
    rule = Rule(when, "awe", f"When a picture shows {when}, this person tends to feel awe.")
    return RuleRecord(rule, status, **({"writer": 2, "held_on": ("a", "b", "c"), "seen": ("a", "b")} | more))


def _text(*records, reports=None, **more):
    reports = [_look(candidates=tuple(record.rule.id for record in records))] if reports is None else reports
    return "\n".join(found.explained(found.History(reports, records, **more)))


def test_a_score_on_labels_that_an_idea_was_written_from_is_never_told():
    tested = {"screened": Evidence(31, 27, 4), "asked": Evidence(29, 23, 6)}
    blind = _text(_record("snow", **tested, seen=("a", "b", "c")))
    assert "had seen what you felt about all of these" in blind
    fresh = _text(_record("snow", **tested, fresh=Evidence(5, 3, 1)))
    assert "Tried on 5 pictures that it was not written from: right 3 times, wrong once" in fresh
    for said in (blind, fresh):
        assert not any(number in said for number in ("31", "27", "29", "23", "right 4", "wrong 6"))


def test_the_last_test_says_whether_it_was_passed_and_no_score():
    test = Verification(Evidence(30, 17, 6), 0.9876, 0.9, passed=True)
    said = _text(reports=[_look(verification=test)])
    assert "tested together on 30 pictures. They passed" in said
    assert "at least 90% sure" in said
    assert not any(number in said for number in ("17", " 6 ", "98"))


def test_labels_kept_aside_are_told_and_whether_they_spoke_against():
    kept = Evidence(32, 6.5, 1.0)
    went_on = _text(reports=[_look(cross_fit=CrossFit(kept, 0.9), composed=("one",))])
    assert "better than most people's answer six times, worse once." in went_on
    assert "no further" not in went_on
    stopped = _text(reports=[_look(cross_fit=CrossFit(Evidence(32, 0.0, 3.0), 0.1))])
    assert "never, worse three times. That spoke against them" in stopped
    leans = _text(reports=[_look(cross_fit=CrossFit(kept, 0.9, beats_favourite=False), composed=("one",))])
    assert "always guess the feeling that you have most often would have done no worse" in leans
    assert "most often" not in went_on
    little = _text(reports=[_look(cross_fit=CrossFit(Evidence(32, 2.0, 1.0), 0.6))])
    assert "twice, worse once. That is too little to rely on" in little
    nothing = CrossFit(Evidence(32), 0.5)
    assert "too little was left to find any of them again" in _text(reports=[_look(cross_fit=nothing)])
    promised_little = _text(reports=[_look(cross_fit=nothing, composed=())])
    assert "part of your labels" not in promised_little
    assert "promised too little, so I went no further" in promised_little


def test_the_whole_account_says_what_was_in_use_and_how_sure_ideas_had_to_be():
    shown = Evidence(62, 4.0, 2.0)
    said = _text(reports=[_look(before=3, cross_fit=CrossFit(shown, 0.31, needed=0.1143), composed=("one",))])
    assert "When I began, version 3 was in use." in said
    assert "31% likely that such ideas beat most people's answer; with so many labels I go on from 11%." in said
    older = _text(reports=[_look(cross_fit=CrossFit(shown, 0.31), composed=("one",))])
    assert "I go on from" not in older
    assert "When I began" not in older


def test_of_a_text_that_did_not_pass_it_says_what_failed():
    test = Verification(Evidence(30, 3, 2), 0.6, 0.9, passed=False, failed=tuple(Unverified))
    said = _text(reports=[_look(before=3, verification=test)])
    assert "I was less sure than that. They were not ahead of version 3" in said
    assert "too many of the model's answers could not be read" in said
    passed = replace(test, passed=True, failed=())
    assert "less sure" not in _text(reports=[_look(before=3, verification=passed)])


def test_of_a_duplicate_it_says_whose():
    first = _record("dark ground", reason=RuleReason.TOO_LITTLE_EVIDENCE)
    second = _record("black earth", reason=RuleReason.DUPLICATE, same_as=first.rule.id)
    assert "• black earth: awe (3, 2) = dark ground" in _text(first, second)
    assert "• black earth: awe (3, 2)\n" in _text(second) + "\n", "the other is no longer kept"


def test_a_rule_that_is_in_use_though_it_was_not_heard_does_not_count_as_held_up():
    tried = [_record(when, RuleStatus.DEPLOYED, asked=Evidence(3, 2, 0)) for when in ("snow", "fog")]
    unheard = replace(tried[1], reason=RuleReason.NOT_BETTER)
    assert "were tried: 1 held up" in _text(tried[0], unheard)


def test_what_was_kept_without_being_tried_is_said_to_be_so_and_the_counts_are_english():
    tried = _record("snow", RuleStatus.DEPLOYED, asked=Evidence(3, 2, 0))
    beside, since = (_record(when, RuleStatus.DEPLOYED) for when in ("fog", "rain"))
    records = (tried, beside, since)
    shown = [RuleShown(r.rule, Evidence(), Evidence(2, 1, 0) if r is since else Evidence()) for r in records]
    made = Feelprint(1, "mikels-8", 1, Mode.RULES, tuple(r.rule for r in records), "", 2000, 40, "run")
    look = _look(candidates=tuple(r.rule.id for r in records))
    said = "\n".join(found.steps(found.History([look], records, shown, made)))
    assert "There were 3 ideas to look at. Of these one was tried, and held up." in said
    ends = {line.split(",")[0]: line.endswith("(not tried yet)") for line in said.splitlines() if line[0] == "•"}
    assert ends == {f"• When a picture shows {w}": w == "fog" for w in ("snow", "fog", "rain")}


def test_an_idea_says_who_wrote_it_from_what_where_it_held_and_why_it_went():
    said = _text(_record("snow", RuleStatus.DROPPED, asked=Evidence(2, 1, 1), reason=RuleReason.SPREADS))
    assert "**When a picture shows snow, you tend to feel awe.**" in said
    assert "Written at the second reading; it rests on 2 of your pictures and speaks of 3." in said
    assert rule_reason(RuleReason.SPREADS) in said
    untried = _text(_record("snow", reason=RuleReason.OUT_OF_CALLS))
    assert f"**{rule_reason(RuleReason.OUT_OF_CALLS)}**\n• snow: awe (3, 2)" in untried


def test_what_it_took_adds_up():
    cost = replace(DONE, failures={Failure.REFUSED: 2}, usage=Usage(usd=0.0431))
    said = _text(reports=[_look(cost=cost)])
    assert "43 questions to the model: 40 to see what most people would feel, 3 to find ideas." in said
    planned = _text(reports=[_look(forecast=Forecast({Purpose.WRITE: 6, Purpose.ALONE: 60}, 0.5))])
    assert "reckoned with 66 at most" in planned
    assert "reckoned" not in said
    assert "38 of the answers were known already" in said
    assert "2 got no usable answer" in said
    assert "worth $0.04" in said


def test_rules_in_use_stand_first_with_their_record_since():
    later, first = (
        _record("rain", RuleStatus.DEPLOYED),
        _record("snow", RuleStatus.DEPLOYED, shadow=Evidence(9, 9, 0)),
    )
    shown = [RuleShown(first.rule, Evidence(), Evidence(3, 2, 1)), RuleShown(later.rule, Evidence(), Evidence())]
    said = _text(_record("fog"), later, first, shown=shown)
    assert said.index("snow") < said.index("rain") < said.index("fog")
    assert "While in use: right twice, wrong once." in said


def test_what_happened_since_the_last_look_is_told_beside_it():
    retired = _report(reason=RunReason.RULE_RETIRED, withdrawal=Withdrawal(1, ("a",)))
    said = _text(reports=[_report(RunResult.RUNNING, reason=None), retired, _look()])
    assert said.index(run_reason(RunReason.FOUND)) < said.index(run_reason(RunReason.RULE_RETIRED))
    assert found.looking() in said


def test_that_newer_pictures_counted_for_more_is_said_where_they_did():
    assert found.changing() in _text(reports=[_look(taste_changed=True)])
    assert found.changing() not in _text(reports=[_look()])


def test_before_the_first_look_there_is_a_sentence():
    assert found.never() in _text(reports=[])
    assert found.never() not in _text(reports=[_report(RunResult.RUNNING, reason=None)])


def test_paper_mode_shows_its_wordings_without_the_scores_that_chose_them():
    tried = (Wording("", 11, 40), Wording("Snow is awe.", 29, 40, 1, 2))
    used = Feelprint(1, "mikels-8", 1, Mode.PAPER, (), "Snow is awe.", 0, 40, "run")
    said = _text(reports=[_report(mode=Mode.PAPER, cost=DONE, wordings=tried)], active=used)
    assert "Snow is awe.\n-# Round 1, writer 2. In use." in said
    assert "one wording" in said
    assert "29" not in said


def test_every_idea_is_in_the_file_and_the_three_steps_fit_discord():
    words = "very long and winding grey lines before something else that goes on "
    reasons = list(RuleReason)
    tried = [_record(f"{words}{n}", asked=Evidence(3, 2, 1), reason=RuleReason.VERIFICATION) for n in range(60)]
    idle = [_record(f"{words}{n}", reason=reasons[n % 3]) for n in range(60, 300)]
    history = found.History([_look()], [*tried, *idle])
    text = found.as_text(found.explained(history))
    assert all(record.rule.when in text for record in (*tried, *idle))
    assert not any(mark in text for mark in ("**", "###", "-# "))
    card = HowFound(1, history, MIKELS)
    assert card.content_length() <= 2000
    assert card.total_children_count <= 40


def test_the_three_steps_tell_no_score_on_what_was_written_from_either():
    test = Verification(Evidence(30, 17, 6), 0.9876, 0.9, passed=True)
    record = _record("snow", asked=Evidence(29, 23, 6), screened=Evidence(31, 27, 4))
    said = "\n".join(
        found.steps(found.History([_look(verification=test, candidates=(record.rule.id,))], [record]))
    )
    assert "tested together on 30 pictures. They passed" in said
    assert not any(number in said for number in ("17", "27", "23", "98"))


def test_the_third_step_names_what_is_in_use_and_what_happened_since():
    retired = _report(reason=RunReason.RULE_RETIRED, withdrawal=Withdrawal(1, ("a",)))
    used = Feelprint(1, "mikels-8", 1, Mode.RULES, (_record("snow").rule,), "", 0, 40, "run")
    *_, kept = found.steps(found.History([retired, _look()], [], (), used))
    assert "• When a picture shows snow, you tend to feel awe." in kept
    assert run_reason(RunReason.RULE_RETIRED) in kept
    assert found.steps(found.History([], [])) == found.explained(found.History([], []))


def test_ideas_that_are_no_longer_kept_are_counted_and_said_to_be_gone():
    kept = _record("snow", asked=Evidence(3, 2, 1))
    look = _look(candidates=(kept.rule.id, "gone", "gone too"))
    said = _text(kept, reports=[look])
    assert "There were 3 ideas to look at." in said
    assert "2 more ideas of this look were not tried, and are no longer kept." in said
    assert "no longer kept" not in _text(kept)
    assert "There were 2 ideas to look at." in _text(reports=[_look(candidates=("gone", "gone too"))])
