"""Nine servers' dialects over sockets, through the real client: questions, the start-up check, whole runs."""

from functools import lru_cache

import pytest

from bot.demo.pictures import draw_many
from core.asking.asker import ModelAsker
from core.asking.probe import probe
from core.asking.questions import Description, Example
from core.decoding.normalise import normalise
from core.model.client import ModelClient
from core.model.config import ModelSettings
from core.model.gateway import Gateway
from core.model.retry import Backoff
from core.tending.run import Tuner
from core.vocabulary.calls import Answer, Failure
from core.vocabulary.clock import SystemClock
from core.vocabulary.consent import CONSENT_VERSION
from core.vocabulary.emotions import MIKELS
from core.vocabulary.images import Image
from core.vocabulary.profile import ProfileKey
from core.vocabulary.reasons import RunResult
from storage import Storage
from tests.core.model.dialects import BEHIND_NGINX, DIALECTS, Dialect, pictures_in, speaking
from tests.labelling import felt

ME = 7
named = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)


@lru_cache(maxsize=1)
def world() -> tuple[Image, ...]:
    return tuple(normalise(picture.png) for picture in draw_many(24, 3))


def settings_at(url: str) -> ModelSettings:
    return ModelSettings(url, "sk-0123456789", "some-model", deadline_s=20.0)


@named
async def test_the_start_up_check_passes(model_url: str, dialect: Dialect) -> None:
    async with speaking(dialect, model_url) as spoken:
        result = await probe(settings_at(spoken.url), shown=world())
    assert result.ok, result.problem


@named
async def test_every_kind_of_question_is_answered_and_a_second_one_without_detours(
    model_url: str, sqlite_storage: Storage, dialect: Dialect
) -> None:
    await sqlite_storage.members.join(1, CONSENT_VERSION, 1)
    images = world()
    guess = MIKELS.distribution(dict.fromkeys(MIKELS.names, 1.0))
    shown = [
        Example(i, {MIKELS.names[n % 8]: 1.0}, guess, Description("A sky.", ())) for n, i in enumerate(images)
    ]
    options = {"owner": 1, "limit": 5, "temperature": 0.7}
    async with speaking(dialect, model_url) as spoken, ModelClient(settings_at(spoken.url)) as client:
        gateway = Gateway(client, sqlite_storage.answers, settings_at(spoken.url), SystemClock())
        asker = ModelAsker(gateway)
        for nonce in ("first", "second"):
            before = len(spoken.bodies)
            at = int(nonce == "second")
            outcomes = [
                await asker.generic(images[at], MIKELS),
                await asker.fewshot(images[at], MIKELS, shown[2:6], owner=1),
                await asker.match(["a dark sky", nonce], [Description("A dark sky.", ("dark",))], owner=1),
                await asker.write_rules(MIKELS, shown, nonce=nonce, **options),
                await asker.write_prompt(MIKELS, shown, parent="", owner=1, temperature=0.7, nonce=nonce),
            ]
            assert all(isinstance(outcome, Answer) for outcome in outcomes), outcomes
        assert len(spoken.bodies) - before == len(outcomes), "all was learned from the first ones"


async def tuned(storage: Storage, url: str) -> tuple[RunResult, dict[Failure, int]]:
    """How a run ends for somebody who is thrilled by what is dark, and else feels as most do."""
    settings, clock = settings_at(url), SystemClock()
    async with ModelClient(settings) as client:
        gateway = Gateway(client, storage.answers, settings, clock, backoff=Backoff(base_s=0.05))
        asker = ModelAsker(gateway)
        feelings = []
        for at, image in enumerate(world()):
            general = await asker.generic(image, MIKELS)
            assert isinstance(general, Answer)
            top = MIKELS.top(general.value.distribution)
            dark = any("dark" in tag or "night" in tag for tag in general.value.description.tags)
            feelings.append((image, "excitement" if dark else top, 1000 + at))
        await felt(storage, ME, feelings)
        report = await Tuner(storage, asker, clock).tune(ProfileKey(ME, MIKELS.id))
        await gateway.aclose(0.1)
    assert report.explanation.cost is not None
    return report.result, dict(report.explanation.cost.failures)


@pytest.mark.parametrize("dialect", [*DIALECTS, BEHIND_NGINX], ids=lambda d: d.name)
async def test_a_whole_run_ends_in_a_feelprint(model_url: str, sqlite_storage: Storage, dialect: Dialect) -> None:
    async with speaking(dialect, model_url) as spoken:
        result, failures = await tuned(sqlite_storage, spoken.url)
        assert (result, failures) == (RunResult.DEPLOYED, {})
        assert max(map(pictures_in, spoken.bodies)) >= 1
        assert spoken.refused <= 12, "what was refused is asked for no more"
