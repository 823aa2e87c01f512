import io
import struct

import pytest
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, PngImagePlugin

from core.decoding.normalise import normalise
from core.vocabulary.errors import FileKind, ImageError, ImageProblem
from core.vocabulary.images import Image
from tests.core.samples import FORMATS, chunk, encoded, png, scene, swapped_profile

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def pixel(image: Image, x: int = 4, y: int = 4) -> tuple[int, ...]:
    return Pillow.open(io.BytesIO(image.jpeg)).getpixel((x, y))


def near(colour: tuple[int, ...], other: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, other, strict=True))


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_becomes_a_plain_jpeg(kind: str) -> None:
    image = normalise(encoded(scene(), kind))
    out = Pillow.open(io.BytesIO(image.jpeg))
    assert (out.format, out.mode, out.size) == ("JPEG", "RGB", (300, 200))
    assert (image.width, image.height) == out.size
    assert len(image.hash) == 64


@pytest.mark.parametrize(
    ("size", "small"), [((1600, 800), (768, 384)), ((700, 7000), (77, 768)), ((9, 5), (9, 5))]
)
def test_no_side_is_longer_than_768(size: tuple[int, int], small: tuple[int, int]) -> None:
    image = normalise(encoded(Pillow.new("RGB", size), "PNG"))
    assert (image.width, image.height) == small


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(kind: str, orientation: int) -> None:
    picture = Pillow.new("RGB", (64, 32), BLUE)
    picture.paste(RED, (0, 0, 32, 16))
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    image = normalise(encoded(picture, kind, exif=exif))
    upright = Pillow.open(io.BytesIO(encoded(picture, "JPEG", exif=exif)))
    upright = ImageOps.exif_transpose(upright)
    assert (image.width, image.height) == upright.size
    for x in (4, image.width - 5):
        for y in (4, image.height - 5):
            assert near(pixel(image, x, y), upright.getpixel((x, y)), 60)


SLOPPY = (
    b"Exif\0\0MM\0*\0\0\0\x08\0\x03\x01\n\0\x02\0\0\0\x04abc\0\x01\x12\0\x03\0\0\0\x01\0\x06"
    b"\0\xe6\x01\x1a\0\x05\0\0\0\x01\0\0\x002\0\0\xda\0\0\0\0\x03\0\0\0\x02"
)


def test_a_sloppy_tag_does_not_keep_a_picture_from_being_turned() -> None:
    image = normalise(encoded(Pillow.new("RGB", (40, 20), RED), "JPEG", exif=SLOPPY))
    assert (image.width, image.height) == (20, 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"MM\0*" + b"\xff" * 40, b"nonsense", b"MM\0*\0\0", b""])
def test_a_broken_block_of_tags_does_not_matter(exif: bytes, kind: str) -> None:
    data = encoded(Pillow.new("RGB", (40, 20), RED), kind, exif=b"Exif\0\0" + exif)
    assert near(pixel(normalise(data)), RED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_is_white_whatever_colour_hides_there(kind: str) -> None:
    data = encoded(
        Pillow.new("RGBA", (20, 20), (255, 0, 0, 0)), kind, **({"exact": True} if kind == "WEBP" else {})
    )
    assert near(pixel(normalise(data)), WHITE)


def test_transparency_of_every_kind_is_white() -> None:
    palette = encoded(Pillow.new("RGB", (20, 20), RED).convert("P", palette=Pillow.Palette.ADAPTIVE), "PNG")
    transparent = Pillow.open(io.BytesIO(palette))
    index = transparent.getpixel((0, 0))
    for data in (
        encoded(transparent, "PNG", transparency=index),
        encoded(transparent, "GIF", transparency=index),
        encoded(Pillow.new("LA", (20, 20), (0, 0)), "PNG"),
        png(20, 20, 8, 2, bytes(RED) * 20, _trns(*RED)),
    ):
        assert near(pixel(normalise(data)), WHITE)


def _trns(*colour: int) -> bytes:
    return chunk(b"tRNS", struct.pack(">HHH", *colour))


def test_half_transparent_is_half_white() -> None:
    data = encoded(Pillow.new("RGBA", (20, 20), (255, 0, 0, 128)), "PNG")
    assert near(pixel(normalise(data)), (255, 127, 127))


def test_cmyk_is_seen_in_its_colours() -> None:
    data = encoded(Pillow.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG", quality=95)
    assert near(pixel(normalise(data)), RED)


def test_16_bit_greys_are_scaled_not_clipped() -> None:
    data = encoded(Pillow.new("I;16", (20, 20), 40_000), "PNG")
    assert near(pixel(normalise(data)), (156, 156, 156), 2)


def test_16_bit_colours_are_scaled_not_clipped() -> None:
    data = png(20, 20, 16, 2, struct.pack(">HHH", 40_000, 20_000, 10_000) * 20)
    assert near(pixel(normalise(data)), (156, 78, 39), 6)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    first, second = Pillow.new("RGB", (20, 20), RED), Pillow.new("RGB", (20, 20), BLUE)
    data = encoded(first, kind, save_all=True, append_images=[second, first, second])
    assert near(pixel(normalise(data)), RED)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_embedded_colour_profile_is_honoured(kind: str) -> None:
    data = encoded(Pillow.new("RGB", (20, 20), RED), kind, icc_profile=swapped_profile())
    assert near(pixel(normalise(data)), BLUE, 40)


def test_a_profile_keeps_the_alpha_channel() -> None:
    picture = Pillow.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert near(pixel(normalise(encoded(picture, "PNG", icc_profile=swapped_profile()))), WHITE)


def test_a_profile_that_calls_itself_srgb_is_taken_at_its_word() -> None:
    data = encoded(Pillow.new("RGB", (20, 20), RED), "PNG", icc_profile=swapped_profile("sRGB"))
    assert near(pixel(normalise(data)), RED)


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 200])
def test_a_broken_profile_does_not_matter(profile: bytes) -> None:
    data = encoded(Pillow.new("RGB", (20, 20), RED), "JPEG", icc_profile=profile)
    assert near(pixel(normalise(data)), RED)


def _with_metadata(picture: Pillow.Image, kind: str) -> bytes:
    exif = Pillow.Exif()
    exif[0x010E] = "my garden"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, object] = {"exif": exif, "icc_profile": srgb}
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("author", "somebody")
        options["pnginfo"] = notes
    if kind == "JPEG":
        options["comment"] = b"somebody"
    return encoded(picture, kind, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_metadata_changes_neither_the_hash_nor_the_bytes(kind: str) -> None:
    plain, told = normalise(encoded(scene(), kind)), normalise(_with_metadata(scene(), kind))
    assert plain == told


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_metadata_leaves_with_the_picture(kind: str) -> None:
    out = Pillow.open(io.BytesIO(normalise(_with_metadata(scene(), kind)).jpeg))
    assert set(out.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not out.getexif()


def test_the_hash_knows_the_picture_not_its_file() -> None:
    picture = scene()
    hashes = [
        normalise(encoded(picture, kind, **o)).hash for kind, o in (("PNG", {}), ("WEBP", {"lossless": True}))
    ]
    assert hashes[0] == hashes[1]


def test_the_hash_tells_pictures_and_shapes_apart() -> None:
    sizes = ((10, 40), (40, 10), (20, 20))
    black = [normalise(encoded(Pillow.new("RGB", size), "PNG")).hash for size in sizes]
    almost = scene()
    almost.putpixel((7, 7), (1, 2, 3))
    assert len({*black, normalise(encoded(scene(), "PNG")).hash, normalise(encoded(almost, "PNG")).hash}) == 5


@pytest.mark.parametrize("kind", FORMATS)
def test_half_a_picture_is_said_to_be_broken(kind: str) -> None:
    data = encoded(scene(), kind)
    with pytest.raises(ImageError) as error:
        normalise(data[: len(data) // 2])
    assert error.value.reason is ImageProblem.BROKEN


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileKind.HEIC),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", FileKind.VIDEO),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', FileKind.SVG),
        (b"%PDF-1.7\n%...", FileKind.PDF),
        (b"<html><body>no</body></html>", FileKind.OTHER),
        (b"\0" * 100, FileKind.OTHER),
        (encoded(scene(), "TIFF"), FileKind.TIFF),
        (b"BM" + bytes(40), FileKind.BMP),
    ],
)
def test_another_kind_of_file_is_named(data: bytes, kind: FileKind) -> None:
    with pytest.raises(ImageError) as error:
        normalise(data)
    assert (error.value.reason, error.value.kind) == (ImageProblem.UNSUPPORTED, kind)


@pytest.mark.parametrize("size", [(9000, 9000), (20_001, 10)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    row = b"\0" * ((size[0] + 7) // 8)
    with pytest.raises(ImageError) as error:
        normalise(png(*size, 1, 0, row)[:200])
    assert error.value.reason is ImageProblem.TOO_LARGE
