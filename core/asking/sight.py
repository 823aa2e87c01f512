"""Can the model see at all, and answer in form? Two plain pictures, one word each: what the start-up check asks.

The pictures are written out here, so that checking a model needs no decoder.
"""

import base64
import hashlib

from core.asking.jsontext import read_object, strict_object
from core.vocabulary.calls import Call, Purpose
from core.vocabulary.images import Image

VERSION = 1
COLOURS = ("red", "green", "blue", "yellow", "black", "white")

_SYSTEM = """You look at a picture and name its colour.
Answer with one JSON object:
- "colour": the main colour of the picture, one of red, green, blue, yellow, black, white."""

_HEAD = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx"
    "NDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIy"
    "MjIyMjIyMjL/wAARCABAAEADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAA"
)
_RED = (
    "Ab/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAYH/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwD"
    "AQACEQMRAD8AiwEy3EAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB/9k="
)
_BLUE = (
    "Af/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAUH/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwD"
    "AQACEQMRAD8AjgDcUwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB/9k="
)


def plain_pictures() -> dict[str, Image]:
    """A red and a blue picture of 64 x 64 pixels, by colour."""
    pictures = {"red": base64.b64decode(_HEAD + _RED), "blue": base64.b64decode(_HEAD + _BLUE)}
    return {name: Image(hashlib.sha256(jpeg).hexdigest(), jpeg, 64, 64) for name, jpeg in pictures.items()}


def colour_call(image: Image) -> Call:
    """The question; it leaves room for a model that thinks before it answers."""
    return Call(
        purpose=Purpose.PROBE,
        system=_SYSTEM,
        parts=(image,),
        schema_name=f"colour_{VERSION}",
        schema=strict_object({"colour": {"type": "string", "enum": list(COLOURS)}}),
        max_tokens=1000,
    )


def parse_colour(text: str) -> str:
    """One of `COLOURS`. Raises ValueError where the answer is not in form."""
    colour = str(read_object(text, ("colour",)).get("colour", "")).strip().lower()
    if colour not in COLOURS:
        raise ValueError("The answer names no colour of the list.")
    return colour
