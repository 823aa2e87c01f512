import pytest

from core.asking.questions import Description, Generic
from core.predicting.prior import corrected, helps
from core.tuning.items import Item, item_of
from core.vocabulary.emotions import MIKELS
from core.vocabulary.label import Label
from tests.scripted import picture

P = MIKELS.distribution({"awe": 0.5, "fear": 0.3, "anger": 0.2})


def items(*felt: str) -> list[Item]:
    generic = Generic(P, Description("", ()), "")
    return [
        item_of(MIKELS, picture(str(k)), Label.of(1, picture(str(k)).hash, [name], k), generic)
        for k, name in enumerate(felt)
    ]


def test_the_formula_by_hand() -> None:
    found = corrected(MIKELS, P, [(P, {"fear": 1.0})] * 5)
    m, ratios = 5 / 25, {"awe": 3.0 / 5.5, "fear": (5 + 1.8) / (1.5 + 1.8), "anger": 1.2 / 2.2}
    raw = {name: p * ratios[name] ** m for name, p in (("awe", 0.5), ("fear", 0.3), ("anger", 0.2))}
    assert found == pytest.approx(MIKELS.distribution(raw))


def test_no_label_changes_nothing() -> None:
    assert corrected(MIKELS, P, []) == P
    assert not helps(MIKELS, [])


def test_it_is_used_only_where_each_label_is_foretold_by_the_others() -> None:
    assert helps(MIKELS, items(*["fear"] * 14))
    assert not helps(MIKELS, items(*["fear"] * 9, "awe"))
