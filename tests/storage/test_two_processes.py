"""Two processes that write at once over one PostgreSQL: each storage below is what one process has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from core.vocabulary.reasons import VersionStatus
from storage import Storage, open_storage
from tests.contracts.tuned import run
from tests.fakes import ManualClock
from tests.storage.lives import feelprint
from tests.storage.made import T0, key, reacted

pytestmark = pytest.mark.slow
ANN, BEN = 11, 12


@pytest.fixture
async def two(postgres_url: str) -> AsyncIterator[tuple[Storage, Storage]]:
    async with AsyncExitStack() as stack:
        one, other = [
            await stack.enter_async_context(open_storage(postgres_url, clock=ManualClock())) for _ in range(2)
        ]
        for member in (ANN, BEN):
            await one.members.join(member, 1, T0)
        yield one, other


async def test_every_version_has_a_number_and_a_row_of_its_own_however_many_write_at_once(
    two: tuple[Storage, Storage],
) -> None:
    await two[0].labels.apply([reacted(ANN, 1, "awe")])
    stores = [
        storage.runs.finish(run(ANN, 8, run_id=name), deploy=replace(feelprint(ANN, 0, at=T0), run_id=name))
        for n in range(10)
        for storage, name in zip(two, (f"one-{n}", f"other-{n}"), strict=True)
    ]
    assert all(await asyncio.gather(*stores))
    versions = await two[0].versions.all(key(ANN))
    assert [version.version for version in versions] == list(range(1, 21))
    assert len({version.run_id for version in versions}) == 20
    assert [v.version for v in versions if v.status is VersionStatus.ACTIVE] == [20]
    told = {report.run_id: report.explanation.version for report in await two[1].runs.latest(key(ANN), limit=99)}
    assert {version.run_id: version.version for version in versions} == told
