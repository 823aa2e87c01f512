"""Commands and days as whoever reads them can use them: on Discord pressed and in their own time."""

import pytest

from bot.words import found, news, texts
from bot.words.amounts import date
from bot.words.language import current, languages, speaking

MENTIONS = {"join": "</join:7>", "feelprint why": "</feelprint why:8>"}
DAY = 1_749_081_600_000


@pytest.mark.parametrize("spoken", sorted(languages()))
def test_a_command_in_a_sentence_is_a_mention_on_discord(spoken):
    with speaking(spoken, MENTIONS):
        assert "</join:7>" in texts.join_first()
        assert "</feelprint why:8>" in news.nothing_found("", 3)


def test_a_command_that_discord_has_not_announced_is_a_word():
    with speaking("de", {}):
        assert "`/join`" in texts.join_first()


def test_what_is_no_slash_command_stays_as_it_is():
    with speaking("en", {"data.json": "?", "feelprint doctor": "?"}):
        assert "`data.json`" in texts.export_ready()


def test_a_day_is_everybodys_own_on_discord_and_a_date_elsewhere():
    with speaking("de", MENTIONS):
        assert date(DAY) == "<t:1749081600:D>"
        with speaking(current()):
            assert (date(DAY), "`/progress`" in found.never()) == ("5. Juni 2025", True)
        assert date(DAY) == "<t:1749081600:D>"
