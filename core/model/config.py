"""How to reach the model and what it may cost: plain data, made by the composition root.

The three capability fields (`max_tokens_field`, `send_temperature`, `structured`) are what every model is first
taken to be able to do; `known` is what was found out since, by model, and goes before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.model.abilities import Abilities, Structured, TokensField
from core.model.prices import Price
from core.vocabulary.calls import Purpose

WRITER_PURPOSES = frozenset({Purpose.WRITE, Purpose.MATCH})
"""What a separate writer model answers, where one is set: nothing that is asked about a single image."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One OpenAI-compatible server, its model or models, and the limits that we keep.

    `deadline_s` bounds one request from connect to last byte; `retries` counts further tries after an
    unavailable server; `concurrency` bounds the requests of background work that are open at once.
    `send_detail`: the server knows low detail, a picture's lowest price (OpenAI's own does). `headers` and
    `fields` are added to each request as they are: what a gateway or a model wants beside the common dialect.
    `prices` are by model, and nothing is to be paid for a model that is not among them; caps are US dollars per
    24 hours, for the whole bot, for each server and for each member (None: no cap).
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str
    writer_model: str | None = None
    deadline_s: float = 60.0
    retries: int = 2
    concurrency: int = 4
    max_tokens_field: TokensField = "max_tokens"
    send_temperature: bool = True
    structured: Structured = "json_schema"
    send_detail: bool = False
    prices: Mapping[str, Price] = field(default_factory=dict)
    cap_usd_day: float | None = None
    member_cap_usd_day: float | None = None
    server_cap_usd_day: float | None = None
    offline: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    fields: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Abilities] = field(default_factory=dict)

    def model_for(self, purpose: Purpose) -> str:
        """The model that answers calls of a purpose."""
        return self.writer_model if self.writer_model and purpose in WRITER_PURPOSES else self.model

    def abilities(self, model: str) -> Abilities:
        """What a model is taken to be able to do before it is asked."""
        first = Abilities(self.max_tokens_field, self.send_temperature, self.structured)
        return self.known.get(model, first)

    def price_of(self, model: str) -> Price:
        """What a model costs."""
        return self.prices.get(model, Price())
