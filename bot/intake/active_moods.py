"""The active moods of those who keep several, in memory: every reaction is heard in one.

A fact belongs to the mood that is active when it is heard, however long its picture takes to download.
"""

import asyncio
from dataclasses import replace

from core.ports import OwnMoodStore
from core.vocabulary.facts import Fact, Rated, Reacted
from core.vocabulary.own_moods import FIRST, OwnMood


class OwnMoods:
    """A copy of the active moods that are not the first; every change of one goes through here."""

    def __init__(self, store: OwnMoodStore) -> None:
        self._store = store
        self._active: dict[int, OwnMood] = {}
        self._readings: list[set[int]] = []
        self._in_turn = asyncio.Lock()

    async def refresh(self) -> None:
        """Read them anew; what changes meanwhile is not undone. Raises StorageError."""
        changed: set[int] = set()
        self._readings.append(changed)
        try:
            read = dict(await self._store.active())
        finally:
            self._readings = [one for one in self._readings if one is not changed]
        kept = {who: mood for who, mood in self._active.items() if who in changed}
        self._active = {who: mood for who, mood in read.items() if who not in changed} | kept

    async def told(self, member_id: int) -> None:
        """Another process has changed something about somebody's moods. Raises StorageError."""
        async with self._in_turn:
            kept = await self._store.listed(member_id)
            self._note(member_id, next(one.mood for one in kept if one.active))

    def of(self, member_id: int) -> OwnMood:
        """The active mood of anybody."""
        return self._active.get(member_id, FIRST)

    def heard(self, fact: Fact) -> Fact:
        """A fact with the mood in which it counts, where it says none itself."""
        if self._active and isinstance(fact, Reacted | Rated) and fact.mood is None:
            active = self._active.get(fact.member_id)
            return fact if active is None else replace(fact, mood=active.number)
        return fact

    async def make(self, member_id: int, name: str, at: int) -> OwnMood | None:
        """As `core.ports.OwnMoodStore.make`."""
        async with self._in_turn:
            made = await self._store.make(member_id, name, at)
            if made is not None:
                self._note(member_id, made)
            return made

    async def switch(self, member_id: int, number: int) -> OwnMood | None:
        """As `core.ports.OwnMoodStore.switch`."""
        async with self._in_turn:
            now = await self._store.switch(member_id, number)
            if now is not None:
                self._note(member_id, now)
            return now

    async def rename(self, member_id: int, number: int, name: str) -> bool:
        """As `core.ports.OwnMoodStore.rename`."""
        async with self._in_turn:
            done = await self._store.rename(member_id, number, name)
            if done and self.of(member_id).number == number:
                self._note(member_id, OwnMood(number, name))
            return done

    async def erase(self, member_id: int, number: int) -> int:
        """As `core.ports.OwnMoodStore.erase`; from now on nothing is heard in it."""
        async with self._in_turn:
            if self.of(member_id).number == number:
                self._note(member_id, FIRST)
            return await self._store.erase(member_id, number)

    def forget(self, member_id: int) -> None:
        """Somebody has left."""
        self._note(member_id, FIRST)

    def _note(self, member_id: int, mood: OwnMood) -> None:
        for reading in self._readings:
            reading.add(member_id)
        if mood == FIRST:
            self._active.pop(member_id, None)
        else:
            self._active[member_id] = mood
