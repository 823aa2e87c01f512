"""How a call is put to a chat.completions server.

Only the fields that OpenAI, OpenRouter, Ollama, vLLM and LM Studio all accept are sent; images go as
JPEG data URLs, because some servers reject WebP and none needs our addresses. A server without
structured output just gets no schema: each question names its form in its own words anyway. Low detail is asked
for only where it is known; what saves tokens everywhere is that the pictures are small (`core.model.glances`).
"""

import base64
from dataclasses import replace
from typing import Any

from core.model.config import ModelSettings
from core.vocabulary.calls import Call, Failure, Glance, Part

REMINDER = "Your last answer was not in the form asked for. Answer again, with exactly the fields asked for."

MORE_ROOM = 4
"""How much longer an answer may be after one was cut: a model that thinks aloud needs several times the room."""


def request_of(call: Call, settings: ModelSettings) -> dict[str, Any]:
    """The arguments of `chat.completions.create` for a call."""
    request: dict[str, Any] = {
        "model": settings.model_for(call.purpose),
        settings.max_tokens_field: call.max_tokens,
    }
    if settings.send_temperature:
        request["temperature"] = call.temperature
    if settings.structured == "json_schema":
        form = {"name": call.schema_name, "strict": True, "schema": dict(call.schema)}
        request["response_format"] = {"type": "json_schema", "json_schema": form}
    user = _content(call.parts, settings.send_detail)
    request["messages"] = [{"role": "system", "content": call.system}, {"role": "user", "content": user}]
    return request


def _content(parts: tuple[Part, ...], detail: bool) -> str | list[dict[str, Any]]:
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "\n\n".join(texts)
    return [_part(part, detail) for part in parts]


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
