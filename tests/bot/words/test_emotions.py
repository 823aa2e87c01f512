"""Emotion words: read in the member's language where they are of a standard set, a server's own as they are."""

import pytest

from bot.words import cards, me, overview, texts
from bot.words.emotions import STANDARD, called, named
from bot.words.language import languages, speaking
from core.ports import Caps
from core.vocabulary import emotions
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.server_settings import ServerSettings

OTHERS = sorted(languages() - {"en"})


def test_every_word_of_every_standard_set_is_known_and_no_other():
    sets = [value for value in vars(emotions).values() if isinstance(value, LabelSet)]
    assert sets
    assert set(STANDARD) == {name for each in sets for name in each.names}


@pytest.mark.parametrize("spoken", OTHERS)
def test_a_standard_word_is_read_in_each_language(spoken):
    with speaking(spoken):
        said = {name: called(MIKELS, name) for name in MIKELS.names}
    assert not set(said) & set(said.values())


def test_an_own_word_keeps_the_whole_set_as_its_server_wrote_it():
    own = LabelSet((Emotion("fear", "😨"), Emotion("cosiness", "🧦")))
    with speaking("de"):
        assert [called(own, name) for name in own.names] == ["fear", "cosiness"]
        assert called(LabelSet((Emotion("fear", ""), Emotion("awe", ""))), "fear") == "Angst"


def test_all_that_members_read_of_emotions_is_in_their_language():
    even = MIKELS.distribution({"fear": 1})
    with speaking("ja"):
        read = [
            named(MIKELS, "fear"),
            cards.bars(MIKELS, even, 1),
            texts.rated({"fear"}, MIKELS),
            texts.so_far({"fear"}, MIKELS),
            overview.overview(ServerSettings(1), (), message_content=True, caps=Caps()).emotions,
            me.described(me.chart({"fear": 1}, MIKELS, [])),
        ]
    assert [("恐れ" in said, "fear" in said) for said in read] == [(True, False)] * len(read)
