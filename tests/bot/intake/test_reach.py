"""What is asked for again when something changes, and what is not."""

from typing import Any

from bot.intake.reach import Reach
from core.vocabulary.comparison import Walked

NOBODY: Any = None


def test_a_change_in_one_server_asks_again_for_its_refused_channels_and_for_no_others():
    reach = Reach(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY)
    channels = {10: Walked(10, 1), 11: Walked(11, 1), 20: Walked(20, 2)}
    reach.refused = {10, 20}
    reach.changed = {1}
    assert reach.reopened(channels) == [10, 11]
    assert reach.refused == {20}
    assert reach.reopened(channels) == []
