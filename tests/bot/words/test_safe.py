"""Words of a model on Discord: they are words, whatever they were meant to be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.cards import safe

MADE_MORE_OF = re.compile(
    r"<(?:@|#|/|:|a:|t:|id:)|@(?:everyone|here)\b|https?://|discord(?:app)?\.(?:gg|com)/|\w\.\w|\]\(",
    re.IGNORECASE,
)
"""What Discord's clients turn into a mention, a link or an emoji."""

HOSTILE = (
    "join discord.gg/abc",
    "see discord.com/invite/abc",
    "DISCORD.GG/abc",
    "https://evil.example/x",
    "evil.example",
    "[free](https://evil.example)",
    "[free](discord.gg/abc)",
    "</forget:123456789012345678>",
    "</setup channels:123456789012345678>",
    "<#123456789012345678>",
    "<@123456789012345678> <@&123456789012345678> <@!123456789012345678>",
    "@everyone @here",
    "<:joy:123456789012345678> <a:joy:123456789012345678>",
    "<t:1700000000:R>",
    "<id:customize>",
    "steam://run/1",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_made_of_a_models_words(text: str) -> None:
    assert not MADE_MORE_OF.search(safe(text))


@given(st.text(alphabet="dicorg.@#</>:()[]ae19 htps\\`*_|~-", max_size=60))
def test_nothing_is_made_of_any_mixture_of_them(text: str) -> None:
    assert not MADE_MORE_OF.search(safe(text))


def test_words_stay_as_they_read() -> None:
    for text in (
        "The dark sky, small lights: calm.",
        "A child's balloon (red) - 3 of them",
        "\u0930\u093e\u0924 \u0915\u093e",
    ):
        assert safe(text).replace("\\", "") == text
