"""Screening, ranking and composing: which rules are worth a call, and which together."""

import dataclasses

from core.asking.questions import Description, Generic
from core.emotions import MIKELS
from core.labels import Label
from core.tuning.compose import compose, left_out, marginal
from core.tuning.evidence import net, paired
from core.tuning.items import Item, item_of
from core.tuning.job import Candidate
from core.tuning.presets import Preset
from core.tuning.promise import chance_of, promise
from core.tuning.screen import believe, screen, survivors
from tests.scripted import picture, rule

ALL = Preset()


def felt(*pairs: tuple[str, str]) -> list[Item]:
    """Items from (what most people say, what this person felt)."""
    items = []
    for k, (said, own) in enumerate(pairs):
        generic = Generic(MIKELS.distribution({said: 1.0}), Description("", ()), "")
        image = picture(f"picture {k}")
        items.append(item_of(MIKELS, image, Label.of(1, image.hash, [own], k), generic))
    return items


def holding(when: str, feel: str, *held: int) -> Candidate:
    return Candidate(rule(when, feel), "writer 1", held=frozenset(held))


WORLD = felt(*[("fear", "awe")] * 6, *[("contentment", "contentment")] * 10, *[("fear", "anger")] * 4)


def test_screening_counts_what_following_the_rule_would_win_and_lose() -> None:
    (judged,) = screen([holding("storms", "awe", 0, 1, 2, 6)], WORLD, ALL)
    assert (judged.screened.right, judged.screened.wrong) == (3.0, 1.0)


def test_a_rule_that_wins_nothing_is_dropped_and_says_why() -> None:
    harmful, empty = screen([holding("fields", "awe", 0, 6, 7), holding("whales", "awe")], WORLD, ALL)
    assert harmful.status == empty.status == "dropped"
    assert "Most people" in harmful.note
    assert "none of your pictures" in empty.note


def test_another_wording_of_the_best_rule_waits_behind_a_different_idea() -> None:
    best, same = holding("storms", "awe", 0, 1, 2, 3, 4, 5), holding("dark clouds", "awe", 0, 1, 2, 3, 4)
    other = holding("crowds", "anger", 16, 17, 18)
    order = [c.rule.when for c in survivors(screen([best, same, other], WORLD, ALL))]
    assert order == ["storms", "crowds", "dark clouds"]


def test_only_so_many_are_kept_and_the_others_say_so() -> None:
    rules = [holding(f"storm {'abcdefgh'[k]}", "awe", 0, 1, 2) for k in range(8)]
    found = screen(rules, WORLD, dataclasses.replace(ALL, screened=5))
    assert len(survivors(found)) == 5
    assert all("promised more" in c.note for c in found[5:])


def trusted(*candidates: Candidate) -> list[Candidate]:
    found = survivors(screen(candidates, WORLD, ALL))
    return [dataclasses.replace(believe(c, WORLD), retained=1.0) for c in found]


def test_composing_takes_what_adds_most_and_leaves_what_only_repeats() -> None:
    best, same, other = trusted(
        holding("storms", "awe", 0, 1, 2, 3, 4, 5),
        holding("dark clouds", "awe", 0, 1, 2, 3, 4),
        holding("crowds", "anger", 16, 17, 18, 19),
    )[:3]
    chosen = compose([best, same, other], WORLD, ALL)
    assert {c.rule.when for c in chosen} == {"storms", "crowds"}
    (left,) = left_out([best, same, other], chosen, ALL.max_rules)
    assert "luck" in left.note


def test_rules_that_disagree_about_a_picture_share_it() -> None:
    one = believe(holding("storms", "awe", 0, 1, 2), WORLD)
    other = believe(holding("night", "anger", 2, 16), WORLD)
    assert marginal(other, [one]) == {2: -0.5, 16: 1.0}


def test_never_more_rules_than_the_preset_holds() -> None:
    rules = trusted(holding("storms", "awe", 0, 1, 2, 3, 4, 5), holding("crowds", "anger", 16, 17, 18, 19))
    assert len(compose(rules, WORLD, dataclasses.replace(ALL, max_rules=1))) == 1


def test_a_promise_shrinks_to_chance_with_little_evidence_and_to_the_record_with_much() -> None:
    few, many = promise(2.0, 2.0, 2, -0.4, 3.0) / 2, promise(200.0, 200.0, 200, -0.4, 3.0) / 200
    assert -0.4 < few < 0.5 < many <= 1.0
    assert promise(0.0, 0.0, 0, 0.3, 3.0) == 0.0


def test_chance_is_what_the_emotion_would_win_everywhere() -> None:
    assert chance_of("awe", WORLD) == (6 - 10) / 20


def test_net_is_wins_without_losses() -> None:
    assert net(paired([1.0, 1.0, -1.0])) == 1.0
