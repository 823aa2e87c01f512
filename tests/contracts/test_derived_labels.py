"""How labels are derived from reactions and ratings as time goes on: newer facts count, known ones stay."""

from dataclasses import replace

import pytest

from core.ports import TuningPolicy
from core.vocabulary.changes import Judge
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.label import Label
from core.vocabulary.moments import moment_of
from core.vocabulary.own_moods import in_mood
from core.vocabulary.reasons import RunResult
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.contracts.tuned import ANN, BEN, label, profile_of, run
from tests.storage.made import EMOJI, SET, T0, hash_of, key, rated, reacted


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

    async def test_what_an_answer_without_emotions_takes_back_is_gone_and_known_not_to_count(
        self, storage: Storage
    ) -> None:
        """
        A rating without emotions is kept where there was something to take back, and needs no image; the reactions
        that it takes back are deleted, and known not to count.
        """
        late = reacted(ANN, 3, "fear", picture=1, at=4)
        await storage.labels.apply([reacted(ANN, 1, "awe", at=5), reacted(ANN, 2, "awe", at=5)])
        await storage.labels.apply([rated(ANN, 1, at=6), late])
        assert await storage.labels.reactions_on([1, 2, 3]) == {(2, ANN, EMOJI["awe"], False)}
        assert await storage.labels.image(hash_of(1)) is None
        known = await storage.walks.known([1, 3])
        assert known[1].declined == {(ANN, EMOJI["awe"], False)}
        assert known[3].declined == {(ANN, EMOJI["fear"], False)}
        anew = reacted(ANN, 1, "fear", at=7)
        await storage.labels.apply([anew, rated(BEN, 1, "awe"), rated(BEN, 1, at=9)])
        assert await feels(storage) == Label(ANN, hash_of(1), {"fear": 1.0}, T0 + 7)

    async def test_a_reaction_found_standing_is_taken_back_by_an_answer_that_it_may_be_older_than(
        self, storage: Storage
    ) -> None:
        await storage.labels.apply([rated(ANN, 1, "awe", at=1)])
        await storage.labels.apply([rated(ANN, 1, at=5)])
        found = replace(reacted(ANN, 1, "fear", at=9), made_after=moment_of(T0 + 3))
        await storage.labels.apply([found])
        assert await storage.labels.reactions_on([1]) == set()
        assert (await storage.walks.known([1]))[1].declined == {(ANN, EMOJI["fear"], False)}
        assert await storage.labels.felt(ANN) == ()

    async def test_all_that_somebody_felt_is_told_whether_it_counts_or_not(self, storage: Storage) -> None:
        """
        All that is kept of what a member felt, with whatever emotions to choose from and in every mood, whether
        it counts now or not; oldest first. Of one image, if one is given.
        """
        mood = await storage.own_moods.make(ANN, "tired", 1)
        assert mood
        evening = replace(rated(ANN, 1, "fear", at=3), label_set_id=in_mood(SET, mood.number))
        other = replace(rated(ANN, 2, "warm", at=1), label_set_id="warm and cold")
        hidden = reacted(ANN, 4, "awe", at=9, channel=51, author=77)
        await storage.labels.apply(
            [reacted(ANN, 1, "awe", at=2), rated(ANN, 1, "fear", at=4), evening, other, hidden]
        )
        await storage.labels.apply([rated(ANN, 5, "awe", at=5), rated(ANN, 5, at=6), rated(BEN, 6, "awe")])
        await storage.servers.save(ServerSettings(5, frozenset({50})))
        await storage.labels.apply([Judge(5, (4,), T0 + 9)])
        assert await feels(storage, 4) is None
        assert [(felt.at - T0, felt.label_set_id, felt.image_hash) for felt in await storage.labels.felt(ANN)] == [
            (1, "warm and cold", hash_of(2)),
            (2, SET, hash_of(1)),
            (3, in_mood(SET, mood.number), hash_of(1)),
            (4, SET, hash_of(1)),
            (9, SET, hash_of(4)),
        ]
        (one,) = await storage.labels.felt(ANN, hash_of(2))
        assert one.label_set_id == "warm and cold"

    async def test_more_labels_do_not_call_back_a_model_that_asked_for_patience(self, storage: Storage) -> None:
        await label(storage, ANN, range(8))
        stopped = run(ANN, 8, started=100, result=RunResult.STOPPED)
        await storage.runs.finish(stopped, retry_at=T0 + 900_000)
        await label(storage, ANN, range(8, 16), at=200)
        assert (await profile_of(storage, ANN)).retry_at == T0 + 900_000
        policy = TuningPolicy(quiet_ms=0)
        assert await storage.due.for_run(T0 + 899_999, policy, limit=9) == ()
        assert await storage.due.for_run(T0 + 900_000, policy, limit=9) == (key(ANN),)
