"""Every line of the log that one press or one run set going can be put together, and leads to nobody."""

import io
import json
import logging

import pytest

from bot.host.logs import set_up_logs
from tests.journeys.conftest import picture

PRESSED, ASKED = "interaction", "model.asked"


@pytest.fixture
def logs(logs_restored):
    """The lines since the last look, at debug, as JSON; and as they stand there."""
    set_up_logs("debug", json=True)
    written = io.StringIO()
    (handler,) = logging.getLogger().handlers
    handler.setStream(written)

    def read():
        text = written.getvalue()
        written.seek(0)
        written.truncate()
        return [json.loads(line) for line in text.splitlines()], text

    return read


async def test_what_a_question_sets_going_has_one_name_in_the_log_and_another_for_each(world, logs):
    await world.join(world.bob)
    logs()
    names = []
    for shade in (40, 200):
        await world.bob.slash(world.channel, "feel", image=("a.png", picture(shade)))
        lines, text = logs()
        (pressed,) = {line["request"] for line in lines if line["event"] == PRESSED}
        assert {line["request"] for line in lines if line["event"] == ASKED} == {pressed}
        assert str(world.bob.id) not in text
        names.append(pressed)
    assert names[0] != names[1]
