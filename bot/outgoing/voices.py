"""Whom a sentence is said to: in which language each member reads, and how Discord mentions our commands.

A notice answers no interaction, so nothing tells its language; it takes that of the member's last one. That is
remembered in memory alone: after a restart, until they press or ask something again, a notice is in that of the
server in which they labelled last.
"""

from collections import OrderedDict
from contextlib import AbstractContextManager

from bot.words import language

_REMEMBERED = 10_000


class Voices:
    """`mentions`: commands by name (`feelprint show`), each as Discord makes it one that can be pressed."""

    def __init__(self) -> None:
        self.mentions: dict[str, str] = {}
        self._languages: OrderedDict[int, str] = OrderedDict()

    def answer(self, locale: str) -> None:
        """Speak, until the task ends, to whoever has a Discord in this language."""
        language.speak(locale, self.mentions)

    def heard(self, member_id: int, locale: str) -> None:
        """A member has a Discord in this language."""
        self._languages[member_id] = locale
        self._languages.move_to_end(member_id)
        if len(self._languages) > _REMEMBERED:
            self._languages.popitem(last=False)

    def telling(self, member_id: int, otherwise: str = language.ENGLISH) -> AbstractContextManager[None]:
        """Speak to a member inside the block, in the language `otherwise` where theirs is not remembered."""
        return language.speaking(self._languages.get(member_id, otherwise), self.mentions)

    def forget(self, member_id: int) -> None:
        """Keep nothing of somebody who was forgotten."""
        self._languages.pop(member_id, None)
