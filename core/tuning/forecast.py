"""What a run can take, said before it is started: questions by purpose, and dollars.

The price of each kind of question comes from the budget's own estimate of one that is as large as can be,
so the forecast is an upper bound by the same rule that keeps the caps. Answers that are known already make a
run cheaper than that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from core.asking.asker import ModelAsker
from core.asking.questions import Description, Example
from core.tuning.paper import plan
from core.tuning.presets import CONDITIONS_PER_CALL, MAX_LABELS, MIN_LABELS, PICTURES_PER_CALL, Preset, preset_of
from core.vocabulary.calls import Call, Failure, Outcome, Purpose, Usage
from core.vocabulary.emotions import LabelSet
from core.vocabulary.explanation import Forecast
from core.vocabulary.images import MAX_SIDE, Image
from core.vocabulary.reasons import Mode

T = TypeVar("T")

_WIDE = "a condition of some words, as wide as one may be, and one more"
_LARGEST = Image("0" * 64, b"", MAX_SIDE, MAX_SIDE)
_DESCRIBED = Description(" ".join(["word"] * 40), tuple(["a visual tag"] * 12))


@dataclass(slots=True)
class _Pricing:
    """A gateway that asks nobody: it takes down what each question would cost."""

    price: Callable[[Call], Usage]
    usd: list[float] = field(default_factory=list)

    async def ask(self, call: Call, parse: Callable[[str], T]) -> Outcome[T]:
        del parse
        self.usd.append(self.price(call).usd)
        return Failure.UNAVAILABLE


async def forecast(
    labels: int, label_set: LabelSet, preset: Preset | str, mode: Mode, price: Callable[[Call], Usage]
) -> Forecast:
    """The forecast of a run over so many labels. Raises ValueError for a preset that there is not."""
    chosen = preset_of(preset)
    calls = estimate(labels, chosen) if mode == Mode.RULES else estimate_paper(labels, chosen)
    pricing = _Pricing(price)
    asker = ModelAsker(pricing)
    shown = [_example(label_set)] * min(labels, chosen.shown)
    block = "\n".join(f"- {_WIDE}, {_WIDE}." for _ in range(chosen.max_rules))
    await asker.generic(_LARGEST, label_set)
    await asker.judge(_LARGEST, label_set, block, owner=0, purpose=Purpose.VERIFY)
    await asker.match([_WIDE] * CONDITIONS_PER_CALL, [_DESCRIBED] * PICTURES_PER_CALL, owner=0)
    if mode == Mode.RULES:
        await asker.write_rules(label_set, shown, owner=0, limit=chosen.rules_per_call, temperature=0.0, nonce="")
    else:
        await asker.write_prompt(label_set, shown, parent=block, owner=0, temperature=0.0, nonce="")
    generic, judged, matched, written = pricing.usd
    each = {Purpose.GENERIC: generic, Purpose.MATCH: matched, Purpose.WRITE: written}
    return Forecast(calls, sum(number * each.get(purpose, judged) for purpose, number in calls.items()))


def estimate(labels: int, preset: Preset | str = "normal") -> dict[Purpose, int]:
    """The most calls by purpose that a `rules` run over so many labels can send.

    `generic` is what it costs where no other member's run has asked for the pictures yet. Raises ValueError for a
    preset that there is not.
    """
    chosen = preset_of(preset)
    n = min(labels, MAX_LABELS)
    if n < MIN_LABELS:
        return dict.fromkeys((Purpose.GENERIC, Purpose.WRITE, Purpose.MATCH, Purpose.VERIFY), 0)
    conditions = chosen.writer_calls * chosen.rules_per_call + chosen.max_rules + chosen.remembered
    return {
        Purpose.GENERIC: n,
        Purpose.WRITE: chosen.writer_calls,
        Purpose.MATCH: 1 + -(-conditions // CONDITIONS_PER_CALL) * -(-n // PICTURES_PER_CALL),
        Purpose.VERIFY: chosen.cap,
    }


def estimate_paper(labels: int, preset: Preset) -> dict[Purpose, int]:
    """The same for a run in `paper` mode."""
    n = min(labels, MAX_LABELS)
    if n < MIN_LABELS:
        return dict.fromkeys((Purpose.GENERIC, Purpose.WRITE, Purpose.SCORE), 0)
    scored = min(n, preset.cap // 2)
    texts = sum(plan(scored, preset.cap))
    return {Purpose.GENERIC: n, Purpose.WRITE: texts, Purpose.SCORE: texts * scored}


def _example(label_set: LabelSet) -> Example:
    names = label_set.names
    return Example(_LARGEST, {names[0]: 0.5, names[-1]: 0.5}, label_set.distribution({}), _DESCRIBED)
