"""State machines of labels and of versions over a real storage, against plain models, with restarts among their
steps. (The one of consent and absences is a journey: it needs a whole bot.)
"""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.vocabulary.clock import SystemClock
from core.vocabulary.reasons import VersionStatus
from storage import Storage, open_storage
from tests.contracts.tuned import run
from tests.databases import empty
from tests.storage.lives import feelprint
from tests.storage.made import T0, key
from tests.storage.test_random_operations import (
    FEELINGS,
    MEMBERS,
    MESSAGES,
    PICTURES,
    Model,
    change_of,
    commit,
    compare,
    person,
    some_feelings,
)

STEPS = 50

who, where, felt = st.sampled_from(MEMBERS), st.sampled_from(MESSAGES), st.sampled_from(FEELINGS)
feelings = st.one_of(
    st.tuples(st.sampled_from(["react", "react", "withdraw"]), who, where, felt, st.booleans()),
    st.tuples(st.just("rate"), who, st.sampled_from(PICTURES), some_feelings),
)
losses = st.one_of(
    st.tuples(st.just("clear"), where, st.none() | felt),
    st.tuples(st.just("delete"), st.lists(where, min_size=1, max_size=2)),
    st.tuples(st.just("channel"), st.integers(50, 90)),  # a channel never comes back, so most are others
    st.tuples(st.just("server"), st.integers(5, 9)),
)


class OverStorage(RuleBasedStateMachine):
    """An open storage at an address, emptied for each run."""

    runner: ClassVar[asyncio.Runner]
    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._opening: Any = None
        self.storage: Storage

    def do(self, work: Any) -> Any:
        """Run it to its end."""
        return self.runner.run(work)

    async def open(self) -> None:
        """Open, again where it was open."""
        await self.close()
        self._opening = open_storage(self.url, clock=SystemClock())
        self.storage = await self._opening.__aenter__()

    async def close(self) -> None:
        """Close it in order."""
        opening, self._opening = self._opening, None
        if opening is not None:
            await opening.__aexit__(None, None, None)

    def teardown(self) -> None:
        self.do(self.close())


class Labels(OverStorage):
    """Reactions, ratings, deletions, departures and restarts: the labels are those of the dictionaries."""

    @initialize()
    def begin(self) -> None:
        self.model, self.at = Model(), 0
        self.do(self._begin())

    async def _begin(self) -> None:
        await self.open()
        await empty(self.storage)
        for who in MEMBERS:
            await self.storage.members.join(who, 1, T0)

    @rule(batch=st.lists(feelings, min_size=1, max_size=5))
    def feel(self, batch: Sequence[tuple[Any, ...]]) -> None:
        self.do(self._happens(batch))

    @rule(step=losses)
    def lose(self, step: tuple[Any, ...]) -> None:
        self.do(self._happens([step]))

    @rule(step=st.tuples(st.sampled_from(["join", "pause", "join", "forget"]), st.sampled_from(MEMBERS)))
    def come_and_go(self, step: tuple[Any, ...]) -> None:
        self.do(self._happens([step]))

    async def _happens(self, batch: Sequence[tuple[Any, ...]]) -> None:
        changes = []
        for step in batch:
            self.at += 1
            if step[0] in ("forget", "join", "pause"):
                await commit(self.storage, self.model, changes)
                changes = []
                await person(self.storage, self.model, step[0], step[1])
            else:
                changes.append(change_of(step, self.at))
        await commit(self.storage, self.model, changes)

    @rule()
    def restart(self) -> None:
        self.do(self.open())

    def teardown(self) -> None:
        self.do(self._compared())
        super().teardown()

    async def _compared(self) -> None:
        if hasattr(self, "model"):
            await compare(self.storage, self.model, MESSAGES)


class Versions(OverStorage):
    """Deploying, rolling back, leaving, coming back and restarts: one version at most is active, the right one."""

    member = st.sampled_from(MEMBERS)

    @initialize()
    def begin(self) -> None:
        self.joined: set[int] = set()
        self.held: dict[int, dict[int, VersionStatus]] = {who: {} for who in MEMBERS}
        self.do(self._begin())

    async def _begin(self) -> None:
        await self.open()
        await empty(self.storage)

    @rule(who=member)
    def join(self, who: int) -> None:
        self.do(self.storage.members.join(who, 1, T0))
        self.joined.add(who)

    @rule(who=member)
    def forget(self, who: int) -> None:
        self.do(self.storage.members.forget(who))
        self.joined.discard(who)
        self.held[who] = {}

    @rule(who=member)
    def deploy(self, who: int) -> None:
        number = max(self.held[who], default=0) + 1
        made = feelprint(who, number, at=T0 + number)
        done = self.do(self.storage.runs.finish(run(who, 8, run_id=f"{who}-{number}"), deploy=made))
        assert done == (who in self.joined)
        if done:
            self._replace(who, VersionStatus.SUPERSEDED)
            self.held[who][number] = VersionStatus.ACTIVE

    def _replace(self, who: int, status: VersionStatus) -> None:
        for version, was in self.held[who].items():
            if was is VersionStatus.ACTIVE:
                self.held[who][version] = status

    @rule(who=member, version=st.integers(1, 4))
    def roll_back(self, who: int, version: int) -> None:
        earlier = [v for v, was in self.held[who].items() if was is VersionStatus.SUPERSEDED]
        found = self.do(self.storage.versions.roll_back(key(who), version))
        if self.held[who].get(version) is not VersionStatus.ACTIVE:
            assert found is None
            return
        self._replace(who, VersionStatus.ROLLED_BACK)
        if earlier:
            self.held[who][max(earlier)] = VersionStatus.ACTIVE
        assert (found.version if found else None) == (max(earlier) if earlier else None)

    @rule()
    def restart(self) -> None:
        self.do(self.open())

    @invariant()
    def stored_are_those_of_the_model(self) -> None:
        if hasattr(self, "held"):
            self.do(self._compared())

    async def _compared(self) -> None:
        for who in MEMBERS:
            stored = {one.version: one.status for one in await self.storage.versions.all(key(who))}
            assert stored == self.held[who]
            active = await self.storage.versions.active(key(who))
            expected = [v for v, was in self.held[who].items() if was is VersionStatus.ACTIVE]
            assert ([active.version] if active else []) == expected


def play(machine: type[RuleBasedStateMachine], runs: int, chosen: int, length: int = STEPS) -> None:
    """So many runs of so many steps. Raises AssertionError where the model and what is stored differ."""
    case = machine.TestCase
    case.settings = settings(
        max_examples=runs,
        stateful_step_count=length,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # shrinking takes hours
        suppress_health_check=list(HealthCheck),
    )
    seed(chosen)(case.runTest)(case())
