"""Random reactions, ratings, deletions and departures against a model of plain dictionaries."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.vocabulary.changes import (
    Change,
    DropChannel,
    DropMessages,
    DropServer,
    RecordRating,
    RecordReaction,
    WithdrawCleared,
    WithdrawReaction,
)
from storage import Storage, open_storage
from tests.databases import empty
from tests.effort import TIMES
from tests.fakes import ManualClock
from tests.storage.made import EMOJI, T0, hash_of, key, rated, reacted, withdrew

MEMBERS, MESSAGES, FEELINGS = (1, 2, 3), range(1, 9), ("awe", "fear", "anger")
PICTURES = range(3)


def place(message: int) -> dict[str, int]:
    """What a message shows and where it stands: three pictures, two channels, two servers."""
    return {"picture": message % 3, "channel": 50 + message % 4, "server": 5 + message % 2}


@dataclass
class Model:
    """The same facts in dictionaries, and the labels that follow from them."""

    collected: set[int] = field(default_factory=lambda: set(MEMBERS))
    reactions: dict[tuple[int, int, str, bool], int] = field(default_factory=dict)
    ratings: dict[tuple[int, int], tuple[frozenset[str], int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    before: dict[tuple[int, int], frozenset[str]] = field(default_factory=dict)

    def begin(self) -> None:
        """A batch begins: whoever has paused may take something back of what they felt until now."""
        self.before = {(who, picture): self.felt(who, picture) for who in MEMBERS for picture in PICTURES}

    def apply(self, change: Change) -> None:
        match change:
            case RecordReaction(member_id=member, sighting=seen, emoji=emoji, burst=burst, at=at):
                if member in self.collected and not self.gone & {seen.message_id, seen.channel_id}:
                    self.reactions.setdefault((member, seen.message_id, emoji, burst), at)
            case WithdrawReaction(member_id=member, message_id=message, emoji=emoji, burst=burst):
                self.reactions.pop((member, message, emoji, burst), None)
            case WithdrawCleared(message_id=message, emoji=emoji):
                self._drop(lambda key: key[1] == message and emoji in (None, key[2]))
            case DropMessages(message_ids=messages):
                self.gone |= set(messages)
                self._drop(lambda key: key[1] in messages)
            case DropChannel(channel_id=channel):
                self.gone.add(channel)
                self._drop(lambda key: place(key[1])["channel"] == channel)
            case DropServer(server_id=server):
                self._drop(lambda key: place(key[1])["server"] == server)
            case RecordRating(member_id=member, image_hash=image_hash, emotions=emotions, at=at):
                picture = next(n for n in PICTURES if hash_of(n) == image_hash)
                there = (member, picture) in self.ratings or any(
                    key[0] == member and place(key[1])["picture"] == picture for key in self.reactions
                )
                joined = member in self.collected
                if (joined or emotions <= self.before[member, picture]) if emotions else there:
                    self.ratings[member, picture] = (emotions, at)

    def _drop(self, where: Any) -> None:
        self.reactions = {key: at for key, at in self.reactions.items() if not where(key)}

    def forget(self, member: int) -> None:
        self.collected.discard(member)
        self._drop(lambda key: key[0] == member)
        self.ratings = {key: value for key, value in self.ratings.items() if key[0] != member}

    def felt(self, member: int, picture: int) -> frozenset[str]:
        emotions, rated_at = self.ratings.get((member, picture), (frozenset(), -1))
        reacted_with = {
            feeling
            for (who, message, emoji, _), at in self.reactions.items()
            for feeling in FEELINGS
            if EMOJI[feeling] == emoji and who == member and place(message)["picture"] == picture and at > rated_at
        }
        return emotions | reacted_with

    def needed(self) -> set[int]:
        return {place(key[1])["picture"] for key in self.reactions} | {
            picture for (_, picture), (emotions, _) in self.ratings.items() if emotions
        }


member, message, feeling = st.sampled_from(MEMBERS), st.sampled_from(MESSAGES), st.sampled_from(FEELINGS)
some_feelings = st.lists(feeling, max_size=2)
steps = st.one_of(
    *[st.tuples(st.just("react"), member, message, feeling, st.booleans())] * 4,
    *[st.tuples(st.just("withdraw"), member, message, feeling, st.booleans())] * 3,
    st.tuples(st.just("clear"), message, st.none() | feeling),
    st.tuples(st.just("rate"), member, st.sampled_from(PICTURES), some_feelings),
    st.tuples(st.just("delete"), st.lists(message, min_size=1, max_size=3)),
    st.tuples(st.just("channel"), st.sampled_from(range(50, 54))),
    st.tuples(st.just("server"), st.sampled_from((5, 6))),
    st.tuples(st.just("forget"), member),
    st.tuples(st.just("join"), member),
    st.tuples(st.just("pause"), member),
)
programs = st.lists(st.lists(steps, min_size=1, max_size=6), max_size=12)


def change_of(step: tuple[Any, ...], at: int) -> Change:  # noqa: PLR0911
    match step:
        case ("react", who, where, felt, burst):
            return reacted(who, where, felt, at=at, burst=burst, **place(where))
        case ("withdraw", who, where, felt, burst):
            return withdrew(who, where, felt, at=at, burst=burst)
        case ("clear", where, felt):
            return WithdrawCleared(where, felt and EMOJI[felt])
        case ("rate", who, picture, felt):
            return rated(who, picture, *felt, at=at)
        case ("delete", where):
            return DropMessages(tuple(where), T0 + at)
        case ("channel", where):
            return DropChannel(where, T0 + at)
        case _:
            return DropServer(step[1], T0 + at)


async def perform(storage: Storage, program: list[list[tuple[Any, ...]]]) -> Model:
    """Run a program on both: each batch as one transaction, applied twice."""
    model, at = Model(), 0
    for who in MEMBERS:
        await storage.members.join(who, 1, T0)
    for batch in program:
        changes: list[Change] = []
        for step in batch:
            at += 1
            if step[0] in ("forget", "join", "pause"):
                await commit(storage, model, changes)
                changes = []
                await person(storage, model, step[0], step[1])
            else:
                changes.append(change_of(step, at))
        await commit(storage, model, changes)
    return model


async def commit(storage: Storage, model: Model, changes: list[Change]) -> None:
    model.begin()
    for change in changes:
        model.apply(change)
    await storage.labels.apply(changes)
    assert not (await storage.labels.apply(changes)).touched


async def person(storage: Storage, model: Model, what: str, who: int) -> None:
    if what == "join":
        await storage.members.join(who, 1, T0)
        model.collected.add(who)
    elif what == "pause":
        await storage.members.pause(who, True)
        model.collected.discard(who)
    else:
        await storage.members.forget(who)
        model.forget(who)


async def compare(storage: Storage, model: Model, messages: Sequence[int] = MESSAGES) -> None:
    for who in MEMBERS:
        felt = {n: model.felt(who, n) for n in PICTURES}
        labels = {label.image_hash: label.emotions for label in await storage.labels.labels(key(who))}
        assert labels == {hash_of(n): emotions for n, emotions in felt.items() if emotions}
        profile = await storage.labels.profile(key(who))
        counts = Counter(emotion for emotions in felt.values() for emotion in emotions)
        assert (profile.labels if profile else 0) == len(labels)
        assert (profile.counts if profile else {}) == dict(counts)
    for n in PICTURES:
        assert (await storage.labels.image(hash_of(n)) is not None) == (n in model.needed())
    stored = await storage.labels.reactions_on(messages)
    assert stored == {(where, who, emoji, burst) for who, where, emoji, burst in model.reactions}
    for where in messages:
        seen = any(key[1] == where for key in model.reactions)
        assert (await storage.labels.seen(where) is not None) == seen


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@settings(
    max_examples=8 * TIMES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(program=programs)
def _any_program(runner: asyncio.Runner, storage: Storage, program: list[list[tuple[Any, ...]]]) -> None:
    async def run() -> None:
        await empty(storage)
        await compare(storage, await perform(storage, program))

    runner.run(run())


def test_any_order_of_events_leaves_what_the_model_says(runner: asyncio.Runner, database_url: str) -> None:
    opening = open_storage(database_url, clock=ManualClock())
    storage = runner.run(opening.__aenter__())
    try:
        _any_program(runner, storage)
    finally:
        runner.run(opening.__aexit__(None, None, None))
