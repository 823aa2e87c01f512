"""Pictures and things that pretend to be pictures, made byte by byte where no library would make them."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image as Pillow
from PIL import ImageCms, ImageDraw

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def encoded(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scene(width: int = 300, height: int = 200, seed: int = 1) -> Pillow.Image:
    """A picture with something in it."""
    rng = random.Random(seed)
    picture = Pillow.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y, r = rng.randrange(width), rng.randrange(height), rng.randrange(5, 60)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tuple(rng.randrange(256) for _ in range(3)))
    return picture


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colour_type: int, row: bytes, *chunks: bytes) -> bytes:
    """A PNG whose rows are all `row`; `chunks` stand before the pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(b"\0" + row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def swapped_profile(name: str = "oddo") -> bytes:
    """An ICC profile in which red and blue have changed places; it calls itself `name` (four letters)."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), name.encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")


def _deflated() -> bytes:
    return zlib.compress(b"\0" * (100 << 20), 1)


def _eight_by_eight(*chunks: bytes) -> bytes:
    return png(8, 8, 8, 0, b"\0" * 8, *chunks)


def _lying_jpeg() -> bytes:
    data = bytearray(encoded(scene(), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def many_scans(side: int = 3000, scans: int = 3000) -> bytes:
    """A progressive JPEG of 100 kB that says its last scan again and again: ten seconds of work."""
    data = encoded(Pillow.new("L", (side, side), 90), "JPEG", progressive=True)
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * scans + data[-2:]


def _lying_gif() -> bytes:
    data = bytearray(encoded(Pillow.new("P", (10, 10)), "GIF"))
    data[6:10] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data)


def _many_frames() -> bytes:
    first, *others = [Pillow.new("P", (2000, 2000), i) for i in range(40)]
    return encoded(first, "GIF", save_all=True, append_images=others)


BOMBS: dict[str, Callable[[], bytes]] = {
    "81 million pixels in a small PNG": lambda: png(9000, 9000, 1, 0, b"\0" * 1125),
    "a side that is too long": lambda: png(20_001, 100, 1, 0, b"\0" * 2501),
    "65,535 x 1": lambda: png(65_535, 1, 8, 0, b"\0" * 65_535),
    "1 x 65,535": lambda: png(1, 65_535, 8, 0, b"\0"),
    "4 billion pixels in a JPEG's head": _lying_jpeg,
    "4 billion pixels in a GIF's head": _lying_gif,
    "a JPEG of 3,000 scans": many_scans,
    "a text of 100 MB": lambda: _eight_by_eight(chunk(b"zTXt", b"note\0\0" + _deflated())),
    "a profile of 100 MB": lambda: _eight_by_eight(chunk(b"iCCP", b"icc\0\0" + _deflated())),
    "a text of 20 MB": lambda: _eight_by_eight(chunk(b"tEXt", b"note\0" + b"a" * (20 << 20))),
    "40 frames of 4 million pixels": _many_frames,
    "40 million pixels with alpha": lambda: png(6300, 6300, 8, 6, b"\xff\0\0\x80" * 6300),
    "pixels that never end": lambda: png(100, 100, 8, 2, b"\0" * 300)[:-12] + chunk(b"IDAT", _deflated()),
}
"""Small files that grow, made when they are called for."""


def mutant(rng: random.Random, originals: list[bytes]) -> bytes:
    """A picture with bytes flipped, cut, repeated, swapped or glued."""
    data = bytearray(rng.choice(originals))
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(data) or 1)
        match rng.randrange(6):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[at:]
            case 2:
                data[at:at] = data[at : at + rng.randrange(1, 200)]
            case 3:
                del data[at : at + rng.randrange(1, 50)]
            case 4:
                data[at : at + 4] = rng.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0"])
            case _:
                data += rng.choice(originals)[at:]
    return bytes(data)


def originals() -> list[bytes]:
    """One picture of each kind that we read, with metadata."""
    small = scene(60, 40)
    exif = Pillow.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a description"
    return [
        encoded(small, "JPEG", exif=exif, comment=b"hello", icc_profile=swapped_profile()),
        encoded(small, "JPEG", progressive=True),
        encoded(small.convert("CMYK"), "JPEG"),
        encoded(small, "PNG", exif=exif),
        encoded(small.convert("P"), "PNG", transparency=3),
        encoded(small.convert("RGBA"), "PNG"),
        encoded(small, "GIF", save_all=True, append_images=[scene(60, 40, 2)]),
        encoded(small, "WEBP", exif=exif),
        encoded(small, "WEBP", lossless=True, save_all=True, append_images=[scene(60, 40, 2)]),
    ]
