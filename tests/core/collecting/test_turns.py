"""Turns and descents, purely: nobody waits for a busy channel, and nothing is left out for being broken off."""

from hypothesis import given
from hypothesis import strategies as st

from core.collecting.turns import RECENT, Descent, ages, in_turn
from core.vocabulary.comparison import Walked

PAGE = 5


def test_servers_take_turns_and_whoever_waited_longest_comes_first() -> None:
    large = [Walked(10 + n, 1, turn=n) for n in range(4)]
    small = [Walked(20, 2, turn=50), Walked(30, 3, turn=2)]
    assert [w.channel_id for w in in_turn([*small, *reversed(large)])] == [10, 30, 20, 11, 12, 13]


def _pass(descent: Descent, channel: list[int], known: set[int], pages: int) -> set[int]:
    """Read pages of a channel (newest first) until the pass is done or so many were read; what was looked at."""
    looked: set[int] = set()
    while not descent.done and pages:
        pages -= 1
        page = [message for message in channel if message < descent.at][:PAGE]
        short = len(page) < PAGE
        low = 0 if short else page[-1]
        looked |= set(page) | {k for k in known if low <= k < descent.at}
        below = max((k for k in known if k < low), default=None)
        descent.read(page[0] if page else 0, low, below, bottom=short)
    return looked


@given(
    st.lists(st.integers(1, 60), unique=True, max_size=40),
    st.frozensets(st.integers(1, 60)),
    st.integers(0, 60),
    st.integers(0, 60),
    st.lists(st.integers(1, 4), max_size=5),
)
def test_a_pass_looks_at_all_that_is_recent_and_all_that_is_known(units, known, seen, broken_off, cuts) -> None:
    """Units of a fifth of what is recent, so that a page may be within it or below."""
    unit = RECENT // 5
    channel = [u * unit for u in sorted(units, reverse=True)]
    kept = {k * unit for k in known}
    descent = Descent(seen * unit, broken_off * unit)
    looked: set[int] = set()
    for pages in [*cuts, 1000]:
        looked |= _pass(descent, channel, kept, pages)
    assert descent.done
    wanted = {message for message in channel if message > min(seen * unit or 10**30, descent.recent)} | kept
    assert wanted <= looked


def test_one_that_is_broken_off_each_time_reaches_the_oldest_all_the_same() -> None:
    channel = [n * (RECENT // 200) for n in range(100, 0, -1)]
    looked: set[int] = set()
    cursor, rounds = 0, 0
    while looked != set(channel):
        descent = Descent(0, cursor)
        looked |= _pass(descent, channel, set(), 3)
        cursor = 0 if descent.done else descent.at
        rounds += 1
        assert rounds < 15


@given(st.integers(0, 2_000))
def test_spans_of_rounds_hold_every_round_once_the_longest_ago_first_and_are_few(now) -> None:
    spans = ages(now)
    assert [round_ for span in spans for round_ in span] == list(range(now))
    assert all(len(span) <= now - span.stop + 1 for span in spans)
    assert len(spans) <= now.bit_length()
