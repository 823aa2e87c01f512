"""What one model takes in a request, as far as it has shown: learned whenever a server says it, kept per model.

Plain data and pure functions. A refusal that names what it refuses teaches at once; one that names nothing is
answered with a guess, which is kept only once a guess was answered (`core.model.line` decides that).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from core.model.replies import Fault
from core.vocabulary.calls import Call, Failure, Glance
from core.vocabulary.images import Image

TokensField: TypeAlias = Literal["max_tokens", "max_completion_tokens"]
Structured: TypeAlias = Literal["json_schema", "text"]

PROXY_BYTES = 1_000_000
"""Just under 1 MiB, which is the largest body that nginx lets through by default: the first thing tried."""

_TOO_MUCH = frozenset({400, 404, 413, 422, 500})
_REFUSED = frozenset({400, 404, 422, 501})
_TOKENS = re.compile(r"max_(completion_)?tokens", re.I)
_TOO_LONG = re.compile(r"too large|at most|maximum|exceed|less than|must be (<|below|between)|range", re.I)
_TEMPERATURE = re.compile(r"temperature", re.I)
_SCHEMA = re.compile(r"response_?format|json_?schema|schema|structured|grammar", re.I)
_SYSTEM = re.compile(
    r"system (message|prompt|role)s?\b|\brole\W{1,3}system\b|developer (instruction|message|role)", re.I
)
_NOT_TAKEN = re.compile(r"not (supported|allowed|enabled|accepted)|unsupported|incompatible|n't support", re.I)
_STORE = re.compile(r"\bstore\b", re.I)
_PICTURES = re.compile(r"\bimages?\b|pictures?|multi-?modal|image_url|\bmtmd\b", re.I)
_MANY = re.compile(
    r"(?:at most|up to|maximum(?: of)?|max\.?(?: of)?|limit(?: of| is)?|only|more than|exceeds?|allowed)"
    r"\W{0,3}(\d+|one|a single)\b",
    re.I,
)
_CONTEXT = re.compile(
    r"context[ _](length|window|size)|maximum context|too many tokens|prompt is too long|input is too long"
    r"|exceeds? the (available )?context|n_ctx|max_model_len|input token count",
    re.I,
)
_BODY = re.compile(r"(request|body|payload|entity).{0,30}too large|too large.{0,30}(request|body|payload)", re.I)


@dataclass(frozen=True, slots=True)
class Abilities:
    """`most_pictures` and `most_bytes` of one request, `most_tokens` of one answer: None where none is known.

    `room` is how many tokens more than a question asks for an answer needs, because the model thinks first.
    `send_store`: the request may say that its answer is not to be stored; `send_system`: a system message may
    stand before the user's turn. `counts_prompt` and `counts_answer` are how many times as many tokens the server
    has counted at most as were estimated, and allowed.
    """

    max_tokens_field: TokensField = "max_tokens"
    send_temperature: bool = True
    structured: Structured = "json_schema"
    most_pictures: int | None = None
    most_bytes: int | None = None
    most_tokens: int | None = None
    room: int = 0
    send_store: bool = True
    send_system: bool = True
    counts_prompt: float = 1.0
    counts_answer: float = 1.0

    def tokens_for(self, call: Call) -> int:
        """The length of an answer to ask for."""
        wanted = call.max_tokens + self.room
        return wanted if self.most_tokens is None else min(wanted, self.most_tokens)

    def counting(self, prompt: float, answer: float) -> "Abilities":
        """The same, with what a server was seen to count where that is more."""
        prompt, answer = max(self.counts_prompt, prompt), max(self.counts_answer, answer)
        return replace(self, counts_prompt=prompt, counts_answer=answer)

    def other_field(self) -> "Abilities":
        """The length of an answer under the other of its two names."""
        old = self.max_tokens_field == "max_tokens"
        return replace(self, max_tokens_field="max_completion_tokens" if old else "max_tokens")


def pictures_in(call: Call) -> int:
    """How many pictures a call has."""
    return sum(isinstance(part, Image | Glance) for part in call.parts)


def learned_from(fault: Fault, call: Call, form: Abilities, size: int) -> Abilities | None:
    """What a refusal teaches that names what it refuses; None where it names nothing that we can change.

    `size` is how many bytes the refused request had.
    """
    if fault.failure not in (Failure.REJECTED, Failure.UNAVAILABLE, Failure.AUTH) or fault.status is None:
        return None
    if fault.status == 413 or (fault.status == 400 and _BODY.search(fault.detail)):
        return _smaller(call, form, size)
    if fault.status in _TOO_MUCH and form.send_system and _system_named(fault):
        return replace(form, send_system=False)
    if fault.status in _TOO_MUCH and (fewer := _fewer_named(fault, call, form)) is not None:
        return fewer
    return _named_field(fault, call, form) if fault.status in _REFUSED else None


def _system_named(fault: Fault) -> bool:
    return bool(_SYSTEM.search(fault.detail) and _NOT_TAKEN.search(fault.detail))


def _named_field(fault: Fault, call: Call, form: Abilities) -> Abilities | None:
    words = fault.detail
    if _STORE.search(f"{words} {fault.names}") and form.send_store:
        return replace(form, send_store=False)
    if _TOKENS.search(words):
        if most := _length_in(words, form.tokens_for(call)):
            return replace(form, most_tokens=most)
        return form.other_field()
    if _TEMPERATURE.search(words) and form.send_temperature:
        return replace(form, send_temperature=False)
    if _SCHEMA.search(words) and form.structured != "text":
        return replace(form, structured="text")
    return None


def _length_in(words: str, asked: int) -> int | None:
    """The longest answer that a refusal allows, where it says one that is shorter than what was asked for."""
    if not _TOO_LONG.search(words):
        return None
    return max((n for n in map(int, re.findall(r"\d+", words)) if 16 <= n < asked), default=None)


def _smaller(call: Call, form: Abilities, size: int) -> Abilities | None:
    if shown_of(call, form) < 1:
        return None
    return replace(form, most_bytes=PROXY_BYTES if size > PROXY_BYTES else size * 2 // 3)


def _fewer_named(fault: Fault, call: Call, form: Abilities) -> Abilities | None:
    shown = shown_of(call, form)
    if not _PICTURES.search(fault.detail) and not _CONTEXT.search(fault.detail):
        return None
    if shown <= 1:
        return None
    if not _CONTEXT.search(fault.detail) and (told := _MANY.search(fault.detail)):
        number = told.group(1).lower()
        most = int(number) if number.isdecimal() else 1
        if 0 < most < shown:
            return replace(form, most_pictures=most)
    return fewer(call, form)


def pictures_named(fault: Fault) -> bool:
    """Whether a refusal speaks of pictures: then nothing else that we send is what it means."""
    return bool(_PICTURES.search(fault.detail))


def fewer(call: Call, form: Abilities) -> Abilities | None:
    """Half as many pictures as were shown; None where no more than one was."""
    shown = shown_of(call, form)
    return replace(form, most_pictures=shown // 2) if shown > 1 else None


def shown_of(call: Call, form: Abilities) -> int:
    """How many pictures of a call are sent as pictures, as far as their number decides it."""
    there = pictures_in(call)
    return there if form.most_pictures is None else min(there, form.most_pictures)


def guesses(form: Abilities) -> Iterator[Abilities]:
    """What a refusal that names nothing may mean: one thing after another left out, what differs most first.

    That nothing is to be stored is left out alone at first, and then only when nothing else is left.
    """
    if form.send_store:
        yield replace(form, send_store=False)
    if form.structured != "text":
        form = replace(form, structured="text")
        yield form
    if form.send_temperature:
        form = replace(form, send_temperature=False)
        yield form
    yield replace(form.other_field(), send_store=False)
