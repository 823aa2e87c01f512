"""Figure 8: whatever a model's server does to whichever question, it ends in a word for it and costs no label.

Faults at every kind of question, over sockets and the real client, with the waits left out. Then a run
under each fault: it ends, labels and the deployed prompt are what they were. A trial is one fault at one place.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice, product

from core.asking.asker import ModelAsker
from core.asking.questions import Description, Example
from core.model.client import ModelClient
from core.model.replies import Fault
from core.tending.run import Tuner
from core.vocabulary.calls import Answer, Failure, Outcome, Purpose
from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.reasons import RunResult
from storage import Storage, open_storage
from tests.bench.reliability.figure import Figure, Trials
from tests.bench.reliability.kinds import SQLITE, fresh
from tests.contracts.tuned import deployed, label
from tests.core.model.road import opened
from tests.core.model.server import (
    Behaviour,
    ModelServer,
    answers,
    completion,
    cut,
    drips,
    fails,
    hangs,
    resets,
    serving,
    text,
)
from tests.ledger import endings
from tests.storage.made import T0, image, key

ME = 11
STATUSES = (400, 401, 402, 403, 404, 408, 409, 413, 422, 500, 502, 503, 529)
FAULTS: dict[str, Behaviour] = {
    **{f"status {code}": fails(code) for code in STATUSES},
    "too fast": fails(429, Retry_After="0"),
    "no credit": fails(429, "You exceeded your current quota", code="insufficient_quota"),
    "a page": text("<html>Bad gateway</html>", "text/html"),
    "nothing": text("", "application/json"),
    "half an answer": cut(0.5),
    "a cut connection": resets,
    "no end": drips,
    "no beginning": hangs,
    "no choices": answers({"id": "c", "choices": [], "usage": None}),
    "a refusal": answers(completion(None, refusal="I cannot.")),
    "cut off": answers(completion('{"colour": "r', finish="length")),
    "out of form": answers(completion("Sure! Here you are: 42")),
    "no text": answers(completion(None)),
    "other types": answers({"choices": "yes", "usage": "much"}),
}
GUESS = MIKELS.distribution(dict.fromkeys(MIKELS.names, 1.0))
SKY = Description("A sky.", ("sky",))
EXAMPLES = [Example(image(n), {"awe": 1.0}, GUESS, SKY) for n in range(4)]
BLOCK = "1. When a picture shows snow, this person tends to feel awe."
Question = Callable[[ModelAsker], Awaitable[Outcome[object]]]
JUDGING = (Purpose.PREDICT, Purpose.ALONE, Purpose.VERIFY, Purpose.SHADOW)
WRITING = {"owner": ME, "temperature": 0.7, "nonce": "n"}


def _judging(purpose: Purpose) -> Question:
    return lambda asker: asker.judge(image(1), MIKELS, BLOCK, owner=ME, purpose=purpose)


QUESTIONS: dict[str, Question] = {
    "generic": lambda asker: asker.generic(image(1), MIKELS),
    "fewshot": lambda asker: asker.fewshot(image(1), MIKELS, EXAMPLES, owner=ME),
    "match": lambda asker: asker.match(["a sky"], [SKY], owner=ME),
    "rules": lambda asker: asker.write_rules(MIKELS, EXAMPLES, limit=5, **WRITING),  # type: ignore[arg-type]
    "prompt": lambda asker: asker.write_prompt(MIKELS, EXAMPLES, parent="", **WRITING),  # type: ignore[arg-type]
    **{purpose.value: _judging(purpose) for purpose in JUDGING},
}


async def body(trials: Trials) -> None:
    """Every fault at every question, then every fault under a run."""
    places = len(QUESTIONS) + 1
    step = max(1, places * len(FAULTS) // trials.n)
    every = islice(product(FAULTS.items(), [*QUESTIONS, "run"]), 0, None, step)
    async with open_storage(await fresh(SQLITE, trials.folder), clock=SystemClock()) as storage:
        await storage.members.join(ME, CONSENT_VERSION, T0)
        await label(storage, ME, range(16))
        await deployed(storage, started=1, made=2)
        before = await storage.labels.labels(key(ME)), await storage.versions.active(key(ME))
        for (name, fault), place in every:
            server = ModelServer(always=fault)
            async with serving(server), opened(server, storage, passing=True, deadline_s=0.15) as road:
                asker = ModelAsker(road.gateway)
                try:
                    async with asyncio.timeout(20):
                        wrong = await (_run(storage, asker) if place == "run" else _asked(asker, place))
                except Exception as error:
                    wrong = f"{type(error).__name__}: {error}"
            trials.check(not wrong, f"{name} at {place}: {wrong}")
        after = await storage.labels.labels(key(ME)), await storage.versions.active(key(ME))
        trials.check(before == after, "labels or prompt changed")
        trials.check(None not in await endings(storage), "a reservation is left open")
    trials.note(f"{len(FAULTS)} faults at {places} places")


async def _asked(asker: ModelAsker, place: str) -> str:
    outcome = await QUESTIONS[place](asker)
    return "" if isinstance(outcome, Answer | Failure) else f"{outcome}"


async def _run(storage: Storage, asker: ModelAsker) -> str:
    report = await Tuner(storage, asker, SystemClock()).tune(key(ME))
    return f"it ended {report.result}" if report.result in (RunResult.DEPLOYED, RunResult.RUNNING) else ""


@contextlib.contextmanager
def without() -> Iterator[None]:
    """What the client cannot read is an error and no fault."""
    was = ModelClient.send

    async def send(self: ModelClient, *given: object) -> object:
        sent = await was(self, *given)  # type: ignore[arg-type]
        if isinstance(sent, Fault):
            raise TypeError(sent.detail)
        return sent

    ModelClient.send = send  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        ModelClient.send = was  # type: ignore[method-assign]


FIGURE = Figure(8, "Every fault of a model's server ends in a word for it", body, without, 90, 270, 20)
