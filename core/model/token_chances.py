"""How probable each beginning of the emotion was, where the server tells it (`logprobs`, docs/models.md#tokens).

It is put into the answer's own text, as one more field before the emotion: so whatever keeps, counts and reads
answers need not know of it, and what reads the scores may use it (`core.asking.header`).
"""

import json
import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

FIELD = "emotion_tokens"

_VALUE = re.compile(rb'"emotion"\s*:\s*"')


def with_chances(text: str, logprobs: Any) -> str:
    """The text with `FIELD`, {beginning of the emotion: probability in [0, 1]}, before its one emotion.

    `logprobs` are those of a choice. The text as it is where there are none, where they are in a shape that nobody
    knows, or are not those of this text.
    """
    if not logprobs:
        return text
    try:
        return _with_chances(text.encode(), logprobs.content).decode()
    except (AttributeError, TypeError, ValueError, ArithmeticError, LookupError):
        return text


def _with_chances(text: bytes, tokens: Sequence[Any]) -> bytes:
    pieces = [_bytes(token) for token in tokens]
    found = list(_VALUE.finditer(text))
    if len(found) != 1 or b"".join(pieces) != text:
        return text
    start, ends = found[0].end(), list(accumulate(map(len, pieces)))
    place = bisect_right(ends, start)
    before = text[ends[place] - len(pieces[place]) : start]  # a token may begin with the quote
    chances: defaultdict[str, float] = defaultdict(float)
    for other in tokens[place].top_logprobs or (tokens[place],):
        piece = _bytes(other)
        beginning = piece[len(before) :].split(b'"')[0].decode(errors="ignore")
        if piece.startswith(before) and beginning:
            chances[beginning] += _chance(other.logprob)
    if not chances:
        return text
    said = json.dumps({FIELD: {word: round(chance, 6) for word, chance in chances.items()}}, ensure_ascii=False)
    return text[: found[0].start()] + said[1:-1].encode() + b", " + text[found[0].start() :]


def _chance(logprob: float) -> float:
    chance = math.exp(logprob)
    if not chance <= 1.0:
        raise ValueError(logprob)
    return chance


def _bytes(token: Any) -> bytes:
    """Letters of several bytes may be parted: then only the bytes are whole."""
    return bytes(token.bytes) if token.bytes is not None else token.token.encode()
