"""What is known of each model of one server: in memory for whoever asks, and kept over a restart.

It is kept with its time and taken for granted no longer than `LASTS_MS`: a limit is never refused, so nothing but
its age says that a server may have been set otherwise since. What is refused is learned anew at once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from urllib.parse import urlsplit

import structlog

from core.model.abilities import Abilities
from core.model.config import ModelSettings
from core.ports import Ability, AbilityStore
from core.ports.waiting import until_back
from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError

LASTS_MS = 30 * 24 * 60 * 60 * 1000
"""A month."""

log = structlog.get_logger()


class Known:
    """How requests to each model are put; without a store it is gone with the process."""

    def __init__(self, settings: ModelSettings, clock: Clock, store: AbilityStore | None = None) -> None:
        self._settings, self._clock, self._store = settings, clock, store
        self._forms: dict[str, Abilities] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    def form(self, model: str) -> Abilities:
        """How requests to a model are put now."""
        return self._forms.get(model) or self._settings.abilities(model)

    def learn(self, model: str, form: Abilities) -> None:
        """From now on they are put so; never waits, as nobody's question may.

        `form` may have been taken before a server was seen to count more: that is not unlearned by it.
        """
        before = self.form(model)
        self._forms[model] = form.counting(before.counts_prompt, before.counts_answer)
        if self._store is not None:
            task = asyncio.create_task(self._keep(self._store, model))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    def counted(self, model: str, prompt: float, answer: float) -> None:
        """So many times as many tokens were counted as were estimated, and allowed."""
        before = self.form(model)
        if (form := before.counting(prompt, answer)) != before:
            self.learn(model, form)

    async def aclose(self, grace_s: float) -> None:
        """Give what is not kept yet so many seconds."""
        if self._keeping:
            _, late = await asyncio.wait(self._keeping, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, store: AbilityStore, model: str) -> None:
        try:
            await until_back(lambda: keep(store, self._settings.base_url, {model: self.form(model)}, self._clock))
        except StorageError as error:
            log.warning("what a model takes could not be kept", problem=str(error))


async def keep(store: AbilityStore, url: str, forms: Mapping[str, Abilities], clock: Clock) -> None:
    """Keep what models at an address take, as of now. Raises StorageError."""
    for model, form in forms.items():
        await store.keep(Ability(_address_of(url), model, asdict(form), clock.now_ms()))


async def recalled(settings: ModelSettings, store: AbilityStore, clock: Clock) -> ModelSettings:
    """The settings with what their models have shown within a month. Raises StorageError."""
    kept = await store.shown(_address_of(settings.base_url), clock.now_ms() - LASTS_MS)
    models = filter(None, (settings.model, settings.writer_model))
    first = {model: settings.abilities(model) for model in models}
    known = {one.model: _read(first[one.model], one) for one in kept if one.model in first}
    return replace(settings, known={**settings.known, **known}) if known else settings


def _read(first: Abilities, kept: Ability) -> Abilities:
    """What another version wrote may lack something that we know, and have something that we do not."""
    return replace(first, **{f.name: kept.takes[f.name] for f in fields(Abilities) if f.name in kept.takes})


def _address_of(url: str) -> str:
    """Where a server is, without what may be secret in its address."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl().rstrip("/")
