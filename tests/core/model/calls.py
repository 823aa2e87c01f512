"""A call, its parser and settings, for tests of the road to the model."""

import json
from typing import Any

from core.model.config import ModelSettings
from core.vocabulary.calls import Call, Purpose
from core.vocabulary.images import Image
from tests.core.model.server import ModelServer

SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}},
    "required": ["colour"],
    "additionalProperties": False,
}


def settings_for(server: ModelServer, **changes: Any) -> ModelSettings:
    fields: dict[str, Any] = {"deadline_s": 5.0, "retries": 2, **changes}
    return ModelSettings(server.url, "sk-canary-0123456789", "m", **fields)


def a_call(**changes: Any) -> Call:
    image = Image("a" * 64, b"\xff\xd8 not decoded here \xff\xd9", 64, 64)
    fields: dict[str, Any] = {
        "purpose": Purpose.GENERIC,
        "system": "You look at pictures.",
        "parts": ("What colour is it?", image),
        "schema_name": "colour",
        "schema": SCHEMA,
        "about": image.hash,
        **changes,
    }
    return Call(**fields)


def colour(text: str) -> str:
    """The parser of these tests: raises ValueError where the answer is not in form."""
    value = json.loads(text)
    if not isinstance(value, dict) or value.get("colour") not in ("red", "blue"):
        raise ValueError("no colour")
    return str(value["colour"])
