"""Pictures as people have them: what every browser shows is read, though it breaks the letter of its format."""

import io
import struct
import zlib

import pytest
from PIL import Image as Pillow
from PIL import ImageDraw

from core.decoding.kinds import kind_of, readable
from core.decoding.normalise import normalise
from core.vocabulary.errors import FileKind, ImageError, ImageProblem
from tests.core.samples import chunk, encoded, png, scene, swapped_profile

PNG = encoded(scene(), "PNG")
WHITE = (255, 255, 255)
YELLOW = Pillow.new("RGB", (300, 200), (250, 250, 0))


def put_in(*chunks: bytes, at: int = 33) -> bytes:
    """The PNG with chunks behind its head (33), or before its end."""
    return PNG[:at] + b"".join(chunks) + PNG[at:]


def wrong(made: bytes) -> bytes:
    return made[:-1] + bytes([made[-1] ^ 255])


def corner(data: bytes) -> tuple[int, ...]:
    return Pillow.open(io.BytesIO(normalise(data).jpeg)).getpixel((4, 4))


PACKED = zlib.compress(b"a" * (2 << 20))
ODD = {
    "a text with a wrong checksum": put_in(wrong(chunk(b"tEXt", b"Comment\0hi"))),
    "a time with a wrong checksum": put_in(wrong(chunk(b"tIME", bytes(7)))),
    "a text of 2 MB": put_in(chunk(b"zTXt", b"Comment\0\0" + PACKED)),
    "a text of 2 MB behind the pixels": put_in(chunk(b"zTXt", b"Comment\0\0" + PACKED), at=-12),
    "an international text of 2 MB": put_in(chunk(b"iTXt", b"Comment\0\1\0\0\0" + PACKED)),
    "a colour profile of 2 MB": put_in(chunk(b"iCCP", b"icc\0\0" + PACKED)),
    "a transparent colour with a wrong checksum": put_in(wrong(chunk(b"tRNS", bytes(6)))),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_beside_a_pngs_pixels_does_not_matter(name: str) -> None:
    assert normalise(ODD[name]) == normalise(PNG)


def test_a_mended_png_keeps_its_colours_and_its_turn() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    good = encoded(scene(), "PNG", icc_profile=swapped_profile(), exif=exif)
    assert normalise(good[:33] + wrong(chunk(b"tEXt", b"Comment\0hi")) + good[33:]) == normalise(good)


def test_a_png_whose_head_has_a_wrong_checksum_is_broken() -> None:
    data = bytearray(PNG)
    data[29] ^= 255
    with pytest.raises(ImageError) as error:
        normalise(bytes(data))
    assert error.value.reason is ImageProblem.BROKEN


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_end_mark_holds_every_pixel(options: dict[str, object], cut: int) -> None:
    data = encoded(scene(1200, 800), "JPEG", **options)
    assert normalise(data[:-cut]) == normalise(data)


@pytest.mark.parametrize("progressive", [True, False])
@pytest.mark.parametrize("cut", [8, 40, 2000, 10_000])
def test_a_jpeg_that_lacks_pixels_is_broken(progressive: bool, cut: int) -> None:
    data = encoded(scene(600, 400), "JPEG", progressive=progressive, quality=95)
    with pytest.raises(ImageError) as error:
        normalise(data[:-cut])
    assert error.value.reason is ImageProblem.BROKEN


@pytest.mark.parametrize("size", [(8064, 6048), (16_382, 3628), (12_000, 9000)])
def test_a_phones_largest_photographs_are_read(size: tuple[int, int]) -> None:
    assert normalise(encoded(Pillow.new("RGB", size, (90, 90, 200)), "JPEG")).width == 768


def test_a_phones_large_photograph_with_a_second_picture_behind_it_is_read() -> None:
    large = Pillow.new("RGB", (8064, 6048), (90, 90, 200))
    data = encoded(large, "MPO", save_all=True, append_images=[scene(60, 40)])
    assert (normalise(data).width, normalise(data).height) == (768, 576)


def test_even_a_jpeg_may_be_too_large() -> None:
    with pytest.raises(ImageError) as error:
        normalise(encoded(Pillow.new("L", (12_000, 10_100)), "JPEG"))
    assert error.value.reason is ImageProblem.TOO_LARGE


def moving(kind: str, *frames: Pillow.Image) -> bytes:
    lossless = {"lossless": True, "minimize_size": False} if kind == "WEBP" else {}
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100, **lossless)


NOTHING = {
    "black": Pillow.new("RGB", (300, 200)),
    "nearly black": Pillow.new("RGB", (300, 200), (9, 12, 20)),
    "white": Pillow.new("RGB", (300, 200), WHITE),
    "clear": Pillow.new("RGBA", (300, 200), (200, 0, 0, 0)),
}


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("nothing", NOTHING)
def test_animations_that_begin_with_nothing_are_known_by_what_they_show(kind: str, nothing: str) -> None:
    begin = NOTHING[nothing]
    first, second = (f.convert(begin.mode) for f in (scene(seed=3), YELLOW))
    one, other = moving(kind, begin, first, second), moving(kind, begin, second, first)
    assert normalise(one).hash != normalise(other).hash
    assert sum(abs(a - b) for a, b in zip(corner(other), (250, 250, 0), strict=True)) < 20


def test_of_a_slow_fade_a_frame_is_taken_that_can_be_seen() -> None:
    shown = Pillow.new("RGB", (300, 200), (200, 160, 120))
    fade = [Pillow.blend(NOTHING["black"], shown, n / 20) for n in range(21)]
    for n, frame in enumerate(fade):
        ImageDraw.Draw(frame).point((0, n), (n, 0, 0))  # else equal frames are left out
    assert 125 <= corner(moving("PNG", *fade))[0] <= 135
    assert 65 <= corner(moving("PNG", *fade[:13]))[0] <= 75


def test_an_animation_that_shows_something_at_once_is_known_by_its_first_frame() -> None:
    for first in (scene(), YELLOW):
        assert normalise(moving("PNG", first, scene(seed=2))) == normalise(encoded(first, "PNG"))


def test_an_animation_that_shows_nothing_at_all_is_nothing() -> None:
    black = NOTHING["black"]
    assert normalise(moving("PNG", black, NOTHING["nearly black"])) == normalise(encoded(black, "PNG"))


def test_animations_that_are_dark_for_longer_than_we_look_are_told_apart_all_the_same() -> None:
    dark = [Pillow.new("RGB", (60, 40), (0, 0, n % 9)) for n in range(400)]
    one, other = (moving("GIF", *dark, shown) for shown in (scene(60, 40), scene(60, 40, 2)))
    assert normalise(one).hash != normalise(other).hash


def test_an_animation_whose_rest_is_missing_shows_what_is_there() -> None:
    whole = moving("GIF", NOTHING["black"], scene(), YELLOW)
    assert normalise(whole[:-200]) == normalise(whole)


@pytest.mark.parametrize(
    ("depth", "colour", "row", "key"),
    [
        (8, 0, b"\x9c", struct.pack(">H", 0x9C)),
        (16, 0, struct.pack(">H", 40_000), struct.pack(">H", 40_000)),
        (16, 2, struct.pack(">HHH", 40_000, 20_000, 10_000), struct.pack(">HHH", 40_000, 20_000, 10_000)),
    ],
)
def test_a_transparent_colour_is_white_at_any_depth(depth: int, colour: int, row: bytes, key: bytes) -> None:
    assert corner(png(20, 20, depth, colour, row * 20, chunk(b"tRNS", key))) == WHITE


def test_only_the_grey_that_stands_for_transparent_is_clear() -> None:
    row = struct.pack(">H", 40_001) * 20
    assert corner(png(20, 20, 16, 0, row, chunk(b"tRNS", struct.pack(">H", 40_000)))) == corner(
        png(20, 20, 16, 0, row)
    )


@pytest.mark.parametrize("options", [{}, {"save_all": True, "append_images": [scene(seed=2)]}])
def test_avif_is_read(options: dict[str, object]) -> None:
    data = encoded(scene(), "AVIF", **options)
    assert readable(data)
    assert (normalise(data).width, normalise(data).height) == (300, 200)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_bmp_is_read_as_the_same_picture_in_another_file(mode: str) -> None:
    """Every browser shows it, and whole datasets of pictures that were rated by people come so."""
    picture = scene().convert(mode)
    data = encoded(picture, "BMP")
    assert readable(data)
    assert normalise(data).hash == normalise(encoded(picture, "PNG")).hash
    with pytest.raises(ImageError, match="broken"):
        normalise(data[: len(data) // 2])
    wide = data[:18] + struct.pack("<ii", 60_000, 60_000) + data[26:]
    with pytest.raises(ImageError, match="too_large"):
        normalise(wide)


def container(*brands: bytes) -> bytes:
    body = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I", 4 + len(body)) + body + bytes(40)


HEIC_BRANDS = (b"heic", b"heis", b"hevm", b"hevx", b"mif1", b"msf1")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        *((container(brand), FileKind.HEIC) for brand in HEIC_BRANDS),
        (container(b"mif1", b"mif1", b"heic"), FileKind.HEIC),
        (container(b"mif1", b"mif1", b"avif", b"miaf"), FileKind.AVIF),
        (container(b"msf1", b"avis"), FileKind.AVIF),
        (container(b"isom", b"isom", b"iso2"), FileKind.VIDEO),
        (container(b"qt  "), FileKind.VIDEO),
        (container(b"crx ", b"crx ", b"isom"), FileKind.RAW),
        (b"\xff\x0a" + bytes(20), FileKind.JPEG_XL),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20), FileKind.JPEG_XL),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(20), FileKind.JPEG_2000),
    ],
)
def test_a_file_is_called_what_it_is(data: bytes, kind: FileKind) -> None:
    assert kind_of(data) == kind
    assert readable(data) == (kind is FileKind.AVIF)
    with pytest.raises(ImageError):
        normalise(data)
