"""Figure 22: nothing that another member does changes what a member's labels, prompt and answers are.

A random program of two members, and the same without the other, each over a database of its own with the same
scripted model. Shared by design, and so left out: the answer for most people, and how sure answers may sound.
"""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from core.predicting.predictor import Predictor
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import Feelprint
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import Mode
from storage import Storage, open_storage
from storage.schema.tables import feelprints
from storage.stores import versions
from storage.stores.versions import SqlVersionStore
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import SQLITE, fresh
from tests.contracts.tuned import run
from tests.databases import empty
from tests.labelling import felt
from tests.scripted import ScriptedAsker, picture, rule

ANN, BEN = 11, 12
SHOWN = ("sea", "storm", "cake", "peak", "sea storm", "dark peak")
FEELINGS = ("awe", "fear", "amusement", "sadness")
MAJORITY = {"sea": "contentment", "storm": "fear", "cake": "amusement", "peak": "awe"}
Step = tuple[Any, ...]


async def body(trials: Trials) -> None:
    """Programs of both, with and without the other."""
    dice = random.Random(trials.seed)
    folders = [trials.folder / name for name in ("both", "alone")]
    for folder in folders:
        folder.mkdir()
    async with (
        open_storage(await fresh(SQLITE, folders[0]), clock=SystemClock()) as both,
        open_storage(await fresh(SQLITE, folders[1]), clock=SystemClock()) as alone,
    ):
        for number in range(trials.n):
            program = [_step(dice, at) for at in range(24)]
            seen = await _performed(both, program)
            without_ben = await _performed(alone, [step for step in program if step[1] == ANN])
            trials.check(seen == without_ben, f"program {number}: {_first(seen, without_ben)}")


def _step(dice: random.Random, at: int) -> Step:
    kind = dice.choices(["label", "deploy", "ask", "leave"], [10, 3, 6, 1])[0]
    return kind, dice.choice((ANN, BEN)), dice.choice(SHOWN), dice.choice(FEELINGS), at


async def _performed(storage: Storage, program: list[Step]) -> list[Any]:
    """What the first member sees and what the model is shown for them, step by step."""
    await empty(storage)
    model, seen = ScriptedAsker(MAJORITY), []
    predictor = Predictor(storage.labels, storage.versions, storage.shadows, model, SystemClock())
    numbers = {ANN: 0, BEN: 0}
    for kind, who, shown, feeling, at in program:
        key = ProfileKey(who, MIKELS.id)
        if kind == "label":
            await felt(storage, who, [(picture(shown), feeling, 1000 + at)])
        elif kind == "leave":
            await storage.members.forget(who)
        elif kind == "deploy":
            numbers[who] += 1
            rules = (rule(shown, feeling),)
            made = Feelprint(who, MIKELS.id, numbers[who], Mode.RULES, rules, "", 1000 + at, 4, f"{who}-{at}")
            await storage.runs.finish(run(who, 4, run_id=f"{who}-{at}"), deploy=made)
        else:
            model.blocks.clear()
            answer = await predictor.predict(picture(shown), who, MIKELS)
            if who == ANN:
                seen.append((answer, list(model.blocks)))
        if who == ANN:
            seen.append((await storage.labels.labels(key), await storage.versions.all(key)))
    return seen


def _first(one: list[Any], other: list[Any]) -> str:
    return next((f"{a} instead of {b}"[:160] for a, b in zip(one, other, strict=False) if a != b), "more or less")


@contextlib.contextmanager
def without() -> Iterator[None]:
    """The newest version answers, whosever it is."""
    was = SqlVersionStore.active

    async def anybodys(self: SqlVersionStore, _: ProfileKey) -> Feelprint | None:
        def newest(connection: Connection) -> Feelprint | None:
            row = connection.execute(select(feelprints).order_by(feelprints.c.created_at.desc())).first()
            return None if row is None else versions._version(row)

        return await self._database.read(newest)

    SqlVersionStore.active = anybodys  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        SqlVersionStore.active = was  # type: ignore[method-assign]


FIGURE = Figure(22, "What one member does changes nothing for another", body, without, 16, 1_000, 6)
