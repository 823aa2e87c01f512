"""Which frame of an animation tells what it shows: the first, unless that is black or clear.

Animations that fade in begin with nothing, and all nothings look the same. How far a frame has got from
nothing is measured, and the first that has come half the way is taken. Looking has a bound in
pixels and not in seconds, so that a picture's hash never depends on how busy the machine was.
"""

from PIL import Image as Pillow

_STRIP = 512
_MAX_FRAMES = 300
_MAX_PIXELS = 30_000_000
_NOTHING = 24
"""How far from pure black or white all of a frame may be and still show nothing, of 255."""


def telling(picture: Pillow.Image) -> tuple[int, bool]:
    """The number of the telling frame, and whether all frames that may matter were looked at.

    It is the first frame, 0, where that shows something, and where no other does. Leaves the picture at any
    frame: open it anew. Raises what decoders raise.
    """
    # Whether a GIF has further frames is only known by walking them, so its first one is looked at before.
    if picture.format != "GIF" and not getattr(picture, "is_animated", False):
        return 0, True
    low, high = _range(picture)
    if low < 255 - _NOTHING and high > _NOTHING:
        return 0, True
    try:
        count = getattr(picture, "n_frames", 1)
    except (EOFError, OSError, SyntaxError, ValueError):  # what follows the first frame is broken
        count = 1
    looked = max(1, min(count, _MAX_FRAMES, _MAX_PIXELS // (picture.width * picture.height)))
    frame = _farthest(picture, looked, dark=high <= _NOTHING)
    return frame, frame > 0 or looked == count


def _farthest(picture: Pillow.Image, count: int, *, dark: bool) -> int:
    """The first frame that is half as far from nothing as can be, or as any; 0 where all show nothing."""
    distances = [0]
    for frame in range(1, count):
        try:
            picture.seek(frame)
            low, high = _range(picture)
        except (EOFError, OSError, SyntaxError, ValueError):  # the rest is missing or broken
            break
        distances.append(high if dark else 255 - low)
        if distances[-1] >= 128:
            return frame
    farthest = max(distances)
    return 0 if farthest <= _NOTHING else next(i for i, d in enumerate(distances) if 2 * d >= farthest)


def _range(picture: Pillow.Image) -> tuple[int, int]:
    """The darkest and the brightest value of any channel, as seen on white; by strips, as memory is bounded."""
    low, high = 255, 0
    clear = picture.has_transparency_data
    for top in range(0, picture.height, _STRIP):
        strip = picture.crop((0, top, picture.width, min(top + _STRIP, picture.height)))
        shown = strip.convert("RGBA" if clear else "RGB")
        if clear:
            shown = Pillow.alpha_composite(Pillow.new("RGBA", shown.size, "white"), shown).convert("RGB")
        bands = [band for band in shown.getextrema() if isinstance(band, tuple)]
        low = min(low, *(int(band[0]) for band in bands))
        high = max(high, *(int(band[1]) for band in bands))
    return low, high
