"""What all stores promise together, asked of every method that a port has."""

import inspect
from collections.abc import Coroutine
from typing import Any

import core.ports
from core.ports import Ability, About, Caps, Game, Purchase, Reservation, RunReport, TuningPolicy
from core.vocabulary.calls import Usage
from core.vocabulary.comparison import Snapshot, Walked
from core.vocabulary.consent import Past, Yes
from core.vocabulary.errors import StorageError
from core.vocabulary.exclusions import By, Exclusion, What
from core.vocabulary.reasons import Mode
from core.vocabulary.server_settings import ServerSettings
from storage import open_storage
from storage.schema.tables import metadata
from tests.fakes import ManualClock
from tests.storage.lives import rule
from tests.storage.made import SET, T0, hash_of, key, reacted

STORES = {
    "abilities": core.ports.AbilityStore,
    "members": core.ports.MemberStore,
    "servers": core.ports.ServerStore,
    "labels": core.ports.LabelStore,
    "answers": core.ports.AnswerStore,
    "versions": core.ports.VersionStore,
    "runs": core.ports.RunStore,
    "shadows": core.ports.ShadowStore,
    "due": core.ports.DueStore,
    "walks": core.ports.WalkStore,
    "exclusions": core.ports.ExclusionStore,
    "yeses": core.ports.YesStore,
    "notices": core.ports.NoticeStore,
    "overviews": core.ports.OverviewStore,
    "games": core.ports.GameStore,
    "retention": core.ports.RetentionStore,
    "own_moods": core.ports.OwnMoodStore,
}
VALUES = {
    "member_id": 11,
    "consent_version": 1,
    "at": T0,
    "paused": True,
    "at_press": True,
    "server_id": 5,
    "settings": ServerSettings(5),
    "question": "k",
    "changes": [reacted(11, 1, "awe")],
    "message_id": 1,
    "message_ids": [1],
    "channel_id": 50,
    "since": T0,
    "key": key(11),
    "image_hash": hash_of(1),
    "label_set_id": "a set of a server",
    "purchase": Purchase(T0, "predict", None, "m", 0.1),
    "caps": Caps(1.0),
    "reservation": Reservation(1, Purchase(T0, "predict", None, "m", 0.1)),
    "outcome": "ok",
    "usage": Usage(),
    "report": RunReport("r", 11, SET, Mode.RULES, 1, 3, T0),
    "version": 1,
    "rules": [],
    "rule": rule(1),
    "game": Game(5, T0, 50, T0, About(11, SET, hash_of(1), 50, 1)),
    "emotion": "awe",
    "yes": Yes(11, 0, 12),
    "asker": 12,
    "about": 11,
    "one": 11,
    "other": 12,
    "seen": [],
    "rows": [],
    "number": 3,
    "name": "evening",
    "limit": 9,
    "members": 2,
    "now": T0,
    "policy": TuningPolicy(),
    "said": [Exclusion(5, By.ADMIN, What.MESSAGE, "1", 0, True, 1)],
    "exclusion": Exclusion(5, By.ADMIN, What.AUTHOR, "1", 1, True, 1),
    "past": Past(11, 5, wanted=True, moment=1),
    "walked": Walked(50, 5),
    "snapshots": [Snapshot(1, 50, 1, 0, {}, frozenset())],
    "server_ids": [5],
    "bot_id": 9,
    "top": 2,
    "rounds": range(1),
    "after": 0,
    "keys": ["one"],
    "last": None,
    "before": 1,
    "until": T0,
    "week": T0,
    "share": 0.8,
    "run_ids": ["r"],
    "address": "https://models.example/v1",
    "ability": Ability("https://models.example/v1", "m", {}, T0),
}
"""Something for every argument that has no default."""


def methods() -> list[tuple[str, str, inspect.Signature]]:
    """Every method of every port: room, name, arguments."""
    return [
        (room, name, inspect.signature(method))
        for room, port in STORES.items()
        for name, method in vars(port).items()
        if inspect.iscoroutinefunction(method)
    ]


def test_every_port_is_asked() -> None:
    ports = {name for name in core.ports.__all__ if name.endswith("Store")}
    assert {port.__name__ for port in STORES.values()} == ports


async def refused(call: Coroutine[Any, Any, object]) -> bool:
    try:
        await call
    except StorageError:
        return True
    return False


async def test_whatever_stands_in_the_way_is_a_storage_error(database_url: str, clock: ManualClock) -> None:
    """
    Every method may raise `core.vocabulary.errors.StorageError` (disk full, database unreachable) and
    nothing else.
    """
    works = []
    async with open_storage(database_url, clock=clock) as storage:
        await storage._database.write(metadata.drop_all)
        for room, name, signature in methods():
            needed = [p for p in list(signature.parameters.values())[1:] if p.default is p.empty]
            by_name = {p.name: VALUES[p.name] for p in needed if p.kind is p.KEYWORD_ONLY}
            in_order = [VALUES[p.name] for p in needed if p.kind is not p.KEYWORD_ONLY]
            if not await refused(getattr(getattr(storage, room), name)(*in_order, **by_name)):
                works.append(f"{room}.{name}")
    assert works == [], "without a table"
