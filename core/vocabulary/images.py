"""Images: normalised pixels, known by their content hash.

The bytes come from strangers, so they are decoded only in a worker process (`core.decoding.workers`); here
is what the rest of the program knows of an image, and the limits that a picture must keep.
"""

from dataclasses import dataclass

MAX_SIDE = 768
"""Longest side of a normalised image, in pixels."""

GLANCE_SIDE = 512
"""Longest side of a picture that is one of many in a request: a quarter to a half of the tokens, says less of
details and the same of what matters here. Servers count by squares of 512 or patches of 32 pixels."""

MAX_INPUT_BYTES = 25 * 1024 * 1024
MAX_INPUT_PIXELS = 40_000_000
MAX_JPEG_PIXELS = 120_000_000
"""Phones take photographs of 48 to 108 million pixels; a JPEG is decoded at a part of its size."""

MAX_INPUT_SIDE = 20_000

REFERENCE_DIGITS = 12
"""48 bits: among the 200 labels of a run two references are the same once in ten billion runs."""


def reference_of(image_hash: str) -> str:
    """A short reference to one of a member's own images, as their records hold it.

    It is resolved among the images of the member's labels; nothing else is looked up by it.
    """
    return image_hash[:REFERENCE_DIGITS]


@dataclass(frozen=True, slots=True)
class Image:
    """A normalised picture: `jpeg` bytes in sRGB, at most `MAX_SIDE` a side, no metadata.

    `hash` is sha256 (64 hex digits) of the normalised pixels and their size: the same picture posted
    twice is one image.
    """

    hash: str
    jpeg: bytes
    width: int
    height: int
