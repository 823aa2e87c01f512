"""The mistakes themselves: which are made of a line, that each is one only, and that a text is not among them."""

import ast

import pytest

from tests.bench.mutation.mutants import mutants


def made(source: str) -> list[str]:
    return [mutant.what.partition(" → ")[2].strip("`") for mutant in mutants("a.py", source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["pass", "a <= b"]),
        ("x = a and b", ["a or b", "b", "a"]),
        ("x = -a * 2", ["-a / 2", "a", "3", "1"]),
        ("x = min(a, key=b)", ["min(a)", "max(a, key=b)"]),
        ("f(a)", ["pass"]),
        ("x = [a for a in b if a.c]", ["True"]),
        ("self.a = b", ["pass"]),
        ("def f(a: int = 1) -> None:\n    return g(a)", ["2", "0", "return None"]),
        ("if a:\n    raise b", ["not a", "pass"]),
        ("with a:\n    b = c", ["if True:     b = c"]),
    ],
)
def test_a_line_is_changed_in_every_way_that_is_known(source, expected):
    assert sorted(made(source)) == sorted(" ".join(one.split()) for one in expected)


@pytest.mark.parametrize(
    "source",
    ['"""About 1 < 2."""', "a: dict[str, 1 | 2]", "@d(1)\ndef f():\n    '''Not 1.'''", "log.info('x', a=1)"],
)
def test_what_nobodys_data_hangs_on_is_left_alone(source):
    assert made(source) == []


def test_a_mutant_differs_in_one_place_and_names_its_line():
    source = "def f(a):\n    if a > 1:\n        return a\n    return None\n"
    found = mutants("a.py", source)
    assert [m.lines.start for m in found] == [2, 2, 2, 2, 3]
    for mutant in found:
        before, after = (ast.unparse(ast.parse(text)).splitlines() for text in (source, mutant.text))
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
