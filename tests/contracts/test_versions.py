import pytest

from core.vocabulary.feelprint import Evidence, Feelprint
from core.vocabulary.reasons import Mode, VersionStatus
from storage import Storage
from tests.contracts.tuned import ANN, BEN, label, run
from tests.storage.lives import feelprint
from tests.storage.made import SET, T0, key


@pytest.mark.usefixtures("joined")
class TestVersionStore:
    """What `core.ports.VersionStore` promises."""

    async def test_versions_follow_each_other_and_roll_back(self, storage: Storage) -> None:
        """
        A new one is deployed by `RunStore.finish`, together with the run that made it. The deployed version.
        Mark the active `version` rolled back and make the newest superseded one active; None if none is left
        (the generic prompt answers then) or if `version` is not the active one.
        """
        await label(storage, ANN, range(8))
        first, second, third = (feelprint(ANN, n, at=T0 + 100 * n) for n in (1, 2, 3))
        for version in (first, second, third):
            assert await storage.runs.finish(run(ANN, 8, run_id=f"r{version.version}"), deploy=version)
        assert await storage.versions.active(key(ANN)) == third
        assert await storage.versions.roll_back(key(ANN), 2) is None
        assert await storage.versions.active(key(ANN)) == third
        assert await storage.versions.roll_back(key(ANN), 3) == second
        assert await storage.versions.roll_back(key(ANN), 2) == first
        assert await storage.versions.roll_back(key(ANN), 1) is None
        assert await storage.versions.active(key(ANN)) is None
        statuses = [version.status for version in await storage.versions.all(key(ANN))]
        assert statuses == [VersionStatus.ROLLED_BACK] * 3
        fourth = feelprint(ANN, 4, at=T0 + 900)
        assert await storage.runs.finish(run(ANN, 8, run_id="r4"), deploy=fourth)
        assert await storage.versions.active(key(ANN)) == fourth

    async def test_every_version_is_kept_in_order_and_one_at_most_is_active(self, storage: Storage) -> None:
        """All versions, oldest first. The deployed version."""
        assert await storage.versions.all(key(ANN)) == ()
        assert await storage.versions.active(key(ANN)) is None
        for version in (1, 2, 3):
            made = feelprint(ANN, version, at=T0 + 100 * version)
            assert await storage.runs.finish(run(ANN, 8, run_id=f"r{version}"), deploy=made)
        found = await storage.versions.all(key(ANN))
        assert [version.version for version in found] == [1, 2, 3]
        superseded, active = VersionStatus.SUPERSEDED, VersionStatus.ACTIVE
        assert [version.status for version in found] == [superseded, superseded, active]
        await storage.versions.roll_back(key(ANN), 3)
        statuses = [version.status for version in await storage.versions.all(key(ANN))]
        assert statuses == [superseded, active, VersionStatus.ROLLED_BACK]
        assert await storage.versions.all(key(BEN)) == ()

    async def test_a_paper_version_comes_back_whole(self, storage: Storage) -> None:
        version = Feelprint(ANN, SET, 1, Mode.PAPER, (), "Feels\nawe — often", T0, 9, "r", Evidence(9, 4.5, 1.25))
        assert await storage.runs.finish(run(ANN, 8), deploy=version)
        assert await storage.versions.all(key(ANN)) == (version,)
