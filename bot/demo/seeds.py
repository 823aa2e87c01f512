"""The demo's claim, measured: the same members and pictures over several seeds, without Discord.

It skips the simulated Discord for speed, and nothing else: the same storage, tuner, predictor and model
over HTTP. With shuffled labels there is nothing to learn, and the gain must vanish.
"""

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from bot.demo.figures import LEARNT, UNSEEN, Figures, Found, ask, found_of
from bot.demo.people import PEOPLE, reactions
from bot.demo.pictures import draw_many
from bot.demo.settings import settings_in
from bot.host.logs import set_up_logs
from bot.host.model import open_model
from core.decoding.workers import ImageWorkers
from core.predicting.predictor import Predictor
from core.tending.run import Tuner
from core.vocabulary.changes import Change, RecordRating
from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import AnswerSource
from core.vocabulary.server_settings import ServerSettings
from storage import Storage, open_storage

_SERVER = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One member under one seed, as the table shows it: accuracies in 0..1, gains in points."""

    seed: int
    name: str
    generic: float
    answer: float
    gain: float
    by_picture: float
    source: AnswerSource


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts of the bot that learn and answer."""

    storage: Storage
    images: ImageWorkers
    tuner: Tuner
    predictor: Predictor


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[Bench]:
    """The real parts over a database in `folder` and the offline model, without Discord."""
    clock, settings = SystemClock(), settings_in(folder).model_copy(update={"image_workers": 1})
    async with (
        open_storage(settings.database, clock=clock) as storage,
        open_model(settings, storage.answers, clock) as model,
    ):
        predictor = Predictor(storage.labels, storage.versions, storage.shadows, model.asker, clock)
        yield Bench(storage, model.images, Tuner(storage, model.asker, clock), predictor)


async def figures_of(seed: int, *, shuffled: bool = False) -> Figures:
    """One seed: every member labels, is tuned once, and is asked about the unseen pictures."""
    began = time.perf_counter()
    pictures = await asyncio.to_thread(draw_many, LEARNT + UNSEEN, seed)
    felt = reactions([p.scene for p in pictures], seed, shuffled=shuffled)
    with tempfile.TemporaryDirectory(prefix="feelprint-") as folder:
        async with open_bench(Path(folder)) as bench:
            images = [await bench.images.normalise(picture.png) for picture in pictures]
            await bench.storage.servers.save(ServerSettings(_SERVER))
            members = [await _member(bench, place, images, felt[p.name]) for place, p in enumerate(PEOPLE)]
            calls = sum((await bench.storage.answers.calls()).values())
    learnt, unseen = tuple(pictures[:LEARNT]), tuple(pictures[LEARNT:])
    return Figures(seed, learnt, unseen, felt, tuple(members), time.perf_counter() - began, calls)


async def _member(bench: Bench, place: int, images: list[Image], felt: list[str]) -> Found:
    storage, member_id, now = bench.storage, 1000 + place, SystemClock().now_ms()
    await storage.members.join(member_id, CONSENT_VERSION, now)
    changes: list[Change] = [
        RecordRating(member_id, image.hash, frozenset({emotion}), MIKELS.id, _SERVER, now + k, image)
        for k, (image, emotion) in enumerate(zip(images[:LEARNT], felt[:LEARNT], strict=True))
    ]
    await storage.labels.apply(changes)
    await bench.tuner.tune(ProfileKey(member_id, MIKELS.id))
    guesses = await ask(bench.predictor, images[LEARNT:], member_id, felt[LEARNT:])
    return await found_of(storage, PEOPLE[place], member_id, guesses)


def _lines(seed: int, shuffled: bool) -> list[Line]:
    """One seed in a process of its own."""
    figures = asyncio.run(figures_of(seed, shuffled=shuffled))
    count = len(figures.unseen)
    return [
        Line(
            seed,
            member.person.name,
            member.generic_right / count,
            member.right / count,
            member.gain,
            member.gain_by_picture,
            member.guesses[0].source,
        )
        for member in figures.members
    ]


def measure(seeds: int, *, first: int = 0, shuffled: bool = False) -> Iterator[list[Line]]:
    """Every seed's lines as they are done, several processes at a time. Blocking."""
    context = multiprocessing.get_context("spawn")
    most = min(os.cpu_count() or 1, seeds)
    with ProcessPoolExecutor(most, mp_context=context, initializer=set_up_logs, initargs=("error",)) as pool:
        jobs = [pool.submit(_lines, first + k, shuffled) for k in range(seeds)]
        for job in as_completed(jobs):
            yield job.result()


def interval(gains: list[float], seed: int = 0, rounds: int = 10_000) -> tuple[float, float, float]:
    """Mean gain with its 95 % bootstrap interval (percentiles; Efron 1979), resampling members x seeds."""
    values = np.array(gains)
    picks = np.random.default_rng(seed).integers(len(values), size=(rounds, len(values)))
    low, high = np.percentile(values[picks].mean(1), [2.5, 97.5])
    return fmean(gains), float(low), float(high)
