"""What a member felt, and when a prediction counts as right."""

import pytest

from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Rule
from core.vocabulary.label import Label, hit


def test_two_reactions_are_one_label_with_two_emotions():
    label = Label.of(1, "h", ["awe", "fear", "awe"], at=5)
    assert label.felt == {"awe": 0.5, "fear": 0.5}


@pytest.mark.parametrize(("guess", "right"), [("awe", 1.0), ("fear", 1.0), ("anger", 0.0)])
def test_either_of_two_reactions_counts_as_right(guess, right):
    assert hit(MIKELS, MIKELS.distribution({guess: 1}), {"awe": 0.5, "fear": 0.5}) == right


def test_a_weaker_feeling_is_partly_right():
    assert hit(MIKELS, MIKELS.distribution({"fear": 1}), {"awe": 0.8, "fear": 0.2}) == pytest.approx(0.25)


def test_the_same_rule_in_other_words_is_the_same_rule():
    one = Rule("a dark  Sky", "awe", "When a picture shows a dark sky, this person tends to feel awe.")
    other = Rule("A dark sky", "awe", "Dark skies: awe.")
    assert one.id == other.id
    assert one.id != Rule("a dark sky", "fear", one.text).id
