"""`make check` leaves out no test of a room that was changed."""

import pytest

from tests.concerned import concerned


@pytest.mark.parametrize(
    ("changed", "folders"),
    [
        (["core/model/client.py"], ["tests/core"]),
        (["storage/labelling/labels.py", "docs/method.md"], ["tests/contracts", "tests/storage"]),
        (["bot/words/texts.py", "core/offline/eyes.py"], ["tests/bot", "tests/core"]),
        (["tests/journeys/test_feel.py"], ["tests/journeys"]),
        (["README.md", "tests/test_house.py"], []),
    ],
)
def test_a_changed_room_is_tested_and_so_is_the_house(changed: list[str], folders: list[str]) -> None:
    found = concerned(changed)
    assert [path for path in found if not path.endswith(".py")] == folders
    assert {"tests/test_documents.py", "tests/test_house.py"} <= set(found)


@pytest.mark.parametrize("changed", [[], ["pyproject.toml"], ["core/x.py", "tests/conftest.py"]])
def test_all_tests_are_run_where_nothing_or_what_all_use_was_changed(changed: list[str]) -> None:
    assert concerned(changed) == ["tests"]
