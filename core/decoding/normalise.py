"""From a stranger's bytes to a normalised image: the pure function that runs in a worker process.

Sizes are checked before anything is decoded, only six decoders are ever tried, and the picture is made
small before it is worked on. The hash is taken over the normalised pixels, so metadata never changes it;
labels refer to it, so what could be read once must come out the same for ever.
"""

import hashlib
import io
import warnings
from contextlib import suppress

from PIL import AvifImagePlugin, ExifTags, ImageCms
from PIL import Image as Pillow

from core.decoding.frames import telling
from core.decoding.kinds import FORMATS, kind_of, readable
from core.decoding.mending import mended
from core.vocabulary.errors import ImageError, ImageProblem
from core.vocabulary.images import MAX_INPUT_PIXELS, MAX_INPUT_SIDE, MAX_JPEG_PIXELS, MAX_SIDE, Image

QUALITY = 90

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
_JPEGS = ("JPEG", "MPO")
"""MPO: a JPEG with further pictures behind it, as phones write them (a gain map, a depth map)."""

_SCAN = b"\xff\xda"
_MAX_SCANNED = 10 * MAX_JPEG_PIXELS
"""A progressive JPEG is gone over once for each scan, of which cameras write ten and a bomb thousands."""

Pillow.MAX_IMAGE_PIXELS = None  # sizes are checked here, by kind
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each thread has buffers of its own, and memory is bounded


def normalise(data: bytes, side: int = MAX_SIDE) -> Image:
    """The picture in `data` as sRGB JPEG of at most `side` pixels a side: upright, on white, and of an
    animation the first frame that shows something.

    Raises `ImageError`, whatever the bytes are.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked below, metadata is thrown away
            return _image(data, side)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(ImageProblem.TOO_LARGE) from None
    except Exception:  # decoders raise OSError, SyntaxError, ValueError, struct.error, ... on broken files
        if readable(data):
            raise ImageError(ImageProblem.BROKEN) from None
        raise ImageError(ImageProblem.UNSUPPORTED, kind=kind_of(data)) from None


def _image(data: bytes, side: int) -> Image:
    try:
        return _encoded(*_pixels(data, side))
    except (ImageError, MemoryError):
        raise
    except Exception:
        found = {_encoded(*_pixels(version, side)) for version in mended(data)}
        if len(found) != 1:
            raise
        return found.pop()


def _pixels(data: bytes, side: int) -> tuple[Pillow.Image, bytes]:
    """The pixels, and what beside them tells the picture apart: nothing, or the file where not all was seen."""
    with _opened(data) as picture:
        width, height = picture.size
        # A JPEG is decoded at an eighth where it is large, so it may have more pixels than fit in memory.
        most = MAX_JPEG_PIXELS if picture.format in _JPEGS else MAX_INPUT_PIXELS
        if max(width, height) > MAX_INPUT_SIDE or width * height > most:
            raise ImageError(ImageProblem.TOO_LARGE)
        if picture.format in _JPEGS and data.count(_SCAN) * width * height > _MAX_SCANNED:
            raise ImageError(ImageProblem.TOO_LARGE)
        frame, whole = (0, True) if picture.format in _JPEGS else telling(picture)
    with _opened(data) as picture:
        picture.seek(frame)
        profile = picture.info.get("icc_profile")
        small = _shrunk(picture, side)
    if small.mode == "LA":
        small = small.convert("RGBA")
    seen = _on_white(_in_srgb(_upright(small), profile))
    return seen, b"" if whole else hashlib.sha256(data).digest()


def _opened(data: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(data), formats=FORMATS)


def _shrunk(picture: Pillow.Image, side: int) -> Pillow.Image:
    """The frame within `side`, in a mode that can be resized without loss of meaning."""
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _eight_bits(picture)
    elif not _decoded_small(picture):
        picture.load()
        _mend_transparent_colour(picture)
        if picture.has_transparency_data and picture.mode not in ("LA", "RGBA"):
            picture = picture.convert("RGBA")
        elif picture.mode not in ("L", "LA", "RGB", "RGBA"):
            picture = picture.convert("RGB")
    picture.thumbnail((side, side), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
    picture.load()
    return picture


def _decoded_small(picture: Pillow.Image) -> bool:
    """Whether thumbnail() itself decodes at reduced size: a JPEG. One with further pictures behind it was
    always decoded whole up to the limit for other kinds, and keeps its hash so.
    """
    large = picture.width * picture.height > MAX_INPUT_PIXELS
    return picture.format == "JPEG" or (picture.format == "MPO" and large)


def _eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """16-bit greys, scaled: Pillow clips them, and knows nothing of the grey that stands for transparent."""
    clear = picture.info.get("transparency")
    whole = picture.convert("I")
    grey = whole.point(lambda value: value * (1 / 257)).convert("L")
    if not isinstance(clear, int):
        return grey
    return Pillow.merge("LA", (grey, whole.point([255] * clear + [0] + [255] * (65_535 - clear), "L")))


def _mend_transparent_colour(picture: Pillow.Image) -> None:
    """The colour that stands for transparent in a picture of 16 bits a channel, of which 8 are left."""
    clear = picture.info.get("transparency")
    if picture.mode == "RGB" and isinstance(clear, tuple) and max(clear) > 255:
        picture.info["transparency"] = tuple(value >> 8 for value in clear)


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


def _encoded(picture: Pillow.Image, beside: bytes) -> Image:
    width, height = picture.size
    pixels = picture.tobytes()
    digest = hashlib.sha256(f"{width}x{height}\n".encode() + pixels + beside).hexdigest()
    out = io.BytesIO()
    # A picture made afresh from pixels carries no comment, profile or Exif block that save() would pass on.
    Pillow.frombytes("RGB", picture.size, pixels).save(out, "JPEG", quality=QUALITY)
    return Image(digest, out.getvalue(), width, height)
