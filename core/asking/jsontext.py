"""Getting one JSON object out of what a model said.

Servers without structured output wrap answers in code fences, thoughts or politeness; that is forgiven, and so
are the slips that a person reads over. A draft among the thoughts is no answer: what counts is the last whole
object that has the fields asked for. Whatever is not one sane object is a ValueError, which the gateway counts
as an invalid answer.
"""

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NoReturn

MAX_CHARS = 60_000
MAX_STARTS = 1000
MAX_SLIPS = 20
"""From so many beginnings of an object one is read, or mended: a text of nothing but braces must cost no time."""

MAX_WRAPS = 3
"""So deep an answer may stand in other objects."""

_AFTER_THOUGHTS = re.compile(
    r"</(?:\w+:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad)>|◁/think▷|\[/THINK\]"
    r"|<\|end_of_thought\|>|<\|channel\|>final(?:\s*<\|message\|>)?",
    re.IGNORECASE,
)
_SLIPS = re.compile(
    r'"(?:[^"\\]|\\.)*"'
    r"|'(?P<single>(?:[^'\\]|\\.)*)'"
    r"|(?P<comma>,)(?=\s*[}\]])"
    r"|(?P<name>(?<=[{,\s])[A-Za-z_]\w*(?=\s*:))"
    r"|(?P<word>\b(?:None|True|False)\b)",
    re.DOTALL,
)
_WORDS = {"None": "null", "True": "true", "False": "false"}


def read_object(text: str, fields: Collection[str] = ()) -> Mapping[str, Any]:
    """The last JSON object after all thoughts that has the most of `fields`. Raises ValueError where there is none
    that has any key.
    """
    if len(text) > MAX_CHARS:
        raise ValueError("The answer is far too long.")
    best: Mapping[str, Any] = {}
    for whole in _objects(_AFTER_THOUGHTS.split(text)[-1]):
        one = _unwrapped(whole, fields)
        if not best or _has(one, fields) >= _has(best, fields):
            best = one
    if not best:
        raise ValueError("The answer holds no JSON object.")
    return best


def _has(answer: Mapping[str, Any], fields: Collection[str]) -> int:
    return sum(field in answer for field in fields)


def _unwrapped(whole: Mapping[str, Any], fields: Collection[str], deep: int = MAX_WRAPS) -> Mapping[str, Any]:
    """The object that was asked for, where it stands in another one, or in a text in it, by itself."""
    best = whole
    for value in whole.values() if deep else ():
        quoted = isinstance(value, str) and value.lstrip().startswith("{")
        for within in _objects(value) if quoted else [_by_name(value)] if isinstance(value, dict) else ():
            inner = _unwrapped(within, fields, deep - 1)
            best = inner if _has(inner, fields) > _has(best, fields) else best
    return best


def _by_name(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).strip().casefold(): item for key, item in value.items()}


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a text that stand in no other one and have any key, as they are or with slips mended."""
    start, starts, slips = text.find("{"), 0, 0
    while start >= 0 and starts < MAX_STARTS:
        starts += 1
        read = _decoded(text, start)
        if read is None and slips < MAX_SLIPS:
            slips += 1
            read = _mended(text, start)
        end = start + 1
        if read is not None:
            value, end = read
            if value:
                yield _by_name(value)
        start = text.find("{", end)


def _decoded(text: str, start: int) -> tuple[dict[str, Any], int] | None:
    decoder = json.JSONDecoder(parse_constant=_no_constant, strict=False)
    try:
        value, end = decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return (value, end) if isinstance(value, dict) else None


def _mended(text: str, start: int) -> tuple[dict[str, Any], int] | None:
    """The object at `start` without commas too many, single quotes, bare names and Python's words."""
    end = _end_of(text, start)
    if end is None:
        return None
    read = _decoded(_SLIPS.sub(_without_slip, text[start:end]), 0)
    return (read[0], end) if read is not None else None


def _end_of(text: str, start: int) -> int | None:
    """Where the braces that open at `start` are closed, outside of double quotes."""
    depth, quoted, place = 0, False, start
    while place < len(text):
        letter = text[place]
        if letter == "\\" and quoted:
            place += 1
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter in "{}":
            depth += 1 if letter == "{" else -1
            if not depth:
                return place + 1
        place += 1
    return None


def _without_slip(found: re.Match[str]) -> str:
    if found.group("comma"):
        return ""
    if (single := found.group("single")) is not None:
        return json.dumps(single.replace("\\'", "'"), ensure_ascii=False)
    if name := found.group("name"):
        return f'"{name}"'
    return _WORDS.get(found.group(), found.group())


def number(value: object) -> float:
    """A finite number from a number or a numeric text such as "80" or "80 %"; else ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("A score is not a number.")  # noqa: TRY004 - parsers raise ValueError only
    try:
        result = float(value.strip().rstrip("%").strip()) if isinstance(value, str) else float(value)
    except OverflowError as error:
        raise ValueError("A score is not a finite number.") from error
    if not math.isfinite(result):
        raise ValueError("A score is not a finite number.")
    return result


def strict_object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema of an object in the strict style: every property required, none added."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number.")
