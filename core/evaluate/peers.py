"""Prompt optimisers of others, as they are distributed, over the same questions, gateway and cap as all methods.

They search for a whole text. What a text is scored by is ours, or figures could not be compared: the frozen header
with the text as its notes, and the hit on a label. Their packages are in `requirements-peers.lock`.
"""

import asyncio
import textwrap
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from core.asking.asker import ModelAsker
from core.asking.jsontext import read_object, strict_object
from core.asking.questions import Asker
from core.asking.write import felt_words, glance_of, guess_words
from core.evaluate.case import Case, Learned, as_most, only_distribution
from core.evaluate.meter import Meter
from core.tuning.items import Item
from core.tuning.session import Session, Stopped
from core.vocabulary.calls import Call, Outcome, Part, Purpose
from core.vocabulary.emotions import Distribution
from core.vocabulary.label import hit

T = TypeVar("T")

PEERS: Mapping[str, str] = {"gepa": "gepa"}
"""The methods here, and the module that each needs."""

TEXT = "notes"
SEED = "This person feels what most people feel about such pictures."

MINIBATCH = 3
"""GEPA's default: a parent and its child are asked about so many pictures before the child is about all."""

LINE = 380
"""A note is no longer; longer lines of a text are parted."""


async def gepa(case: Case, meter: Meter) -> Learned:
    """GEPA (Agrawal et al. 2025, arXiv 2507.19457) with its defaults; the training labels are its validation, too.

    It begins no round that could pass the cap: parent and child on a minibatch, one writing, the child on all.
    """
    package = import_module("gepa")
    task = _Task(case, meter, package, asyncio.get_running_loop())
    longest = 2 * MINIBATCH + 1 + len(case.train)
    found = await asyncio.to_thread(
        partial(
            package.optimize,
            seed_candidate={TEXT: SEED},
            trainset=list(range(len(case.train))),
            adapter=task,
            reflection_lm=task.written,
            stop_callbacks=lambda state: task.stopped is not None or meter.spent.calls + longest > case.max_calls,
            logger=_Silent(),
            seed=case.seed % (1 << 32),
        )
    )
    if task.stopped is not None:
        raise task.stopped
    text = str(found.best_candidate[TEXT])
    detail = {"texts": len(found.candidates), "scores": list(found.val_aggregate_scores)}
    if text == SEED:
        return Learned(as_most, detail=detail)
    return Learned(partial(_answer, case, as_notes(text)), as_notes(text), detail)


def as_notes(text: str) -> str:
    """A text as the notes of the header: a line each, long ones parted between words."""
    return "\n".join(part for line in text.splitlines() for part in textwrap.wrap(line, LINE))


async def _answer(case: Case, block: str, asker: Asker, item: Item) -> Outcome[Distribution]:
    said = await asker.judge(item.image, case.label_set, block, owner=case.owner, purpose=Purpose.PREDICT)
    return only_distribution(said)


@dataclass
class _Task:
    """What GEPA asks of whoever uses it (`gepa.core.adapter.GEPAAdapter`); it calls from a thread of its own."""

    case: Case
    meter: Meter
    package: ModuleType
    loop: asyncio.AbstractEventLoop
    propose_new_texts: None = None
    writings: int = 0
    stopped: Stopped | None = None
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = Session(asyncio.Semaphore(self.case.concurrency))

    def evaluate(self, batch: Sequence[int], candidate: Mapping[str, str], capture_traces: bool = False) -> Any:
        """The hits of a text on training pictures; 0 where there is no answer."""
        items = [self.case.train[i] for i in batch]
        questions = [
            partial(_answer, self.case, as_notes(candidate[TEXT]), ModelAsker(self.meter), i) for i in items
        ]
        answers = self._waited(self.session.all(Purpose.SCORE, questions))
        names = self.case.label_set
        scores = [
            hit(names, q, item.felt) if q is not None else 0.0 for q, item in zip(answers, items, strict=True)
        ]
        traces = list(zip(items, answers, strict=True)) if capture_traces else None
        return self.package.EvaluationBatch(outputs=answers, scores=scores, trajectories=traces)

    def make_reflective_dataset(
        self, candidate: Mapping[str, str], batch: Any, components: Sequence[str]
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What the writer is told of each picture of a minibatch."""
        image = import_module("gepa.image").Image
        names = self.case.label_set
        told = [
            {
                "Inputs": {"Picture": image(url=item.image.hash), "Caption": item.generic.description.caption},
                "Generated Outputs": guess_words(names, said) if said is not None else "no answer",
                "Feedback": f"This person felt: {felt_words(item.felt)}. Emotions: {', '.join(names.names)}.",
            }
            for item, said in batch.trajectories
        ]
        return dict.fromkeys(components, told)

    def written(self, prompt: str | Sequence[Mapping[str, Any]]) -> str:
        """The writer's answer to GEPA's own prompt, with the pictures in it."""
        contents = [prompt] if isinstance(prompt, str) else [message["content"] for message in prompt]
        pieces = [piece for content in contents for piece in ([content] if isinstance(content, str) else content)]
        self.writings += 1
        call = Call(
            purpose=Purpose.WRITE,
            system='Answer with one JSON object:\n- "text": your whole answer.',
            parts=tuple(map(self._part, pieces)),
            schema_name="gepa_reflection",
            schema=strict_object({"text": {"type": "string"}}),
            owner=self.case.owner,
            max_tokens=2000,
            temperature=1.0,
            nonce=f"gepa-{self.writings}",
        )
        (text,) = self._waited(self.session.all(Purpose.WRITE, [lambda: self.meter.ask(call, _text)]))
        return text or ""

    def _part(self, piece: str | Mapping[str, Any]) -> Part:
        if isinstance(piece, str):
            return piece
        if "image_url" not in piece:
            return str(piece["text"])
        shown = piece["image_url"]["url"]
        return glance_of(next(item.example() for item in self.case.train if item.image.hash == shown))

    def _waited(self, asked: Coroutine[Any, Any, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(asked, self.loop).result()
        except Stopped as stopped:
            self.stopped = stopped  # GEPA takes what is raised for the fault of one text, and goes on
            raise


def _text(answer: str) -> str:
    found = read_object(answer, ("text",)).get("text")
    if not isinstance(found, str) or not found.strip():
        raise ValueError("The answer holds no text.")
    return found


class _Silent:
    def log(self, message: str) -> None:
        """GEPA tells each round; the bar and `results.json` are enough."""
