import re

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_ui.deck import LASTING, Felt, FeltMenu, Skip, Undo
from bot.discord_ui.deck_place import DeckPlace, Named

IDS = st.integers(1, 2**63 - 1)
MARKS = st.text("0123456789abcdef", min_size=6, max_size=6)
PICTURES = st.builds(Named, IDS, IDS, MARKS)
PLACES = st.builds(
    DeckPlace,
    IDS,
    st.text("0123456789abcdef", min_size=4, max_size=4),
    st.integers(0, 12),
    st.integers(1, 12),
    PICTURES,
    st.none() | PICTURES,
)


@given(PLACES)
def test_what_is_written_into_a_button_is_read_out_of_it(place):
    assert DeckPlace.read(str(place)) == place


@given(PLACES)
def test_every_custom_id_fits_discord_and_names_its_own_kind_alone(place):
    made = [
        Felt.on(place, 19, "awe", None),
        FeltMenu.on(place, [discord.SelectOption(label="awe")]),
        Skip.on(place),
        Undo.on(place),
    ]
    for item in made:
        assert len(item.custom_id) <= 100
        assert [kind for kind in LASTING if kind.__discord_ui_compiled_template__.fullmatch(item.custom_id)] == [
            type(item)
        ]


async def test_a_button_belongs_to_whom_its_custom_id_names():
    place = DeckPlace(7, "abcd", 0, 3, Named(1, 2, "abcdef"))
    shown = Skip.on(place)
    match = re.fullmatch(Skip.__discord_ui_compiled_template__, shown.custom_id)
    pressed = await Skip.from_custom_id(None, shown.item, match)
    assert pressed._owner == 7


@pytest.mark.parametrize("text", ["", "a.b", "AAAAAAAAAAc.abcd.0.3.AAAAAAAAAAc", "AAAAAAAAAAc.abcd.x.3.A.A.m.-"])
def test_what_is_no_place_in_a_deck_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        DeckPlace.read(text)
