from core.model.dialect import REMINDER, mended
from core.vocabulary.calls import Failure
from tests.core.model.calls import a_call


def test_a_cut_answer_is_asked_for_again_with_more_room() -> None:
    call = a_call(max_tokens=100)
    again = mended(call, Failure.TRUNCATED)
    assert again.max_tokens > call.max_tokens
    assert again.parts == call.parts


def test_an_answer_not_in_form_is_asked_for_again_with_a_reminder() -> None:
    call = a_call()
    assert mended(call, Failure.INVALID).parts == (*call.parts, REMINDER)
