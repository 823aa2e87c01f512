"""How a call is put to a chat.completions server, and how its answer is found in the text that comes back.

Only the fields that OpenAI, OpenRouter, Ollama, vLLM and LM Studio all accept are sent; images go as
JPEG data URLs, because some servers reject WebP and none needs our addresses.
"""

import base64
import json
from dataclasses import replace
from typing import Any

from core.images import Image
from core.model.calls import Call, Failure, Part
from core.model.config import ModelSettings

FORM = "Answer with one JSON object and nothing else, in the form of this JSON Schema:"
REMINDER = "Your last answer was not in the form asked for. Answer again, with exactly the fields asked for."

MORE_ROOM = 4
_MAX_TEXT = 200_000
_MAX_OBJECTS = 64


def request_of(call: Call, settings: ModelSettings) -> dict[str, Any]:
    """The arguments of `chat.completions.create` for a call."""
    system = call.system
    request: dict[str, Any] = {
        "model": settings.model_for(call.purpose),
        settings.max_tokens_field: call.max_tokens,
    }
    if settings.send_temperature:
        request["temperature"] = call.temperature
    if settings.structured == "json_schema":
        form = {"name": call.schema_name, "strict": True, "schema": dict(call.schema)}
        request["response_format"] = {"type": "json_schema", "json_schema": form}
    else:
        system = f"{system}\n\n{FORM}\n{json.dumps(call.schema, ensure_ascii=False)}"
    request["messages"] = [
        {"role": "system", "content": system},
        {"role": "user", "content": _content(call.parts)},
    ]
    return request


def _content(parts: tuple[Part, ...]) -> str | list[dict[str, Any]]:
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "\n\n".join(texts)
    return [_image(part) if isinstance(part, Image) else {"type": "text", "text": part} for part in parts]


def _image(image: Image) -> dict[str, Any]:
    url = "data:image/jpeg;base64," + base64.b64encode(image.jpeg).decode("ascii")
    return {"type": "image_url", "image_url": {"url": url}}


def mended(call: Call, failure: Failure) -> Call:
    """The call asked a little differently: with more room after a cut answer, else with a reminder."""
    if failure is Failure.TRUNCATED:
        return replace(call, max_tokens=call.max_tokens * MORE_ROOM)
    return replace(call, parts=(*call.parts, REMINDER))


def json_in(text: str) -> str:
    """The last JSON object that stands in a text: models fence it, or think aloud before it.

    A text that is JSON already, or that holds no object, is returned as it is.
    """
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return _last_object(text[-_MAX_TEXT:]) or text
    return text


def _last_object(text: str) -> str:
    decoder, found, start = json.JSONDecoder(), "", text.find("{")
    for _ in range(_MAX_OBJECTS):
        if start < 0:
            break
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            found = text[start:end]
        start = text.find("{", end)
    return found
