"""Reading a chat.completions request: its texts and pictures in order, and which answer it asks for.

The question is known by the properties of the answer (from the schema, or, where a client sends none, from
the lines of the prompt that name them), the emotions by the schema or the line that lists them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PROPERTY = re.compile(r'^- "(\w+)":', re.MULTILINE)
_EMOTIONS = re.compile(r"^Emotions: (.+)$", re.MULTILINE)
_LIMIT = re.compile(r"at most (\d{1,2}) rules", re.IGNORECASE)
_NOTES = re.compile(r"^Notes about this person:\n(.*?)^End of notes\.$", re.MULTILINE | re.DOTALL)
_PRESENT = re.compile(r"^The present text:\n(.*?)^End of the text\.$", re.MULTILINE | re.DOTALL)


class OfflineError(Exception):
    """A request that cannot be answered, as an OpenAI-style error: `status`, and what is wrong."""

    def __init__(self, status: int, message: str, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> dict[str, Any]:
        """The error body."""
        kind = "invalid_request_error"
        return {"error": {"message": str(self), "type": kind, "param": None, "code": self.code}}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read. `parts` are the user's ("text" or "image", content) in order."""

    system: str
    parts: tuple[tuple[str, str], ...]
    schema: Mapping[str, Any]
    properties: tuple[str, ...]
    emotions: tuple[str, ...]
    temperature: float
    max_tokens: int

    @property
    def images(self) -> tuple[str, ...]:
        """The pictures' URLs, in order."""
        return tuple(content for kind, content in self.parts if kind == "image")

    @property
    def text(self) -> str:
        """The user's texts."""
        return "\n".join(content for kind, content in self.parts if kind == "text")

    @property
    def notes(self) -> tuple[str, ...]:
        """The lines of notes about the person; line n is note n."""
        found = _NOTES.search(self.system)
        return tuple(re.sub(r"^\d+\.\s*", "", line) for line in found.group(1).splitlines()) if found else ()

    @property
    def present(self) -> tuple[str, ...]:
        """The lines of the text that is to be improved on."""
        found = _PRESENT.search(self.system)
        return tuple(found.group(1).splitlines()) if found else ()

    @property
    def limit(self) -> int:
        """How many rules are asked for."""
        found = _LIMIT.search(self.system)
        return int(found.group(1)) if found else 12


def read_request(request: Mapping[str, Any]) -> Asked:
    """Raises OfflineError (400) for a request that is not one of chat.completions."""
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, Mapping) for m in messages):
        raise OfflineError(400, "The request has no messages.", "invalid_messages")
    system, parts = "", []
    for message in messages:
        role, content = message.get("role"), message.get("content")
        if role in ("system", "developer"):
            system += "\n".join(text for kind, text in _parts(content) if kind == "text") + "\n"
        elif role == "user":
            parts += _parts(content)
    if not system and parts and parts[0][0] == "text":  # a server that takes no system message has it here
        system = parts.pop(0)[1] + "\n"
    schema = _schema(request)
    properties = tuple(schema.get("properties", {})) or tuple(_PROPERTY.findall(system))
    return Asked(
        system,
        tuple(parts),
        schema,
        properties,
        _emotions(schema, system),
        float(request.get("temperature") or 0.0),
        int(request.get("max_completion_tokens") or request.get("max_tokens") or 4096),
    )


def _parts(content: Any) -> list[tuple[str, str]]:
    if isinstance(content, str):
        return [("text", content)]
    if not isinstance(content, list):
        raise OfflineError(400, "A message has no content.", "invalid_content")
    found: list[tuple[str, str]] = []
    for part in content:
        if part.get("type") == "text":
            found.append(("text", str(part.get("text", ""))))
        elif part.get("type") == "image_url":
            found.append(("image", str(part.get("image_url", {}).get("url", ""))))
        else:
            raise OfflineError(400, "Only text and image_url parts are understood.", "invalid_content")
    return found


def _schema(request: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = request.get("response_format") or {}
    schema = wanted.get("json_schema", {}).get("schema", {}) if wanted.get("type") == "json_schema" else {}
    return schema if isinstance(schema, Mapping) else {}


def _emotions(schema: Mapping[str, Any], system: str) -> tuple[str, ...]:
    properties = schema.get("properties", {})
    scores: Sequence[str] = tuple(properties.get("scores", {}).get("properties", {}))
    rule = properties.get("rules", {}).get("items", {}).get("properties", {})
    named = tuple(scores) or tuple(rule.get("feel", {}).get("enum", ()))
    listed = _EMOTIONS.search(system)
    return named or (tuple(name.strip() for name in listed.group(1).split(",")) if listed else ())
