"""Whoever is killed while it tunes is taken over from: nearly a minute of waiting, in a file that begins first."""

import asyncio
import time

from tests.journeys.test_killed_while_tuning import TOGETHER, Provider, label
from tests.journeys.worker_processes import Start, doing, ended, until
from tests.storage.test_migrations import run_sql


async def test_a_worker_that_is_killed_is_taken_over_from_within_a_minute(
    postgres_url: str, provider: tuple[Provider, str], worker: Start
) -> None:
    """Tuned by one worker at a time, and by another within a minute; only what was on its way is paid twice."""
    await label(postgres_url, member=1)
    counted = provider[0]
    counted.pause = 8.0  # the second takes that long to start on a busy machine
    first = await worker()
    await until(lambda: doing(postgres_url), 60)
    second = await worker()
    counted.pause = 1.0
    before = counted.answered.total()
    await until(lambda: counted.answered.total() >= before + 6, 60)
    assert ended(postgres_url) == []
    first.kill()
    killed = time.monotonic()
    await asyncio.sleep(5)
    assert doing(postgres_url), "nobody has taken it yet: whoever is slow for a moment keeps it"
    counted.pause = 0.0
    await until(lambda: ended(postgres_url), 90)
    print(f"tuned by another {time.monotonic() - killed:.0f} s after the kill")
    assert time.monotonic() - killed < 60
    assert second.returncode is None
    assert ended(postgres_url) == [1]
    lost = run_sql(postgres_url, "SELECT count(*) FROM ledger WHERE outcome <> 'ok'")[0]
    print(f"{lost} calls were in flight, {counted.again} were answered twice")
    assert lost <= TOGETHER
    assert counted.again <= lost
