"""Looking at pictures: bytes to features to strengths of concepts, remembered by content.

A tuning run shows the same pictures many times; decoding them once keeps a judgement cheap.
"""

import base64
import binascii
import hashlib
from collections import OrderedDict

from core.offline.blobs import blob_features
from core.offline.pixels import Features, colour_features, paint
from core.offline.shapes import shape_features
from core.offline.vocabulary import Strengths, Vocabulary

MAX_REMEMBERED = 4096


class Eyes:
    """Sees pictures given as data URLs; remembers the latest `MAX_REMEMBERED`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._memory: OrderedDict[str, tuple[Features, Strengths]] = OrderedDict()

    def look(self, url: str) -> Strengths:
        """How strongly each concept holds. Raises ValueError where the picture cannot be read."""
        return self._seen(url)[1]

    def features(self, url: str) -> Features:
        """The picture's features. Raises ValueError where the picture cannot be read."""
        return self._seen(url)[0]

    def _seen(self, url: str) -> tuple[Features, Strengths]:
        key = hashlib.sha256(url.encode()).hexdigest()
        if key in self._memory:
            self._memory.move_to_end(key)
            return self._memory[key]
        canvas = paint(_bytes_of(url))
        features = colour_features(canvas) | shape_features(canvas) | blob_features(canvas)
        self._memory[key] = (features, self._vocabulary.see(features))
        if len(self._memory) > MAX_REMEMBERED:
            self._memory.popitem(last=False)
        return self._memory[key]


def _bytes_of(url: str) -> bytes:
    head, _, body = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise ValueError("The offline model reads pictures from data URLs only.")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ValueError("The picture is not valid base64.") from error
