import json

from storage import Storage
from storage.schema.tables import metadata
from storage.stores.members import about_members
from tests.storage.lives import live
from tests.storage.made import hash_of

ANN, BEN = 11, 12


def test_every_table_about_a_member_is_erased_with_them() -> None:
    for table, column in about_members():
        if column == "member_id" and table.name != "members":
            keys = [key for key in table.foreign_keys if key.column is metadata.tables["members"].c.member_id]
            assert [key.ondelete for key in keys] == ["CASCADE"], table.name


async def test_an_export_holds_every_row_about_the_member_and_nobody_elses(storage: Storage) -> None:
    """All that is stored about a member, as JSON-ready data, images by hash."""
    await live(storage, ANN, pictures=range(4))
    await live(storage, BEN, pictures=range(2, 8))
    copy = json.loads(json.dumps(await storage.members.export(ANN)))
    expected = {table.name for table, _ in about_members()} | {"sightings"}
    assert copy.pop("answered_by_others") == []
    assert set(copy) == expected
    assert {name for name, rows in copy.items() if not rows} == set()
    for table, column in about_members():
        assert {row[column] for row in copy[table.name]} <= {ANN, None}, table.name
    assert all(ANN in (row["owner"], row["asked_by"]) for row in copy["answers"])
    assert {row["image_hash"] for row in copy["labels"]} == {hash_of(n) for n in range(4)}
