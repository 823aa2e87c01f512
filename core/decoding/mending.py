"""Files that every browser shows though they break the letter of their format, made whole for our decoders.

It is tried only after the file as it is has failed, so whatever could be read before keeps its hash. A
JPEG that lacks its end may lack pixels, too: it holds them all if what we put behind it changes nothing.
"""

import struct
import zlib

_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND"))
_TOLD = frozenset((b"tRNS", b"acTL", b"fcTL", b"fdAT", b"iCCP", b"eXIf"))
"""Chunks beside the needed ones that change what is seen."""

_MAX_UNPACKED = 1 << 20

_HEAD = struct.Struct(">I4s")
_END_OF_JPEG = b"\xff\xd9"
_NOISE = bytes(range(1, 255)) * 8
"""Read as pixels where any are missing; it holds no 255, which would be a marker."""


def mended(data: bytes) -> tuple[bytes, ...]:
    """Versions of a file that must all show one and the same picture; none where nothing can be done."""
    if data.startswith(b"\xff\xd8\xff"):
        return data + _END_OF_JPEG, data + _NOISE + _END_OF_JPEG
    if data.startswith(_PNG):
        return (_only_pixels(data),)
    return ()


def _only_pixels(data: bytes) -> bytes:
    """A PNG without what a browser passes over: chunks that hold no pixels, or whose checksum is wrong.

    A wrong checksum of a needed chunk is left as it is, for the decoder to refuse.
    """
    kept, at = [_PNG], len(_PNG)
    while at + _HEAD.size <= len(data):
        size, kind = _HEAD.unpack_from(data, at)
        end = at + _HEAD.size + size + 4
        body, checksum = data[at + 4 : end - 4], data[end - 4 : end]
        sound = checksum == struct.pack(">I", zlib.crc32(body))
        if kind in _NEEDED or (kind in _TOLD and sound and not (kind == b"iCCP" and _grows(body))):
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _grows(profile: bytes) -> bool:
    """Whether a colour profile unpacks to more than our decoder takes; it is then as good as broken."""
    packed = profile.partition(b"\0")[2][1:]
    try:
        return len(zlib.decompressobj().decompress(packed, _MAX_UNPACKED)) >= _MAX_UNPACKED
    except zlib.error:
        return False  # the decoder passes over it
