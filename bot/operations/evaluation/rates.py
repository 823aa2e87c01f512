"""`feelprint rates`: how often rules are right where they speak, for one model on one dataset.

Kept with the model's name, as they belong to the model and the kind of people, never to one person.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Console

from bot.host.settings import Settings
from bot.operations.evaluation.command import Done, Request, run
from bot.operations.evaluation.table import rates_table
from bot.words import evaluation as words
from core.evaluate.rates import Rates, rates_of

NAME = "rates.json"


async def measure(request: Request, settings: Settings, console: Console) -> Mapping[str, Rates]:
    """Replay the dataset, and write and show the rates. Raises FeelprintError."""
    done = await run(request, settings, console, rates=True)
    spoke = done.evaluated.spoke
    found = {
        "used": rates_of(place for place in spoke if place.used),
        "never_used": rates_of(place for place in spoke if not place.used),
    }
    await asyncio.to_thread(_write, request, done, found)
    for left in done.evaluated.left_out:
        console.print(words.left_out(left), style="yellow", highlight=False)
    console.print(rates_table(found["used"], found["never_used"]))
    console.print(words.rates_written(str(request.out / NAME), done.model), highlight=False)
    return found


def _write(request: Request, done: Done, found: Mapping[str, Rates]) -> None:
    people = {result.user for result in done.evaluated.results if result.life is not None}
    kept = {
        "model": done.model,
        "dataset": request.folder.name,
        "format": request.layout.value,
        "people": len(people),
        "labels": max(done.plan.train),
        "seed": done.plan.seed,
        **{name: _rounded(rates) for name, rates in found.items()},
    }
    (request.out / NAME).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _rounded(rates: Rates) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(rates).items()}
