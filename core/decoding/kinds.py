"""Which kind of file these bytes are: whether a decoder of ours is tried, and what to call it if not.

Phones and cameras share one container (ISO BMFF) for pictures and films and tell them apart by brands,
of which the first is often a general one, so all brands of a file are looked at.
"""

import re

from core.vocabulary.errors import FileKind

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP")
"""The only decoders of Pillow's forty that a stranger's bytes ever reach."""

_OURS = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF.{4}WEBP|BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL
)
"""A BMP is told by the size of its second header, as two letters alone may begin anything."""
_BY_BRAND = (
    (frozenset((b"avif", b"avis")), FileKind.AVIF),
    (frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 mif2 msf1".split()), FileKind.HEIC),
    (frozenset((b"crx ",)), FileKind.RAW),
)
_BY_START = (
    (b"\xff\x0a", FileKind.JPEG_XL),
    (b"\0\0\0\x0cJXL \r\n\x87\n", FileKind.JPEG_XL),
    (b"\0\0\0\x0cjP  \r\n\x87\n", FileKind.JPEG_2000),
    (b"%PDF", FileKind.PDF),
    (b"II*\0", FileKind.TIFF),
    (b"MM\0*", FileKind.TIFF),
    (b"BM", FileKind.BMP),
    (b"8BPS", FileKind.PHOTOSHOP),
    (b"\x1aE\xdf\xa3", FileKind.VIDEO),
)


def readable(data: bytes) -> bool:
    """Whether a file calls itself one of the kinds that we decode; it may be broken all the same."""
    return bool(_OURS.match(data)) or kind_of(data) is FileKind.AVIF


def kind_of(data: bytes) -> FileKind:
    """What a file is that none of our decoders takes."""
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        return next((kind for known, kind in _BY_BRAND if brands & known), FileKind.VIDEO)
    for mark, kind in _BY_START:
        if data.startswith(mark):
            return kind
    return FileKind.SVG if b"<svg" in data[:2048].lower() else FileKind.OTHER


def _brands(data: bytes) -> frozenset[bytes]:
    """The major and the compatible brands of a file's first box; between the two stands a version."""
    end = min(int.from_bytes(data[:4], "big"), 512)
    return frozenset((data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))))
