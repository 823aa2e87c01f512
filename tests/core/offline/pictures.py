"""Pictures drawn for these tests, and the offline model asked in-process in the dialect of the wire."""

import hashlib
import io
import json
import random
from collections.abc import Callable
from typing import Any, TypeVar

from PIL import Image as Pillow
from PIL import ImageDraw

from core.model.config import ModelSettings
from core.model.dialect import request_of
from core.offline.model import MODEL_NAME, OfflineModel
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Usage
from core.vocabulary.images import Image

T = TypeVar("T")
SETTINGS = ModelSettings(base_url="http://localhost/v1", model=MODEL_NAME, api_key="")
SIZE = (480, 360)


def image_of(picture: Pillow.Image) -> Image:
    data = io.BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=90)
    return Image(hashlib.sha256(picture.tobytes()).hexdigest(), data.getvalue(), *picture.size)


def layers(above: tuple[int, int, int], below: tuple[int, int, int], split: float = 0.5) -> Pillow.Image:
    picture = Pillow.new("RGB", SIZE, above)
    ImageDraw.Draw(picture).rectangle((0, int(SIZE[1] * split), *SIZE), fill=below)
    return picture


Colour = tuple[int, int, int]


def scatter(
    picture: Pillow.Image, seed: int, *, count: int, size: int, colours: list[Colour], between: tuple[float, float]
) -> Pillow.Image:
    low, high = (round(SIZE[1] * share) for share in between)
    rng, draw = random.Random(seed), ImageDraw.Draw(picture)
    for _ in range(count):
        x, y = rng.randint(10, SIZE[0] - 10), rng.randint(low + 8, high - 8)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=rng.choice(colours))
    return picture


def starry(seed: int = 0) -> Pillow.Image:
    night = layers((10, 14, 44), (6, 8, 12), 0.75)
    return scatter(night, seed, count=90, size=1, colours=[(240, 240, 225)], between=(0.0, 0.75))


def flowers(seed: int = 0) -> Pillow.Image:
    colours = [(230, 40, 60), (250, 220, 60), (220, 100, 200)]
    meadow = layers((140, 190, 240), (70, 150, 60), 0.35)
    return scatter(meadow, seed, count=70, size=6, colours=colours, between=(0.4, 1.0))


def snow(seed: int = 0) -> Pillow.Image:
    winter = layers((185, 205, 232), (246, 248, 251))
    return scatter(winter, seed, count=8, size=9, colours=[(60, 85, 80)], between=(0.45, 0.6))


def balls(seed: int = 0) -> Pillow.Image:
    colours = [(220, 40, 40), (30, 80, 200), (250, 200, 30)]
    wall = Pillow.new("RGB", SIZE, (235, 235, 238))
    return scatter(wall, seed, count=5, size=38, colours=colours, between=(0.1, 0.9))


def dusk(seed: int = 0) -> Pillow.Image:
    return layers((240, 130 + seed % 20, 70), (35, 25, 30), 0.6)


KINDS: dict[str, Callable[[int], Pillow.Image]] = {
    "starry": starry,
    "flowers": flowers,
    "snow": snow,
    "balls": balls,
    "dusk": dusk,
}


class InProcess:
    """A gateway without a network: the request that the client would send goes straight to the model."""

    def __init__(self) -> None:
        self.model = OfflineModel()

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        request: dict[str, Any] = json.loads(json.dumps(request_of(call, SETTINGS)))
        reply = self.model.complete(request)
        assert reply["choices"][0]["finish_reason"] == "stop"
        usage = Usage(reply["usage"]["prompt_tokens"], reply["usage"]["completion_tokens"])
        try:
            return Answer(parse(reply["choices"][0]["message"]["content"]), usage, cached=False)
        except ValueError:
            return Failure.INVALID
