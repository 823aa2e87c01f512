"""Run an evaluation from the command line: dataset in, table, results.json and results.png out.

Paid answers are kept in `answers.db` in the output folder; that file is what makes a stopped evaluation
go on where it was.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from bot.host.model import open_model
from bot.host.settings import Settings
from bot.operations.evaluation.chart import draw
from bot.operations.evaluation.table import table
from bot.words import evaluation as words
from core.asking.generic import generic_call
from core.decoding.workers import ImageWorkers
from core.evaluate.dataset import Dataset, Sample, load
from core.evaluate.formats import Format
from core.evaluate.methods import WITHOUT_CALLS, named
from core.evaluate.refusals import DatasetError, DatasetProblem
from core.evaluate.replay import LIVING, Replay, most_questions
from core.evaluate.run import Evaluated, Evaluation, Plan, Progress
from core.evaluate.summary import CHANCE, Row, as_json, by_room, summarise
from core.model.gateway import Gateway
from core.vocabulary.clock import Clock, SystemClock
from core.vocabulary.errors import ImageError, ImageProblem, ModelError, ModelProblem
from core.vocabulary.images import MAX_SIDE, Image
from storage import Storage, open_storage


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line. `users`: a number of users, or names divided by commas."""

    folder: Path
    layout: Format
    methods: str
    users: str
    train: str
    test: int
    seed: int
    shuffle: bool
    strict: bool
    max_calls: int
    out: Path
    replay: bool = False


def plan_of(request: Request, dataset: Dataset, concurrency: int) -> Plan:
    """The plan that a request means for a dataset. Raises DatasetError, PlanError."""
    names = [name.strip() for name in request.methods.split(",") if name.strip()]
    try:
        sizes = sorted({int(n) for n in request.train.split(",")})
    except ValueError:
        raise DatasetError(DatasetProblem.SIZES) from None
    if sizes[0] < 1 or request.test < 1 or request.max_calls < 1:
        raise DatasetError(DatasetProblem.TOO_SMALL)
    return Plan(
        methods=named([*names, CHANCE], replay=request.replay),
        users=_users(request.users, list(dataset.people)),
        train=sizes,
        test=request.test,
        seed=request.seed,
        shuffle=request.shuffle,
        max_calls=request.max_calls,
        concurrency=concurrency,
    )


def _users(asked: str, there: list[str]) -> list[str]:
    if asked.isdigit() and asked not in there:
        return there[: int(asked)]
    names = [name.strip() for name in asked.split(",") if name.strip()] or there
    missing = [name for name in names if name not in there]
    if missing:
        raise DatasetError(DatasetProblem.NO_USER, names=missing)
    return names


@dataclass(frozen=True, slots=True)
class Done:
    """An evaluation that came to its end: by which `model`, and what the server was sent and said meanwhile."""

    plan: Plan
    evaluated: Evaluated
    model: str
    sent: int
    usd: float
    said: str


async def evaluate(request: Request, settings: Settings, console: Console) -> tuple[Row, ...]:
    """Run it and write the results; the rows of the summary. Raises FeelprintError."""
    done = await run(request, settings, console)
    evaluated, plan = done.evaluated, done.plan
    rows = summarise(evaluated, seed=plan.seed)
    await asyncio.to_thread(_write, request, done, rows)
    for left in evaluated.left_out:
        console.print(words.left_out(left), style="yellow", highlight=False)
    failed = evaluated.shared.failures + sum(row.failures for row in rows)
    if failed:
        console.print(words.failed(failed), style="yellow")
    console.print(table(rows, replay=request.replay))
    console.print(words.written(str(request.out), done.model), highlight=False)
    _judge(rows, done.said)
    return rows


async def run(request: Request, settings: Settings, console: Console, *, rates: bool = False) -> Done:
    """Run what was asked for, saying what it may cost and how far it is; with `rates`, see `Replay`.

    Raises FeelprintError.
    """
    dataset = load(request.folder, strict=request.strict, layout=request.layout)
    for problem in dataset.problems:
        console.print(words.row_left_out(problem, dataset.table), style="yellow", highlight=False)
    plan = plan_of(request, dataset, settings.concurrency)
    request.out.mkdir(parents=True, exist_ok=True)
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(request.out / "answers.db", clock=clock))
        road = open_model(
            _on_one_account(settings), storage.answers_of_anybody, clock, abilities=storage.abilities
        )
        model = await stack.enter_async_context(road)
        gateway = model.gateway
        shown = words.offline_model() if settings.offline else model.settings.model
        console.print(_reckoned(request, plan, dataset, gateway, model.settings.cap_usd_day), highlight=False)
        bar = stack.enter_context(_bar(console))
        task = bar.add_task(shown, total=None, spent="")
        image_of = _Loader(dataset, model.images).image

        def tell(stage: Progress) -> None:
            said = words.spent(stage.spent, gateway.line.sent, gateway.line.usd)
            bar.update(task, total=stage.cases, completed=stage.done, spent=said)

        evaluation = (
            Replay(dataset, plan, gateway, image_of, _life_of_its_own, rates=rates, on_progress=tell)
            if request.replay
            else Evaluation(dataset, plan, gateway, image_of, on_progress=tell)
        )
        try:
            evaluated = await evaluation.run()
        except ModelError as error:
            error.said = gateway.line.said
            raise
    line = gateway.line
    return Done(plan, evaluated, shown, line.sent, line.usd, line.said)


def _judge(rows: tuple[Row, ...], said: str) -> None:
    """Raises ModelError where a row has no figure: whoever reads the exit code alone must not take it for one."""
    lost = [f"{row.method} (n={row.n_train})" for row in rows if row.accuracy is None]
    if lost:
        raise ModelError(ModelProblem.NO_ANSWERS, what=", ".join(lost), said=said)


@asynccontextmanager
async def _life_of_its_own(clock: Clock) -> AsyncIterator[Storage]:
    """The bot's own storage with nothing in it, gone when all is lived."""
    with TemporaryDirectory() as folder:
        async with open_storage(Path(folder) / "lives.db", clock=clock) as storage:
            yield storage


class _Loader:
    """Normalised images of the dataset's files, each read once."""

    def __init__(self, dataset: Dataset, workers: ImageWorkers) -> None:
        self._folder = dataset.images
        self._workers = workers
        self._kept: dict[str, Image] = {}

    async def image(self, sample: Sample) -> Image:
        if sample.image not in self._kept:
            try:
                data = await asyncio.to_thread((self._folder / sample.image).read_bytes)
            except OSError as error:
                raise ImageError(ImageProblem.NO_FILE) from error
            self._kept[sample.image] = await self._workers.normalise(data)
        return self._kept[sample.image]


def _write(request: Request, done: Done, rows: tuple[Row, ...]) -> None:
    plan, evaluated = done.plan, done.evaluated
    about = {
        "model": done.model,
        "requests_of_this_run": done.sent,
        "usd_of_this_run": round(done.usd, 6),
        "dataset": request.folder.name,
        "format": request.layout.value,
        "methods": [name for name in plan.methods if name != CHANCE],
        "users": len(plan.users),
        "train": list(plan.train),
        "test": plan.test,
        "seed": plan.seed,
        "shuffle": plan.shuffle,
        "max_calls": plan.max_calls,
        "replay": request.replay,
        "budget": "every method learns within the same max_calls; each test picture costs at most one call more"
        + ("; what is replayed spends what the bot would" if request.replay else ""),
    }
    thirds = by_room(evaluated, seed=plan.seed)
    text = json.dumps(as_json(evaluated, rows, thirds, about), indent=1, ensure_ascii=False, sort_keys=True)
    (request.out / "results.json").write_text(text + "\n", encoding="utf-8")
    if rows:
        draw(rows, request.out / "results.png", model=done.model)


def _on_one_account(settings: Settings) -> Settings:
    """Users of a dataset are no members with a cap of their own: only that of the whole holds."""
    return settings.model_copy(update={"member_usd_per_day": None, "server_usd_per_day": None})


def _reckoned(request: Request, plan: Plan, dataset: Dataset, gateway: Gateway, cap: float | None) -> str:
    """What the whole can take at most: every method uses up its cap, and nothing is known yet."""
    lived = [name for name in plan.methods if request.replay and name in LIVING]
    asking = [name for name in plan.methods if name not in WITHOUT_CALLS and name not in lived]
    pictures = len({sample.image for user in plan.users for sample in dataset.people[user]})
    cases = len(plan.users) * len(plan.train) * len(asking)
    lives = [most_questions(name, max(plan.train), len(plan.train), plan.test) for name in lived]
    questions = pictures + cases * (plan.max_calls + plan.test) + len(plan.users) * sum(lives)
    each = gateway.estimate(generic_call(Image("0" * 64, b"", MAX_SIDE, MAX_SIDE), dataset.label_set)).usd
    return words.reckoned(questions, questions * each, cap)


def _bar(console: Console) -> Bar:
    return Bar(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=8),
        MofNCompleteColumn(),
        TextColumn("{task.fields[spent]}", markup=False),
        TimeRemainingColumn(),
        console=console,
    )
