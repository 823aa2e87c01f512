"""The rooms that a mutation run tries: what would cost somebody a label, a secret, a no or money."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """Modules, and the tests that are there for them: files or folders."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _within(folder: str, names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}.py" for name in names.split())


ROOMS = {
    "deciding": Room(
        (
            *_within("core/tuning", "verify watch session score evidence"),
            *_within("core/tending", "worker shadowing retrying"),
            "core/predicting/readiness.py",
        ),
        (
            "tests/core/tuning",
            "tests/core/tending",
            *_within("tests/contracts", "test_due test_runs test_shadows test_versions"),
        ),
    ),
    "budget": Room(
        (*_within("core/model", "budget prices gateway line retry"), "storage/stores/spending.py"),
        ("tests/core/model", "tests/storage/test_payers.py", "tests/contracts/test_answers.py"),
    ),
    "erasing": Room(
        ("storage/erasing",),
        (
            *_within("tests/storage", "test_forget test_leaving test_scrub test_random_operations test_disk"),
            *_within("tests/contracts", "test_answers test_exclusions test_members"),
        ),
    ),
    "deriving": Room(
        ("storage/labelling", *_within("core/collecting", "decide compare")),
        (
            "tests/core/collecting",
            *_within(
                "tests/contracts",
                "test_derived_labels test_exclusions test_labels test_members test_profiles test_walks",
            ),
            *_within("tests/storage", "test_leaving test_random_operations"),
        ),
    ),
    "gates": Room(
        (*_within("core/collecting", "policy doors allowance excluded"), "bot/discord_ui/doors.py"),
        (
            "tests/core/collecting",
            "tests/bot/discord_ui",
            *_within("tests/journeys", "test_doors test_joining test_setup test_whose_picture"),
        ),
    ),
    "intake": Room(
        _within(
            "bot/intake",
            "intake lanes commit catchup comparing counting noes reading recent rounds roster withholding",
        ),
        (
            "tests/bot/intake",
            *_within(
                "tests/journeys",
                "test_a_no_is_kept test_catching_up test_edits test_order test_passing_faults test_reactions"
                " test_whose_picture",
            ),
        ),
    ),
    "fetching": Room(
        (*_within("bot/intake", "fetch source shown_pictures reach patience"), "core/decoding/turns.py"),
        (
            *_within("tests/bot/intake", "test_fetch test_source test_shown_pictures"),
            *_within("tests", "core/decoding/test_turns bot/test_wiring"),
            *_within("tests/journeys", "test_feel test_passing_faults test_places test_reactions"),
        ),
    ),
}
