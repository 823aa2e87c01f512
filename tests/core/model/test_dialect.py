import pytest

from core.model.config import ModelSettings
from core.model.dialect import REMINDER, mended, request_of
from core.vocabulary.calls import Failure, Part
from core.vocabulary.images import Image
from tests.core.model.calls import a_call

PICTURE = Image("0" * 64, b"j", 64, 64)


@pytest.mark.parametrize("parts", [(PICTURE,), ("Picture 1.", PICTURE), (PICTURE, "Answer."), ("Only words.",)])
def test_the_users_turn_ends_with_words(parts: tuple[Part, ...]) -> None:
    request = request_of(a_call(parts=parts), ModelSettings("http://x", "", "m"))
    content = request["messages"][1]["content"]
    assert isinstance(content, str) or content[-1]["type"] == "text"
    assert len(content) == len(parts) + 1 if parts[-1] is PICTURE else True


def test_a_cut_answer_is_asked_for_again_with_more_room() -> None:
    call = a_call(max_tokens=100)
    again = mended(call, Failure.TRUNCATED)
    assert again.max_tokens > call.max_tokens
    assert again.parts == call.parts


def test_an_answer_not_in_form_is_asked_for_again_with_a_reminder() -> None:
    call = a_call()
    assert mended(call, Failure.INVALID).parts == (*call.parts, REMINDER)
