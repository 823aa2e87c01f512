"""A member's whole way through whatever stands in front of the model: sixty labels, a run, questions after it."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from bot.demo.figures import ask
from bot.demo.people import PEOPLE, Person, reactions
from bot.demo.pictures import draw_many
from bot.host.model import open_model
from bot.host.settings import Settings
from core.decoding.normalise import normalise
from core.model.abilities import Abilities
from core.ports import RunReport
from core.predicting.predictor import Predictor
from core.tending.run import Tuner
from core.vocabulary.calls import Failure
from core.vocabulary.clock import SystemClock
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult
from storage import Storage
from tests.labelling import felt

ROOT = Path(__file__).parents[3]
LEARNT, UNSEEN, SEED = 60, 24, 5
GRAIN = 0.06
ME = 7
NOOR, THEO, IVY = PEOPLE[1:4]


@lru_cache(maxsize=3)
def world(person: Person = NOOR) -> tuple[tuple[Image, str], ...]:
    """The demo's pictures, grainy as photographs are (forty take 2.8 MB of a request), and what is felt."""
    pictures = draw_many(LEARNT + UNSEEN, SEED)
    feelings = reactions([picture.scene for picture in pictures], SEED)[person.name]
    noise = np.random.default_rng(SEED).normal(128, 60, (384, 512)).clip(0, 255)
    grain = Pillow.fromarray(noise.astype(np.uint8)).convert("RGB")
    return tuple(
        (normalise(_grainy(picture.png, grain)), feeling)
        for picture, feeling in zip(pictures, feelings, strict=True)
    )


def _grainy(png: bytes, grain: Pillow.Image) -> bytes:
    drawn = Pillow.open(io.BytesIO(png)).convert("RGB")
    out = io.BytesIO()
    Pillow.blend(drawn, grain.resize(drawn.size), GRAIN).save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True)
class Ended:
    """How it ended: the run's result, the rules in use, how many of the unseen were right, what it took.

    `form` is what was learned of the server on the way.
    """

    result: RunResult
    rules: tuple[str, ...]
    generic_right: int
    right: int
    tokens: tuple[int, int]
    failures: Mapping[Failure, int]
    form: Abilities


async def labelled(storage: Storage, person: Person = NOOR) -> ProfileKey:
    """Somebody who has labelled all that there is to learn from."""
    pictures = world(person)
    await felt(storage, ME, [(image, feeling, 1000 + at) for at, (image, feeling) in enumerate(pictures[:LEARNT])])
    return ProfileKey(ME, MIKELS.id)


async def tuned(storage: Storage, settings: Settings) -> RunReport:
    """Label and tune once, as a bot that has been running for a while."""
    key, clock = await labelled(storage), SystemClock()
    async with open_model(settings, storage.answers, clock) as model:
        return await Tuner(storage, model.asker, clock).tune(key)


async def lived(storage: Storage, settings: Settings, person: Person = NOOR) -> Ended:
    """Start, label, tune once, ask about what is new."""
    key, clock = await labelled(storage, person), SystemClock()
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(open_model(settings, storage.answers, clock, probe_first=True))
        report = await Tuner(storage, model.asker, clock).tune(key)
        predictor = Predictor(storage.labels, storage.versions, storage.shadows, model.asker, clock)
        unseen = world(person)[LEARNT:]
        guesses = await ask(predictor, [image for image, _ in unseen], ME, [feeling for _, feeling in unseen])
        form = model.gateway.line.form(model.settings.model)
    active, cost = await storage.versions.active(key), report.explanation.cost
    assert cost is not None
    return Ended(
        report.result,
        tuple(rule.text for rule in active.rules) if active else (),
        sum(guess.generic == guess.felt for guess in guesses),
        sum(guess.answer == guess.felt for guess in guesses),
        (cost.usage.prompt_tokens, cost.usage.completion_tokens),
        cost.failures,
        form,
    )


def settings_at(url: str, model: str = "some-model", key: str = "sk-0123456789", **more: object) -> Settings:
    """As somebody would set it in .env, who pays nothing."""
    given = {"openai_base_url": url, "model": model, "image_workers": 1, "price_in": 0.0, "price_out": 0.0, **more}
    secret = Settings.model_validate({"OPENAI_API_KEY": key}).openai_api_key
    return Settings(_env_file=None).model_copy(update={**given, "openai_api_key": secret})


def told(folder: Path, url: str, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """What the command line says, set up for this address, as an operator reads it."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "400"}
    ours = {"MODEL": "some-model", "PRICE_IN": "0", "PRICE_OUT": "0", "DATABASE": str(folder / "f.db")}
    env |= {f"FEELPRINT_{name}": value for name, value in ours.items()}
    env |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-0123456789", "PYTHONUTF8": "1", **changes}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


def dataset(folder: Path) -> Path:
    """Two people's labels of a few pictures, as a researcher has them."""
    (folder / "images").mkdir(parents=True)
    rows = ["user,image,emotion"]
    for at, (image, feeling) in enumerate(world()[:24]):
        (folder / "images" / f"{at}.jpg").write_bytes(image.jpeg)
        rows += [
            f"{name},{at}.jpg,{feeling if name == 'noor' else MIKELS.names[at % 2]}" for name in ("noor", "mia")
        ]
    (folder / "labels.csv").write_text("\n".join(rows))
    return folder
