"""The label-prior layer: lean towards the emotions that a person feels more often than most people.

It costs no call and needs no test pictures, so it answers while there are too few labels for rules;
under a tuned prompt it only did harm (docs/method.md#predict).
"""

from collections.abc import Mapping, Sequence

from core.tuning.items import Item
from core.vocabulary.emotions import Distribution, LabelSet
from core.vocabulary.label import hit

STRENGTH = 6.0
"""k: how many labels the model's own opinion of the frequencies is worth."""

TEMPER = 20.0
"""n labels count n / (n + 20)."""


def corrected(
    label_set: LabelSet,
    distribution: Distribution,
    seen: Sequence[tuple[Distribution, Mapping[str, float]]],
) -> Distribution:
    """Q = normalise(p * ((f_c + k pi_c) / (e_c + k pi_c))^m), m = n / (n + 20) (docs/method.md#prior).

    `seen` are (generic answer p_i, felt y_i) of labelled images; f_c = sum y_i[c] is what was felt,
    e_c = sum p_i[c] what was expected, pi_c = mean p_i[c]. Unchanged where nothing was seen.
    """
    n = len(seen)
    if not n:
        return distribution
    m = n / (n + TEMPER)
    scaled: dict[str, float] = {}
    for c, name in enumerate(label_set.names):
        felt = sum(y.get(name, 0.0) for _, y in seen)
        expected = sum(p[c] for p, _ in seen)
        prior = STRENGTH * expected / n
        ratio = (felt + prior) / (expected + prior) if expected + prior > 0.0 else 1.0
        scaled[name] = distribution[c] * ratio**m
    return label_set.distribution(scaled)


def helps(label_set: LabelSet, items: Sequence[Item]) -> bool:
    """Whether the layer wins at least as often as it loses, each label judged by the others (leave-one-out)."""
    seen = [(item.generic.distribution, item.felt) for item in items]
    balance = 0.0
    for i, item in enumerate(items):
        leaned = corrected(label_set, item.generic.distribution, seen[:i] + seen[i + 1 :])
        balance += hit(label_set, leaned, item.felt) - item.generic_hit
    return bool(items) and balance >= 0.0
