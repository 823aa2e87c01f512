"""What one request to the model came to, before anybody has read the answer.

The client returns these instead of raising, so that the gateway alone decides what is tried again.
"""

from dataclasses import dataclass
from typing import TypeAlias

from core.vocabulary.calls import Failure


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens as the server counted them."""

    prompt: int
    completion: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer's text, not yet parsed. `tokens` is None where the server did not say."""

    text: str
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A request without a usable answer.

    `billed`: the provider may charge for it. `again`: the same request may succeed soon (never after a
    deadline: the first one may still be billed). `retry_after` is in seconds. `detail` is the server's own short
    message for a self-hoster to read; it is never logged. `names`: the codes and places that it names.
    """

    failure: Failure
    detail: str = ""
    tokens: Tokens | None = None
    billed: bool = False
    again: bool = False
    retry_after: float | None = None
    status: int | None = None
    names: str = ""


Sent: TypeAlias = Reply | Fault
