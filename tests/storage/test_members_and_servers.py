import json

import pytest

from core.ports import RunReport
from core.vocabulary.consent import Membership, Standing
from core.vocabulary.emotions import Emotion, LabelSet
from core.vocabulary.reasons import Mode, RunResult
from core.vocabulary.server_settings import ServerSettings
from storage import Storage
from storage.codec import emotions_in
from storage.members import about_members
from storage.tables import metadata
from tests.storage.made import MIKELS, SET, T0, hash_of, key, rated, reacted

ANN, BEN = 11, 12


async def test_joining_is_recorded_with_version_and_time(storage: Storage) -> None:
    assert await storage.members.membership(ANN) is None
    await storage.members.join(ANN, 1, T0)
    assert await storage.members.membership(ANN) == Membership(ANN, 1, T0)
    await storage.members.join(ANN, 2, T0 + 5)
    assert await storage.members.membership(ANN) == Membership(ANN, 2, T0 + 5)


async def test_only_the_joined_of_todays_version_who_are_not_paused_are_collected(storage: Storage) -> None:
    for member, version in ((ANN, 1), (BEN, 1), (13, 0)):
        await storage.members.join(member, version, T0)
    await storage.members.pause(BEN, True)
    assert await storage.members.standings() == {
        ANN: Standing.JOINED,
        BEN: Standing.PAUSED,
        13: Standing.LAPSED,
    }
    await storage.members.pause(BEN, False)
    standings = await storage.members.standings()
    assert [standings[member] for member in (ANN, BEN)] == [Standing.JOINED] * 2


async def test_pausing_deletes_nothing(storage: Storage) -> None:
    await storage.members.join(ANN, 1, T0)
    await storage.labels.apply([reacted(ANN, 1, "awe")])
    await storage.members.pause(ANN, True)
    assert len(await storage.labels.labels(key(ANN))) == 1
    membership = await storage.members.membership(ANN)
    assert membership is not None
    assert membership.paused


async def test_the_largest_ids_and_odd_emojis_come_back_as_they_were(storage: Storage) -> None:
    huge = 2**63 - 1
    await storage.members.join(huge, 1, T0)
    await storage.labels.apply([reacted(huge, huge, "awe", picture=1, channel=huge, server=huge)])
    assert {row[:2] for row in await storage.labels.reactions_on([huge])} == {(huge, huge)}


async def test_settings_come_back_whole(storage: Storage) -> None:
    mine = LabelSet((Emotion("good", "👍"), Emotion("not so good", "123456789012345678"), Emotion("bad", "")))
    settings = ServerSettings(7, frozenset({3, 2**62}), mine, 9, 2, False, True, True)
    assert await storage.servers.settings(7) == ServerSettings(7)
    await storage.servers.save(settings)
    await storage.servers.save(ServerSettings(3))
    assert await storage.servers.settings(7) == settings
    assert await storage.servers.all() == (ServerSettings(3), settings)
    assert await storage.labels.label_set(mine.id) == mine


async def test_another_servers_emojis_do_not_change_the_default_set(storage: Storage) -> None:
    await storage.servers.save(ServerSettings(7, label_set=MIKELS.with_emojis({"awe": "😱"})))
    assert await storage.labels.label_set(SET) == MIKELS


def test_every_table_about_a_member_is_erased_with_them() -> None:
    for table, column in about_members():
        if column == "member_id" and table.name != "members":
            keys = [key for key in table.foreign_keys if key.column is metadata.tables["members"].c.member_id]
            assert [key.ondelete for key in keys] == ["CASCADE"], table.name


async def test_an_export_holds_every_row_about_the_member_and_nobody_elses(storage: Storage) -> None:
    from tests.storage.lives import live

    await live(storage, ANN, pictures=range(4))
    await live(storage, BEN, pictures=range(2, 8))
    copy = json.loads(json.dumps(await storage.members.export(ANN)))
    expected = {table.name for table, _ in about_members()} | {"sightings"}
    assert set(copy) == expected
    assert {name for name, rows in copy.items() if not rows} == set()
    for table, column in about_members():
        assert {row[column] for row in copy[table.name]} == {ANN}, table.name
    assert {row["image_hash"] for row in copy["labels"]} == {hash_of(n) for n in range(4)}


async def test_the_export_of_a_stranger_is_empty(storage: Storage) -> None:
    assert not any((await storage.members.export(99)).values())


async def test_who_left_meanwhile_gets_no_run_and_no_rules(storage: Storage) -> None:
    report = RunReport("r1", ANN, SET, Mode.RULES, 1, 5, T0, T0 + 9, RunResult.KEPT)
    assert not await storage.runs.finish(report)
    await storage.runs.start(report)
    assert await storage.runs.last(key(ANN)) is None


@pytest.mark.parametrize("member", [ANN])
async def test_joining_again_after_forgetting_starts_from_nothing(storage: Storage, member: int) -> None:
    await storage.members.join(member, 1, T0)
    await storage.labels.apply([reacted(member, 1, "awe"), rated(member, 2, "fear")])
    assert await storage.members.forget(member) == 2
    assert await storage.members.membership(member) is None
    await storage.labels.apply([reacted(member, 3, "awe")])
    await storage.members.join(member, 1, T0)
    assert await storage.labels.labels(key(member)) == ()
    assert await storage.labels.profile(key(member)) is None


def test_label_sets_of_older_versions_are_read_though_they_could_not_be_made_today():
    old = emotions_in([["Joy", "\U0001f602"], ["joy", "\U0001f622"], ["fear", "word"]])
    assert [(emotion.name, emotion.emoji) for emotion in old.emotions] == [("Joy", "\U0001f602"), ("fear", "")]
