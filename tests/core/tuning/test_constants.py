"""The page of the method says what the numbers are."""

import re
from pathlib import Path

from core.tuning.constants import ALARM, DEFAULT, OUT_OF_FOLD
from core.vocabulary.reasons import Caution

PAGE = Path(__file__).parents[3] / "docs" / "method.md"
VALUES = {
    "parts kept from a writer": (DEFAULT.parts,),
    "k, doubt of a short record": (DEFAULT.doubt,),
    "owed to luck": (DEFAULT.luck,),
    "each must add": (DEFAULT.net,),
    "rules at most": (DEFAULT.max_rules,),
    "parts must show (the dial)": (OUT_OF_FOLD[Caution.NORMAL], DEFAULT.out_of_fold),
    "heard": (DEFAULT.heard,),
    "failing": (ALARM.failed,),
    "taste changed": (ALARM.changed,),
    "gate": (DEFAULT.gate,),
}


def said(value: str) -> float:
    """A number as the page writes it: 4, .55, ½, 2½, W - L = 1."""
    written = value.rpartition("= ")[2]
    return float(written.replace("½", ".5"))


def test_the_page_has_every_number_as_it_is() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| constant | value |")[2].partition("\n\n")[0]
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|", table, re.MULTILINE))
    assert {name: {said(value)} for name, value in rows.items() if name in VALUES} == {
        name: set(numbers) for name, numbers in VALUES.items()
    }
    assert len(VALUES) == 10
    assert len([name for name in rows if not name.startswith("--")]) == len(VALUES)
