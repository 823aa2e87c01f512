"""The typed questions and answers between the method (`core.tuning`, `core.predicting.predictor`) and the model.

Who tunes or predicts depends on the `Asker` protocol alone; `core.asking.asker` binds it to the gateway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.vocabulary.calls import Outcome, Payer, Purpose
from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.feelprint import Rule
from core.vocabulary.images import Image


@dataclass(frozen=True, slots=True)
class Description:
    """A label-blind description of a picture: one caption and up to twelve short visual tags."""

    caption: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Generic:
    """What most people would feel about an image, and its description: one call, shared by everybody."""

    distribution: Distribution
    description: Description
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one prompt says about one image. `rule` is the 0-based index of the rule named, if any."""

    distribution: Distribution
    reason: str
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled image as the writer sees it: the picture, what was felt, and what most people would say.

    `guess` is the current prompt's answer in `paper` mode, the generic answer in `rules` mode.
    `description` lets text-only evidence travel with the picture.
    """

    image: Image
    felt: Mapping[str, float]
    guess: Distribution
    description: Description | None = None


class Asker(Protocol):
    """Asks the model. No method raises for a single failed call: it returns a `Failure`."""

    def on_account_of(self, payer: Payer) -> "Asker":
        """The same, at somebody's cost: also of what is about nobody, such as the generic answer."""
        ...

    async def generic(self, image: Image, label_set: LabelSet) -> Outcome[Generic]:
        """The shared generic answer for an image."""
        ...

    async def judge(
        self, image: Image, label_set: LabelSet, block: str, *, owner: int, purpose: Purpose
    ) -> Outcome[Judgement]:
        """What the prompt with this feelprint block says about an image."""
        ...

    async def fewshot(
        self, image: Image, label_set: LabelSet, examples: Sequence[Example], *, owner: int
    ) -> Outcome[Judgement]:
        """What the generic prompt says when shown labelled images in the request (a baseline)."""
        ...

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
        """Up to `limit` rules that tell this person from most people, best supported first."""
        ...

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
        ...

    async def match(
        self, conditions: Sequence[str], descriptions: Sequence[Description], *, owner: int | None
    ) -> Outcome[frozenset[tuple[int, int]]]:
        """Which (condition index, description index) pairs hold, from descriptions alone, label-blind.

        `owner` is whose conditions they are, None for some of ours.
        """
        ...
