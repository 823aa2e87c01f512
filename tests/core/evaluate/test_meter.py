"""Spending is counted by question, not by request, and caps hold."""

import asyncio

import pytest

from core.evaluate.meter import Meter
from core.vocabulary.calls import Answer, Call, Failure, Purpose, Usage


class Echo:
    def __init__(self):
        self.sent = []

    async def ask(self, call, parse):
        await asyncio.sleep(0)
        cached = call.key("") in self.sent
        self.sent.append(call.key(""))
        return Answer(parse("x"), Usage(10, 2, 0.5), cached=cached)


def call(purpose, text):
    return Call(purpose, text, (), "s", {})


async def test_the_same_question_is_counted_once_by_kind():
    meter = Meter(Echo())
    for purpose, text in [
        (Purpose.ALONE, "a"),
        (Purpose.VERIFY, "a"),
        (Purpose.ALONE, "b"),
        (Purpose.WRITE, "w"),
        (Purpose.MATCH, "m"),
    ]:
        await meter.ask(call(purpose, text), str)
    spent = meter.spent
    assert (spent.image_calls, spent.writer_calls, spent.text_calls) == (2, 1, 1)
    assert (spent.prompt_tokens, spent.completion_tokens, spent.usd) == (40, 8, 2.0)


async def test_a_report_does_not_depend_on_what_was_cached_before():
    echo, reports = Echo(), []
    for _ in range(2):
        meter = Meter(echo)
        await meter.ask(call(Purpose.ALONE, "a"), str)
        reports.append((meter.spent.image_calls, meter.spent.prompt_tokens, meter.spent.usd))
        last = meter.spent.sent
    assert reports[0] == reports[1]
    assert last == 0


@pytest.mark.parametrize("cap", [0, 3])
async def test_a_cap_holds_when_questions_are_asked_together(cap):
    echo = Echo()
    meter = Meter(echo, cap=cap)
    asked = [meter.ask(call(Purpose.ALONE, str(i)), str) for i in range(9)]
    outcomes = await asyncio.gather(*asked)
    assert len(echo.sent) == meter.spent.calls == cap
    assert outcomes.count(Failure.BUDGET) == 9 - cap


async def test_a_kind_of_question_without_one_answer_is_named_but_for_match():
    class Deaf:
        async def ask(self, call, parse):
            return (
                Failure.REJECTED if call.purpose in (Purpose.MATCH, Purpose.WRITE) else Answer(1, Usage(), False)
            )

    meter = Meter(Deaf())
    await meter.ask(call(Purpose.ALONE, "a"), str)
    await meter.ask(call(Purpose.MATCH, "m"), str)
    assert meter.blind() is None
    await meter.ask(call(Purpose.WRITE, "w"), str)
    assert meter.blind() is Failure.REJECTED
