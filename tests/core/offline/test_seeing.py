"""Pixels to words: what is seen of drawn pictures, at any size, and how plain words are understood."""

import base64

import pytest
from PIL import Image as Pillow

from core.asking.conditions import condition_of
from core.offline.describe import describe
from core.offline.eyes import Eyes
from core.offline.vocabulary import Strengths, Vocabulary, strength_of
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from tests.core.offline.pictures import KINDS, balls, dusk, flowers, image_of, layers, scatter, snow, starry

VOCABULARY = Vocabulary()
EYES = Eyes(VOCABULARY)


def seen(picture: Pillow.Image | Image) -> Strengths:
    image = picture if isinstance(picture, Image) else image_of(picture)
    return EYES.look("data:image/jpeg;base64," + base64.b64encode(image.jpeg).decode())


def holds(words: str, picture: Pillow.Image) -> bool:
    condition = VOCABULARY.understand(words)
    assert condition is not None, words
    return strength_of(condition, seen(picture)) >= 0.5


@pytest.mark.parametrize(
    ("words", "there", "not_there"),
    [
        ("a dark sky with small lights", starry(), flowers()),
        ("stars", starry(), dusk()),
        ("white ground", snow(), flowers()),
        ("snow", snow(), starry()),
        ("flowers on green ground", flowers(), balls()),
        ("round shapes", balls(), flowers()),
        ("an orange sky over dark ground", dusk(), snow()),
        ("sunset", dusk(), flowers()),
        ("a clear horizon", dusk(), balls()),
        ("a green lower half", flowers(), snow()),
        ("no green and bright light", snow(), flowers()),
        ("not dark", snow(), starry()),
        ("something red or something yellow", balls(), snow()),
        ("a bright place without any snow", balls(), snow()),
    ],
)
def test_words_hold_where_they_should(words: str, there: Pillow.Image, not_there: Pillow.Image) -> None:
    assert holds(words, there)
    assert not holds(words, not_there)


@pytest.mark.parametrize(
    ("word", "told", "not_told"),
    [
        ("storm clouds", layers((108, 110, 118), (60, 64, 80)), layers((110, 110, 110), (64, 64, 64))),
        ("fog", layers((164, 168, 174), (140, 146, 152)), layers((168, 168, 168), (146, 146, 146))),
        ("sunset", dusk(), layers((200, 60, 30), (200, 60, 30))),
        ("sand", layers((120, 170, 220), (222, 196, 150)), layers((150, 110, 70), (222, 196, 150))),
    ],
)
def test_what_could_as_well_be_stone_or_fur_is_not_called_a_landscape(
    word: str, told: Pillow.Image, not_told: Pillow.Image
) -> None:
    assert seen(told)[word] >= 0.5
    assert seen(not_told)[word] < 0.5


def test_fire_is_a_warm_glow_in_the_dark_and_never_said() -> None:
    assert not [concept.name for concept in VOCABULARY.concepts if "fire" in " ".join(concept.written)]
    lamp = scatter(
        layers((12, 10, 14), (20, 12, 10)), 1, count=9, size=40, colours=[(255, 140, 20)], between=(0.3, 0.9)
    )
    assert holds("fire", lamp)
    assert not holds("fire", layers((200, 60, 30), (220, 90, 40))), "as a portrait in orange is"


@pytest.mark.parametrize("kind", KINDS)
def test_a_thumbnail_shows_about_the_same_as_the_picture(kind: str) -> None:
    picture = KINDS[kind](3)
    large = seen(picture.resize((768, 576), Pillow.Resampling.LANCZOS))
    small = seen(picture.resize((320, 240), Pillow.Resampling.LANCZOS))
    apart = [name for name in large if abs(large[name] - small[name]) > 0.5]
    assert len(apart) <= 4, apart


@pytest.mark.parametrize("concept", VOCABULARY.concepts, ids=lambda c: c.name)
def test_every_wording_is_understood_as_its_own_word(concept: object) -> None:
    for wording in (*concept.written, *concept.understood):  # type: ignore[attr-defined]
        condition = VOCABULARY.understand(wording)
        assert condition is not None
        assert {term.concept for terms in condition for term in terms} == {concept.name}  # type: ignore[attr-defined]


def test_every_written_word_may_stand_in_a_rule() -> None:
    for concept in VOCABULARY.concepts:
        for wording in concept.written:
            assert condition_of(wording, MIKELS.names) == wording


@pytest.mark.parametrize("text", ["", "helicopters", "a picture of something", "no and with", "???"])
def test_words_that_are_not_understood_are_no_condition(text: str) -> None:
    assert VOCABULARY.understand(text) is None


def test_shuffled_wording_means_the_same() -> None:
    one = VOCABULARY.understand("a dark sky and snow")
    other = VOCABULARY.understand("there is snow: snow under a dark sky!")
    assert one is not None
    assert other is not None
    assert {t.concept for terms in one for t in terms} == {t.concept for terms in other for t in terms}


def test_very_asks_for_more() -> None:
    plain, much = VOCABULARY.understand("dark"), VOCABULARY.understand("very dark")
    assert plain is not None
    assert much is not None
    middling = {"darkness": 0.55}
    assert strength_of(plain, middling) >= 0.5 > strength_of(much, middling)


def test_a_description_says_what_is_seen_and_is_understood_again() -> None:
    strengths = seen(starry())
    caption, tags = describe(strengths, VOCABULARY)
    assert len(tags) <= 12
    assert "stars" in tags
    for tag in tags:
        condition = VOCABULARY.understand(tag)
        assert condition is not None
        assert strength_of(condition, strengths) >= 0.5
    assert caption.endswith(".")


def test_a_picture_of_one_grey_is_looked_at_without_trouble() -> None:
    strengths = seen(layers((128, 128, 128), (128, 128, 128)))
    assert all(0.0 <= value <= 1.0 for value in strengths.values())
    assert strengths["mostly grey colours"] == 1.0


@pytest.mark.parametrize(
    "url", ["", "data:image/jpeg;base64,!!", "data:image/jpeg;base64,aGk=", "https://example.org/x.jpg"]
)
def test_what_is_no_picture_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        EYES.look(url)
