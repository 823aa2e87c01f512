"""What a server said when it refused: its words, its codes and how long to wait, wherever it put them.

Servers wrap errors in lists, in `metadata.raw`, in JSON inside a message, and name the wait in six ways. What
echoes our own request (`input`) is never read: a word of a prompt must not decide what a refusal means.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

_MAX_DETAIL = 300
_DEEP = 8
_WORDS = (
    "message",
    "msg",
    "detail",
    "error",
    "errors",
    "error_description",
    "title",
    "metadata",
    "raw",
    "details",
)
_CODES = ("code", "type", "param", "status", "reason", "loc", "quotaId", "quotaMetric", "native_finish_reason")
_CODED = ("error", "errors", "detail", "details", "metadata", "raw", "violations", "reasons")
_IN_WORDS = re.compile(
    r"(?:retry|try again|wait)(?: again)?(?: in| after)?:?\s+((?:\d+(?:\.\d+)?\s*[a-z]+\s*)+)", re.I
)
_SPANS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(ms|milliseconds?|h|hours?|m|minutes?|mins?|s|seconds?|secs?)(?![a-z])", re.I
)
_UNITS = {"ms": 0.001, "mi": 60.0, "m": 60.0, "h": 3600.0, "s": 1.0}
_RESETS = (
    ("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"),
    ("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"),
    ("x-ratelimit-reset", "x-ratelimit-remaining"),
    ("ratelimit-reset", "ratelimit-remaining"),
)
_PAGE = re.compile(r"\s*<(!doctype|html|head|body)\b", re.I)
_TITLE = re.compile(r"<title[^>]*>\s*([^<]*\S[^<]*)</title", re.I)
_TAG = re.compile(r"<[^>]*>")
_EPOCH_S, _EPOCH_MS = 1e9, 1e12
_OF_A_PROXY = "llm_provider-"
"""What LiteLLM's proxy puts before the names of the headers that it passes on."""


def message_in(body: object) -> str:
    """The server's own message in an error answer, at most 300 characters on one line."""
    found = dict.fromkeys(_on_one_line(text) for text in _messages(body, _DEEP))
    return " ".join(text for text in found if text)[:_MAX_DETAIL]


def _on_one_line(text: str) -> str:
    """Without what would steer the terminal on which it is shown."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def codes_in(body: object) -> str:
    """All codes, types and places that an error answer names, in one text."""
    return " ".join(_codes(body, _DEEP))


def wait_in(headers: Mapping[str, str], body: object = None) -> float | None:
    """Seconds to wait before the next request, from the headers or the error; None where nobody says."""
    for prefix in ("", _OF_A_PROXY):
        seconds = _asked_for(headers, prefix)
        if seconds is not None:
            return seconds
    seconds = _in_body(body)
    if seconds is not None:
        return seconds
    for prefix in ("", _OF_A_PROXY):
        seconds = _reset(headers, prefix)
        if seconds is not None:
            return seconds
    return None


def _messages(body: object, deep: int) -> Iterator[str]:
    if deep <= 0:
        return
    match body:
        case str(text):
            text = _of_a_page(text)
            inner = _json_in(text)
            yield from _messages(inner, deep - 1) if inner is not None else [text]
        case list(items):
            for item in items:
                yield from _messages(item, deep - 1)
        case Mapping():
            for name in _WORDS:
                yield from _messages(body.get(name), deep - 1)


def _codes(body: object, deep: int) -> Iterator[str]:
    if deep <= 0:
        return
    match body:
        case str(text):
            yield from _codes(_json_in(text), deep - 1)
        case list(items):
            for item in items:
                yield from _codes(item, deep - 1)
        case Mapping():
            for name in _CODES:
                value = body.get(name)
                if isinstance(value, str | int):
                    yield str(value)
                elif isinstance(value, list):
                    yield ".".join(str(part) for part in value)
            for name in _CODED:
                yield from _codes(body.get(name), deep - 1)


def _of_a_page(text: str) -> str:
    """The title, else the words, of a page such as a proxy sends for its own errors; any other text as it is."""
    if not _PAGE.match(text):
        return text
    title = _TITLE.search(text)
    return html.unescape(title.group(1) if title else _TAG.sub(" ", text))


def _json_in(text: str) -> object:
    """What a text holds that is itself an error in JSON; None where it is only words."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    before = text[:start].strip()
    return [before, value, text[end:].strip()] if message_like(value) else None


def message_like(value: object) -> bool:
    """Whether a decoded object can hold an error's words."""
    return isinstance(value, Mapping) and any(name in value for name in _WORDS)


def _asked_for(headers: Mapping[str, str], prefix: str) -> float | None:
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value, now = headers.get(prefix + name, ""), headers.get("date", "")
        seconds = _from_now(_number(value, scale), now)
        if seconds is None and name == "retry-after":
            seconds = _until(value, now)
        if seconds is not None:
            return seconds
    return None


def _from_now(seconds: float | None, now: str) -> float | None:
    """A number of seconds; one that is a time in truth, by the server's own clock, as that says."""
    if seconds is None or seconds < _EPOCH_S:
        return seconds
    at, since = seconds / 1000 if seconds >= _EPOCH_MS else seconds, _seconds_of(now)
    return max(0.0, at - since) if since is not None else None


def _reset(headers: Mapping[str, str], prefix: str) -> float | None:
    """When a spent allowance is filled again; where none is told to be spent, the soonest."""
    spent: list[float] = []
    others: list[float] = []
    for reset, remaining in _RESETS:
        value = headers.get(prefix + reset, "")
        seconds = _from_now(_number(value, 1.0), headers.get("date", ""))
        if seconds is None:
            seconds = span(value)
        if seconds is not None:
            left = headers.get(prefix + remaining, "").strip()
            (spent if left in ("0", "0.0") else others).append(seconds)
    return max(spent) if spent else min(others, default=None)


def _in_body(body: object, deep: int = _DEEP) -> float | None:
    """Google's RetryInfo, a `retry_after` in the error, or "try again in 20s" in its words."""
    inner: list[object] = []
    if isinstance(body, str):
        told = _IN_WORDS.search(body)
        return span(told.group(1)) if told else None
    if isinstance(body, list):
        inner = body
    elif isinstance(body, Mapping):
        for name in ("retryDelay", "retry_after", "retryAfter"):
            value = str(body.get(name, ""))
            seconds = span(value)
            if seconds is None:
                seconds = _from_now(_number(value, 1.0), "")
            if seconds is not None:
                return seconds
        inner = [body.get(name) for name in ("error", "metadata", "details", "raw", "message")]
    found = (_in_body(one, deep - 1) for one in inner) if deep > 0 else iter(())
    return next((seconds for seconds in found if seconds is not None), None)


def span(text: str) -> float | None:
    """Seconds in a text such as "38.6s", "6m0s" or "120 ms"; None where there is no span of time."""
    found = _SPANS.findall(text)
    if not found:
        return None
    return sum(float(number) * _UNITS.get(unit.lower()[:2], _UNITS[unit.lower()[0]]) for number, unit in found)


def _number(text: str, scale: float) -> float | None:
    try:
        seconds = float(text) * scale
    except ValueError:
        return None
    return seconds if 0.0 <= seconds < float("inf") else None


def _until(at: str, now: str) -> float | None:
    """Seconds from the server's own time to a date, so that no clock of ours is asked."""
    then, since = _seconds_of(at), _seconds_of(now)
    return max(0.0, then - since) if then is not None and since is not None else None


def _seconds_of(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, TypeError):
        return None
