"""Binds the typed questions to the gateway: one call each, parsed, never raising for a failed call."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from core.asking.fewshot import fewshot_call
from core.asking.generic import generic_call, parse_generic
from core.asking.judge import judge_call, notes_of, parse_judgement
from core.asking.match import match_call, parse_pairs
from core.asking.paper import parse_prompt, prompt_call
from core.asking.questions import Description, Example, Generic, Judgement
from core.asking.write import parse_rules, rules_call
from core.vocabulary.calls import Answer, Call, Failure, Outcome, Payer, Purpose
from core.vocabulary.emotions import LabelSet
from core.vocabulary.feelprint import Rule
from core.vocabulary.images import Image

T = TypeVar("T")


class Gateway(Protocol):
    """The way to the model, as far as asking needs it."""

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        """The parsed answer or a failure; a ValueError of `parse` is an invalid answer."""
        ...


class _Charged:
    """A gateway that puts each call on one account."""

    def __init__(self, gateway: Gateway, payer: Payer) -> None:
        self._gateway = gateway
        self._payer = payer

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        return await self._gateway.ask(replace(call, payer=self._payer), parse)


class ModelAsker:
    """The `Asker` of `core.asking.questions` over a gateway. `wording` picks the header's wording."""

    def __init__(self, gateway: Gateway, *, wording: int = 0) -> None:
        self._gateway = gateway
        self._wording = wording

    def on_account_of(self, payer: Payer) -> "ModelAsker":
        """The same, at somebody's cost: also of what is about nobody, such as the generic answer."""
        return self.over(_Charged(self._gateway, payer))

    def over(self, gateway: Gateway) -> "ModelAsker":
        """The same questions on another way."""
        return ModelAsker(gateway, wording=self._wording)

    async def generic(self, image: Image, label_set: LabelSet) -> Outcome[Generic]:
        """The shared generic answer for an image."""
        call = generic_call(image, label_set, wording=self._wording)
        return await self._gateway.ask(call, partial(parse_generic, label_set=label_set))

    async def judge(
        self, image: Image, label_set: LabelSet, block: str, *, owner: int, purpose: Purpose
    ) -> Outcome[Judgement]:
        """What the prompt with this block says; a block that says nothing is the generic question itself."""
        notes = len(notes_of(block))
        if not notes:
            return await self._unchanged(image, label_set, purpose)
        call = judge_call(image, label_set, block, owner=owner, purpose=purpose, wording=self._wording)
        return await self._gateway.ask(call, partial(parse_judgement, label_set=label_set, notes=notes))

    async def _unchanged(self, image: Image, label_set: LabelSet, purpose: Purpose) -> Outcome[Judgement]:
        call = generic_call(image, label_set, purpose=purpose, wording=self._wording)
        outcome = await self._gateway.ask(call, partial(parse_generic, label_set=label_set))
        if isinstance(outcome, Failure):
            return outcome
        judgement = Judgement(outcome.value.distribution, outcome.value.reason)
        return Answer(judgement, outcome.usage, outcome.cached)

    async def fewshot(
        self, image: Image, label_set: LabelSet, examples: Sequence[Example], *, owner: int
    ) -> Outcome[Judgement]:
        """What the generic prompt says when shown labelled images in the request (a baseline)."""
        call = fewshot_call(image, label_set, examples, owner=owner)
        return await self._gateway.ask(call, partial(parse_judgement, label_set=label_set, notes=0))

    async def write_rules(
        self,
        label_set: LabelSet,
        examples: Sequence[Example],
        *,
        owner: int,
        limit: int,
        temperature: float,
        nonce: str,
    ) -> Outcome[tuple[Rule, ...]]:
        """Up to `limit` rules, best supported first; examples are shown in an order drawn from `nonce`."""
        call = rules_call(label_set, examples, owner=owner, limit=limit, temperature=temperature, nonce=nonce)
        return await self._gateway.ask(call, partial(parse_rules, label_set=label_set, limit=limit))

    async def write_prompt(
        self,
        label_set: LabelSet,
        examples: Sequence[Example],
        *,
        parent: str,
        owner: int,
        temperature: float,
        nonce: str,
    ) -> Outcome[str]:
        """`paper` mode: a whole new prompt text, improving on `parent` (empty at first)."""
        call = prompt_call(label_set, examples, parent=parent, owner=owner, temperature=temperature, nonce=nonce)
        return await self._gateway.ask(call, parse_prompt)

    async def match(
        self, conditions: Sequence[str], descriptions: Sequence[Description], *, owner: int | None
    ) -> Outcome[frozenset[tuple[int, int]]]:
        """Which (condition, description) index pairs hold. Long lists are the caller's to part."""
        parse = partial(parse_pairs, conditions=len(conditions), descriptions=len(descriptions))
        return await self._gateway.ask(match_call(conditions, descriptions, owner=owner), parse)
