"""Comparing, purely: what costs a request, what counts, and what is left of the others."""

from hypothesis import given
from hypothesis import strategies as st

from core.collecting.compare import compare, differs, emojis_of
from core.vocabulary.consent import Past, counts_from, may_count
from core.vocabulary.looks import Known

ANN, BEN = 1, 2
AWE, FEAR = "😮", "😨"
MESSAGE = 1000


def _found(present, known=Known(), totals=None, since=lambda _: 0):  # noqa: B008 - frozen
    counted = totals or {e: (sum(p[1] == e for p in present), 0) for e in (AWE, FEAR)}
    return compare(MESSAGE, frozenset(present), counted, known, frozenset((AWE, FEAR)), since=since)


def test_numbers_that_are_known_cost_nothing() -> None:
    known = Known(frozenset({(ANN, AWE, False)}), frozenset({(BEN, AWE, True)}), others={AWE: (3, 1)})
    assert not differs({AWE: (4, 2)}, known, (AWE, FEAR))
    assert differs({AWE: (3, 2)}, known, (AWE, FEAR))
    assert differs({AWE: (4, 2), FEAR: (1, 0)}, known, (AWE, FEAR))
    assert differs({}, known, (AWE, FEAR))


def test_an_emoji_that_is_none_any_more_is_still_compared_where_something_is_stored() -> None:
    assert emojis_of((AWE,), Known(frozenset({(ANN, FEAR, False)}))) == {AWE, FEAR}


def test_who_has_not_joined_is_one_of_the_others() -> None:
    found = _found({(ANN, AWE, False), (BEN, AWE, False)}, since={ANN: 0}.get)
    assert set(found.added) == {(ANN, AWE, False)}
    assert found.others[AWE] == (1, 0)
    assert found.declined == set()


def test_what_may_be_older_than_a_no_is_declined() -> None:
    found = _found({(ANN, AWE, False)}, since=lambda _: MESSAGE + 1)
    assert (dict(found.added), found.declined) == ({}, {(ANN, AWE, False)})
    assert found.others[AWE] == (0, 0)


def test_an_earlier_look_that_did_not_show_it_is_proof_unless_it_did_not_ask_about_that_emoji() -> None:
    looked = Known(others={AWE: (0, 0)}, mark=MESSAGE + 5)
    found = _found({(ANN, AWE, False), (ANN, FEAR, False)}, looked, since=lambda _: MESSAGE + 5)
    assert dict(found.added) == {(ANN, AWE, False): MESSAGE + 5}
    assert found.declined == {(ANN, FEAR, False)}


def test_what_was_declined_stays_so_and_what_was_taken_back_is_forgotten() -> None:
    known = Known(declined=frozenset({(ANN, AWE, False), (BEN, AWE, False)}), others={AWE: (0, 0)}, mark=10**9)
    found = _found({(ANN, AWE, False)}, known)
    assert (dict(found.added), found.declined) == ({}, {(ANN, AWE, False)})


people = st.frozensets(st.tuples(st.integers(1, 6), st.sampled_from((AWE, FEAR)), st.booleans()))


@given(people, people, people, st.integers(0, 3))
def test_after_a_listing_its_numbers_are_those_that_are_known(present, stored, declined, bots) -> None:
    known = Known(stored, declined - stored)
    totals = {
        emoji: (
            sum(e == emoji and not burst for _, e, burst in present) + bots,
            sum(e == emoji and burst for _, e, burst in present),
        )
        for emoji in (AWE, FEAR)
    }
    found = _found(present, known, totals, since=lambda who: None if who > 4 else 0)
    after = Known(frozenset(stored - found.removed) | found.added.keys(), found.declined, others=found.others)
    assert not differs(totals, after, (AWE, FEAR))


def test_an_answer_about_the_past_holds_until_the_next_no() -> None:
    yes, no = Past(ANN, 5, wanted=True, moment=20), Past(ANN, 5, wanted=False, moment=20)
    assert counts_from(10, None) == 10
    assert counts_from(10, yes) == 0
    assert counts_from(10, no) == 20
    assert counts_from(30, yes) == counts_from(30, no) == 30
    assert may_count(None, 30)
    assert may_count(30, 30)
    assert not may_count(29, 30)
