from dataclasses import replace

import pytest

from core.collecting.excluded import Exclusions
from core.collecting.policy import may_use_sighted
from core.ports import Caps, Covered, NewAnswer, Purchase
from core.vocabulary.calls import Usage
from core.vocabulary.changes import (
    DropChannel,
    DropMessages,
    DropPicture,
    DropServer,
    Judge,
    LeaveServer,
    Restate,
    Sighting,
    Withhold,
)
from core.vocabulary.consent import Past
from core.vocabulary.exclusions import EVERYWHERE, By, Exclusion, What
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.contracts.test_labels import felt
from tests.contracts.tuned import ANN, BEN
from tests.storage.made import T0, hash_of, image, key, rated, reacted, shown, withdrew

ALICE, CARL = 77, 78
MESSAGE = Exclusion(5, By.AUTHOR, What.MESSAGE, "1", ALICE, True, 10)
COPIES = Exclusion(EVERYWHERE, By.AUTHOR, What.PICTURE, hash_of(1), ALICE, True, 10)
EVERY = Exclusion(5, By.AUTHOR, What.AUTHOR, str(ALICE), ALICE, True, 10)
HERE = Exclusion(5, By.ADMIN, What.PICTURE, hash_of(1), 0, True, 10)


def over(one: Exclusion, moment: int) -> Exclusion:
    return Exclusion(one.server_id, one.said_by, one.what, one.subject, one.author_id, False, moment)


class TestExclusionStore:
    """What `core.ports.ExclusionStore` promises."""

    async def test_the_last_word_on_each_is_kept(self, storage: Storage) -> None:
        """
        The last word on each is kept; nothing that it is about is deleted here.
        Every last word on everything, those that took a no back among them.
        Keep what was said, in place of an earlier word on the same; a later one stays.
        """
        await storage.exclusions.put([MESSAGE, over(EVERY, 20), COPIES])
        await storage.exclusions.put([over(MESSAGE, 11), EVERY])
        found = await storage.exclusions.all()
        assert set(found) == {over(MESSAGE, 11), over(EVERY, 20), COPIES}

    @pytest.mark.usefixtures("joined")
    async def test_what_an_exclusion_is_about_is_found(self, storage: Storage) -> None:
        """At most `limit` messages, and pictures, of which something is stored that an exclusion is about."""
        await storage.labels.apply(
            [
                reacted(ANN, 1, "awe", author=ALICE),
                reacted(ANN, 2, "awe", picture=1, author=CARL),
                reacted(ANN, 3, "awe", author=ALICE, server=6),
                rated(ANN, 4, "awe", origin=shown(4, 4, author=ALICE)),
                rated(BEN, 1, "awe"),
            ]
        )
        assert await storage.exclusions.covered(MESSAGE, limit=9) == Covered((1,), (hash_of(1),))
        assert await storage.exclusions.covered(COPIES, limit=9) == Covered((1,), (hash_of(1),))
        assert await storage.exclusions.covered(HERE, limit=9) == Covered((1, 2), (hash_of(1),))
        both = tuple(sorted({hash_of(1), hash_of(4)}))
        assert await storage.exclusions.covered(EVERY, limit=9) == Covered((1, 4), both)
        assert len((await storage.exclusions.covered(HERE, limit=1)).message_ids) == 1
        assert len(await storage.labels.labels(key(ANN))) == 3


@pytest.mark.usefixtures("joined")
class TestLabelStore:
    """What `core.ports.LabelStore` promises of what is excluded, rated and judged."""

    async def test_what_is_excluded_is_not_recorded(self, storage: Storage) -> None:
        """
        So is a reaction found standing that is not known to have been made after their last no, and whatever is
        excluded.
        """
        await storage.exclusions.put([COPIES, EVERY])
        await storage.labels.apply(
            [
                reacted(ANN, 1, "awe", author=ALICE),
                reacted(ANN, 2, "awe", author=ALICE),
                rated(ANN, 1, "awe"),
                rated(ANN, 1, "awe", origin=shown(1, 1, author=ALICE)),
                reacted(BEN, 3, "awe", picture=1, author=CARL),
                reacted(BEN, 4, "awe", author=ALICE, server=6),
            ]
        )
        assert await storage.labels.labels(key(ANN)) == ()
        assert [await felt(storage, BEN, n) for n in (1, 4)] == [{"awe"}, {"awe"}]

    async def test_what_is_excluded_goes_and_somebody_elses_copy_stays(self, storage: Storage) -> None:
        """
        What is excluded is dropped, and does not count when that is taken back; a picture that stands in another
        message which is not excluded stays, with what was felt about it there.
        """
        await storage.labels.apply(
            [
                reacted(ANN, 1, "awe", author=ALICE),
                reacted(ANN, 2, "fear", picture=1, author=CARL),
                rated(BEN, 1, "anger"),
            ]
        )
        await storage.exclusions.put([COPIES])
        await storage.labels.apply([Withhold((1, 2), (hash_of(1),), T0)])
        assert await felt(storage, ANN, 1) == {"fear"}
        assert await felt(storage, BEN, 1) == set()
        await storage.exclusions.put([over(COPIES, 20)])
        stood = [reacted(ANN, 1, "awe", author=ALICE)]
        known = await storage.walks.known([1])
        assert len(known[1].declined) == 1
        await storage.labels.apply([withdrew(ANN, 1, "awe"), *stood])
        assert await felt(storage, ANN, 1) == {"awe", "fear"}

    async def test_after_a_no_that_was_taken_back_only_what_is_younger_counts(self, storage: Storage) -> None:
        """
        So is a reaction found standing that is not known to have been made after their last no, and whatever is
        excluded.
        """
        await storage.exclusions.put([over(MESSAGE, 500)])
        await storage.members.pause(ANN, True)
        await storage.members.join(ANN, 1, T0, 1)
        found = [replace(reacted(ANN, 1, e), made_after=at) for e, at in (("awe", 499), ("fear", 500))]
        await storage.labels.apply(found)
        assert await felt(storage, ANN, 1) == {"fear"}

    async def test_an_answer_about_what_nobody_may_use_is_not_kept(self, storage: Storage) -> None:
        """Nothing is kept about a picture that is excluded and that nobody else shows."""
        await storage.exclusions.put([COPIES])
        for name in ("one", "two"):
            reservation = await storage.answers.reserve(Purchase(T0, "generic", None, "m", 0.0), Caps())
            assert reservation is not None
            answer = NewAnswer(name, "{}", about=hash_of(1))
            await storage.answers.settle(reservation, outcome="answer", usage=Usage(), answer=answer)
            assert (await storage.answers.get(name) is not None) == (name == "two")
            await storage.labels.apply([reacted(ANN, 2, "fear", picture=1, author=CARL)])

    async def test_withholding_takes_answers_about_what_is_not_stored(self, storage: Storage) -> None:
        """What is excluded is dropped, and does not count when that is taken back;"""
        reservation = await storage.answers.reserve(Purchase(T0, "generic", None, "m", 0.0), Caps())
        assert reservation is not None
        answer = NewAnswer("k", "{}", about=hash_of(1))
        await storage.answers.settle(reservation, outcome="answer", usage=Usage(), answer=answer)
        await storage.labels.apply([Withhold((), (hash_of(1),), T0)])
        assert await storage.answers.get("k") is None

    async def test_what_nobodys_name_is_on_is_found_for_the_no_of_an_author(self, storage: Storage) -> None:
        """
        Messages (server, channel, id) of which something is stored, but not who posted them: a no of their author
        may be about them. None for a no that asks for no author.
        """
        await storage.labels.apply(
            [
                reacted(ANN, 1, "awe", author=ALICE),
                reacted(ANN, 2, "awe"),
                reacted(ANN, 3, "awe", server=6),
                rated(ANN, 4, "awe", origin=replace(shown(4, 4), author_id=None)),
                rated(ANN, 5, "awe"),
            ]
        )
        every = Exclusion(5, By.AUTHOR, What.AUTHOR, str(ALICE), ALICE, True, 5)
        assert await storage.exclusions.nameless(every) == ((5, 50, 2), (5, 50, 4))
        copies = Exclusion(EVERYWHERE, By.AUTHOR, What.PICTURE, hash_of(3), ALICE, True, 5)
        assert await storage.exclusions.nameless(copies) == ((6, 50, 3),)
        for one in (replace(every, what=What.MESSAGE, subject="2"), replace(copies, author_id=0)):
            assert await storage.exclusions.nameless(one) == ()

    async def test_a_rating_that_takes_all_back_stands_against_what_is_found_later(self, storage: Storage) -> None:
        """
        a rating supersedes reactions that are not newer than it, and those
        found standing that are not known to be.
        A rating without emotions is kept where there was something to take back, and needs no image
        """
        await storage.labels.apply([rated(ANN, 1, "awe", at=1), rated(ANN, 2)])
        await storage.labels.apply([rated(ANN, 1, at=2)])
        assert await storage.labels.image(hash_of(1)) is None
        await storage.members.answer_past(_yes(), T0)
        await storage.labels.apply([replace(reacted(ANN, 1, "fear", at=9), made_after=0)])
        assert await felt(storage, ANN, 1) == set()
        await storage.labels.apply([reacted(ANN, 1, "anger", at=9)])
        assert await felt(storage, ANN, 1) == {"anger"}
        assert len((await storage.members.export(ANN))["ratings"]) == 1

    async def test_a_rating_of_a_picture_in_a_message_goes_with_it(self, storage: Storage) -> None:
        """
        A rating of a picture in a message goes with the message, its channel and its server, and when the message
        shows another one.
        """
        ways = (
            DropMessages((9,), T0, remember=False),
            DropChannel(50, T0),
            DropPicture(9, ("/8.png",), T0),
            DropServer(5, T0),
        )
        for way in ways:
            await storage.servers.save(ServerSettings(5, frozenset({50})))
            await storage.labels.apply([LeaveServer(5, 9, T0)])
            await storage.labels.apply([rated(ANN, 3, "awe"), rated(ANN, 1, "awe", origin=shown(9, 1))])
            if not isinstance(way, DropChannel):
                assert await felt(storage, ANN, 1) == {"awe"}
            if isinstance(way, DropPicture):
                await storage.labels.apply([DropPicture(9, ("/1.png",), T0)])
                assert await felt(storage, ANN, 1) == {"awe"}
            await storage.labels.apply([way])
            assert await felt(storage, ANN, 1) == set()
            assert await felt(storage, ANN, 3) == {"awe"}
            await storage._database.write(lambda c: c.exec_driver_sql("DELETE FROM tombstones"))

    async def test_what_a_server_no_longer_lets_count_is_no_part_of_a_label(self, storage: Storage) -> None:
        """
        What a server no longer lets count is no part of a label until it does again.
        Messages of a server whose picture counts although its settings do not let it (any more), or does not
        although they do.
        """
        await storage.servers.save(ServerSettings(5, frozenset({50})))
        await storage.labels.apply([reacted(ANN, 1, "awe", author=ALICE), rated(ANN, 2, "fear")])
        for channels in ({51}, {50}):
            await storage.servers.save(ServerSettings(5, frozenset(channels)))
            assert await storage.labels.misjudged(5, limit=9) == (1,)
            await storage.labels.apply([Judge(5, (1,), T0)])
            assert await felt(storage, ANN, 1) == ({"awe"} if channels == {50} else set())
            assert await storage.labels.misjudged(5, limit=9) == ()
        assert await felt(storage, ANN, 2) == {"fear"}

    async def test_storage_judges_as_the_policy_does(self, storage: Storage) -> None:
        """What is not known of a message speaks for it."""
        stands = [
            (channel, parent, spoiler, nsfw)
            for channel in (50, 60)
            for parent in (None, 50)
            for spoiler in (False, True)
            for nsfw in (None, False, True)
        ]
        place = ServerSettings(5, frozenset({50}))
        seen = [
            Sighting(n, channel, 5, hash_of(n), T0, "/a.png", ALICE, parent, spoiler, nsfw)
            for n, (channel, parent, spoiler, nsfw) in enumerate(stands, 1)
        ]
        changes = [replace(reacted(ANN, s.message_id, "awe"), sighting=s) for s in seen]
        await storage.labels.apply(changes)
        for allowed in ({}, {"allow_nsfw": True}, {"allow_spoilers": True}):
            chosen = replace(place, **allowed)
            await storage.servers.save(chosen)
            while ids := await storage.labels.misjudged(5, limit=7):
                await storage.labels.apply([Judge(5, ids, T0)])
            labels = {label.image_hash for label in await storage.labels.labels(key(ANN))}
            said = Exclusions()
            fine = {s.image_hash for s in seen if s.nsfw is None or not may_use_sighted(s, chosen, said)}
            assert labels == fine, allowed

    @pytest.mark.parametrize("source", [None, "/a.png"])
    async def test_how_a_message_stands_is_news_and_is_judged(self, storage: Storage, source: str | None) -> None:
        """What a server no longer lets count is no part of a label until it does again."""
        await storage.servers.save(ServerSettings(5, frozenset({50})))
        old = Sighting(1, 50, 5, hash_of(1), T0, source)
        await storage.labels.apply([replace(reacted(ANN, 1, "awe"), sighting=old, image=image(1))])
        beside = replace(old, message_id=2, image_hash=hash_of(2))
        await storage.labels.apply([replace(reacted(ANN, 2, "awe"), sighting=beside, image=image(2))])
        old = replace(old, source="/a.png")
        await storage.labels.apply([Restate(replace(old, author_id=ALICE, spoiler=True, nsfw=False))])
        assert await felt(storage, ANN, 1) == set()
        assert await storage.labels.seen(2) == (beside, image(2))
        await storage.labels.apply([Restate(replace(old, author_id=ALICE, spoiler=False, nsfw=False))])
        assert await felt(storage, ANN, 1) == {"awe"}
        await storage.exclusions.put([EVERY])
        await storage.labels.apply([Restate(replace(old, author_id=ALICE, spoiler=False, nsfw=False))])
        assert await storage.labels.seen(1) is None


def _yes() -> Past:
    return Past(ANN, 5, wanted=True, moment=2**62)
