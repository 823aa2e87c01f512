"""Which of the token's shards a process has: `--shards 0-3/16` are four of sixteen."""

import re
from dataclasses import dataclass

from bot.errors import SettingsError, SettingsProblem

_MOST = 1 << 16
_FORM = re.compile(r"^(\d+)(?:-(\d+))?/(\d+)$")


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards from `first` to `last`, of `count` in all."""

    first: int
    last: int
    count: int

    @property
    def ids(self) -> range:
        """Their numbers."""
        return range(self.first, self.last + 1)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}/{self.count}"

    def have(self, server_id: int | None) -> bool:
        """Whether a server is of one of them, as Discord deals them; direct messages (None) are of the first."""
        return (0 if server_id is None else (server_id >> 22) % self.count) in self.ids


def shards_of(said: str) -> Shards:
    """What somebody wrote. Raises SettingsError."""
    found = _FORM.match(said.strip())
    if found is not None:
        first, last, count = int(found[1]), int(found[2] or found[1]), int(found[3])
        if first <= last < count < _MOST:
            return Shards(first, last, count)
    raise SettingsError(SettingsProblem.SHARDS, path=said)
