"""The method as it lives: labels come in order, runs happen when the bot would run, care goes on after deployment.

Each label is predicted before it is learned from (prequential: Dawid 1984, J. Royal Statistical Society A 147;
Blum, Kalai & Langford 1999, COLT), so every label tests once and teaches afterwards. The bot's own worker and
predictor do all of it (`core.evaluate.lives`): what is measured is what members get.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import TypeAlias

from core.asking.asker import Gateway
from core.evaluate.dataset import Dataset
from core.evaluate.lives import Lives, Living, LivingStores, SteppedClock
from core.evaluate.meter import Meter, Spent
from core.evaluate.patience import Patient
from core.evaluate.people import Load, People, Picture, people
from core.evaluate.rates import Spoke
from core.evaluate.road import Person, Road
from core.evaluate.run import Evaluated, Evaluation, Plan, Progress, Result
from core.evaluate.split import Sides, split
from core.ports import TuningPolicy
from core.tuning.constants import DEFAULT
from core.tuning.limits import estimate
from core.vocabulary.calls import Purpose
from core.vocabulary.clock import Clock
from core.vocabulary.reasons import Mode
from core.vocabulary.server_settings import MIN_LABELS

LIVING: Mapping[str, Living] = {
    "rules": Living(Mode.RULES),
    "rules-deck": Living(Mode.RULES, deck=True),
    "paper": Living(Mode.PAPER),
}
"""The methods that the bot itself can run."""

OpenStores: TypeAlias = Callable[[Clock], AbstractAsyncContextManager[LivingStores]]
"""Opens a storage with nothing in it, which is gone afterwards."""


class Replay:
    """Replays a plan over a dataset; `train` says after how many labels to look.

    Methods that the bot cannot run are learned anew from so many labels, in one shot. With `rates` it is asked, at
    the end of each life, where the rules spoke.
    """

    def __init__(
        self,
        dataset: Dataset,
        plan: Plan,
        gateway: Gateway,
        load: Load,
        open_stores: OpenStores,
        *,
        rates: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._data = dataset
        self._rates = rates
        self._spoke: list[Spoke] = []
        self._plan = plan
        self._gateway = gateway
        self._load = load
        self._open = open_stores
        self._on_progress = on_progress
        self._progress = Progress(0)

    async def run(self) -> Evaluated:
        """Every life of the plan, one method after the other.

        Raises ModelError where the model cannot be used at all (run it again later), and DatasetError, before
        anything is asked, where the plan fits nobody.
        """
        lived = [name for name in self._plan.methods if name in LIVING]
        there = await people(self._data, self._plan.users, self._load)
        size = max(self._plan.train)
        dealt = {name: self._dealt(there, there.most if LIVING[name].deck else size) for name in lived}
        self._progress.cases = sum(min(size, len(labels)) for one in dealt.values() for labels, _ in one.values())
        before = await self._in_one_shot()
        patient = Patient(self._gateway)
        shared = Meter(patient, on_spent=self._spend)
        results = list(before.results)
        for name in lived:
            persons = [
                Person(user, list(labels), unseen, Meter(patient, on_spent=self._spend), Meter(patient))
                for user, (labels, unseen) in dealt[name].items()
            ]
            results += await self._lived(name, persons, shared)
        place = {name: i for i, name in enumerate(self._plan.methods)}
        results.sort(key=lambda r: (r.n_train, place[r.method], r.user))
        return Evaluated(tuple(results), shared.spent, before.left_out, tuple(self._spoke))

    def _dealt(self, there: People, most: int) -> Mapping[str, tuple[Sequence[Picture], Sequence[Picture]]]:
        """Of everybody who has enough of both: at most so many pictures that they may label, in order, and those
        that they never do.
        """
        sides = Sides(most, self._plan.test, self._plan.seed, self._plan.shuffle)
        dealt = {user: split(user, pictures, sides) for user, pictures in there.pictures.items()}
        least = min(self._plan.train)
        return {user: both for user, both in dealt.items() if len(both[0]) >= least and both[1]}

    async def _in_one_shot(self) -> Evaluated:
        """All but the lives, and who is left out."""
        methods = {name: method for name, method in self._plan.methods.items() if name not in LIVING}
        plan = replace(self._plan, methods=methods)
        told, so_far = self._on_progress, self._progress
        one_shot = Evaluation(self._data, plan, self._gateway, self._load, on_progress=told, progress=so_far)
        return await one_shot.run()

    async def _lived(self, name: str, persons: Sequence[Person], shared: Meter) -> list[Result]:
        clock, road = SteppedClock(), Road(shared, persons)
        async with self._open(clock) as stores:
            life = Lives(name, LIVING[name], self._data.label_set, stores, clock, road, self._plan.concurrency)
            await life.begin(persons)
            results: list[Result] = []
            for n in range(1, max(self._plan.train) + 1):
                labelling = [person for person in persons if person.waiting]
                if not labelling:
                    break
                await life.label(labelling)
                self._progress.done += len(labelling)
                self._on_progress(self._progress)
                if n in self._plan.train:
                    results += [await life.result(person, n) for person in labelling]
            if self._rates:
                self._spoke += [place for person in persons for place in await life.spoken(person)]
            return results

    def _spend(self, spent: Spent) -> None:
        self._progress.spent.add(spent)
        self._on_progress(self._progress)


def most_questions(name: str, labels: int, looks: int, test: int) -> int:
    """The most that one life can ask beside most people's answers.

    A run as often as one can be due, each label shadowed (with the trust check, twice where it fails, and one
    question for what holds there), and predicted; the unseen pictures at every look.
    """
    runs = range(MIN_LABELS.default, labels + 1, TuningPolicy().renew_min)
    each = [estimate(n, DEFAULT, LIVING[name].mode, deployed=n > runs[0]) for n in runs]
    learning = sum(sum(calls.values()) - calls[Purpose.GENERIC] for calls in each)
    return learning + 5 * labels + looks * test
