"""What a server's refusal means: status, error object and headers in, one `Fault` out.

Servers disagree on codes, so the decision is made on the status first and on the words of the message
where one status means several things: 429 is a rate limit or an empty account, 403 a wrong key or a
moderated picture, 400 anything.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.model.replies import Fault
from core.vocabulary.calls import Failure

_QUOTA = re.compile(
    r"insufficient[_ ](quota|credits?|funds|balance)|exceeded your current quota|billing|credit balance|payment",
    re.I,
)
_FILTER = re.compile(
    r"content[_ ](filter|policy|management)|moderation|flagged|responsible ?ai|safety (system|polic|filter)", re.I
)
_NO_MODEL = re.compile(
    r"model[_ ]not[_ ]found|(unknown|invalid|no such) model|model .{0,80}(not exist|not found)", re.I
)
_MAX_DETAIL = 300
_UNAVAILABLE = frozenset({408, 409, 425})


def fault_of(status: int, body: object, headers: Mapping[str, str] | None = None) -> Fault:
    """The fault that an error answer stands for. `body` is the decoded error object, a text, or None."""
    detail = message_in(body)
    failure = _failure(status, detail + " " + _codes_in(body))
    unavailable = failure is Failure.UNAVAILABLE
    headers = headers or {}
    return Fault(
        failure,
        detail=detail,
        again=unavailable and status >= 400 and headers.get("x-should-retry") != "false",
        retry_after=retry_after_in(headers),
        status=status,
    )


def _failure(status: int, words: str) -> Failure:
    if status == 402 or (400 <= status < 500 and _QUOTA.search(words)):
        return Failure.QUOTA
    if status in (400, 403, 422, 451) and _FILTER.search(words):
        return Failure.FILTERED
    if status in (401, 403, 404) or (status in (400, 422) and _NO_MODEL.search(words)):
        return Failure.AUTH
    if status >= 500 or status == 429 or status < 400 or status in _UNAVAILABLE:
        return Failure.UNAVAILABLE
    return Failure.INVALID


def message_in(body: object) -> str:
    """The server's own message in an error answer, at most 300 characters on one line."""
    match body:
        case {"error": {"message": str(message)}} | {"error": str(message)} | {"message": str(message)}:
            text = message
        case {"detail": detail}:
            text = str(detail)
        case str(message):
            text = message
        case _:
            text = ""
    return " ".join(text.split())[:_MAX_DETAIL]


def _codes_in(body: object) -> str:
    error: Any = body.get("error", body) if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    return " ".join(str(error.get(name, "")) for name in ("code", "type", "param", "metadata"))


def retry_after_in(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait from `retry-after-ms` or `retry-after` (a date is taken as no word), None if absent."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * scale
        except ValueError:
            continue
        if 0.0 <= seconds < float("inf"):
            return seconds
    return None
