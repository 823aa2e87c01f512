from dataclasses import replace

from core.vocabulary.changes import CarryOver, Change
from core.vocabulary.emotions import MIKELS, Emotion, LabelSet
from core.vocabulary.profile import ProfileKey
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from tests.storage.made import T0, hash_of, rated, reacted

HERE = ServerSettings(5, frozenset({50}))
ADDED = LabelSet((*MIKELS.emotions, Emotion("wistful", "🌧")))
RENAMED = LabelSet(tuple(Emotion("wonder", "😮") if e.name == "awe" else e for e in MIKELS.emotions))
FEWER = LabelSet(tuple(e for e in MIKELS.emotions if e.name != "awe"))
MINE = 1


async def _felt(storage: Storage, label_set: LabelSet, member: int = MINE) -> dict[str, set[str]]:
    kept = await storage.labels.labels(ProfileKey(member, label_set.id))
    return {label.image_hash: set(label.emotions) for label in kept}


async def _here(storage: Storage, *changes: Change) -> None:
    for member in (MINE, 2):
        await storage.members.join(member, 1, T0)
    await storage.servers.save(HERE)
    await storage.labels.apply(changes)


async def _change(storage: Storage, label_set: LabelSet) -> int:
    """Change the emotions, and carry over by twos; how many went on in all, by messages and images."""
    await storage.servers.save(ServerSettings(5, HERE.channels, label_set))
    carried = 0
    while any(found := await storage.labels.of_before(5, limit=2)):
        await storage.labels.apply([CarryOver(5, *found, T0 + 50)])
        carried += len(found[0]) + len(found[1])
        assert carried < 99, "it ends"
    return carried


class TestLabelStore:
    """What `core.ports.LabelStore` promises of what was felt with emotions of before."""

    async def test_an_added_emotion_keeps_every_label(self, storage: Storage) -> None:
        """
        Messages of a server with reactions, and images with answers, that were felt with its emotions of before
        and live on with those of now, but have not been carried over.
        """
        facts = [reacted(MINE, n, "awe") for n in range(1, 6)]
        await _here(storage, *facts, reacted(MINE, 1, "fear"), rated(MINE, 9, "anger"), rated(2, 9))
        before = await _felt(storage, MIKELS)
        assert await storage.labels.hidden_by(ServerSettings(5, HERE.channels, ADDED)) == 0
        assert await _change(storage, ADDED) == 6
        assert await _felt(storage, ADDED) == before
        assert await _felt(storage, MIKELS) == {}
        profile = await storage.labels.profile(ProfileKey(MINE, ADDED.id))
        assert profile is not None
        assert (profile.labels, profile.counts) == (6, {"awe": 5, "fear": 1, "anger": 1})

    async def test_a_renamed_emotion_is_known_by_its_emoji(self, storage: Storage) -> None:
        await _here(storage, reacted(MINE, 1, "awe"), rated(MINE, 2, "awe", "fear"))
        await _change(storage, RENAMED)
        assert await _felt(storage, RENAMED) == {hash_of(1): {"wonder"}, hash_of(2): {"wonder", "fear"}}

    async def test_an_emoji_of_what_went_says_nothing_of_what_was_there(self, storage: Storage) -> None:
        await _here(storage, reacted(MINE, 1, "awe"), rated(MINE, 2, "awe"))
        await _change(storage, FEWER.with_emojis({"fear": "😮"}))
        assert await _felt(storage, FEWER) == {}

    async def test_what_does_not_live_on_comes_back_with_its_emotions(self, storage: Storage) -> None:
        await _here(storage, reacted(MINE, 1, "awe"), reacted(MINE, 2, "fear"), rated(MINE, 3, "awe", "fear"))
        assert await storage.labels.hidden_by(ServerSettings(5, HERE.channels, FEWER)) == 2
        await _change(storage, FEWER)
        assert await _felt(storage, FEWER) == {hash_of(2): {"fear"}}, "an answer goes on whole or not at all"
        await _change(storage, MIKELS)
        assert await _felt(storage, MIKELS) == {
            hash_of(1): {"awe"},
            hash_of(2): {"fear"},
            hash_of(3): {"awe", "fear"},
        }

    async def test_the_newer_of_two_answers_stays(self, storage: Storage) -> None:
        await storage.servers.save(ServerSettings(6, frozenset({60}), ADDED))
        older, newer = rated(MINE, 1, "fear", at=1), rated(MINE, 2, "fear", at=9)
        await _here(storage, rated(MINE, 1, "awe", at=5), rated(MINE, 2, "awe", at=5))
        elsewhere = [replace(one, label_set_id=ADDED.id, server_id=6) for one in (older, newer)]
        await storage.labels.apply(elsewhere)
        await _change(storage, ADDED)
        assert await _felt(storage, ADDED) == {hash_of(1): {"awe"}, hash_of(2): {"fear"}}

    async def test_another_servers_labels_stay_where_they_are(self, storage: Storage) -> None:
        await _here(storage, reacted(MINE, 1, "awe"), reacted(MINE, 2, "awe", server=6, channel=60))
        await _change(storage, ADDED)
        assert await _felt(storage, MIKELS) == {hash_of(2): {"awe"}}
        assert await _felt(storage, ADDED) == {hash_of(1): {"awe"}}

    async def test_what_was_felt_lives_on_in_the_mood_in_which_it_stands(self, storage: Storage) -> None:
        await _here(storage, reacted(MINE, 1, "awe"), rated(MINE, 2, "awe", "fear"))
        mood = await storage.own_moods.make(MINE, "evening", T0)
        assert mood is not None
        there = {"label_set_id": MIKELS.of_mood(mood).id}
        facts = (reacted(MINE, 3, "awe", at=5), rated(MINE, 2, "awe", at=6), rated(MINE, 1, "anger", at=7))
        await storage.labels.apply([replace(fact, **there) for fact in facts])  # type: ignore[type-var]
        assert await storage.labels.hidden_by(ServerSettings(5, HERE.channels, FEWER)) == 4
        assert await storage.labels.hidden_by(ServerSettings(5, HERE.channels, RENAMED)) == 0
        await _change(storage, RENAMED)
        assert await _felt(storage, RENAMED) == {hash_of(1): {"wonder"}, hash_of(2): {"wonder", "fear"}}
        assert await _felt(storage, RENAMED.of_mood(mood)) == {
            hash_of(1): {"anger"},
            hash_of(2): {"wonder"},
            hash_of(3): {"wonder"},
        }
        assert await _felt(storage, MIKELS) == await _felt(storage, MIKELS.of_mood(mood)) == {}
