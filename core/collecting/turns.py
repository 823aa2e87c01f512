"""Whose turn it is, and how far down a channel to go: purely, so that it can be tried without Discord.

Servers take turns, and within a server its channels, whoever waited longest first; one busy channel costs the
others nothing but a turn. Within a channel the newest messages come first, then those where the last pass was
broken off, so that the oldest are reached however often the bot is started anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from core.vocabulary.comparison import Walked

TOP = 2**63 - 1
"""Above every message."""

RECENT = 14 * 24 * 60 * 60 * 1000 << 22
"""Two weeks, in Discord's time."""


def in_turn(channels: Iterable[Walked]) -> list[Walked]:
    """One round of turns."""
    by_server: dict[int | None, list[Walked]] = {}
    for channel in sorted(channels, key=lambda c: (c.turn, c.channel_id)):
        by_server.setdefault(channel.server_id, []).append(channel)
    return [channel for row in zip_longest(*by_server.values()) for channel in row if channel is not None]


def ages(now: int) -> list[range]:
    """The rounds before one in spans that double, the longest ago first.

    What was listed about as long ago has its turn together, from the newest message down, so that pages are read
    whole. What was not listed longest is the next to be: no number of absences leaves it out.
    """
    spans, end = [], now
    while end > 0:
        start = max(0, end - (now - end + 1))
        spans.append(range(start, end))
        end = start
    return spans[::-1]


@dataclass(slots=True)
class Descent:
    """A pass through a channel. `seen`: the newest message of the last whole pass; `broken_off`: where the last
    one ended that was not whole. `at`: the next page is below it; `newest`: the newest message of this pass.
    """

    seen: int = 0
    broken_off: int = 0
    at: int = TOP
    newest: int = 0
    done: bool = False
    jumped: bool = False
    wrapped: bool = False
    first: int = TOP

    @property
    def recent(self) -> int:
        """From here on messages are recent. Discord's own time is what counts: newer than it there is nothing."""
        return max(0, self.newest - RECENT)

    def read(self, newest: int, low: int, next_known: int | None, *, bottom: bool) -> None:
        """A page from `newest` down to `low` was compared. `next_known` is the newest known message below it, if
        any; `bottom`: the channel has nothing older.

        Every page is read down to what was seen in the last pass and as far as messages are recent; below that
        only those with a known message.
        """
        self.newest = max(self.newest, newest)
        every = low > min(self.seen or TOP, self.recent)
        below = None if bottom else low if every else None if next_known is None else next_known + 1
        if self.at == TOP:
            self.first = low
            if below is not None and 0 < self.broken_off < below:
                self.jumped, below = True, self.broken_off
        elif below is None and self.jumped and not self.wrapped:
            self.wrapped, below = True, self.first
        elif self.wrapped and below is not None and below <= self.broken_off:
            below = None
        if below is None:
            self.done = True
        else:
            self.at = below
