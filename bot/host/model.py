"""Which model answers, as the settings and the server itself say."""

from urllib.parse import urlsplit

import structlog

from bot.host.settings import Settings
from core.asking.probe import probe
from core.model.config import ModelSettings
from core.offline.model import MODEL_NAME
from core.ports import AnswerStore
from core.vocabulary.calls import Failure
from core.vocabulary.clock import Clock

OPENAI = "https://api.openai.com/v1"

log = structlog.get_logger(__name__)


def model_settings(settings: Settings, offline_url: str | None = None) -> ModelSettings:
    """How to reach the model that the settings mean; `offline_url` is where the offline model listens."""
    common = {"deadline_s": settings.call_seconds, "concurrency": settings.concurrency}
    if offline_url is not None:
        return ModelSettings(offline_url, "none", MODEL_NAME, offline=True, **common)  # type: ignore[arg-type]
    key, url = settings.openai_api_key, settings.openai_base_url or OPENAI
    return ModelSettings(
        url,
        key.get_secret_value() if key else "none",
        settings.model,
        settings.writer_model,
        usd_per_million_prompt=settings.price_in,
        usd_per_million_completion=settings.price_out,
        cap_usd_day=settings.usd_per_day,
        member_cap_usd_day=settings.member_usd_per_day,
        send_detail=urlsplit(url).hostname == urlsplit(OPENAI).hostname,
        **common,  # type: ignore[arg-type]
    )


async def probed(model: ModelSettings, answers: AnswerStore, clock: Clock) -> ModelSettings:
    """The settings that fit the server, as it says itself.

    Raises ModelError where only a person can help; a server that is away may come back.
    """
    result = await probe(model, answers, clock)
    for note in result.notes:
        log.info("model.adjusted", note=note.value)
    if result.problem is None:
        return result.settings
    if result.problem.failure in (Failure.UNAVAILABLE, Failure.BUDGET):
        log.warning("model.away", problem=str(result.problem), host=result.problem.host)
        return result.settings
    raise result.problem
