"""How a call is put to a chat.completions server.

Only the fields that OpenAI, OpenRouter, Ollama, vLLM and LM Studio all accept are sent, and `store: false`, which
asks a server that keeps requests not to; one that refuses it gets none. Images go as JPEG data URLs, because some
servers reject WebP and none needs our addresses. A server without structured output just gets no schema: each
question names its form in its own words anyway. Of the pictures
that are one of many as many are shown as the server takes, the others are told in words, so that a question
never fails by its size. Low detail is asked for only where it is known.
"""

import base64
from dataclasses import replace
from typing import Any

from core.model.abilities import Abilities
from core.model.config import ModelSettings
from core.vocabulary.calls import Call, Failure, Glance, Part
from core.vocabulary.images import Image

REMINDER = "Your last answer was not in the form asked for. Answer again, with exactly the fields asked for."

MORE_ROOM = 4
"""How much longer an answer may be after one was cut: a model that thinks aloud needs several times the room."""

_UNSEEN = "(This picture cannot be shown.)"
_ENDING = "Answer now, in the form asked for."
"""Some models answer nothing to a turn that ends with a picture."""

_OF_A_PICTURE = 60
"""What a picture's part has beside its data, in bytes, roughly: the bound has more slack than that."""


def request_of(call: Call, settings: ModelSettings, form: Abilities | None = None) -> dict[str, Any]:
    """The arguments of `chat.completions.create` for a call, as `form` (else the settings) says they are taken."""
    form = form or settings.abilities(settings.model_for(call.purpose))
    request: dict[str, Any] = {
        "model": settings.model_for(call.purpose),
        form.max_tokens_field: call.max_tokens,
    }
    if form.send_temperature:
        request["temperature"] = call.temperature
    if form.send_store:
        request["store"] = False
    if form.structured == "json_schema":
        schema = {"name": call.schema_name, "strict": True, "schema": dict(call.schema)}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
    user = _content(_fitting(call, form), settings.send_detail)
    request["messages"] = [{"role": "system", "content": call.system}, {"role": "user", "content": user}]
    if not form.send_system:
        request["messages"] = [{"role": "user", "content": _after(call.system, user)}]
    return {**request, **settings.fields}


def size_of(call: Call, form: Abilities) -> int:
    """How many bytes the request for a call has, from above but for escapes."""
    return _bytes(call, _fitting(call, form))


def _fitting(call: Call, form: Abilities) -> tuple[Part, ...]:
    """The parts, with as many glances in words as the limits ask for, the last ones first."""
    parts = list(call.parts)
    glances = [i for i, part in enumerate(parts) if isinstance(part, Glance)]
    whole = sum(isinstance(part, Image) for part in parts)
    size = _bytes(call, call.parts)
    for shown, i in reversed(list(enumerate(glances, whole + 1))):
        many = form.most_pictures is not None and shown > form.most_pictures
        if not many and (form.most_bytes is None or size <= form.most_bytes):
            break
        words = _in_words(parts[i])
        size += len(words.encode()) - _bytes_of(parts[i])
        parts[i] = words
    return tuple(parts)


def _in_words(part: Part) -> str:
    return (part.words or _UNSEEN) if isinstance(part, Glance) else str(part)


def _bytes(call: Call, parts: tuple[Part, ...]) -> int:
    return 1000 + len(call.system.encode()) + len(str(call.schema)) + sum(_bytes_of(part) for part in parts)


def _bytes_of(part: Part) -> int:
    if isinstance(part, str):
        return len(part.encode()) + _OF_A_PICTURE
    image = part.image if isinstance(part, Glance) else part
    return (len(image.jpeg) + 2) // 3 * 4 + _OF_A_PICTURE


def _content(parts: tuple[Part, ...], detail: bool) -> str | list[dict[str, Any]]:
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "\n\n".join(texts)
    ending = () if isinstance(parts[-1], str) else (_ENDING,)
    return [_part(part, detail) for part in (*parts, *ending)]


def _after(system: str, user: str | list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """The user's turn with the task before it."""
    return f"{system}\n\n{user}" if isinstance(user, str) else [{"type": "text", "text": system}, *user]


def _part(part: Part, detail: bool) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    image = part.image if isinstance(part, Glance) else part
    shown = {"url": "data:image/jpeg;base64," + base64.b64encode(image.jpeg).decode("ascii")}
    if detail and isinstance(part, Glance):
        shown["detail"] = "low"
    return {"type": "image_url", "image_url": shown}


def mended(call: Call, failure: Failure) -> Call:
    """The call asked a little differently: with more room after a cut answer, else with a reminder."""
    if failure is Failure.TRUNCATED:
        return replace(call, max_tokens=call.max_tokens * MORE_ROOM)
    return replace(call, parts=(*call.parts, REMINDER))
