"""Words and emojis of all scripts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vocabulary.emotions import MIKELS, Emotion, LabelSet, is_name
from core.vocabulary.errors import LabelSetError, LabelSetProblem
from core.vocabulary.scripts import composed, folded, is_emoji


@pytest.mark.parametrize(
    "name",
    [
        "joy",
        "खुशी",
        "दुख",
        "மகிழ்ச்சி",
        "ความสุข",
        "สุข",
        "אַהֲבָה",
        "خوش‌حالی",
        "Glück",
        "기쁨",
        "喜び",
        "tristesse",
        "Doubt/Confusion",
        "self-pity",
        "l'ennui",
        "joie extrême",
        "fear 2",
        unicodedata.normalize("NFD", "gêne"),
    ],
)
def test_an_emotion_may_be_called_so_in_any_script(name: str) -> None:
    assert is_name(name)
    assert LabelSet((Emotion(name, "😂"), Emotion("other", "😢"))).names[0] == name


@pytest.mark.parametrize(
    "name", ["", " joy", "1st", "्", "joy!", "joy\n", "a" * 33, "[joy](x)", "joy😂", "</b>", "a:b"]
)
def test_what_is_no_word_is_no_name(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    "other", ["joy", "JOY", "Joy"] + [unicodedata.normalize(form, "Freude gêné") for form in ("NFC", "NFD")]
)
def test_names_that_look_alike_are_refused(other: str) -> None:
    with pytest.raises(LabelSetError) as error:
        LabelSet((Emotion("Joy", ""), Emotion("Freude gêné", ""), Emotion(other, "")))
    assert error.value.reason is LabelSetProblem.SAME_EMOTION


def test_names_that_fold_alike_are_refused() -> None:
    with pytest.raises(LabelSetError) as error:
        LabelSet((Emotion("Straße", ""), Emotion("STRASSE", "")))
    assert error.value.reason is LabelSetProblem.SAME_EMOTION


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(composed(text)) == folded(text)


@pytest.mark.parametrize(
    "emoji",
    ["😂", "❤️", "❤", "👍🏽", "🏳️‍🌈", "👩🏽‍🚀", "👨‍👩‍👧", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "#️⃣", "☹️", "™️", "㊗️", "🫠", "⚡", "↔️"]
    + ["<:joy:123456789012345678>", "<a:joy:123456789012345678>", "joy:123456789012345678", "123456789012345678"]
    + [emotion.emoji for emotion in MIKELS.emotions],
)
def test_an_emoji_is_one_however_it_is_made(emoji: str) -> None:
    assert is_emoji(emoji)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "extrême",
        "Glück",
        "é",
        "😂😂",
        "😂 ",
        "a",
        "1",
        "#",
        ":joy:",
        "é[free-nitro](https://evil.example)",
        "🇩",
        "🇩🇪🇫🇷",
        "<:joy:1>",
        "<@123456789012345678>",
        "हि",
        "！",
        "€",
        "😂é",
        "‍",
        "❤️‍",
        "🏽",
        "</setup:123456789012345678>",
    ],
)
def test_what_is_no_emoji_or_more_than_one_is_none(text: str) -> None:
    assert not is_emoji(text)


def test_a_label_set_holds_emojis_and_nothing_else() -> None:
    with pytest.raises(LabelSetError) as error:
        LabelSet((Emotion("joy", "é[free](https://evil.example)"), Emotion("fear", "😨")))
    assert error.value.reason is LabelSetProblem.NOT_AN_EMOJI


@pytest.mark.parametrize("count", [26, 28, 32, 135])
def test_public_sets_of_emotions_fit(count: int) -> None:
    names = [f"emotion {chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(count)]
    assert len(LabelSet(tuple(Emotion(name, "") for name in names)).names) == count
