"""The docstrings of `core.ports` are the contract: each clause is quoted by a test that would miss it.

What only one database can show (bytes in a file, a full disk) is quoted in `tests/storage`. The first sentence
of a store or of the package says what it is, and promises nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORTS = sorted((ROOT / "core" / "ports").glob("*.py"))
CONTRACTS = sorted((ROOT / "tests" / "contracts").glob("test_*.py"))
STORAGE = sorted((ROOT / "tests" / "storage").glob("test_*.py"))


def clauses(text: str) -> list[str]:
    """What a docstring says, piece by piece: between full stops and semicolons."""
    return [piece for piece in re.split(r"[.;](?:\s+|$)", " ".join(text.split())) if piece]


def said(node: ast.AST) -> list[str]:
    return clauses(ast.get_docstring(node) or "")


def classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]


def promised() -> Iterator[str]:
    """The clauses of every store's methods, and those of stores and the package after what they are."""
    for path in PORTS:
        if path.stem == "__init__":
            yield from said(ast.parse(path.read_text()))[1:]
        for store in (kind for kind in classes(path) if kind.name.endswith("Store")):
            yield from said(store)[1:]
            methods = (node for node in store.body if isinstance(node, ast.AsyncFunctionDef))
            yield from (clause for method in methods for clause in said(method))


def quoted(paths: list[Path]) -> set[str]:
    """The clauses in the docstrings of tests."""
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {clause for node in functions if node.name.startswith("test_") for clause in said(node)}


def test_every_clause_of_a_port_is_quoted_by_a_test() -> None:
    held = quoted([*CONTRACTS, *STORAGE])
    assert [clause for clause in promised() if clause not in held] == []


def test_no_contract_quotes_what_no_port_says() -> None:
    values = {clause for path in PORTS for kind in classes(path) for clause in said(kind)}
    assert quoted(CONTRACTS) - set(promised()) - values == set()
