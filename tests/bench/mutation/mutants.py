"""Small mistakes, one at a time: what one character, a lost line or a lost argument would make of a module.

Not changed is what can matter to nobody's data: docstrings, annotations, decorators, texts and lines of the log.
"""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_NEGATES_ITSELF = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SKIPPED = {"annotation", "returns", "decorator_list", "bases"}
_LOGS = {"log", "_log", "_logged", "logging"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module's text with one mistake in it. `lines` are those on which it shows, or else the statement's."""

    path: str
    lines: range
    statement: int
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.lines.start}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs: the field of its parent, and the number in it if the field is a list."""

    parent: ast.AST
    field: str
    number: int | None

    @property
    def is_last(self) -> bool:
        """Whether it ends a function."""
        function = isinstance(self.parent, ast.FunctionDef | ast.AsyncFunctionDef)
        return function and self.number == len(getattr(self.parent, self.field)) - 1

    def put(self, node: ast.AST) -> None:
        if self.number is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.number] = node


def mutants(path: str, source: str) -> list[Mutant]:
    """Every mistake that is known here, made in this module."""
    tree, found = ast.parse(source), []
    for place, node, statement in list(_nodes(tree, 1)):
        for other in _others(place, node):
            place.put(ast.copy_location(other, node))
            text = ast.unparse(ast.fix_missing_locations(tree))
            place.put(node)
            last = node.lineno if isinstance(node, ast.With | ast.AsyncWith) else node.end_lineno
            what = f"`{_short(node)}` → `{_short(other)}`"
            found.append(Mutant(path, range(node.lineno, (last or node.lineno) + 1), statement, what, text))
    return found


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).replace("\n", " ").replace("|", "¦")
    return " ".join(text.split())[:90]


def _nodes(parent: ast.AST, statement: int) -> Iterator[tuple[_Place, ast.expr | ast.stmt, int]]:
    """Every expression and statement that may be changed, with its place and the line its statement begins on."""
    for field, value in ast.iter_fields(parent):
        if field in _SKIPPED or (isinstance(parent, ast.ClassDef) and field == "keywords"):
            continue
        for number, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _is_spared(node):
                continue
            began = node.lineno if isinstance(node, ast.stmt) else statement
            if isinstance(node, ast.expr | ast.stmt):
                yield _Place(parent, field, number if isinstance(value, list) else None), node, began
            yield from _nodes(node, began)


def _is_spared(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Expr(value=ast.Yield()) | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(name) | ast.Attribute(value=ast.Name(name)))):
            return name in _LOGS
        case ast.AnnAssign(annotation=ast.Name("TypeAlias")):
            return True
    return False


def _others(place: _Place, node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    if isinstance(node, ast.stmt):
        yield from _other_statements(place, node)
        return
    if place.field == "test" and not (isinstance(node, ast.Compare) and isinstance(node.ops[0], _NEGATES_ITSELF)):
        yield ast.UnaryOp(ast.Not(), node)
    if place.field == "ifs":
        yield ast.Constant(True)
    yield from _other_values(node)


def _other_values(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, ops, comparators):
            for i, op in enumerate(ops):
                yield ast.Compare(left, [*ops[:i], _SWAPPED[type(op)](), *ops[i + 1 :]], comparators)  # type: ignore[list-item]
        case ast.BoolOp(op, values):
            yield ast.BoolOp(_SWAPPED[type(op)](), values)  # type: ignore[arg-type]
            for i in range(len(values)):
                rest = [*values[:i], *values[i + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.BinOp(left, op, right) if type(op) in _SWAPPED:
            yield ast.BinOp(left, _SWAPPED[type(op)](), right)  # type: ignore[arg-type]
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Call(func, _, keywords):
            for i in range(len(keywords)):
                fewer = copy(node)
                fewer.keywords = [*keywords[:i], *keywords[i + 1 :]]
                yield fewer
            if isinstance(func, ast.Name) and func.id in _CALLS:
                yield ast.Call(ast.Name(_CALLS[func.id]), node.args, keywords)


def _other_statements(place: _Place, node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.Return(None | ast.Constant()) if place.is_last:
            return  # much the same as an end without it
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case (
            ast.Return() | ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign() | ast.Delete() | ast.Expr()
        ):
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case (
            ast.With(items=[ast.withitem(optional_vars=None)])
            | ast.AsyncWith(items=[ast.withitem(optional_vars=None)])
        ):
            yield ast.If(ast.Constant(True), node.body, [])
