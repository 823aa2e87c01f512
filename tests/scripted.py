"""A scripted asker: its pictures are words ("dark sea"), and its answers follow from rules that it is told."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from core.asking.questions import Description, Example, Generic, Judgement
from core.vocabulary.calls import Answer, Failure, Outcome, Payer, Purpose, Usage
from core.vocabulary.emotions import MIKELS, LabelSet
from core.vocabulary.feelprint import Rule
from core.vocabulary.images import Image


def picture(words: str) -> Image:
    """An image that shows these words."""
    return Image(hashlib.sha256(words.encode()).hexdigest(), words.encode(), 8, 8)


def rule(when: str, feel: str) -> Rule:
    return Rule(when, feel, f"When a picture shows {when}, this person tends to feel {feel}.")


class ScriptedAsker:
    """A model that sees words: a condition holds where all its words stand in the picture.

    `majority` maps a word to what most people feel about it; `writes` are the rules that the writer
    proposes, `texts` the prompts; `fails` may name a failure for (purpose, image or None). Answers are
    kept, so that a repeated question is not `sent`; `slow` seconds pass in every question that is.
    """

    def __init__(
        self,
        majority: Mapping[str, str],
        *,
        writes: Sequence[Rule] = (),
        texts: Sequence[str] = (),
        label_set: LabelSet = MIKELS,
        fails: Callable[[Purpose, Image | None], Failure | None] = lambda purpose, image: None,
        honest_match: bool = True,
        slow: float = 0.0,
    ) -> None:
        self.majority, self.writes, self.texts = dict(majority), list(writes), list(texts)
        self.label_set = label_set
        self.fails, self.honest_match, self.slow = fails, honest_match, slow
        self.sent: Counter[Purpose] = Counter()
        self.together = self.most_together = 0
        self.shown: list[tuple[Example, ...]] = []
        self.blocks: list[str] = []
        self.payers: set[Payer] = set()
        self.unpaid = 0
        self._known: dict[tuple[object, ...], object] = {}

    def on_account_of(self, payer: Payer) -> "Charged":
        self.payers.add(payer)
        return Charged(self)

    async def generic(self, image: Image, label_set: LabelSet) -> Outcome[Generic]:
        words = image.jpeg.decode()
        answer = Generic(self._says(self._common(words)), Description(words, tuple(words.split())), "as most")
        return await self._answer(Purpose.GENERIC, ("generic", image.hash), answer, image)

    async def judge(
        self, image: Image, label_set: LabelSet, block: str, *, owner: int, purpose: Purpose
    ) -> Outcome[Judgement]:
        words = image.jpeg.decode()
        answer = Judgement(self._says(self._common(words)), "as most")
        for place, line in enumerate(block.splitlines()):
            when, _, feel = line.removeprefix("- When a picture shows ").partition(", this person tends to feel ")
            if feel and holds(when, words):
                answer = Judgement(self._says(feel.rstrip(".")), f"it shows {when}", place)
                break
        self.blocks.append(block)
        return await self._answer(purpose, ("judge", owner, image.hash, block), answer, image)

    async def fewshot(
        self, image: Image, label_set: LabelSet, examples: Sequence[Example], *, owner: int
    ) -> Outcome[Judgement]:
        raise AssertionError("no tuning asks this")

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
        self.shown.append(tuple(examples))
        key = ("write", owner, nonce, temperature, tuple((e.image.hash, tuple(e.felt)) for e in examples))
        return await self._answer(Purpose.WRITE, key, tuple(self.writes[:limit]), None)

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
        self.shown.append(tuple(examples))
        text = self.texts[len(self.shown) % len(self.texts)] if self.texts else ""
        return await self._answer(Purpose.WRITE, ("prompt", owner, parent, nonce), text, None)

    async def match(
        self, conditions: Sequence[str], descriptions: Sequence[Description], *, owner: int | None
    ) -> Outcome[frozenset[tuple[int, int]]]:
        pairs = frozenset(
            (c, d)
            for c, condition in enumerate(conditions)
            for d, description in enumerate(descriptions)
            if holds(condition, " ".join((description.caption, *description.tags)).lower())
        )
        if not self.honest_match:
            pairs = frozenset((c, d) for c in range(len(conditions)) for d in range(len(descriptions)))
        return await self._answer(Purpose.MATCH, ("match", tuple(conditions), tuple(descriptions)), pairs, None)

    async def _answer(
        self, purpose: Purpose, key: tuple[object, ...], value: object, image: Image | None
    ) -> object:
        self.unpaid += 1
        if failure := self.fails(purpose, image):
            return failure
        if key in self._known:
            return Answer(self._known[key], Usage(10, 2, 0.001), cached=True)
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            await asyncio.sleep(self.slow)
        finally:
            self.together -= 1
        self.sent[purpose] += 1
        self._known[key] = value
        return Answer(value, Usage(10, 2, 0.001), cached=False)

    def _common(self, words: str) -> str:
        return next((feel for word, feel in self.majority.items() if word in words.split()), "contentment")

    def _says(self, emotion: str) -> tuple[float, ...]:
        return self.label_set.distribution(
            {name: 0.65 if name == emotion else 0.05 for name in self.label_set.names}
        )


SMALL_WORDS = frozenset({"a", "an", "the", "picture", "of", "many", "tones", "bright"})
SAME = {"colours": "colourful"}


def holds(condition: str, words: str) -> bool:
    """Whether every telling word of a condition stands in the words of a picture."""
    asked = [SAME.get(word, word) for word in condition.lower().split() if word not in SMALL_WORDS]
    return set(asked or condition.lower().split()[1:2]) <= set(words.replace(".", "").split())


class Charged:
    """A scripted model on somebody's account: what is asked through it is paid for."""

    def __init__(self, asker: ScriptedAsker) -> None:
        self._asker = asker

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        async def paid(*args: object, **kwargs: object) -> object:
            self._asker.unpaid -= 1
            return await getattr(self._asker, name)(*args, **kwargs)

        return paid
