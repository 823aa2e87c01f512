"""REST requests of an interaction that fail, one by one: what is sent, what fails and how, what answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from simcord.backend.errors import BackendError
from simcord.enums import CallbackType
from simcord.http import router

KINDS = ("503", "429", "cut before", "cut after")
"""An error of Discord, a proxy's limit, a connection that breaks before or after the request was done."""

_ANSWERS = (CallbackType.CHANNEL_MESSAGE_WITH_SOURCE, CallbackType.UPDATE_MESSAGE, CallbackType.MODAL)


@dataclass
class Wire:
    """The road of all REST requests. Requests number `first` to `last` fail; for good: `refuse` refuses those with
    a piece of path, `lose` cuts them before they are done.
    """

    kind: str = ""
    first: int = 0
    last: int = 0
    refuse: str = ""
    lose: str = ""
    sent: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def request(self, whole: Any, args: tuple[Any, ...], given: dict[str, Any]) -> Any:
        """One request, as it fares."""
        _, method, path = args
        self.sent.append(f"{method} {path}")
        fails = self.first <= len(self.sent) <= self.last
        if self.refuse and self.refuse in f"{method} {path}":
            raise BackendError(403, 50013, "refused by the test")
        if fails and self.kind in ("503", "429"):
            raise BackendError(int(self.kind), 0, "injected by the test")
        if (fails and self.kind == "cut before") or (self.lose and self.lose in path):
            raise aiohttp.ServerDisconnectedError
        result, body = whole(*args, **given), given.get("json")
        if fails and self.kind == "cut after":
            if path.endswith("/callback") and body["type"] == CallbackType.MODAL:
                self._note(method, path, body)  # the form is on the screen
            raise aiohttp.ClientOSError("cut after it was done")
        self._note(method, path, body)
        return result

    def _note(self, method: str, path: str, body: Any) -> None:
        called_back = path.endswith("/callback") and body["type"] in _ANSWERS
        edited = method == "PATCH" and path.endswith("/messages/@original")
        if called_back or edited or (method == "POST" and path.startswith("/webhooks/")):
            self.answers.append(f"{method} {path}")


@contextmanager
def wire(kind: str = "", first: int = 0, last: int = 0, *, refuse: str = "", lose: str = "") -> Iterator[Wire]:
    """All REST requests go through a wire meanwhile."""
    whole, laid = router.dispatch, Wire(kind, first, last, refuse, lose)

    def dispatch(*args: Any, **given: Any) -> Any:
        return laid.request(whole, args, given)

    router.dispatch = dispatch
    try:
        yield laid
    finally:
        router.dispatch = whole
