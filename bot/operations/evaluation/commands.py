"""The options of `feelprint evaluate` and `feelprint rates`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.host.settings import Settings
from bot.operations.beginning import EnvFile, loading, prepared, within
from core.evaluate.formats import Format

_Dataset = Annotated[
    Path, typer.Argument(help="A folder with images/ and labels.csv, or a public dataset (see --format).")
]
_Layout = Annotated[Format, typer.Option("--format", help="How the dataset is laid out; see docs/evaluate.md.")]
_Users = Annotated[str, typer.Option(help="How many users, or their names divided by commas.")]
_Seed = Annotated[int, typer.Option(help="Everything random follows from it.")]
_Concurrency = Annotated[int | None, typer.Option(help="Calls at once; unset: as in the settings.")]
_Strict = Annotated[bool, typer.Option(help="Stop at a bad row.")]
_Out = Annotated[Path, typer.Option(help="Where results and kept answers go.")]


def evaluate(
    dataset: _Dataset,
    *,
    methods: Annotated[
        str, typer.Option(help="Methods, divided by commas.")
    ] = "generic,prior,fewshot,paper,rules",
    layout: _Layout = Format.FOLDER,
    users: _Users = "",
    train: Annotated[str, typer.Option(help="Numbers of labels to learn from.")] = "16,32",
    test: Annotated[int, typer.Option(help="Unseen labels per user.")] = 40,
    seed: _Seed = 0,
    max_calls: Annotated[int, typer.Option(help="Calls while learning, per user and method.")] = 90,
    concurrency: _Concurrency = None,
    replay: Annotated[
        bool, typer.Option(help="Let rules and paper live: labels in order, runs when the bot would run.")
    ] = False,
    shuffle: Annotated[bool, typer.Option(help="Split by seed instead of by time.")] = False,
    strict: _Strict = False,
    out: _Out = Path("evaluation"),
    env_file: EnvFile = Path(".env"),
) -> None:
    """Compare the method with honest baselines on your own dataset; no Discord needed."""
    with loading():
        from bot.operations.evaluation.command import Request  # noqa: PLC0415
        from bot.operations.evaluation.command import evaluate as run_evaluation  # noqa: PLC0415

    request = Request(dataset, layout, methods, users, train, test, seed, shuffle, strict, max_calls, out, replay)
    within(run_evaluation(request, _settings(env_file, concurrency), Console(markup=False)))


def rates(
    dataset: _Dataset,
    *,
    layout: _Layout = Format.FOLDER,
    users: _Users = "",
    labels: Annotated[int, typer.Option(help="Labels that each person gives, one after the other.")] = 48,
    seed: _Seed = 0,
    concurrency: _Concurrency = None,
    strict: _Strict = False,
    out: _Out = Path("evaluation"),
    env_file: EnvFile = Path(".env"),
) -> None:
    """Measure how often this model's rules are right where they speak, by replay of your own dataset."""
    with loading():
        from bot.operations.evaluation.command import Request  # noqa: PLC0415
        from bot.operations.evaluation.rates import measure  # noqa: PLC0415

    request = Request(dataset, layout, "rules", users, str(labels), 1, seed, False, strict, 1, out, replay=True)
    within(measure(request, _settings(env_file, concurrency), Console(markup=False)))


def _settings(env_file: Path, concurrency: int | None) -> Settings:
    settings = prepared(env_file)
    if concurrency is None:
        return settings
    return settings.model_copy(update={"concurrency": max(1, concurrency)})
