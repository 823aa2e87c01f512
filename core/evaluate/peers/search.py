"""One search by a package of others: on a thread of its own, each question through the meter of its case.

Packages take what is raised for the fault of one text, and go on; so what ends a search is no `Exception`.
"""

import asyncio
import textwrap
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from core.asking.asker import ModelAsker
from core.asking.jsontext import read_object, strict_object
from core.asking.questions import Asker
from core.asking.write import in_words
from core.evaluate.case import Case, Learned, as_most, only_distribution
from core.evaluate.meter import Meter
from core.tuning.items import Item
from core.tuning.session import Session
from core.vocabulary.calls import Call, Outcome, Part, Purpose
from core.vocabulary.emotions import Distribution

T = TypeVar("T")

SEED = "This person feels what most people feel about such pictures."
"""The text that is improved on, where a package wants one to begin with."""

LINE = 380
"""A note is no longer; longer lines of a text are parted."""

WHOLE = {"text": "your whole answer."}
"""What a writer answers with whose package reads one text."""


class Ended(BaseException):
    """The model is away, something broke on our side, or nobody waits for the search any more."""


def as_notes(text: str) -> str:
    """A text as the notes of the header: a line each, long ones parted between words."""
    return "\n".join(part for line in text.splitlines() for part in textwrap.wrap(line, LINE))


@dataclass
class Search:
    """The questions of one search; all but `run` and `learned` are called by the package, from its own threads."""

    case: Case
    meter: Meter
    name: str
    _loop: asyncio.AbstractEventLoop = field(init=False, default_factory=asyncio.get_running_loop)
    _session: Session = field(init=False)
    _asked: set[tuple[str, str]] = field(init=False, default_factory=set)
    _waiting: set[asyncio.Future[Any]] = field(init=False, default_factory=set)
    _writings: int = field(init=False, default=0)
    _broke: Exception | None = field(init=False, default=None)
    _over: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._session = Session(asyncio.Semaphore(self.case.concurrency))

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` finds. Raises Stopped where the model is away; whoever cancels it hears no more of it."""
        threads = ThreadPoolExecutor(1)  # the loop's own may all be waiting here while the gateway needs one
        try:
            return await self._loop.run_in_executor(threads, work)
        except Ended:
            if self._broke is None:
                raise
            raise self._broke from None
        finally:
            self._over = True
            for question in self._waiting:
                question.cancel()
            await asyncio.gather(*self._waiting, return_exceptions=True)
            threads.shutdown(wait=False)

    def fits(self, calls: int) -> bool:
        """Whether so many more calls keep to the cap."""
        return self.meter.spent.calls + calls <= self.case.max_calls

    def unasked(self, texts: Iterable[str], items: Sequence[Item]) -> int:
        """About how many of these pictures these texts have not been asked, over all of them."""
        blocks = {as_notes(text) for text in texts}
        return sum((block, item.image.hash) not in self._asked for block in blocks for item in items)

    def answers(self, asked: Sequence[tuple[str, Item]]) -> list[Distribution | None]:
        """What the header with each text says of its picture; None where there is no answer."""
        self._asked |= {(as_notes(text), item.image.hash) for text, item in asked}
        asker = ModelAsker(self.meter)
        questions = [partial(_answer, self.case, as_notes(text), asker, item) for text, item in asked]
        return self._waited(self._session.all(Purpose.SCORE, questions))

    def written(
        self, asked: Sequence[Sequence[Part]], *, system: str = "", fields: Mapping[str, str] = WHOLE
    ) -> list[Mapping[str, str]]:
        """What the writer says to each, by the names of `fields`; empty texts where there is no answer."""
        calls = [self._writing(parts, system, fields) for parts in asked]
        parse = partial(_texts, fields=fields)
        answers = self._waited(
            self._session.all(Purpose.WRITE, [partial(self.meter.ask, call, parse) for call in calls])
        )
        return [answer if answer is not None else dict.fromkeys(fields, "") for answer in answers]

    def learned(self, text: str, detail: Mapping[str, Any]) -> Learned:
        """The text as what predicts; most people's answers where there is none."""
        block = as_notes(text)
        if not block:
            return Learned(as_most, detail=detail)
        return Learned(partial(_answer, self.case, block), block, detail)

    def _writing(self, parts: Sequence[Part], system: str, fields: Mapping[str, str]) -> Call:
        self._writings += 1
        form = "\n".join(
            ("Answer with one JSON object:", *(f'- "{name}": {what}' for name, what in fields.items()))
        )
        return Call(
            purpose=Purpose.WRITE,
            system=f"{system}\n\n{form}" if system else form,
            parts=tuple(parts),
            schema_name=f"{self.name}_reflection",
            schema=strict_object({name: {"type": "string"} for name in fields}),
            owner=self.case.owner,
            max_tokens=2000,
            temperature=1.0,
            nonce=f"{self.name}-{self._writings}",
        )

    def _waited(self, asked: Coroutine[Any, Any, T]) -> T:
        if self._over:
            asked.close()
            raise Ended
        try:
            return asyncio.run_coroutine_threadsafe(self._kept(asked), self._loop).result()
        except CancelledError:
            raise Ended from None
        except Exception as broke:
            self._over, self._broke = True, self._broke or broke
            raise Ended from broke

    async def _kept(self, asked: Coroutine[Any, Any, T]) -> T:
        question = asyncio.ensure_future(asked)
        self._waiting.add(question)
        question.add_done_callback(self._waiting.discard)
        if self._over:
            question.cancel()
        return await question


def described(items: Sequence[Item]) -> Mapping[str, Item]:
    """Training pictures by what stands for each where a package takes texts only: a number, caption and tags."""
    return {f"Picture {n}: {in_words(item.generic.description)}": item for n, item in enumerate(items, 1)}


async def _answer(case: Case, block: str, asker: Asker, item: Item) -> Outcome[Distribution]:
    said = await asker.judge(item.image, case.label_set, block, owner=case.owner, purpose=Purpose.PREDICT)
    return only_distribution(said)


def _texts(answer: str, fields: Mapping[str, str]) -> Mapping[str, str]:
    found = read_object(answer, fields)
    texts = {name: value for name in fields if isinstance(value := found.get(name), str) and value.strip()}
    if len(texts) < len(fields):
        raise ValueError("The answer holds no text.")
    return texts
