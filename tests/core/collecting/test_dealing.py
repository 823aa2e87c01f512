from hypothesis import given
from hypothesis import strategies as st

from core.collecting.dealing import NOTHING, Known, order, wanted

NAMES = ("awe", "fear", "joy")
AWE, FEAR = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1)


def test_what_may_bring_a_missing_emotion_comes_first():
    want = wanted(NAMES, {"awe": 9, "joy": 9})
    assert order({"awe": Known(AWE), "fear": Known(FEAR)}, want) == ["fear", "awe"]


def test_where_the_feelprint_and_most_people_are_apart_comes_first():
    want = wanted(NAMES, dict.fromkeys(NAMES, 5))
    assert order({"same": Known(AWE, AWE), "apart": Known(AWE, FEAR)}, want) == ["apart", "same"]


def test_what_decides_about_a_rule_on_trial_comes_first():
    want = wanted(NAMES, dict.fromkeys(NAMES, 5))
    assert order({"no": Known(AWE, AWE), "one": Known(AWE, AWE, 1), "two": Known(AWE, AWE, 2)}, want) == [
        "two",
        "one",
        "no",
    ]


def test_a_picture_of_which_nothing_is_known_stands_between():
    want = wanted(NAMES, {"awe": 9})
    assert order({"awe": Known(AWE), "?": NOTHING, "fear": Known(FEAR)}, want) == ["fear", "?", "awe"]


@given(st.lists(st.integers(), unique=True))
def test_among_equals_the_order_stays_and_none_is_lost(pictures):
    assert order(dict.fromkeys(pictures, NOTHING), wanted(NAMES, {})) == pictures


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 50)))
def test_an_emotion_is_wanted_less_the_more_labels_there_are(counts):
    found = dict(zip(NAMES, wanted(NAMES, counts), strict=True))
    assert all(0 < share <= 1 for share in found.values())
    assert sorted(NAMES, key=lambda n: counts.get(n, 0)) == sorted(NAMES, key=lambda n: -found[n])
