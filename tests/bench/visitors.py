"""What a visitor of the demo's page gets for sixteen pictures of the deck: `python -m tests.bench.visitors`.

Of each taste one visitor a seed, with the page's own sixty pictures, dealt in the order in which the deck deals
them; the bot's own worker looks after twelve labels and after sixteen. Only Discord is left out.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.demo.figures import LEARNT, UNSEEN
from bot.demo.page import FRESH
from bot.demo.people import PEOPLE, reactions
from bot.words import news
from bot.words.outcomes import run_reason
from core.asking.asker import ModelAsker
from core.collecting.dealing import order, wanted
from core.predicting.knowledge import Knowledge
from core.tending.run import Tuner
from core.tending.shadowing import Shadows
from core.tending.worker import TuningWorker
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Purpose
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from core.vocabulary.label import hit
from core.vocabulary.profile import ProfileKey
from storage import Storage, open_storage
from tests.bench.world import InProcess, Sight, T, asker, pictures
from tests.fakes import ManualClock
from tests.labelling import felt

DECKS = (12, 4)
FRESH_SEED = 1_000_003
"""As `bot.demo.page` draws what nobody has reacted to."""


@dataclass(frozen=True)
class Got:
    """What one visitor has after sixteen labels: rules, what they were told, right answers on unseen pictures."""

    who: str
    rules: Sequence[str]
    told: str
    right: float
    generic_right: float


class Kept:
    """What was asked already, and nothing else."""

    def __init__(self, gateway: InProcess) -> None:
        self._gateway = gateway

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        known = call.key(self._gateway.settings.model) in self._gateway.kept
        return await self._gateway.ask(call, parse) if known else Failure.UNAVAILABLE


@lru_cache(maxsize=1)
def shown(seed: int) -> Sequence[Sight]:
    """The pictures of the story, then those that nobody has reacted to."""
    return (*pictures(LEARNT + UNSEEN, seed), *pictures(FRESH, seed + FRESH_SEED))


async def visit(
    storage: Storage, gateway: InProcess, clock: ManualClock, place: int, seed: int, *, chosen: bool
) -> Got:
    feels = reactions([sight.scene for sight in shown(seed)], seed)[PEOPLE[place].name]
    sights = [(sight.image, feeling) for sight, feeling in zip(shown(seed), feels, strict=True)]
    page, unseen = [*sights[:LEARNT], *sights[LEARNT + UNSEEN :]], sights[LEARNT : LEARNT + UNSEEN]
    member = 100 * seed + place + 1
    key = ProfileKey(member, MIKELS.id)
    parts = (storage, asker(gateway), clock)
    worker = TuningWorker(Tuner(*parts), Shadows(*parts), storage.runs, storage.due, clock)
    knowledge = Knowledge(ModelAsker(Kept(gateway)), storage.versions, storage.runs)
    left = {image.hash: (image, feeling) for image, feeling in page}
    for image, _ in page:  # each was labelled by somebody of the story, or is described when the page opens
        await asker(gateway).generic(image, MIKELS)
    for deck in DECKS:
        for _ in range(deck):
            profile = await storage.labels.profile(key)
            known = await knowledge.of(key, MIKELS, left)
            want = wanted(MIKELS.names, profile.counts if profile else {})
            first = order(known, want)[0] if chosen else next(iter(left))
            image, feeling = left.pop(first)
            clock.advance(seconds=4)
            await felt(storage, member, [(image, feeling, clock.now_ms())])
        clock.advance(seconds=120)
        while await worker.step(member):
            pass
    return await _got(storage, gateway, key, f"{PEOPLE[place].name} {seed}", unseen)


async def _got(
    storage: Storage, gateway: InProcess, key: ProfileKey, who: str, unseen: Sequence[tuple[Image, str]]
) -> Got:
    active, last = await storage.versions.active(key), await storage.runs.last(key)
    block, right, generic_right = active.block if active else "", 0.0, 0.0
    for image, feeling in unseen:
        general = await asker(gateway).generic(image, MIKELS)
        said = await asker(gateway).judge(image, MIKELS, block, owner=key.member_id, purpose=Purpose.PREDICT)
        assert isinstance(general, Answer)
        assert isinstance(said, Answer)
        generic_right += hit(MIKELS, general.value.distribution, {feeling: 1.0})
        right += hit(MIKELS, said.value.distribution, {feeling: 1.0})
    why = run_reason(last.reason) if last and last.reason else ""
    told = why if active else news.nothing_found(why, last.n_labels if last else 0)
    return Got(who, [rule.text for rule in active.rules] if active else [], told, right, generic_right)


async def measured(seeds: Sequence[int], *, chosen: bool) -> list[Got]:
    found = []
    with TemporaryDirectory() as folder:
        clock = ManualClock()
        async with open_storage(Path(folder) / "visitors.db", clock=clock) as storage:
            for seed in seeds:
                gateway = InProcess()
                people = range(len(PEOPLE))
                found += [await visit(storage, gateway, clock, place, seed, chosen=chosen) for place in people]
    return found


def main() -> None:
    """Say of each visitor what they got, and how many got a feelprint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3])
    parser.add_argument("--as-they-come", action="store_true", help="the deck deals in the order of the page")
    given = parser.parse_args()
    found = asyncio.run(measured(given.seeds, chosen=not given.as_they_come))
    for got in found:
        words = "\n    ".join(got.rules) or got.told.replace("\n", "\n    ")
        print(f"{got.who}: {got.generic_right:.0f} → {got.right:.0f} of {UNSEEN} right\n    {words}")
    mine = [got for got in found if got.rules]
    worse = sum(got.right < got.generic_right for got in mine)
    others = sum(bool(got.told) for got in found if not got.rules)
    print(f"{len(mine)} of {len(found)} got a feelprint, {others} are told why not and what helps")
    print(f"{worse} of the feelprints are right less often than most people's answer", end="; ")
    gain = sum(got.right - got.generic_right for got in found) / (UNSEEN * len(found))
    print(f"all together gain {100 * gain:+.1f} points")


if __name__ == "__main__":
    main()
