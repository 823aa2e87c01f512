"""The terminal's telling: honest words, and the same without a terminal, whatever the width."""

import io

import pytest
from rich.console import Console

from bot.demo.people import PEOPLE
from bot.demo.pictures import Scene
from bot.demo.story import Asked, Story, judged, plain, shows
from tests.bot.demo.fakes import LOST, RIGHT, SAME, figures, found


def told(width: int) -> str:
    out = io.StringIO()
    story = Story(Console(file=out, width=width))
    shown = figures()
    story.opening(1)
    story.people()
    with story.bars({"a": ("posted", 3)}) as (progress, tasks):
        progress.update(tasks["a"], completed=3)
    story.answer(PEOPLE[0], "/feelprint", "### Your feelprint\n**rule**")
    story.asked(
        [Asked(PEOPLE[0], "sea, night", "### You would most likely feel 😮 awe\nbars", own=True, right=True)]
    )
    story.pictures(shown)
    story.verdict(shown)
    story.closing("demo-report/index.html", "http://127.0.0.1:1/x")
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_it_is_told_without_a_terminal_at_any_width(width):
    text = told(width)
    assert "3/3" in text
    assert "Mia" in text
    assert all(len(line) <= max(width, 80) for line in text.splitlines() if "http" not in line)


def test_it_says_that_the_offline_model_answers():
    assert "offline model" in told(100)


def test_where_a_feelprint_does_not_help_the_table_says_so():
    assert judged(found(0, (RIGHT, RIGHT, RIGHT))) == "the feelprint helps"
    assert "does not help" in judged(found(0, (SAME,)))
    assert "worse" in judged(found(0, (LOST,)))
    assert "no feelprint" in judged(found(0, (SAME,), tuned=False))


def test_one_picture_more_is_no_proof():
    for guesses in ((RIGHT,), (RIGHT, RIGHT, RIGHT, LOST, LOST)):
        assert judged(found(0, guesses)) == "better here, maybe by luck"


def test_both_accuracies_and_the_gain_are_told_for_each_member():
    row = next(line for line in told(100).splitlines() if line.strip().startswith("Noor") and "/2" in line)
    assert "1/2" in row
    assert "0/2" in row
    assert "-50" in row


def test_discords_marks_are_left_out():
    assert plain("### Head\n**rule**\n-# small `x`") == "Head\nrule\nsmall x"


def test_a_scene_is_said_in_a_few_words():
    assert shows(Scene("sea", "night", "storm")) == "sea, night, storm"
    assert shows(Scene("sea")) == "sea, day"
    assert shows(Scene("mosaic", palette="candy")) == "mosaic"


def test_days_and_commands_are_words_in_a_terminal():
    assert plain("From 48 labels, <t:1795748280:D>\n-# `/join`, </feelprint why:99>") == (
        "From 48 labels, 27 November 2026\n/join, /feelprint why"
    )
