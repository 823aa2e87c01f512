"""MIPROv2 over a case, as a program of one prediction whose instruction is the text.

Between a DSPy program and its model stands an adapter. Ours puts the program's question as the frozen header with
the instruction as its notes, and its proposer's as DSPy words them, for an answer in the form that servers know.
"""

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from math import ceil, log2
from typing import Any

from core.asking.write import felt_words
from core.evaluate.case import Case, Learned
from core.evaluate.meter import Meter
from core.evaluate.peers.alone import alone
from core.evaluate.peers.search import SEED, Search, described
from core.tuning.items import Item

MOST = 18
"""Texts that are tried with `auto="heavy"`; "light" tries 6."""

MINIBATCH_FROM = 50
"""DSPy scores on minibatches where it has more labels to score on."""

VIEWED = 10
"""DSPy's default: labels in each of the questions, ten at most, from which its summary of the dataset comes."""


async def miprov2(case: Case, meter: Meter) -> Learned:
    """MIPROv2 (Opsahl-Ong et al. 2024, arXiv 2406.11695) without examples, over as many texts as the cap allows.

    The rest is its default: its writer sees 20 % of the labels, and texts are scored by the others.
    """
    search = Search(case, meter, "miprov2")
    labels = len(case.train)
    texts = next((n for n in range(MOST, 1, -1) if labels > 1 and search.fits(longest(n, labels))), 0)
    if not texts:
        return search.learned("", {"texts": 0})
    found = await search.run(partial(_compiled, search, texts))
    text = str(found.signature.instructions)
    scores = [tried["score"] for tried in found.candidate_programs]
    return search.learned("" if text == SEED else text, {"texts": texts, "scores": scores})


def longest(texts: int, labels: int) -> int:
    """The calls of a search at most: the summary, three writings for each text, and the scores of all texts."""
    scored = _scored(labels)
    shown = labels - scored
    return min(10, ceil(shown / VIEWED)) + 1 + 3 * texts + shown + texts * scored


def _scored(labels: int) -> int:
    return max(1, int(0.8 * labels))


def _compiled(search: Search, texts: int) -> Any:
    case = search.case
    with alone(case.seed):
        dspy = import_module("dspy")
        pictures = described(case.train)
        labels = [dspy.Example(picture=words, emotion=felt_words(i.felt)) for words, i in pictures.items()]
        model = dspy.BaseLM("feelprint")  # asked for nothing: all goes through the adapter
        adapter = type("Notes", (_Notes, dspy.JSONAdapter), {})(search, pictures)
        optimizer = dspy.MIPROv2(
            metric=partial(_hit, pictures),
            prompt_model=model,
            task_model=model,
            max_bootstrapped_demos=0,
            max_labeled_demos=0,
            auto=None,
            num_candidates=texts,
            num_threads=case.concurrency,
            seed=case.seed % (1 << 32),
        )
        with dspy.context(lm=model, adapter=adapter, disable_history=True):
            return optimizer.compile(
                dspy.Predict(dspy.Signature("picture -> emotion", SEED)),
                trainset=[label.with_inputs("picture") for label in labels],
                num_trials=int(max(2 * log2(texts), 1.5 * texts)),  # as DSPy reckons from `auto`
                minibatch=_scored(len(labels)) > MINIBATCH_FROM,
                view_data_batch_size=VIEWED,
            )


def _hit(pictures: Mapping[str, Item], label: Any, said: Any, trace: Any = None) -> float:
    """As `core.vocabulary.label.hit` of the emotion that was said; whether DSPy traces makes no difference."""
    del trace
    felt = pictures[label.picture].felt
    return felt.get(said.emotion, 0.0) / max(felt.values())


class _Notes:
    """The part of a `dspy.Adapter` that is ours; the rest is DSPy's, how its questions are worded above all."""

    def __init__(self, search: Search, pictures: Mapping[str, Item]) -> None:
        super().__init__()
        self._search = search
        self._pictures = pictures

    def __call__(
        self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Mapping[str, Any]
    ) -> list[Mapping[str, str]]:
        del lm, lm_kwargs
        if "picture" in inputs:
            (said,) = self._search.answers([(signature.instructions, self._pictures[inputs["picture"]])])
            return [{"emotion": self._search.case.label_set.top(said) if said is not None else ""}]
        system, *others = [str(message["content"]) for message in self._worded(signature, demos, inputs)]
        fields = {name: form.json_schema_extra["desc"] for name, form in signature.output_fields.items()}
        return self._search.written([others], system=system, fields=fields)

    def _worded(self, signature: Any, demos: Any, inputs: Mapping[str, Any]) -> Any:
        own: Any = self
        return own.format(signature, demos, inputs)
