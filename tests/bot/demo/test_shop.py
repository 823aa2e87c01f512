"""What is put around the simulator's page, and what is said of what was taken back."""

import io
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import simcord.preview
from rich.console import Console

from bot.demo.figures import TakenBack
from bot.demo.report.page import page
from bot.demo.shop.legend import front
from bot.demo.story import Story, taken_in_words
from core.asking.write import compose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.reasons import RunReason
from tests.bot.demo.fakes import figures

THEIRS = Path(simcord.preview.__file__).with_name("static") / "index.html"
TAKEN = TakenBack(((1, RunReason.ROLLED_BACK_TO_GENERIC),), (compose("fog", "awe"),))


def test_the_page_says_whose_it_is_and_what_every_emoji_means():
    ours = unescape(front(THEIRS.read_text(encoding="utf-8")))
    assert "SimCord" not in ours
    for name in MIKELS.names:
        assert f"{MIKELS.emoji_of(name)}</span> {name}" in ours
    assert "stands for Discord's own menu" in ours


def test_a_page_that_we_do_not_know_is_not_shown_half_changed():
    with pytest.raises(ValueError, match="SimCord"):
        front(THEIRS.read_text(encoding="utf-8").replace("<strong>SimCord</strong>", "<strong>Other</strong>"))


def test_what_was_taken_back_is_told_with_its_reason():
    out = io.StringIO()
    Story(Console(file=out, width=200)).taken_back({"Mia": TAKEN, "Bo": TakenBack()})
    assert "version 1: “By what you have shown me since" in out.getvalue()
    assert "out of use: “When a picture shows fog" in out.getvalue()
    Story(Console(file=out, width=200)).taken_back({"Mia": TakenBack()})
    assert "Nothing had to be taken back." in out.getvalue()


def test_the_report_shows_what_was_taken_back_and_counts_feelprints_as_its_table_does():
    shown = figures()
    html = page(replace(shown, members=(replace(shown.members[0], taken=TAKEN), *shown.members[1:])))
    assert all(line in html for line in taken_in_words(TAKEN))
    assert html.count("does not hold up any more") == 1
    assert "Four people, three feelprints" in html
    assert 'alt=""' not in html
