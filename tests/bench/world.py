"""A world to measure in: the demo's drawn pictures, and the offline model asked in-process.

Requests are built, answered and parsed by the same code as over HTTP; only the socket is left out.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from bot.demo.pictures import Scene, draw_many
from core.asking.asker import ModelAsker
from core.decoding.normalise import normalise
from core.model.config import ModelSettings
from core.model.dialect import request_of
from core.offline.model import MODEL_NAME, OfflineModel
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Usage
from core.vocabulary.images import MAX_SIDE, Image

T = TypeVar("T")


@dataclass(frozen=True)
class Sight:
    """A picture of the world: what it shows (for tastes) and what the bot gets."""

    scene: Scene
    image: Image


@lru_cache(maxsize=8)
def pictures(count: int, seed: int, side: int = MAX_SIDE) -> tuple[Sight, ...]:
    return tuple(Sight(picture.scene, normalise(picture.png, side)) for picture in draw_many(count, seed))


@dataclass
class InProcess:
    """The gateway without a socket: answers kept by call, counted by purpose."""

    model: OfflineModel = field(default_factory=OfflineModel)
    settings: ModelSettings = field(default_factory=lambda: ModelSettings("http://offline", "", MODEL_NAME))
    kept: dict[str, tuple[str, Usage]] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        key = call.key(MODEL_NAME)
        cached = key in self.kept
        if not cached:
            began = time.perf_counter()
            reply = self.model.complete(request_of(call, self.settings))
            self.seconds += time.perf_counter() - began
            usage = Usage(reply["usage"]["prompt_tokens"], reply["usage"]["completion_tokens"])
            self.kept[key] = (str(reply["choices"][0]["message"]["content"]), usage)
            self.sent[call.purpose.value] += 1
        text, usage = self.kept[key]
        try:
            return Answer(parse(text), usage, cached)
        except ValueError:
            return Failure.INVALID


def asker(gateway: InProcess) -> ModelAsker:
    return ModelAsker(gateway)


def dumps(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True)
