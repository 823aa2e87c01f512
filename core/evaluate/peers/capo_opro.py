"""CAPO and OPRO over a case, as promptolution has them: its model, predictor and task, asked through a search.

They take texts for inputs, so their writer reads a picture's caption and tags; a text is scored on pictures.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.asking.write import felt_words, guess_words
from core.evaluate.case import Case, Learned
from core.evaluate.meter import Meter
from core.evaluate.peers.alone import alone
from core.evaluate.peers.search import Search, described
from core.tuning.items import Item

START, TRIES = 10, 3
"""So many texts a search begins with, and so often their writer is asked for them where they cannot be read."""

CROSSOVERS = 4
"""CAPO's default: so many texts a round, each merged and then reworded."""

SHOTS = 5
"""CAPO's default: examples in a text, at most."""

BLOCK, BLOCKS = 8, 10
"""Labels in a block, on which texts race, and blocks at most; CAPO's defaults are 30 and 10."""

WRITTEN = 8
"""OPRO's default: texts a round."""

TASK = (
    "Say which emotion one person feels about a picture. The prompt stands before each picture as notes about "
    "this person, whose feelings may differ from most people's. The emotions are: "
)


async def capo(case: Case, meter: Meter) -> Learned:
    """CAPO (Zehle et al. 2025, arXiv 2504.16005) with its defaults, but for what takes more labels than these."""
    search = Search(case, meter, "capo")
    return search.learned(*await search.run(partial(_capo, search)))


async def opro(case: Case, meter: Meter) -> Learned:
    """OPRO (Yang et al. 2023, arXiv 2309.03409) with its defaults: each text is scored by every label."""
    search = Search(case, meter, "opro")
    return search.learned(*await search.run(partial(_opro, search)))


def _capo(search: Search) -> tuple[str, Mapping[str, Any]]:
    labels = len(search.case.train)
    shots = min(SHOTS, labels // 4)
    scored = labels - shots
    one = 3 * CROSSOVERS + CROSSOVERS * scored  # merging, rewording, an example's answer; scores of what comes out
    if not search.fits(TRIES + START * shots + START * scored + one):
        return "", {"rounds": 0}
    with alone(search.case.seed):
        model, predictor, task = _parts(search, n_subsamples=scored // max(1, min(BLOCKS, scored // BLOCK)))
        shown = task.pop_datapoints(n=shots)
        raced = [task.pictures[x] for x in task.xs]
        rounds = _Rounds(lambda optimizer: search.fits(one + search.unasked(map(str, optimizer.prompts), raced)))
        optimizer = import_module("promptolution.optimizers.capo").CAPO(
            predictor,
            task,
            model,
            upper_shots=shots,
            df_few_shots=shown,
            callbacks=[rounds],
        )
        return _best(optimizer, search.case.max_calls, rounds)


def _opro(search: Search) -> tuple[str, Mapping[str, Any]]:
    labels = len(search.case.train)
    one = WRITTEN * (1 + labels)
    if not search.fits(TRIES + START * labels):
        return "", {"rounds": 0}
    with alone(search.case.seed):
        model, predictor, task = _parts(search)
        rounds = _Rounds(lambda optimizer: search.fits(one))
        optimizer = import_module("promptolution.optimizers.opro").OPRO(predictor, task, model, callbacks=[rounds])
        return _best(optimizer, search.case.max_calls if search.fits(START * labels + one) else 0, rounds)


def _best(optimizer: Any, most: int, rounds: "_Rounds") -> tuple[str, Mapping[str, Any]]:
    optimizer.optimize(most)
    if rounds.more and rounds.done < most:
        raise RuntimeError("promptolution gave up in the middle of a round.")  # it only logs why
    scores = [float(score) for score in optimizer.scores]
    detail = {"rounds": rounds.done, "texts": len(scores), "scores": scores}
    return str(optimizer.prompts[int(np.argmax(scores))]), detail


def _parts(search: Search, **options: Any) -> tuple[Any, Any, Any]:
    """Promptolution's writer, predictor and task for a search."""
    logging.getLogger("promptolution").setLevel(logging.ERROR)  # it warns of each default that it takes
    pictures = described(search.case.train)
    rows = {"x": list(pictures), "y": [felt_words(item.felt) for item in pictures.values()]}
    model = type("Model", (_Writes, import_module("promptolution.llms.base_llm").BaseLLM), {})(search)
    predicts = import_module("promptolution.predictors.base_predictor").BasePredictor
    predictor = type("Predictor", (_Predicts, predicts), {})(model, search, pictures)
    scores = import_module("promptolution.tasks.base_task").BaseTask
    task = type("Task", (_Scores, scores), {})(
        import_module("pandas").DataFrame(rows),
        "x",
        "y",
        task_description=TASK + ", ".join(search.case.label_set.names) + ".",
        seed=search.case.seed,
        **options,
    )
    task.pictures = pictures
    return model, predictor, task


class _Writes:
    def __init__(self, search: Search) -> None:
        super().__init__()
        self._search = search

    def _get_response(self, prompts: Sequence[str], system_prompts: Sequence[str]) -> list[str]:
        answers = self._search.written([(prompt,) for prompt in prompts], system=system_prompts[0])
        return [answer["text"] for answer in answers]


class _Predicts:
    def __init__(self, model: Any, search: Search, pictures: Mapping[str, Item]) -> None:
        super().__init__(model)  # type: ignore[call-arg]
        self._search = search
        self._pictures = pictures

    def predict(
        self, prompts: Sequence[str], xs: Sequence[str], system_prompts: object = None
    ) -> tuple[list[str], list[str]]:
        """What is said first of each picture, and behind its description what is said in all."""
        del system_prompts
        answers = self._search.answers([(text, self._pictures[x]) for text, x in zip(prompts, xs, strict=True)])
        names = self._search.case.label_set
        said = [names.top(answer) if answer is not None else "" for answer in answers]
        whole = [guess_words(names, answer) if answer is not None else "no answer" for answer in answers]
        return said, [f"{x}\n{words}" for x, words in zip(xs, whole, strict=True)]

    def _extract_preds(self, preds: list[str]) -> list[str]:
        return preds


class _Scores:
    pictures: Mapping[str, Item]

    def _evaluate(self, xs: Sequence[str], ys: Sequence[str], preds: Sequence[str]) -> NDArray[np.float64]:
        """The hits, as `core.vocabulary.label.hit` of the emotion that was said."""
        felt = [self.pictures[x].felt for x in xs]
        return np.array([one.get(said, 0.0) / max(one.values()) for one, said in zip(felt, preds, strict=True)])


class _Rounds:
    """Lets a package go on while another round keeps to the cap."""

    def __init__(self, fits: Callable[[Any], bool]) -> None:
        self.done = 0
        self.more = True
        self._fits = fits

    def on_step_end(self, optimizer: Any) -> bool:
        self.done += 1
        self.more = self._fits(optimizer)
        return self.more

    def on_train_end(self, optimizer: Any) -> None:
        """Nothing is left to be done."""
