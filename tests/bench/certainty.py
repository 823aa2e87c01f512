"""Whether answers are right as often as they sound: the scale learned from some people, tried on others.

    python -m tests.bench.certainty --world demo --seeds 1 2 3 4

The temperature is fitted to the feelprints' answers for the people of half of the seeds, as the bot fits it to
shadow records, and personal and general answers of the others are put on it; then the halves change places. So is
how many in ten were right of those as sure, which stands beside an answer: learned from one half, by several
widths and least numbers, and held against what came of the other.
"""

import argparse
import asyncio
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.asking.questions import Asker
from core.evaluate.case import Case, Learned
from core.evaluate.meter import Meter
from core.evaluate.methods import METHODS, Method
from core.evaluate.run import Evaluation, Plan
from core.evaluate.scoring import calibration_error
from core.ports import Scored
from core.predicting import calibrate
from core.predicting.calibrate import Scale, scale_of
from core.tuning.items import Item
from core.vocabulary.calls import Answer, Outcome
from core.vocabulary.emotions import Distribution
from core.vocabulary.label import hit
from tests.bench import worlds
from tests.bench.gain import MAX_CALLS
from tests.bench.world import InProcess
from tests.bench.worlds import TEST, World

KINDS = {"personal": "rules", "general": "generic"}


@dataclass(frozen=True)
class Said:
    """What was answered about unseen pictures of some people, by kind."""

    by_kind: Mapping[str, list[Scored]]

    @property
    def everything(self) -> list[Scored]:
        return [one for kind in self.by_kind.values() for one in kind]


def recording(learn: Method, said: list[Scored]) -> Method:
    """The same method, which notes what it answers and how right that was."""

    async def learned(case: Case, meter: Meter) -> Learned:
        known = await learn(case, meter)

        async def predict(asker: Asker, item: Item) -> Outcome[Distribution]:
            outcome = await known.predict(asker, item)
            if isinstance(outcome, Answer):
                said.append(Scored(outcome.value, hit(case.label_set, outcome.value, item.felt), case.owner))
            return outcome

        return replace(known, predict=predict)

    return learned


async def asked(world: World, gateway: InProcess, labels: int) -> Said:
    """What both kinds of answers say of every person's last pictures, after so many labels."""
    found: dict[str, list[Scored]] = {kind: [] for kind in KINDS}
    methods = {kind: recording(METHODS[name], found[kind]) for kind, name in KINDS.items()}
    plan = Plan(methods, list(world.data.people), [labels], TEST, seed=0, max_calls=MAX_CALLS)
    await Evaluation(world.data, plan, gateway, world.load).run()
    return Said(found)


def errors(said: Said, scale: Scale) -> dict[str, float]:
    """Expected calibration error by kind and of all, on a scale."""
    kinds = {**said.by_kind, "all": said.everything}
    return {
        kind: calibration_error([(max(scale.tempered(one.distribution)), one.hit) for one in answers]) or 0.0
        for kind, answers in kinds.items()
    }


def beside(answers: Sequence[Scored], scale: Scale) -> tuple[float, float, float]:
    """Beside what share of answers it stands how many in ten were right; its expected calibration error, and its
    mean squared error (Brier), which is small only where it also tells sure answers from others.
    """
    told = [(scale.right(max(scale.tempered(one.distribution))), one.hit) for one in answers]
    said = [(right, came) for right, came in told if right is not None]
    squared = sum((right - came) ** 2 for right, came in said) / max(1, len(said))
    return len(said) / max(1, len(answers)), calibration_error(said) or 0.0, squared


def sensitivity(first: Said, second: Said) -> None:
    """Both halves, by the number of records that there are, the width, and the least number."""
    usual = calibrate.AS_SURE, calibrate.MIN_RECORDS
    for records in (60, 120, 400):
        for width, enough in itertools.product((0.05, 0.1, 0.2, 1.0), (10, 20, 40, 80)):
            calibrate.AS_SURE, calibrate.MIN_RECORDS = width, enough
            found = []
            for learned_from, others in ((first, second), (second, first)):
                pool = learned_from.by_kind["personal"]
                for draw in range(10 if records < len(pool) else 1):
                    some = random.Random(draw).sample(pool, min(records, len(pool)))
                    found.append(beside(others.by_kind["personal"], scale_of(some)))
            told = [one for one in found if one[0]] or [(0.0, 0.0, 0.0)]
            error, squared = (sum(one[k] for one in told) / len(told) for k in (1, 2))
            share = sum(one[0] for one in found) / len(found)
            print(f"  {records:>3} records, within {width:<4}, at least {enough:>2}: ", end="")
            print(f"said of {share:4.0%}, error {error:.3f}, squared {squared:.3f}")
    calibrate.AS_SURE, calibrate.MIN_RECORDS = usual


def together(halves: Sequence[Said]) -> Said:
    return Said({kind: [one for half in halves for one in half.by_kind[kind]] for kind in KINDS})


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", choices=("demo", "generated"), default="demo")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--labels", type=int, default=24)
    given = parser.parse_args()
    gateway, people = InProcess(), []
    for seed in given.seeds:
        world = worlds.demo(seed) if given.world == "demo" else await worlds.generated(gateway, seed, 5)
        people.append(await asked(world, gateway, given.labels))
    half = len(people) // 2
    first, second = together(people[:half]), together(people[half:])
    print(f"{given.world}, seeds {given.seeds}, {given.labels} labels: expected calibration error")
    for learned_from, others in ((first, second), (second, first)):
        scale, both = scale_of(learned_from.by_kind["personal"]), scale_of(learned_from.everything)
        for name, used in (
            ("as the model says", Scale()),
            (f"T = {scale.temperature:.2f}", scale),
            (f"of both, {both.temperature:.2f}", both),
        ):
            told = ", ".join(f"{kind} {error:.3f}" for kind, error in errors(others, used).items())
            print(f"  {name:18}{told}  ({len(others.everything)} answers)")
    sensitivity(first, second)


if __name__ == "__main__":
    asyncio.run(main())
