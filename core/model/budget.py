"""Money: what a call may cost, room taken before it is sent, what it really cost written after.

The estimate is an upper bound (a full answer, costly pictures), and it learns: a model that is counted with
more tokens than were estimated or allowed raises all its later estimates, also after a restart, and a count of
nothing is no count. So caps hold under concurrency and crashes, and the ledger is the provider's bill or above.
"""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable

import structlog

from core.model.config import ModelSettings
from core.model.known import Known
from core.model.replies import Fault, Sent, Tokens
from core.ports import AnswerStore, AskedElsewhere, Caps, NewAnswer, Purchase, Reservation
from core.ports.waiting import until_back
from core.vocabulary.calls import NOBODY, Call, Glance, Payer, Purpose, Usage
from core.vocabulary.clock import Clock
from core.vocabulary.errors import StorageError
from core.vocabulary.images import Image

log = structlog.get_logger()

_BYTES_PER_TOKEN = 3
_OVERHEAD_TOKENS = 64
_PATCH = 32
_TOKENS_PER_PATCH = 2.5
_BASE_IMAGE_TOKENS = 85


class Elsewhere(Exception):
    """Another process pays for the same question, or has just paid for it: nothing was reserved."""


class Budget:
    """Reserve-then-settle over the ledger, with the caps and prices of the settings."""

    def __init__(self, answers: AnswerStore, settings: ModelSettings, clock: Clock, known: Known) -> None:
        self._answers = answers
        self._settings = settings
        self._clock = clock
        self._unsettled: set[asyncio.Task[None]] = set()
        self._known = known

    def estimate(self, call: Call) -> Usage:
        """The most that a call should cost."""
        model = self._settings.model_for(call.purpose)
        form = self._known.form(model)
        prompt = math.ceil(_prompt_tokens(call) * form.counts_prompt)
        completion = math.ceil(call.max_tokens * form.counts_answer)
        return self._usage(model, Tokens(prompt, completion))

    async def reserve(self, call: Call, question: str = "") -> Reservation | None:
        """Room for one request, or None if a cap would be passed. Raises `StorageError`, and `Elsewhere`.

        With a StorageError room may have been taken all the same: nothing is sent, so it is given back.
        """
        model = self._settings.model_for(call.purpose)
        usd = self.estimate(call).usd
        payer = call.payer if call.payer != NOBODY else Payer(call.owner)
        purchase = Purchase(self._clock.now_ms(), call.purpose.value, call.owner, model, usd, payer, question)
        s = self._settings
        caps = Caps(s.cap_usd_day, s.member_cap_usd_day, s.server_cap_usd_day)
        try:
            reserved = await self._answers.reserve(purchase, caps)
        except StorageError:
            self._write_later(lambda: self._answers.release(purchase), call.purpose)
            raise
        if isinstance(reserved, AskedElsewhere):
            raise Elsewhere(question)
        return reserved

    async def settle(
        self, reservation: Reservation, call: Call, sent: Sent, *, key: str = "", text: str | None = None
    ) -> Usage:
        """Write what a request really cost, and keep its answer, if any, in the same transaction.

        A ledger that cannot be written does not lose the answer in hand: whoever asked has it at once, and it is
        written when the database is back. Until then the reservation stays open, and counts as spent.
        """
        usage = self.cost(call, sent)
        outcome = sent.failure.value if isinstance(sent, Fault) else "ok"
        answer = NewAnswer(key, text, call.about, call.owner) if key and text is not None else None

        async def write() -> None:
            await self._answers.settle(reservation, outcome=outcome, usage=usage, answer=answer)

        try:
            await write()
        except StorageError as error:
            if error.passes:
                self._write_later(write, call.purpose)
            else:
                _not_written(call.purpose)
        return usage

    async def aclose(self, grace_s: float) -> None:
        """Give what is not written yet so many seconds."""
        if self._unsettled:
            _, left = await asyncio.wait(self._unsettled, timeout=grace_s)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def _write_later(self, write: Callable[[], Awaitable[None]], purpose: Purpose) -> None:
        async def written() -> None:
            try:
                await until_back(write)
            except StorageError:
                _not_written(purpose)

        task = asyncio.create_task(written())
        self._unsettled.add(task)
        task.add_done_callback(self._unsettled.discard)

    def cost(self, call: Call, sent: Sent) -> Usage:
        """What a request cost: the server's count; the estimate where it may be charged but was not counted."""
        if sent.tokens is not None:
            return self._counted(call, sent.tokens)
        if isinstance(sent, Fault) and not sent.billed:
            return Usage()
        return self.estimate(call)

    def _counted(self, call: Call, tokens: Tokens) -> Usage:
        """By the server's count, and what is learned from it.

        No request is without tokens and no answer is, so a server that says 0 has not counted.
        """
        model, most = self._settings.model_for(call.purpose), self.estimate(call)
        self._known.counted(model, tokens.prompt / _prompt_tokens(call), tokens.completion / call.max_tokens)
        return self._usage(
            model, Tokens(tokens.prompt or most.prompt_tokens, tokens.completion or most.completion_tokens)
        )

    def _usage(self, model: str, tokens: Tokens) -> Usage:
        usd = self._settings.price_of(model).usd(tokens.prompt, tokens.completion)
        return Usage(tokens.prompt, tokens.completion, usd)


def _not_written(purpose: Purpose) -> None:
    """What a call really cost, or that there was none, and its answer: it counts as it was reserved."""
    log.warning("the ledger could not be written", purpose=purpose.value)


def _prompt_tokens(call: Call) -> float:
    """Tokens of a prompt, from above: 3 bytes of text a token; 32-pixel patches at the dearest published rate."""
    texts = [call.system, json.dumps(call.schema), *(part for part in call.parts if isinstance(part, str))]
    texts += [part.words for part in call.parts if isinstance(part, Glance)]  # a few are sent in their place
    sizes = [part.size for part in call.parts if isinstance(part, Glance)]
    sizes += [(part.width, part.height) for part in call.parts if isinstance(part, Image)]
    text_tokens = sum(len(text.encode()) for text in texts) / _BYTES_PER_TOKEN
    patches = sum(math.ceil(width / _PATCH) * math.ceil(height / _PATCH) for width, height in sizes)
    return _OVERHEAD_TOKENS + text_tokens + patches * _TOKENS_PER_PATCH + _BASE_IMAGE_TOKENS * len(sizes)
