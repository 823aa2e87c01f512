"""What is remembered of deleted messages: only where a reaction that comes late could count."""

import pytest

from core.collecting.decide import Write, decide
from core.collecting.excluded import Exclusions
from core.vocabulary.changes import DropMessages
from core.vocabulary.consent import Standing
from core.vocabulary.facts import MessagesGone
from core.vocabulary.server_settings import ServerSettings

PLACE = ServerSettings(5, frozenset({50}))


@pytest.mark.parametrize(
    ("fact", "place", "remembered"),
    [
        (MessagesGone((1,), 5, 50), PLACE, True),
        (MessagesGone((1,), 5, 77, parent_id=50), PLACE, True),
        (MessagesGone((1,), None, 9), None, True),
        (MessagesGone((1,)), None, True),
        (MessagesGone((1,), 5, 51), PLACE, False),
        (MessagesGone((1,), 6, 50), None, False),
    ],
)
def test_a_deleted_message_is_remembered_only_where_reactions_count(fact, place, remembered):
    assert decide(fact, place, Standing.ABSENT, None, Exclusions(), now=9) == Write(
        DropMessages((1,), 9, remember=remembered)
    )
