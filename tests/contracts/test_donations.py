"""Only members who said yes to research give anything to it, and only as long as they do."""

from dataclasses import replace

import pytest

from core.ports import Shadow
from core.vocabulary.consent import ANYWHERE, EVERYBODY, Yes, YesTo
from core.vocabulary.donated import Donation
from core.vocabulary.emotions import MIKELS
from core.vocabulary.label import Label
from core.vocabulary.own_moods import in_mood
from storage import Storage
from tests.contracts.tuned import ANN, BEN, deployed, label
from tests.storage.made import SET, T0, hash_of, key, rated

CARL = 13


def yes(member: int) -> Yes:
    return Yes(member, ANYWHERE, EVERYBODY, YesTo.RESEARCH)


async def given(storage: Storage) -> list[Donation]:
    return list((await storage.donations.all()).given)


@pytest.mark.usefixtures("joined")
class TestDonations:
    """What a donor gives."""

    async def test_only_who_said_yes_gives_anything(self, storage: Storage) -> None:
        for member in (ANN, BEN):
            await storage.labels.apply([rated(member, 1, "awe")])
            for to in set(YesTo) - {YesTo.RESEARCH}:
                await storage.yeses.say(Yes(member, ANYWHERE, EVERYBODY, to), T0)
        for elsewhere in (Yes(BEN, 5, EVERYBODY, YesTo.RESEARCH), Yes(BEN, ANYWHERE, ANN, YesTo.RESEARCH)):
            await storage.yeses.say(elsewhere, T0)
        assert await given(storage) == []
        await storage.yeses.say(yes(ANN), T0)
        await storage.yeses.say(yes(CARL), T0)
        assert await given(storage) == [
            Donation(ANN, MIKELS.names, (Label.of(ANN, hash_of(1), ["awe"], T0),)),
        ]
        assert (await storage.donations.all()).members == 2

    async def test_whoever_pauses_or_takes_it_back_gives_nothing_more(self, storage: Storage) -> None:
        await storage.labels.apply([rated(ANN, 1, "awe")])
        await storage.yeses.say(yes(ANN), T0)
        await storage.members.pause(ANN, paused=True)
        assert await given(storage) == []
        await storage.members.pause(ANN, paused=False)
        assert len(await given(storage)) == 1
        await storage.yeses.unsay(yes(ANN))
        assert await given(storage) == []

    async def test_a_yes_goes_with_who_is_forgotten_and_is_not_there_when_they_come_back(
        self, storage: Storage
    ) -> None:
        await storage.yeses.say(yes(ANN), T0)
        assert [row["at"] for row in (await storage.members.export(ANN))["donors"]] == [T0]
        await storage.members.forget(ANN)
        await storage.members.join(ANN, 1, T0)
        await storage.labels.apply([rated(ANN, 1, "awe")])
        assert await given(storage) == []

    async def test_of_moods_the_first_alone_is_given(self, storage: Storage) -> None:
        mood = await storage.own_moods.make(ANN, "evening", T0)
        assert mood is not None
        await storage.yeses.say(yes(ANN), T0)
        evening = replace(rated(ANN, 1, "awe"), label_set_id=in_mood(SET, mood.number))
        await storage.labels.apply([evening])
        assert await given(storage) == []
        await storage.labels.apply([rated(ANN, 2, "fear")])
        (one,) = await given(storage)
        assert [label.image_hash for label in one.labels] == [hash_of(2)]

    async def test_each_test_of_a_label_counts_once_by_the_newest_version_that_was_tried(
        self, storage: Storage
    ) -> None:
        await storage.yeses.say(yes(ANN), T0)
        await label(storage, ANN, range(8))
        await deployed(storage, started=100, made=101)
        await storage.labels.apply([rated(ANN, n, "awe", at=200) for n in (20, 21)])
        shares = (1 / len(MIKELS.names),) * len(MIKELS.names)
        first = [Shadow(1, hash_of(n), T0 + 201, shares, 0.0, 1.0, {}) for n in (20, 21)]
        await storage.shadows.put(key(ANN), first)
        await deployed(storage, 2, started=300, made=301)
        await storage.shadows.put(key(ANN), [Shadow(2, hash_of(20), T0 + 302, shares, 1.0, 1.0, {})])
        (one,) = await given(storage)
        assert (len(one.labels), one.tested, one.right, one.generic_right) == (10, 2, 1.0, 2.0)
        assert MIKELS.id == SET
