"""The chart of `/me`: everything that is said of it is in it, and nothing leaves it."""

import io
from pathlib import Path

import numpy
import pytest
import simcord
from PIL import Image

from bot.words import drawing, me
from bot.words.drawing import WIDTH, draw, drawable
from bot.words.language import languages, speaking
from core.ports import Shadow
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet

EVEN = MIKELS.distribution({})
TEAL, GREY = (47, 181, 166), (128, 132, 142)


def shadow(version, n, hit, generic):
    return Shadow(version, f"{version}-{n}", n, EVEN, float(hit), float(generic))


def pixels(chart):
    return numpy.asarray(Image.open(io.BytesIO(draw(chart))).convert("RGB"))


def length_of(drawn, colour, half):
    """The longest row of this colour in the left (0) or right (1) half."""
    part = drawn[:, :500] if half == 0 else drawn[:, 500:]
    return int((part == colour).all(axis=2).sum(axis=1).max())


def test_a_bar_is_as_long_as_its_number():
    few = pixels(me.chart({"awe": 2, "fear": 8}, MIKELS, []))
    rows = (few[:, :500] == TEAL).all(axis=2).sum(axis=1)
    lengths = sorted(set(rows[rows > 40].tolist()))
    assert lengths[-1] / lengths[0] == pytest.approx(4, rel=0.15)


def test_a_version_that_was_right_more_often_has_the_longer_bar():
    rows = [shadow(1, n, hit=n < 9, generic=n < 3) for n in range(10)]
    drawn = pixels(me.chart({"awe": 1}, MIKELS, rows))
    assert length_of(drawn, TEAL, 1) / length_of(drawn, GREY, 1) == pytest.approx(3, rel=0.1)


def test_who_has_labelled_nothing_gets_a_chart_without_bars():
    drawn = pixels(me.chart({}, MIKELS, []))
    assert length_of(drawn, TEAL, 0) == 0
    assert me.described(me.chart({}, MIKELS, [])).startswith("What you felt: 0.")


def test_names_that_cannot_be_written_are_numbers_and_told_beside():
    label_set = LabelSet((Emotion("calm", "😌"), Emotion("喜び", "😂")))
    chart = me.chart({"calm": 1, "喜び": 2}, label_set, [])
    assert drawable("Gemütlichkeit, тепло")
    assert not drawable("喜び")
    assert me.numbered(chart) == "-# 2 = 喜び"
    assert "2. 喜び 2" in me.described(chart)
    assert me.numbered(me.chart({}, MIKELS, [])) == ""


@pytest.mark.parametrize("emotions", [2, 24])
def test_nothing_stands_in_the_margin_however_much_there_is_to_draw(emotions):
    names = [f"{'W' * 20}{chr(97 + n)}" for n in range(emotions)]
    label_set = LabelSet(tuple(Emotion(name, "") for name in names))
    rows = [shadow(v, n, hit=True, generic=True) for v in range(1, 9) for n in range(12)]
    drawn = pixels(me.chart(dict.fromkeys(names, 9999), label_set, rows))
    assert drawn.shape[1] == WIDTH
    ground = drawn[0, 0]
    for edge in (drawn[:12], drawn[-12:], drawn[:, :12], drawn[:, -12:]):
        assert (edge == ground).all()


def test_the_description_says_every_figure():
    rows = [shadow(1, n, hit=n < 9, generic=n < 3) for n in range(10)]
    said = me.described(me.chart({"awe": 4}, MIKELS, rows))
    assert said == "What you felt: awe 4. Version 1: 9 of 10 right, most people's answer 3"


@pytest.mark.parametrize("spoken", sorted(languages()))
def test_nothing_is_drawn_that_the_letters_cannot_write(spoken):
    with speaking(spoken):
        drawn = me.drawn({"fear": 3}, MIKELS, [shadow(1, 1, hit=True, generic=False)])
        told = me.described(me.chart({"fear": 3}, MIKELS, []))
    lines = [drawn.felt_title, drawn.right_title, drawn.none, drawn.mine, drawn.most, drawn.records[0].name]
    assert all(drawable(line) for line in lines), lines
    assert all(drawable(one.name) or one.name in me.numbered(drawn) for one in drawn.felt)
    assert drawn.felt[6].name in told


@pytest.fixture
def fonts_of_the_system(monkeypatch):
    """A machine with a font that has Chinese and Japanese; simcord brings one along."""
    file = Path(simcord.__file__).parent / "preview" / "static" / "fonts" / "noto-sans-sc-v2.004.ttf"
    monkeypatch.setattr(drawing, "_OF_THE_SYSTEM", (str(file),))
    for kept in (drawing._fonts, drawing._writing):
        kept.cache_clear()
    yield
    for kept in (drawing._fonts, drawing._writing):
        kept.cache_clear()


@pytest.mark.parametrize("spoken", sorted(languages()))
@pytest.mark.usefixtures("fonts_of_the_system")
def test_with_a_font_of_the_system_the_chart_is_in_the_language_that_is_spoken(spoken):
    rows = [shadow(1, 1, hit=True, generic=False)]
    with speaking(spoken):
        drawn = me.drawn({"fear": 3}, MIKELS, rows)
        assert drawn == me.chart({"fear": 3}, MIKELS, rows)
    assert me.numbered(drawn) == ""
    assert length_of(pixels(drawn), TEAL, 0) > 0
    for text, width in ((drawn.records[0].name, drawing._VERSION), *((one.name, 140) for one in drawn.felt)):
        assert drawing._fitting(text, width) == text, "nothing is cut"
    lines = drawing._wrapped(drawn.none, 392)
    assert len(lines) > 1
    assert all(drawing._length(line.rstrip()) <= 392 for line in lines)
    assert "".join(lines) == drawn.none
