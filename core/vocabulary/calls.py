"""A call to the model, and every way it can end.

A call is plain data, so that its cache key depends on content alone: model, parameters, prompt, image,
owner. The outcomes are a closed set: whoever asks handles each, and nothing else can come out of
`Gateway.ask`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from core.vocabulary.images import GLANCE_SIDE, Image

T = TypeVar("T")


class Purpose(StrEnum):
    """What a call is for; the ledger and the reports count by it."""

    GENERIC = "generic"
    PREDICT = "predict"
    SHADOW = "shadow"
    ALONE = "alone"
    VERIFY = "verify"
    SCORE = "score"
    WRITE = "write"
    MATCH = "match"
    FEWSHOT = "fewshot"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Glance:
    """A picture of which a glance is enough, because it is one of many: sent small and in low detail.

    `words` are sent in its place where a server takes no more pictures; they follow from the picture, so they
    are no part of what tells two glances apart.
    """

    image: Image
    words: str = field(default="", compare=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels as it is sent, at most `GLANCE_SIDE` a side."""
        width, height = self.image.width, self.image.height
        scale = min(1.0, GLANCE_SIDE / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))


Part: TypeAlias = str | Image | Glance


@dataclass(frozen=True, slots=True)
class Payer:
    """Who causes a call and so pays for it, whatever it is about: a person, in a server or in none.

    Who has not joined may cause one too; nothing is then written down under their id.
    """

    member_id: int | None = None
    server_id: int | None = None


NOBODY = Payer()
"""The bot itself: only the cap of the whole bot holds."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: a system text, then user parts (texts and images) in order, answered in `schema`.

    `owner` is the member the call is made for, None for calls shared by the whole bot; it is part of
    the cache key, so one member's cache never depends on another's data. `about` is the image that the
    answer describes, if it is about one: the answer is erased with it. `nonce` tells repeated calls of
    the same text apart (the order of writer calls). `payer` bears the cost and is no part of the key: a shared
    answer is shared, its cost is that of whoever asked first.
    """

    purpose: Purpose
    system: str
    parts: tuple[Part, ...]
    schema_name: str
    schema: Mapping[str, Any]
    owner: int | None = None
    about: str | None = None
    max_tokens: int = 400
    temperature: float = 0.0
    nonce: str = ""
    payer: Payer = NOBODY

    def key(self, model: str) -> str:
        """sha256 over model, parameters, prompt, images and owner; purpose is left out, so that the same
        question asked for another reason is answered from the cache.
        """
        content = {
            "model": model,
            "system": self.system,
            "parts": [_content(part) for part in self.parts],
            "schema": [self.schema_name, self.schema],
            "owner": self.owner,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "nonce": self.nonce,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _content(part: Part) -> dict[str, str | int]:
    if isinstance(part, Glance):
        return {"image": part.image.hash, "side": GLANCE_SIDE}
    return {"image": part.hash} if isinstance(part, Image) else {"text": part}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost: tokens as the server counted them (or as estimated), and US dollars."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0


class Failure(StrEnum):
    """How a call can fail; everything else is an answer."""

    REFUSED = "refused"
    """The model would not judge the image: data about the image, never a wrong answer."""
    FILTERED = "filtered"
    """A filter around the model stopped it: the same."""
    TRUNCATED = "truncated"
    """The answer was cut off, after one more try."""
    INVALID = "invalid"
    """The answer did not fit the schema, after one more try."""
    REJECTED = "rejected"
    """The server refused our request, whatever the picture."""
    UNAVAILABLE = "unavailable"
    """Timeout, connection, 5xx after retries."""
    RATE_LIMITED = "rate_limited"
    """Asked too fast, and still so after waiting."""
    QUOTA = "quota"
    """The provider's credit, or its allowance for the day, is used up."""
    AUTH = "auth"
    """Key, permission or unknown model."""
    BUDGET = "budget"
    """Our own cap; nothing was sent."""

    @property
    def systemic(self) -> bool:
        """Whether the next call would fail as well: a tuning run stops and is run again later."""
        return self in (
            Failure.UNAVAILABLE,
            Failure.RATE_LIMITED,
            Failure.QUOTA,
            Failure.AUTH,
            Failure.BUDGET,
        )


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A parsed answer, what it cost when it was paid for, and whether it came from the cache (no cost now)."""

    value: T
    usage: Usage
    cached: bool


Outcome: TypeAlias = Answer[T] | Failure
