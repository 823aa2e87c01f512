"""How labels are derived from reactions and ratings as time goes on: newer facts count, known ones stay."""

import pytest

from core.ports import TuningPolicy
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.label import Label
from core.vocabulary.reasons import RunResult
from storage import Storage
from tests.contracts.tuned import ANN, label, profile_of, run
from tests.storage.made import T0, hash_of, key, rated, reacted


async def feels(storage: Storage, picture: int = 1) -> Label | None:
    return await storage.labels.label(key(ANN), hash_of(picture))


@pytest.mark.usefixtures("joined")
class TestLabelStoreOverTime:
    """What `core.ports.LabelStore` promises of labels whose facts come one after another, or late."""

    async def test_a_rating_outweighs_a_reaction_of_the_same_moment_and_only_a_newer_one_counts_beside_it(
        self, storage: Storage
    ) -> None:
        await storage.labels.apply([rated(ANN, 1, "fear", at=5), reacted(ANN, 1, "awe", at=5)])
        assert await feels(storage) == Label(ANN, hash_of(1), {"fear": 1.0}, T0 + 5)
        await storage.labels.apply([reacted(ANN, 2, "awe", picture=1, at=6)])
        assert await feels(storage) == Label(ANN, hash_of(1), {"awe": 0.5, "fear": 0.5}, T0 + 6)

    async def test_a_fact_that_comes_late_does_not_make_a_label_older(self, storage: Storage) -> None:
        await storage.labels.apply([reacted(ANN, 1, "awe", at=7)])
        await storage.labels.apply([reacted(ANN, 2, "fear", picture=1, at=3)])
        assert await feels(storage) == Label(ANN, hash_of(1), {"awe": 0.5, "fear": 0.5}, T0 + 7)
        assert (await profile_of(storage, ANN)).last_label_at == T0 + 7

    async def test_what_may_not_be_used_any_more_may_still_be_taken_back(self, storage: Storage) -> None:
        await storage.labels.apply([rated(ANN, 1, "fear", at=1)])
        await storage.exclusions.put([Exclusion(5, By.ADMIN, What.PICTURE, hash_of(1), 0, True, 5)])
        await storage.labels.apply([rated(ANN, 1, "awe", at=2)])
        assert await feels(storage) == Label(ANN, hash_of(1), {"fear": 1.0}, T0 + 1)
        await storage.labels.apply([rated(ANN, 1, at=3)])
        assert await feels(storage) is None

    async def test_more_labels_do_not_call_back_a_model_that_asked_for_patience(self, storage: Storage) -> None:
        await label(storage, ANN, range(8))
        stopped = run(ANN, 8, started=100, result=RunResult.STOPPED)
        await storage.runs.finish(stopped, retry_at=T0 + 900_000)
        await label(storage, ANN, range(8, 16), at=200)
        assert (await profile_of(storage, ANN)).retry_at == T0 + 900_000
        policy = TuningPolicy(quiet_ms=0)
        assert await storage.due.for_run(T0 + 899_999, policy, limit=9) == ()
        assert await storage.due.for_run(T0 + 900_000, policy, limit=9) == (key(ANN),)
