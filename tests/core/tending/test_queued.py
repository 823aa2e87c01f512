"""What the worker of several processes makes of what the others tell."""

import pytest

from core.ports import Told, Topic, TuningPolicy
from core.tending.queued import HOLDS_MS, QueuedWorker
from core.tuning.session import Progress
from core.vocabulary.calls import Purpose
from storage import open_storage
from tests.core.tending.test_worker import Setting
from tests.fakes import ManualClock
from tests.storage.made import SET, key

pytestmark = pytest.mark.slow


async def test_how_far_a_run_of_another_is_is_known_and_what_a_later_version_tells_disturbs_nobody(
    postgres_url: str,
) -> None:
    async with open_storage(postgres_url, clock=ManualClock()) as storage:
        here = Setting(storage)
        shared = QueuedWorker(here.worker, storage.queue(), storage.news, storage.due, here.clock, TuningPolicy())
        shared.heard(Told(Topic.PROGRESS, 7, (SET, "match", "3", "9")))
        for more in ((), (SET, "daydream", "3", "9"), (SET, "match"), (SET, "match", "3", "many")):
            shared.heard(Told(Topic.PROGRESS, 7, more))
        assert shared.progress_of(key(7)) == Progress(Purpose.MATCH, 3, 9)
        shared.heard(Told(Topic.PROGRESS, 7, (SET,)))
        assert shared.progress_of(key(7)) is None
        shared.heard(Told(Topic.PROGRESS, 7, (SET, "match", "3", "9")))
        here.clock.advance(seconds=HOLDS_MS / 1000 + 1)
        assert shared.progress_of(key(7)) is None
