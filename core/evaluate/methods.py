"""The methods that are compared, by name: honest baselines, the abstract's method, ours, and its ablations.

All learn within the same cap of calls. A method sees test pictures only one by one, after it has learned.
"""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from importlib.util import find_spec
from typing import TypeAlias

from core.asking.asker import ModelAsker
from core.asking.questions import Asker
from core.evaluate.case import Case, Learned, as_most, only_distribution
from core.evaluate.meter import Meter
from core.evaluate.peers.capo_opro import capo, opro
from core.evaluate.peers.gepa import gepa
from core.evaluate.peers.miprov2 import miprov2
from core.evaluate.refusals import PlanError, PlanProblem
from core.evaluate.whole import by_whole
from core.predicting import prior
from core.tuning import match, verify
from core.tuning.constants import DEFAULT, OUT_OF_FOLD, Constants, constants_of
from core.tuning.items import Item, felt_often
from core.tuning.limits import CAP, estimate
from core.tuning.method import STEPS, Step, by_rules
from core.tuning.paper import by_paper
from core.tuning.pool import Decision, Work
from core.tuning.propose import propose
from core.vocabulary.calls import Answer, Outcome, Purpose, Usage
from core.vocabulary.emotions import Distribution
from core.vocabulary.feelprint import block_of
from core.vocabulary.label import hit
from core.vocabulary.reasons import Caution

Method: TypeAlias = Callable[[Case, Meter], Awaitable[Learned]]

SHOTS = 8
"""Labelled pictures in a few-shot request."""

TRIED_SETS = 4
"""How many sets of examples the few-shot baseline tries, as far as its calls reach."""


async def generic(case: Case, meter: Meter) -> Learned:
    """What most people would feel, for everybody."""
    del case, meter
    return Learned(as_most)


async def label_prior(case: Case, meter: Meter) -> Learned:
    """Lean towards the emotions that the user feels more often (docs/method.md#prior); no call."""
    del meter
    if not prior.helps(case.label_set, case.train):
        return Learned(as_most, detail={"enabled": False})
    seen = [(item.generic.distribution, item.felt) for item in case.train]

    async def predict(asker: Asker, item: Item) -> Outcome[Distribution]:
        general = await as_most(asker, item)
        if not isinstance(general, Answer):
            return general
        return replace(general, value=prior.corrected(case.label_set, general.value, seen))

    return Learned(predict, detail={"enabled": True})


async def favourite(case: Case, meter: Meter) -> Learned:
    """Whatever the picture, the emotion that the user felt most in training: what knows no pictures can do."""
    del meter
    names, felt = case.label_set.names, felt_often(case.train)
    most = max(names, key=lambda name: felt.get(name, 0.0))
    always = tuple(1.0 if name == most else 0.0 for name in names)

    async def predict(asker: Asker, item: Item) -> Outcome[Distribution]:
        del asker, item
        return Answer(always, Usage(), cached=True)

    return Learned(predict, detail={"always": most})


async def fewshot(case: Case, meter: Meter) -> Learned:
    """Labelled pictures in the request: the set of examples that does best on the user's other labels.

    The same cap of calls as ours goes into choosing among `TRIED_SETS` random sets.
    """
    rng = random.Random(case.seed)  # noqa: S311 - reproducible, not secret
    size = min(SHOTS, max(1, len(case.train) // 2))
    sets = [rng.sample(list(case.train), size) for _ in range(TRIED_SETS)]
    per_set = max(1, len(case.train) - size)
    sets = sets[: max(1, case.max_calls // per_set)]
    scores = [await _fewshot_score(case, meter, examples) for examples in sets] if len(sets) > 1 else [0.0]
    best = sets[scores.index(max(scores))]
    return Learned(partial(_ask_fewshot, case, best), detail={"sets": len(sets), "shots": size})


async def _fewshot_score(case: Case, meter: Meter, examples: Sequence[Item]) -> float:
    job = case.job(DEFAULT, meter)
    shown = {item.image.hash for item in examples}
    others = [item for item in case.train if item.image.hash not in shown]
    answers = await job.session.all(
        Purpose.FEWSHOT, [partial(_ask_fewshot, case, examples, job.asker, i) for i in others]
    )
    pairs = zip(answers, others, strict=True)
    return sum(hit(case.label_set, answer, item.felt) for answer, item in pairs if answer is not None)


async def _ask_fewshot(case: Case, examples: Sequence[Item], asker: Asker, item: Item) -> Outcome[Distribution]:
    shots = [example.example() for example in examples]
    return only_distribution(await asker.fewshot(item.image, case.label_set, shots, owner=case.owner))


async def paper(case: Case, meter: Meter) -> Learned:
    """What the paper's abstract says: generate prompts, take the best on the labels, update, repeat."""
    # Each prompt costs one writer call beside a call for every label that it is scored on.
    labels = len(case.train)
    job = replace(case.job(DEFAULT, meter), cap=case.max_calls * labels // (labels + 1))
    return _tuned(case, await by_paper(job))


async def whole_gated(case: Case, meter: Meter) -> Learned:
    """Whole prompts, each judged on labels that its writer did not see, and taken only if reliably better."""
    return _tuned(case, await by_whole(case.job(DEFAULT, meter), case.max_calls))


async def rules(
    case: Case, meter: Meter, *, constants: Constants = DEFAULT, steps: Sequence[Step] = STEPS
) -> Learned:
    """Our method: single rules, scored by every label; the few that promise most, rehearsed and verified."""
    planned = estimate(len(case.train), constants)
    left = case.max_calls - planned[Purpose.WRITE] - planned[Purpose.MATCH]
    job = replace(case.job(constants, meter), cap=min(CAP, max(0, left)))
    return _tuned(case, await by_rules(job, steps))


def _tuned(case: Case, found: Decision) -> Learned:
    block = found.text or block_of(found.rules)
    detail = {"result": found.result, "reason": found.reason, **asdict(found.explanation)}
    if not block:
        return Learned(as_most, detail=detail)

    async def predict(asker: Asker, item: Item) -> Outcome[Distribution]:
        outcome = await asker.judge(item.image, case.label_set, block, owner=case.owner, purpose=Purpose.PREDICT)
        return only_distribution(outcome)

    return Learned(predict, feelprint=block, detail=detail)


async def with_prior(case: Case, meter: Meter) -> Learned:
    """The ablation that puts the prior layer under the tuned prompt."""
    tuned = await rules(case, meter)
    if not tuned.feelprint or not prior.helps(case.label_set, case.train):
        return tuned
    seen = [(item.generic.distribution, item.felt) for item in case.train]

    async def predict(asker: Asker, item: Item) -> Outcome[Distribution]:
        outcome = await tuned.predict(asker, item)
        if not isinstance(outcome, Answer):
            return outcome
        return replace(outcome, value=prior.corrected(case.label_set, outcome.value, seen))

    return replace(tuned, predict=predict)


async def reworded(case: Case, meter: Meter) -> Learned:
    """The generic prompt in other words: how many users a change without meaning makes worse."""
    del meter

    async def predict(asker: Asker, item: Item) -> Outcome[Distribution]:
        del asker
        other = ModelAsker(case.gateway, wording=1)
        return only_distribution(await other.generic(item.image, case.label_set))

    return Learned(predict)


async def written_at(temperature: float, work: Work) -> Work:
    """PROPOSE with one temperature for all calls."""
    return replace(work, pool=await propose(work.job, (temperature,)))


async def shown_at_most(most: int, work: Work) -> Work:
    """PROPOSE by writers who see fewer labels."""
    return replace(work, pool=await propose(work.job, most_shown=most))


async def everywhere(work: Work) -> Work:
    """MATCH for a model whose descriptions are not trusted."""
    return replace(work, pool=match.anywhere(work.job, work.pool), described=False)


async def telling(work: Work) -> Work:
    """Beside REHEARSE: rules that only lean to what is felt most often are none."""
    told = work.rehearsal
    return work if told is None or told.beats_favourite else replace(work, pool=[])


async def once(work: Work) -> Work:
    """VERIFY of one text: what the model does not follow stays in it."""
    if work.doubtful or work.barred:
        return work
    verdict, _ = await verify.ask(work.job, block_of(work.rules), verify.places(work))
    return replace(work, verdict=verdict)


def without(name: str) -> tuple[Step, ...]:
    """The list of steps but one."""
    return tuple(step for step in STEPS if step.__name__.strip("_") != name)


def _ablations() -> dict[str, Method]:
    """Changes of one number or step at a time (docs/method.md#ablations)."""
    normal = DEFAULT
    changed = {f"cap{n}": replace(normal, max_rules=n) for n in (1, 2, 3, 5)}
    changed |= {f"net{n}": replace(normal, net=float(n)) for n in (0, 2)}
    changed |= {f"parts{n}": replace(normal, parts=n) for n in (0, 2, 8)}
    changed |= {f"heard{heard}": replace(normal, heard=heard / 100) for heard in (25, 75)}
    changed |= {f"gate{gate}": replace(normal, gate=gate / 100) for gate in (80, 95)}
    changed |= {f"aside{aside}": replace(normal, out_of_fold=aside / 100) for aside in (10, 40, 80)}
    changed |= {f"doubt{n}": replace(normal, doubt=float(n)) for n in (1, 10)}
    changed |= {f"luck{luck}": replace(normal, luck=luck / 100) for luck in (0, 30, 80)}
    changed |= {caution: constants_of(caution) for caution in OUT_OF_FOLD if caution != Caution.NORMAL}
    methods: dict[str, Method] = {name: partial(rules, constants=constants) for name, constants in changed.items()}
    methods |= {f"no-{name}": partial(rules, steps=without(name)) for name in ("rehearse", "verify")}
    for name, temperature in (("cold", 0.2), ("hot", 1.0)):
        methods[name] = partial(rules, steps=(partial(written_at, temperature), *STEPS[1:]))
    for most in (10, 20):
        methods[f"shown{most}"] = partial(rules, steps=(partial(shown_at_most, most), *STEPS[1:]))
    methods["apart"] = partial(rules, steps=(*STEPS[:3], telling, *STEPS[3:]))
    methods["once"] = partial(rules, steps=(*STEPS[:-1], once))
    methods["no-match"] = partial(rules, steps=(STEPS[0], everywhere, *STEPS[2:]))
    return {f"rules-{name}": method for name, method in methods.items()}


ONLY_LIVED = frozenset({"rules-deck"})
"""`rules` in a replay whose labels are those that the deck asks for: in one shot there is no next picture."""

WITHOUT_CALLS = frozenset({"generic", "prior", "favourite"})
"""Methods that ask nothing beside the shared generic answers."""

METHODS: Mapping[str, Method] = {
    "generic": generic,
    "prior": label_prior,
    "fewshot": fewshot,
    "favourite": favourite,
    "paper": paper,
    "whole-gated": whole_gated,
    "rules": rules,
    **dict.fromkeys(ONLY_LIVED, rules),
    "reworded": reworded,
    "rules-prior": with_prior,
    "gepa": gepa,
    "miprov2": miprov2,
    "capo": capo,
    "opro": opro,
    **_ablations(),
}

PEERS: Mapping[str, str] = {"gepa": "gepa", "miprov2": "dspy", "capo": "promptolution", "opro": "promptolution"}
"""The methods of others, and the module that each needs."""


def named(names: Sequence[str], *, replay: bool = False) -> dict[str, Method]:
    """Methods by name, in the order asked for. Raises PlanError with the names there are, or what is missing."""
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise PlanError(PlanProblem.NO_METHOD, names=unknown, known=tuple(METHODS))
    if (lived := [name for name in names if name in ONLY_LIVED]) and not replay:
        raise PlanError(PlanProblem.ONLY_LIVED, names=lived)
    missing = [name for name in names if name in PEERS and find_spec(PEERS[name]) is None]
    if missing:
        raise PlanError(PlanProblem.NOT_INSTALLED, names=missing)
    return {name: METHODS[name] for name in dict.fromkeys(names)}
