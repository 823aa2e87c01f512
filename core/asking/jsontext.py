"""Getting one JSON object out of what a model said.

Servers without structured output wrap answers in code fences, thoughts or politeness; that is forgiven.
Whatever is not one sane object is a ValueError, which the gateway counts as an invalid answer.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

MAX_CHARS = 60_000
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)


def read_object(text: str) -> Mapping[str, Any]:
    """The first JSON object in a text that has any key. Raises ValueError where there is none."""
    if len(text) > MAX_CHARS:
        raise ValueError("The answer is far too long.")
    text = _THOUGHTS.sub("", text)
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    start = text.find("{")
    while start >= 0:
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        if isinstance(value, dict) and value:
            return {str(key).strip().casefold(): item for key, item in value.items()}
        start = text.find("{", start + 1)
    raise ValueError("The answer holds no JSON object.")


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
