"""Sentences for people are made in one room: nothing that reads like one stands elsewhere in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SENTENCE = re.compile(r"^[^A-Za-z]*[A-Z].* .*\S[.!?]\W*$", re.DOTALL)
"""A capital first, a space, and an end such as sentences have."""

EXEMPT = (
    "core/asking/",  # prompts to the model, and what is wrong with its answers
    "core/offline/",  # the offline model is a server of its own, and speaks as one
    "core/model/dialect.py",  # how a model is told which form an answer must have
    "bot/words/",
    "bot/demo/",  # the telling of the demo and its scenery
    "core/tuning/match.py",  # what a model is asked whose answer everybody knows
    "core/evaluate/peers/",  # what others' optimisers begin with, and tell their writer
    "storage/migrations/",  # what stood in old databases
)


def sentences(code: str) -> Iterator[tuple[int, str]]:
    """Texts that read like a sentence, with their line; docstrings and typer's help are not texts."""
    tree = ast.parse(code)
    left = {id(node) for other in ast.walk(tree) for node in _no_texts(other)}
    for node in ast.walk(tree):
        text = None if id(node) in left else _text(node)
        if text is not None and SENTENCE.match(text):
            yield node.lineno, text


def _no_texts(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Expr(value=docstring):
            return [docstring]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[pattern, *_]):
            return [pattern]
        case ast.keyword(arg="help", value=help_of_typer):
            return [help_of_typer]
        case ast.JoinedStr(values=parts):
            return parts
        case _:
            return []


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "0" for part in node.values)
    return None


FILES = sorted(
    str(path.relative_to(ROOT))
    for room in ("bot", "core", "storage")
    for path in (ROOT / room).rglob("*.py")
    if not str(path.relative_to(ROOT)).startswith(EXEMPT)
)


@pytest.mark.parametrize("file", FILES)
def test_no_sentence_for_people_stands_outside_the_room_of_words(file):
    assert list(sentences((ROOT / file).read_text())) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('raise Wrong("The disk is full.")', True),
        ('raise Wrong(f"The disk {where} is full; {why}.")', True),
        ('say("-# Answered by the offline model.")', True),
        ('"""A docstring says what it says."""', False),
        ('X = 1\n"""What X is for."""', False),
        ('typer.Option(help="Do not ask.")', False),
        ('re.compile(r"In the (first|second) place[.]")', False),
        ('re.sub(PLACE, "In the first place.")', True),
        ('log.info("model.away", why="the last start did not end in order")', False),
    ],
)
def test_what_reads_like_a_sentence(code, found):
    assert bool(list(sentences(code))) is found
