"""GEPA over a case: its adapter, and its writer, who sees the pictures of a minibatch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

from core.asking.write import felt_words, glance_of, guess_words
from core.evaluate.case import Case, Learned
from core.evaluate.meter import Meter
from core.evaluate.peers.search import SEED, Search
from core.vocabulary.calls import Part
from core.vocabulary.label import hit

TEXT = "notes"

MINIBATCH = 3
"""GEPA's default: a parent and its child are asked about so many pictures before the child is about all."""


async def gepa(case: Case, meter: Meter) -> Learned:
    """GEPA (Agrawal et al. 2025, arXiv 2507.19457) with its defaults; the training labels are its validation, too.

    It begins no round that could pass the cap: parent and child on a minibatch, one writing, the child on all.
    """
    package = import_module("gepa")
    search = Search(case, meter, "gepa")
    task = _Task(search, package)
    longest = 2 * MINIBATCH + 1 + len(case.train)
    found = await search.run(
        partial(
            package.optimize,
            seed_candidate={TEXT: SEED},
            trainset=list(range(len(case.train))),
            adapter=task,
            reflection_lm=task.written,
            stop_callbacks=lambda state: not search.fits(longest),
            logger=_Silent(),
            seed=case.seed % (1 << 32),
        )
    )
    text = str(found.best_candidate[TEXT])
    detail = {"texts": len(found.candidates), "scores": list(found.val_aggregate_scores)}
    return search.learned("" if text == SEED else text, detail)


@dataclass
class _Task:
    """What GEPA asks of whoever uses it (`gepa.core.adapter.GEPAAdapter`)."""

    search: Search
    package: ModuleType
    propose_new_texts: None = None

    def evaluate(self, batch: Sequence[int], candidate: Mapping[str, str], capture_traces: bool = False) -> Any:
        """The hits of a text on training pictures; 0 where there is no answer."""
        items = [self.search.case.train[i] for i in batch]
        answers = self.search.answers([(candidate[TEXT], item) for item in items])
        names = self.search.case.label_set
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
        names = self.search.case.label_set
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
        (answer,) = self.search.written([tuple(map(self._part, pieces))])
        return answer["text"]

    def _part(self, piece: str | Mapping[str, Any]) -> Part:
        if isinstance(piece, str):
            return piece
        if "image_url" not in piece:
            return str(piece["text"])
        shown = piece["image_url"]["url"]
        return glance_of(next(i.example() for i in self.search.case.train if i.image.hash == shown))


class _Silent:
    def log(self, message: str) -> None:
        """GEPA tells each round; the bar and `results.json` are enough."""
