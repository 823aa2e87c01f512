"""Does it pay to choose the next picture? The deck's order (`core.collecting.dealing`), or what `next_picture`
would put first, against pictures as they come, for the same people.

    python -m tests.bench.choosing --by deck --world demo --seeds 51 52

With `--by doubt` everybody begins with the same eight labels, and each further picture is the first of ten that
wait or the one that `ranking` puts first. With `--by deck` all that are left wait from the first on, as in a deck
of which the general answers are known and nobody has asked for their own. All end with `--n`. The method runs at
every eighth label, and remembers its rules.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.collecting.dealing import Known, order, wanted
from core.evaluate.scoring import interval
from core.predicting.knowledge import _described, _words, undecided
from core.tuning.constants import DEFAULT
from core.tuning.items import Item, item_of
from core.tuning.match import matched
from core.tuning.method import by_rules
from core.tuning.pool import Job
from core.tuning.session import Session
from core.vocabulary.calls import Answer, Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.feelprint import RuleRecord, block_of
from core.vocabulary.label import Label, hit
from tests.bench.living import STEADY, Seen, people
from tests.bench.next_picture import Unlabelled, ranking
from tests.bench.world import InProcess, asker

FIRST, EVERY, WAITING = 8, 8, 10
ME = 1


@dataclass
class Life:
    """One person's labels, the pool, and the rules in use."""

    gateway: InProcess
    items: list[Item] = field(default_factory=list)
    records: tuple[RuleRecord, ...] = ()
    block: str = ""

    async def learn(self) -> None:
        job = Job(session(), asker(self.gateway), MIKELS, self.items, DEFAULT, ME, len(self.items))
        found = await by_rules(replace(job, records=self.records))
        kept = {record.rule.id: record for record in (*self.records, *found.records)}
        self.records = tuple(kept.values())
        self.block = block_of(found.rules) or self.block

    def dealt(self, waiting: Sequence[Item]) -> int:
        """The place of the picture that a deck shows first."""
        questions = [_words(record.rule.when) for record in self.records if undecided(record)]
        known = {place: _known(item, questions) for place, item in enumerate(waiting)}
        counts = Counter(name for item in self.items for name in item.felt)
        return order(known, wanted(MIKELS.names, counts))[0]

    async def best(self, waiting: Sequence[Item]) -> int:
        """The place of the picture that would decide most."""
        records = [record for record in self.records if record.held_on]
        conditions = [record.rule.when for record in records]
        described = [item.generic.description for item in waiting]
        pairs = await matched(session(), asker(self.gateway), conditions, described, ME) or frozenset()
        pictures = [
            Unlabelled(usual(item), frozenset(records[c].rule.id for c, d in pairs if d == place))
            for place, item in enumerate(waiting)
        ]
        return ranking(records, pictures)[0]

    async def gain(self, unseen: Sequence[Item]) -> float:
        """Points over the generic prompt."""
        if not self.block:
            return 0.0
        ask, gains = asker(self.gateway), []
        for item in unseen:
            said = await ask.judge(item.image, MIKELS, self.block, owner=ME, purpose=Purpose.PREDICT)
            assert isinstance(said, Answer)
            gains.append(hit(MIKELS, said.value.distribution, item.felt) - item.generic_hit)
        return 100.0 * sum(gains) / len(gains)


def _known(item: Item, questions: Sequence[frozenset[str]]) -> Known:
    seen = _described(item.generic.description)
    tests = sum(1 for words in questions if words and words <= seen)
    return Known(item.generic.distribution, None, tests)


def session() -> Session:
    return Session(asyncio.Semaphore(1))


def usual(item: Item) -> str:
    return MIKELS.top(item.generic.distribution)


async def described(gateway: InProcess, labels: Sequence[Seen]) -> list[Item]:
    items = []
    for at, label in enumerate(labels):
        answer = await asker(gateway).generic(label.image, MIKELS)
        assert isinstance(answer, Answer)
        items.append(item_of(MIKELS, label.image, Label(ME, label.image.hash, label.felt, at), answer.value))
    return items


async def gains(gateway: InProcess, labels: Sequence[Item], unseen: Sequence[Item], n: int, by: str) -> float:
    life, left = Life(gateway), list(labels)
    while len(life.items) < n and left:
        place = 0
        if by == "deck":
            place = life.dealt(left)
        elif by == "doubt" and len(life.items) >= FIRST:
            place = await life.best(left[:WAITING])
        life.items.append(replace(left.pop(place), at=len(life.items)))
        if len(life.items) % EVERY == 0:
            await life.learn()
    return await life.gain(unseen)


async def measure(world: str, seeds: Sequence[int], count: int, sizes: Sequence[int], by: str) -> None:
    ahead: dict[int, list[tuple[float, float]]] = {n: [] for n in sizes}
    for seed in seeds:
        gateway = InProcess()
        for _, labels, unseen in await people(world, gateway, seed, count):
            known, tests = await described(gateway, labels[:STEADY]), await described(gateway, unseen)
            for n in sizes:
                came = await gains(gateway, known, tests, n, "")
                ahead[n].append((came, await gains(gateway, known, tests, n, by)))
    for n, pairs in ahead.items():
        difference = [chosen - came for came, chosen in pairs]
        low, high = interval(difference, seed=0)
        came, chosen = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
        mean = sum(difference) / len(pairs)
        print(f"{n:>2} labels, {len(pairs)} people: as they come {came:+.1f}, chosen {chosen:+.1f}, ", end="")
        print(f"difference {mean:+.1f} [{low:+.1f}, {high:+.1f}]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", choices=("demo", "generated"), default="demo")
    parser.add_argument("--seeds", nargs="+", type=int, default=[51])
    parser.add_argument("--people", type=int, default=12, help="of each generated world")
    parser.add_argument("--n", nargs="+", type=int, default=[16, 32])
    parser.add_argument("--by", choices=("deck", "doubt"), default="deck")
    given = parser.parse_args()
    asyncio.run(measure(given.world, given.seeds, given.people, given.n, given.by))


if __name__ == "__main__":
    main()
