"""From a stranger's bytes to a normalised image: the pure function that runs in a worker process.

Sizes are checked before anything is decoded, only four decoders are ever tried, and the picture is made
small before it is worked on. The hash is taken over the normalised pixels, so metadata never changes it.
"""

import hashlib
import io
import re
import warnings
from contextlib import suppress

from PIL import ExifTags, ImageCms, UnidentifiedImageError
from PIL import Image as Pillow

from core.vocabulary.errors import FileKind, ImageError, ImageProblem
from core.vocabulary.images import MAX_INPUT_PIXELS, MAX_INPUT_SIDE, MAX_SIDE, Image

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
QUALITY = 90

_OTHER_KINDS = (
    (4, (b"ftypheic", b"ftypheix", b"ftypheim", b"ftyphevc", b"ftypmif1", b"ftypmsf1"), FileKind.HEIC),
    (4, (b"ftypavif", b"ftypavis"), FileKind.AVIF),
    (4, (b"ftyp",), FileKind.VIDEO),
    (0, (b"%PDF",), FileKind.PDF),
    (0, (b"II*\0", b"MM\0*"), FileKind.TIFF),
    (0, (b"BM",), FileKind.BMP),
    (0, (b"8BPS",), FileKind.PHOTOSHOP),
    (0, (b"\x1aE\xdf\xa3",), FileKind.VIDEO),
)
_OURS = re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF.{4}WEBP", re.DOTALL)
_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
_MAX_PROFILE_BYTES = 1 << 20


def normalise(data: bytes, side: int = MAX_SIDE) -> Image:
    """The picture in `data` as sRGB JPEG of at most `side` pixels a side: first frame, upright, on white.

    Raises `ImageError`, whatever the bytes are.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked below, metadata is thrown away
            return _encoded(_pixels(data, side))
    except ImageError:
        raise
    except (MemoryError, Pillow.DecompressionBombError):
        raise ImageError(ImageProblem.TOO_LARGE) from None
    except UnidentifiedImageError:
        if _OURS.match(data):
            raise ImageError(ImageProblem.BROKEN) from None
        raise ImageError(ImageProblem.UNSUPPORTED, kind=_kind_of(data)) from None
    except Exception:  # decoders raise OSError, SyntaxError, ValueError, struct.error, ... on broken files
        raise ImageError(ImageProblem.BROKEN) from None


def _pixels(data: bytes, side: int) -> Pillow.Image:
    with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if max(width, height) > MAX_INPUT_SIDE or width * height > MAX_INPUT_PIXELS:
            raise ImageError(ImageProblem.TOO_LARGE)
        profile = picture.info.get("icc_profile")
        small = _shrunk(picture, side)
    if small.mode == "LA":
        small = small.convert("RGBA")
    return _on_white(_in_srgb(_upright(small), profile))


def _shrunk(picture: Pillow.Image, side: int) -> Pillow.Image:
    """The first frame within `side`, in a mode that can be resized without loss of meaning."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # Pillow clips 16-bit greys instead of scaling them.
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    elif picture.format != "JPEG":  # a JPEG is decoded at reduced size by thumbnail() itself
        picture.load()
        if picture.has_transparency_data and picture.mode not in ("LA", "RGBA"):
            picture = picture.convert("RGBA")
        elif picture.mode not in ("L", "LA", "RGB", "RGBA"):
            picture = picture.convert("RGB")
    picture.thumbnail((side, side), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
    picture.load()
    return picture


def _upright(picture: Pillow.Image) -> Pillow.Image:
    """Turn as the Exif orientation says, whatever else is broken in its block.

    `ImageOps.exif_transpose` would write the block anew, and trip over any other broken tag.
    """
    with suppress(Exception):
        turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
        return picture if turn is None else picture.transpose(turn)
    return picture


def _in_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Convert from the embedded colour profile; a profile that is sRGB anyway, or broken, is ignored."""
    if not profile or len(profile) > _MAX_PROFILE_BYTES:
        return picture
    with suppress(Exception):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return picture
        target = ImageCms.createProfile("sRGB")
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        colours = picture.convert("RGB") if alpha else picture
        converted = ImageCms.profileToProfile(colours, source, target, outputMode="RGB")
        if converted is not None:
            if alpha:
                converted.putalpha(alpha)
            return converted
    return picture


def _on_white(picture: Pillow.Image) -> Pillow.Image:
    """Composite on white: dropping the alpha channel would show colours that were never visible."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Pillow.new("RGBA", picture.size, "white")
    return Pillow.alpha_composite(white, picture).convert("RGB")


def _encoded(picture: Pillow.Image) -> Image:
    width, height = picture.size
    pixels = picture.tobytes()
    digest = hashlib.sha256(f"{width}x{height}\n".encode() + pixels).hexdigest()
    out = io.BytesIO()
    # A picture made afresh from pixels carries no comment, profile or Exif block that save() would pass on.
    Pillow.frombytes("RGB", picture.size, pixels).save(out, "JPEG", quality=QUALITY)
    return Image(digest, out.getvalue(), width, height)


def _kind_of(data: bytes) -> FileKind:
    for offset, marks, kind in _OTHER_KINDS:
        if any(data.startswith(mark, offset) for mark in marks):
            return kind
    return FileKind.SVG if b"<svg" in data[:2048].lower() else FileKind.OTHER
