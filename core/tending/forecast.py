"""What a run can cost at most: each kind of question at the price of one that is as large as can be.

Prices are the budget's own estimates, so this is an upper bound by the same rule that keeps the caps.
"""

from collections.abc import Callable, Mapping

from core.asking.asker import ModelAsker
from core.asking.questions import Description, Example
from core.asking.unasked import Unasked
from core.tuning.constants import DEFAULT
from core.tuning.limits import CONDITIONS_PER_CALL, PICTURES_PER_CALL, RULES_PER_CALL, SHOWN
from core.vocabulary.calls import Call, Purpose, Usage
from core.vocabulary.emotions import LabelSet
from core.vocabulary.explanation import Forecast
from core.vocabulary.images import MAX_SIDE, Image
from core.vocabulary.reasons import Mode

_WIDE = "a condition of some words, as wide as one may be, and one more"
_LARGEST = Image("0" * 64, b"", MAX_SIDE, MAX_SIDE)
_DESCRIBED = Description(" ".join(["word"] * 40), tuple(["a visual tag"] * 12))


async def forecast(
    calls: Mapping[Purpose, int], label_set: LabelSet, mode: Mode, price: Callable[[Call], Usage]
) -> Forecast:
    """The forecast of a run that asks so many `calls`. Answers that are known already make it cheaper."""
    unasked = Unasked()
    asker = ModelAsker(unasked)
    names = label_set.names
    felt = {names[0]: 0.5, names[-1]: 0.5}
    example = Example(_LARGEST, felt, label_set.distribution({}), _DESCRIBED)
    shown = [example] * min(calls[Purpose.GENERIC], SHOWN)
    block = "\n".join(f"- {_WIDE}, {_WIDE}." for _ in range(DEFAULT.max_rules))
    await asker.generic(_LARGEST, label_set)
    await asker.match([_WIDE] * CONDITIONS_PER_CALL, [_DESCRIBED] * PICTURES_PER_CALL, owner=0)
    await asker.judge(_LARGEST, label_set, block, owner=0, purpose=Purpose.VERIFY)
    if mode == Mode.RULES:
        await asker.write_rules(label_set, shown, owner=0, limit=RULES_PER_CALL, temperature=0.0, nonce="")
    else:
        await asker.write_prompt(label_set, shown, parent=block, owner=0, temperature=0.0, nonce="")
    generic, matched, judged, written = [price(call).usd for call in unasked.calls]
    each = {Purpose.GENERIC: generic, Purpose.MATCH: matched, Purpose.WRITE: written}
    return Forecast(dict(calls), sum(number * each.get(purpose, judged) for purpose, number in calls.items()))
