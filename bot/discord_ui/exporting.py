"""Everything about a member as zip files: `data.json` with every row, `pictures/<hash>.jpg` with every picture;
for people to read also `labels.csv`, `feelprint.txt` and `index.html`.

Names are of hashes alone, so nothing that anybody wrote becomes a path. A file ends before Discord's limit for
uploads, and the next one is made only when that is sent: a member's pictures need not fit into memory together,
and those of many who ask at once neither.
"""

import io
import json
import zipfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from bot.discord_ui.replies import Upload
from bot.words import keepsake
from core.decoding.turns import TooMuchWaiting, Turns
from core.ports import LabelStore, MemberStore
from core.vocabulary.errors import ImageError, ImageProblem

MOST_BYTES = 10 * 1024 * 1024
"""Of one file, however much larger ones a server takes: it is in memory three times while it is sent."""

_MARGIN = 64 * 1024
"""Room for what surrounds a file in a request, and for the directory of the zip."""

_PICTURED = ("labels", "ratings", "reactions", "sightings", "answered_by_others")


def turns() -> Turns:
    """For all who take a copy: two are made at once, one of each person, of whom one more waits."""
    return Turns(2, each=1, own=1, everybody=20)


async def exported(
    turn: Turns, members: MemberStore, labels: LabelStore, member_id: int, limit: int
) -> AsyncGenerator[Upload]:
    """Files of at most `limit` bytes, where no single picture is larger; none where nothing is kept. Close it.

    Raises StorageError, and ImageError where too many wait.
    """
    try:
        async with turn.place(member_id):
            async for upload in _exported(members, labels, member_id, min(limit, MOST_BYTES)):
                yield upload
    except TooMuchWaiting:
        raise ImageError(ImageProblem.BUSY) from None


async def _exported(
    members: MemberStore, labels: LabelStore, member_id: int, limit: int
) -> AsyncGenerator[Upload]:
    data = await members.export(member_id)
    if not any(data.values()):
        return
    part = _Part(1)
    part.add("data.json", json.dumps(data, indent=2, ensure_ascii=False, default=str).encode(), packed=True)
    for name, text in (
        ("labels.csv", keepsake.labels_table(data)),
        ("feelprint.txt", keepsake.prompts(data)),
        ("index.html", keepsake.page(data)),
    ):
        if text:
            part.add(name, text.encode(), packed=True)
    for image_hash in _hashes(data):
        image = await labels.image(image_hash)
        if image is None:
            continue
        if part.size + len(image.jpeg) + _MARGIN > limit:
            yield part.upload()
            part = _Part(part.number + 1)
        part.add(f"pictures/{image_hash}.jpg", image.jpeg)
    yield part.upload()


def _hashes(data: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    return sorted({row["image_hash"] for table in _PICTURED for row in data.get(table, ())})


class _Part:
    """A zip in the making."""

    def __init__(self, number: int) -> None:
        self.number, self._bytes = number, io.BytesIO()
        self._zip = zipfile.ZipFile(self._bytes, "w")

    @property
    def size(self) -> int:
        """Bytes so far, without the directory at its end."""
        return self._bytes.tell()

    def add(self, name: str, data: bytes, *, packed: bool = False) -> None:
        """Add a file; pictures are packed already."""
        self._zip.writestr(name, data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)

    def upload(self) -> Upload:
        """The whole file."""
        self._zip.close()
        return Upload(f"feelprint-export-{self.number}.zip", self._bytes.getvalue())
