"""A member's moods are profiles of their own: nothing of one is another's, and one ends alone."""

from dataclasses import replace

import pytest

from core.ports import RunReport, Shadow
from core.vocabulary.changes import Change
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import RuleRecord
from core.vocabulary.own_moods import FIRST, MOST_MOODS, MoodKept, OwnMood, in_mood
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode, RuleStatus, RunResult
from storage import Storage
from storage.stores import moods
from tests.contracts.tuned import ANN, BEN
from tests.storage.lives import feelprint, rule
from tests.storage.made import SET, T0, hash_of, key, rated, reacted, withdrew

STRANGER = 99


def of(mood: OwnMood, who: int = ANN) -> ProfileKey:
    return ProfileKey(who, in_mood(SET, mood.number))


def there(change: Change, mood: OwnMood) -> Change:
    """The same, heard in a mood."""
    return replace(change, label_set_id=in_mood(SET, mood.number))  # type: ignore[arg-type, call-arg]


async def evening(storage: Storage, who: int = ANN, name: str = "evening", at: int = T0) -> OwnMood:
    made = await storage.own_moods.make(who, name, at)
    assert made is not None
    return made


async def felt(storage: Storage, mood: OwnMood, who: int = ANN) -> dict[str, frozenset[str]]:
    return {label.image_hash: label.emotions for label in await storage.labels.labels(of(mood, who))}


async def tuned_in(storage: Storage, mood: OwnMood, run_id: str = "in the evening") -> bool:
    """A run for that mood has made a version of one rule."""
    report = RunReport(run_id, ANN, of(mood).label_set_id, Mode.RULES, 1, 3, T0, T0 + 1)
    report = replace(report, result=RunResult.DEPLOYED)
    await storage.runs.start(replace(report, result=RunResult.RUNNING))
    made = replace(feelprint(ANN, 1, at=T0), label_set_id=of(mood).label_set_id, run_id=run_id)
    return await storage.runs.finish(report, rules=[RuleRecord(rule(1), RuleStatus.DEPLOYED)], deploy=made)


@pytest.mark.usefixtures("joined")
class TestOwnMoodStore:
    """What `core.ports.OwnMoodStore` promises."""

    async def test_whoever_made_none_has_the_first_alone_and_nothing_is_stored(self, storage: Storage) -> None:
        """Whoever has made none has the first alone, and nothing is stored of it."""
        assert await storage.own_moods.listed(ANN) == (MoodKept(FIRST, active=True),)
        assert await storage.own_moods.active() == {}
        assert (await storage.members.export(ANN))["own_moods"] == []

    async def test_a_mood_that_is_made_is_the_active_one_until_another_is_chosen(self, storage: Storage) -> None:
        """
        Make a mood and let it be the active one.
        The active mood of everybody whose active one is not the first.
        Let one of a member's moods be the active one; None, and nothing is done, where there is none.
        One of them; None: there is no such mood (any more).
        """
        one, other = await evening(storage), await evening(storage, name="work", at=T0 + 1)
        assert await storage.own_moods.active() == {ANN: other}
        assert await storage.own_moods.switch(ANN, one.number) == one
        assert (await storage.own_moods.active())[ANN].name == "evening"
        assert await storage.own_moods.switch(BEN, one.number) is None
        assert await storage.own_moods.switch(ANN, -1) is None
        assert await storage.own_moods.active() == {ANN: one}
        assert await storage.own_moods.named(ANN, other.number) == other
        assert await storage.own_moods.named(BEN, other.number) is None
        assert await storage.own_moods.switch(ANN, FIRST.number) == FIRST
        assert await storage.own_moods.active() == {}

    async def test_no_more_than_five_and_none_of_a_name_that_there_is(self, storage: Storage) -> None:
        """
        None, and nothing is done, for somebody who has not joined, and where they have as many as one may have, or
        one of that name in whatever case.
        No number is given twice.
        """
        assert await storage.own_moods.make(STRANGER, "evening", T0) is None
        made = [await evening(storage, name=f"mood {n}") for n in range(MOST_MOODS - 2)]
        assert await storage.own_moods.make(ANN, "MOOD 1", T0) is None
        assert await storage.own_moods.active() == {ANN: made[-1]}
        made.append(await evening(storage, name="last"))
        assert await storage.own_moods.make(ANN, "one more", T0) is None
        assert len(await storage.own_moods.listed(ANN)) == MOST_MOODS
        await storage.own_moods.erase(ANN, made[0].number)
        made.append(await evening(storage, name="another"))
        assert len({mood.number for mood in made}) == len(made)
        assert await evening(storage, BEN, name="last")

    async def test_each_has_the_name_that_it_was_given_last_the_first_too(self, storage: Storage) -> None:
        """
        Call one of a member's moods so, the first too; False, and nothing is done, where there is none, or
        another has that name.
        """
        mood = await evening(storage)
        rename = storage.own_moods.rename
        assert await rename(ANN, mood.number, "Evening")
        assert await rename(ANN, FIRST.number, "day")
        assert not await rename(ANN, FIRST.number, "EVENING")
        assert not await rename(ANN, -1, "night")
        assert not await rename(STRANGER, FIRST.number, "night")
        assert [kept.mood.name for kept in await storage.own_moods.listed(ANN)] == ["day", "Evening"]
        assert await storage.own_moods.active() == {ANN: mood}
        assert not await rename(ANN, mood.number, "DAY")

    async def test_they_are_listed_with_what_is_kept_in_each(self, storage: Storage) -> None:
        """
        A member's moods, the first one first and the others as they were made, with labels and versions of all
        their label sets together.
        """
        late, early = await evening(storage, at=T0 + 9), await evening(storage, name="work", at=T0)
        here = [rated(ANN, n, "awe") for n in range(3)] + [there(rated(ANN, 1, "fear"), late)]
        elsewhere = replace(rated(ANN, 7, "awe"), label_set_id=in_mood("another", late.number))
        await storage.labels.apply([*here, elsewhere])
        assert await tuned_in(storage, late)
        assert await storage.own_moods.listed(ANN) == (
            MoodKept(FIRST, False, 3, 0),
            MoodKept(early, True, 0, 0),
            MoodKept(late, False, 2, 1),
        )

    async def test_a_picture_has_a_label_in_each_mood_and_each_is_a_profile_of_its_own(
        self, storage: Storage
    ) -> None:
        mood = await evening(storage)
        await storage.labels.apply([rated(ANN, 1, "awe"), there(rated(ANN, 1, "fear"), mood)])
        assert await felt(storage, FIRST) == {hash_of(1): {"awe"}}
        assert await felt(storage, mood) == {hash_of(1): {"fear"}}
        assert await tuned_in(storage, mood)
        assert await storage.versions.active(of(FIRST)) is None
        assert (await storage.versions.active(of(mood))) is not None
        assert await storage.runs.last(of(FIRST)) is None

    async def test_a_label_set_in_a_mood_has_the_same_emotions(self, storage: Storage) -> None:
        """in a member's mood where the id says so."""
        mood = await evening(storage)
        found = await storage.labels.label_set(of(mood).label_set_id)
        assert found is not None
        assert (found.emotions, found.mood, found.id) == (MIKELS.emotions, mood, of(mood).label_set_id)
        assert await storage.labels.label_set(in_mood("unknown", mood.number)) is None

    async def test_a_reaction_is_taken_back_where_it_stands_whatever_mood_is_active(
        self, storage: Storage
    ) -> None:
        mood = await evening(storage)
        await storage.labels.apply([reacted(ANN, 1, "awe"), there(reacted(ANN, 2, "awe"), mood)])
        again = [there(reacted(ANN, 1, "awe"), mood), reacted(ANN, 2, "awe")]  # as a walk may find them, later
        assert not (await storage.labels.apply(again)).touched
        assert (await felt(storage, FIRST), await felt(storage, mood)) == (
            {hash_of(1): {"awe"}},
            {hash_of(2): {"awe"}},
        )
        await storage.labels.apply([withdrew(ANN, 1, "awe"), withdrew(ANN, 2, "awe")])
        assert (await felt(storage, FIRST), await felt(storage, mood)) == ({}, {})

    async def test_an_erased_mood_takes_everything_of_it_along_and_nothing_else(
        self, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Erase a mood that is not the first, with everything that is kept under it; how many labels that were.
        If it was active, the first is.
        Pictures that nothing else needs go with it.
        It goes in pieces, its name last, so one that was broken off is there and can be erased again.
        """
        monkeypatch.setattr(moods, "AT_ONCE", 2)
        mood, work = await evening(storage), await evening(storage, name="work")
        await storage.own_moods.switch(ANN, mood.number)
        await storage.labels.apply([rated(ANN, 1, "awe"), reacted(BEN, 52, "fear", picture=2)])
        await storage.labels.apply([there(rated(ANN, n, "awe"), mood) for n in range(5)])
        await storage.labels.apply([there(reacted(ANN, 60 + n, "fear", picture=n), mood) for n in range(2, 7)])
        await storage.labels.apply([there(rated(ANN, 1, "fear"), work)])
        assert await tuned_in(storage, mood)
        before = await storage.members.export(BEN)
        assert await storage.own_moods.erase(ANN, mood.number) == 7
        assert await storage.own_moods.listed(ANN) == (MoodKept(FIRST, True, 1), MoodKept(work, False, 1))
        kept = await storage.members.export(ANN)
        ending = in_mood("", mood.number)
        ids = [row["label_set_id"] for rows in kept.values() for row in rows if "label_set_id" in row]
        assert ids
        assert [one for one in ids if one.endswith(ending)] == []
        assert kept["notices"] == kept["runs"] == kept["rules"] == kept["feelprints"] == []
        assert await felt(storage, FIRST) == {hash_of(1): {"awe"}}
        assert {n for n in range(7) if await storage.labels.image(hash_of(n)) is not None} == {1, 2}
        assert await storage.members.export(BEN) == before
        assert await storage.own_moods.erase(ANN, mood.number) == 0
        with pytest.raises(ValueError, match="first"):
            await storage.own_moods.erase(ANN, FIRST.number)

    async def test_what_stands_on_discord_of_an_erased_mood_does_not_count_until_it_is_made_anew(
        self, storage: Storage
    ) -> None:
        """What stands on Discord of its reactions does not count, until it is made anew."""
        mood = await evening(storage)
        await storage.labels.apply([there(reacted(ANN, 1, "awe"), mood)])
        await storage.own_moods.erase(ANN, mood.number)
        known = (await storage.walks.known([1]))[1]
        assert {(who, burst) for who, _, burst in known.declined} == {(ANN, False)}
        await storage.labels.apply([withdrew(ANN, 1, "awe"), reacted(ANN, 1, "awe", at=9)])
        assert await felt(storage, FIRST) == {hash_of(1): {"awe"}}
        assert not (await storage.walks.known([1]))[1].declined

    async def test_what_is_on_its_way_for_an_erased_mood_is_not_kept(self, storage: Storage) -> None:
        """
        What is still written for it afterwards is not kept.
        What was heard for a mood that has been erased since is not recorded, and known not to count.
        """
        mood = await evening(storage)
        await storage.own_moods.erase(ANN, mood.number)
        applied = await storage.labels.apply(
            [there(reacted(ANN, 1, "awe"), mood), there(rated(ANN, 2, "fear"), mood), rated(ANN, 3, "awe")]
        )
        assert applied.touched == {key(ANN)}
        assert not await tuned_in(storage, mood)
        assert await felt(storage, mood) == {}
        assert await storage.versions.all(of(mood)) == ()
        assert {who for who, _, _ in (await storage.walks.known([1]))[1].declined} == {ANN}

    async def test_what_is_told_of_many_together_is_of_first_moods(self, storage: Storage) -> None:
        mood = await evening(storage)
        await storage.labels.apply([rated(who, 1, "awe") for who in (ANN, BEN)])
        for who in (21, 22, 23):
            await storage.members.join(who, 1, T0)
            await storage.labels.apply([rated(who, 1, "awe")])
        await storage.labels.apply([there(rated(ANN, n, "fear"), mood) for n in (1, 2, 3)])
        week = T0 - 1000
        told = await storage.overviews.mood(5, week)
        assert told is not None
        assert (told.people, set(told.shares)) == (5, {"awe"})
        shadow = Shadow(1, hash_of(1), T0, (1.0,) + (0.0,) * 7, 1.0, 0.0, {})
        assert await tuned_in(storage, mood)
        await storage.shadows.put(of(mood), [shadow])
        assert len(await storage.shadows.all(of(mood))) == 1
        assert await storage.shadows.pooled(SET, limit=9, members=1) == ()

    async def test_moods_go_with_their_member(self, storage: Storage) -> None:
        mood = await evening(storage)
        await storage.labels.apply([there(rated(ANN, 1, "awe"), mood)])
        assert await storage.members.forget(ANN) == 1
        assert await storage.own_moods.active() == {}
        await storage.members.join(ANN, CONSENT_VERSION, T0)
        assert await storage.own_moods.listed(ANN) == (MoodKept(FIRST, active=True),)
        assert await felt(storage, mood) == {}
