"""The evaluation itself: users x training sizes x methods, each with its own meter.

Nothing is kept between cases but the gateway's cache, so an evaluation that was stopped is simply run
again and pays only for what it had not asked yet.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from core.asking.asker import Gateway, ModelAsker
from core.evaluate.case import Case, Learned, as_most
from core.evaluate.dataset import Dataset
from core.evaluate.meter import Meter, Spent
from core.evaluate.methods import Method
from core.evaluate.patience import Patient
from core.evaluate.people import Load, Picture, number_of, owner_of, people
from core.evaluate.rates import Spoke
from core.evaluate.refusals import DatasetError, DatasetProblem, UnusedImage, UnusedUser
from core.evaluate.scoring import Score, score
from core.evaluate.split import Sides, split
from core.tuning.items import Item, item_of
from core.tuning.session import Session, Stopped
from core.vocabulary.calls import Failure, Purpose
from core.vocabulary.emotions import Distribution
from core.vocabulary.errors import ModelError, ModelProblem
from core.vocabulary.label import Label


@dataclass(frozen=True, slots=True)
class Plan:
    """What to evaluate.

    `train`: training sizes; `test`: unseen labels per user; `max_calls`: while learning, per user and method.
    """

    methods: Mapping[str, Method]
    users: Sequence[str]
    train: Sequence[int]
    test: int
    seed: int
    shuffle: bool = False
    max_calls: int = 90
    concurrency: int = 4


@dataclass(frozen=True, slots=True)
class Life:
    """What a replay knows beside: how it went until then (`core.evaluate.replay`).

    `came`: every label, predicted before it was learned from, and `gain`, in points over generic, on the same.
    `runs` that were made, of which `stopped` could not look; `versions` deployed, and how many were withdrawn.
    """

    came: Score
    gain: float
    runs: int
    stopped: int
    versions: int
    withdrawals: int


@dataclass(frozen=True, slots=True)
class Result:
    """One user, method and training size. `gain` is in points over generic on the pictures answered by both.

    `room`: the share of the training pictures where most people's answer is wrong, so what could be learned at
    most; of those and not of the test, since grouping by the pictures that are scored would find gains by chance.
    `lost` says how its questions failed where the method could not look: then `score` is over no picture.
    `life` is that of a method that was replayed; what was spent is then the sum until here.
    """

    user: str
    method: str
    n_train: int
    score: Score
    gain: float
    failed: int
    learning: Spent
    testing: Spent
    seconds: float
    feelprint: str
    room: float = 0.0
    lost: Failure | None = None
    life: Life | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All results in order of (training size, method as asked, user), and what the shared answers cost; where
    rules spoke, if a replay was asked for that.
    """

    results: tuple[Result, ...]
    shared: Spent
    left_out: tuple[UnusedImage | UnusedUser, ...] = ()
    spoke: tuple[Spoke, ...] = ()


@dataclass(slots=True)
class Progress:
    """How far an evaluation is, for whoever draws it: cases done of all, and what was spent so far."""

    cases: int
    done: int = 0
    spent: Spent = field(default_factory=Spent)


class Evaluation:
    """Runs a plan over a dataset; `progress` counts on where it is a part of something larger."""

    def __init__(
        self,
        dataset: Dataset,
        plan: Plan,
        gateway: Gateway,
        load: Load,
        *,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        progress: Progress | None = None,
    ) -> None:
        self._data = dataset
        self._plan = plan
        self._gateway = Patient(gateway)
        self._load = load
        self._on_progress = on_progress
        self._progress = progress or Progress(0)
        self._progress.cases += len(plan.users) * len(plan.train) * len(plan.methods)
        self._shared = Meter(self._gateway, on_spent=self._spend)
        self._unused_users: list[UnusedUser] = []

    async def run(self) -> Evaluated:
        """Every case of the plan. Raises ModelError where the model cannot be used at all (run it again later),
        and DatasetError, before anything is asked, where the plan fits nobody.
        """
        there = await people(self._data, self._plan.users, self._load)
        have = there.pictures
        if not any(self._fits(n, self._sides(user, n, have[user])) for user in have for n in self._plan.train):
            raise DatasetError(DatasetProblem.TOO_FEW, needed=min(self._plan.train), most=there.most)
        places = asyncio.Semaphore(max(1, self._plan.concurrency // 2))

        async def one(user: str) -> list[Result]:
            async with places:
                return await self._user(user, have[user])

        try:
            async with asyncio.TaskGroup() as together:
                tasks = [together.create_task(one(user)) for user in self._plan.users]
        except ExceptionGroup as group:
            unusable, others = group.split(ModelError)
            if unusable is None or others is not None:
                raise
            raise _leaf(unusable) from None
        found = [result for task in tasks for result in task.result()]
        place = {name: i for i, name in enumerate(self._plan.methods)}
        found.sort(key=lambda r: (r.n_train, place[r.method], r.user))
        users = sorted(self._unused_users, key=lambda unused: (unused.user, unused.n_train))
        return Evaluated(tuple(found), self._shared.spent, (*there.unused, *users))

    def _sides(
        self, user: str, n: int, pictures: Sequence[Picture]
    ) -> tuple[Sequence[Picture], Sequence[Picture]]:
        """What there is to learn from, at most n pictures, and what to test on."""
        return split(user, pictures, Sides(n, self._plan.test, self._plan.seed, self._plan.shuffle))

    @staticmethod
    def _fits(n: int, sides: tuple[Sequence[Picture], Sequence[Picture]]) -> bool:
        return len(sides[0]) >= n and bool(sides[1])

    async def _user(self, user: str, pictures: Sequence[Picture]) -> list[Result]:
        results = []
        for n in self._plan.train:
            train, test = sides = self._sides(user, n, pictures)
            fits = self._fits(n, sides)
            learned_from, asked = (await self._items(train), await self._items(test)) if fits else ([], [])
            if not asked:
                self._unused_users.append(UnusedUser(user, n, len(train), len(test)))
                self._step(len(self._plan.methods))
                continue
            for name in self._plan.methods:
                results.append(await self._case(user, n, name, train=learned_from, test=asked))
                self._step(1)
        return results

    async def _items(self, pictures: Sequence[Picture]) -> list[Item]:
        session = Session(asyncio.Semaphore(self._plan.concurrency))
        asker = ModelAsker(self._shared)
        label_set = self._data.label_set
        try:
            answers = await session.all(
                Purpose.GENERIC, [partial(asker.generic, p.image, label_set) for p in pictures]
            )
        except Stopped as stopped:
            raise unusable(stopped.failure) from None
        return [
            item_of(label_set, p.image, Label(0, p.image.hash, p.felt, p.order), answer)
            for p, answer in zip(pictures, answers, strict=True)
            if answer is not None
        ]

    async def _case(self, user: str, n: int, name: str, *, train: Sequence[Item], test: Sequence[Item]) -> Result:
        began = time.monotonic()
        learning = Meter(self._gateway, cap=self._plan.max_calls, on_spent=self._spend)
        testing = Meter(self._gateway, on_spent=self._spend)
        case = Case(
            user,
            owner_of(user),
            self._data.label_set,
            train,
            self._gateway,
            number_of(f"{self._plan.seed} {user} {n}"),
            self._plan.max_calls,
            self._plan.concurrency,
        )
        try:
            learned = await self._plan.methods[name](case, learning)
        except Stopped as stopped:
            if stopped.failure is not Failure.BUDGET or learning.spent.calls < self._plan.max_calls:
                raise unusable(stopped.failure) from None
            learned = Learned(as_most, detail={"result": "out of calls"})
        lost = learning.blind()
        said = await self._predictions(learned, testing, test) if lost is None else [None] * len(test)
        answered = [(q, item) for q, item in zip(said, test, strict=True) if q is not None]
        scored = score(self._data.label_set, [(q, item.felt) for q, item in answered])
        base = sum(item.generic_hit for _, item in answered) / max(1, len(answered))
        gain = 100 * (scored.accuracy - base)
        seconds = time.monotonic() - began
        failed = len(test) - len(answered)
        return Result(
            *(user, name, n, scored, gain, failed, learning.spent, testing.spent, seconds, learned.feelprint),
            room=1 - sum(item.generic_hit for item in train) / max(1, len(train)),
            lost=lost or (None if answered else testing.blind()),
        )

    async def _predictions(
        self, learned: Learned, meter: Meter, test: Sequence[Item]
    ) -> list[Distribution | None]:
        session = Session(asyncio.Semaphore(self._plan.concurrency))
        asker = ModelAsker(meter)
        try:
            return await session.all(Purpose.PREDICT, [partial(learned.predict, asker, item) for item in test])
        except Stopped as stopped:
            raise unusable(stopped.failure) from None

    def _spend(self, spent: Spent) -> None:
        self._progress.spent.add(spent)
        self._on_progress(self._progress)

    def _step(self, cases: int) -> None:
        self._progress.done += cases
        self._on_progress(self._progress)


def unusable(failure: Failure) -> ModelError:
    """The model cannot be used at all: what was answered is kept, so run it again later."""
    return ModelError(ModelProblem.INTERRUPTED, failure=failure)


def _leaf(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
