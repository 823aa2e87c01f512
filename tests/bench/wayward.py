"""A model that does not always do as it is told: the offline model, which follows notes only too well, made worse.

Real models pass over a wording, take one too broadly, or lose their way among several notes. What it is worth to
verify the whole, and to put other rules in place of those that are not heard, shows only with a model that does.
Which words it fails on follows from the words alone, so it fails when it is used as when it was tuned.
"""

import hashlib
import re
from dataclasses import replace
from typing import Any

from core.offline.describe import describe
from core.offline.model import OfflineModel
from core.offline.request import Asked

_WHEN = re.compile(r"^When .*?, (?=this person )")


class Wayward(OfflineModel):
    """It passes over a share of `deaf` wordings on two of three pictures, and takes another share, `broad`, to
    hold for every second picture of which they do not speak; of texts with several notes it takes a share of
    `lost` so that each note holds for every second picture.
    """

    def __init__(self, deaf: float = 0.25, broad: float = 0.25, lost: float = 0.25) -> None:
        super().__init__()
        self.deaf, self.broad, self.lost = deaf, broad, lost

    def _judge(self, asked: Asked) -> dict[str, Any]:
        notes = asked.notes
        if not notes:
            return super()._judge(asked)
        picture = asked.images[-1]
        anything = f"When it shows {describe(self._eyes.look(picture), self._vocabulary)[1][0]}, "
        lost = len(notes) > 1 and _chance("lost", *notes) < self.lost
        system = asked.system
        for number, note in enumerate(notes, 1):
            fails, here = _chance("note", note), _chance(note, picture)
            if lost or self.deaf <= fails < self.deaf + self.broad:
                read = _WHEN.sub(anything, note) if here < 1 / 2 else note
            else:
                read = "" if fails < self.deaf and here < 2 / 3 else note
            system = system.replace(f"\n{number}. {note}\n", f"\n{number}. {read}\n")
        return super()._judge(replace(asked, system=system))


def _chance(*words: str) -> float:
    """A number in [0, 1) that only these words decide."""
    return int.from_bytes(hashlib.sha256("\n".join(words).encode()).digest()[:4], "big") / (1 << 32)
