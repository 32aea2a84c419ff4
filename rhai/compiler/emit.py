"""Small makers of Python syntax nodes.

Every node takes the offset `at` of the script text it stands for; its line number is ``at + 1``,
which is how errors find their place again (see `rhai.runtime.trace`).
"""

import ast
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Constant: TypeAlias = int | float | str | bool | None

_LOAD = ast.Load()
_STORE = ast.Store()
_COMPARISONS: dict[str, ast.cmpop] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
    "is": ast.Is(),
    "is not": ast.IsNot(),
    "in": ast.In(),
}
_OPERATORS: dict[str, ast.operator] = {
    "+": ast.Add(),
    "-": ast.Sub(),
    "*": ast.Mult(),
    "//": ast.FloorDiv(),
    "%": ast.Mod(),
    "&": ast.BitAnd(),
    "|": ast.BitOr(),
    "^": ast.BitXor(),
}
_NOT = ast.Not()
_NEGATIVE = ast.USub()
_AND = ast.And()
_OR = ast.Or()


def load(name: str, at: int) -> ast.Name:
    """Read a Python name."""
    return ast.Name(name, _LOAD, lineno=at + 1, col_offset=0)


def constant(value: Constant, at: int) -> ast.Constant:
    """A Python constant."""
    return ast.Constant(value, lineno=at + 1, col_offset=0)


def texts(values: Iterable[str], at: int) -> ast.Tuple:
    """A tuple of constant strings."""
    return ast.Tuple([constant(value, at) for value in values], _LOAD, lineno=at + 1, col_offset=0)


def call(function: str, args: list[ast.expr], at: int) -> ast.Call:
    """Call a Python name."""
    return ast.Call(load(function, at), args, [], lineno=at + 1, col_offset=0)


def walrus(name: str, value: ast.expr, at: int) -> ast.NamedExpr:
    """Store a value in a name, as an expression."""
    target = ast.Name(name, _STORE, lineno=at + 1, col_offset=0)
    return ast.NamedExpr(target, value, lineno=at + 1, col_offset=0)


def binary(op: str, left: ast.expr, right: ast.expr, at: int) -> ast.BinOp:
    """Apply one of Python's arithmetic operators."""
    return ast.BinOp(left, _OPERATORS[op], right, lineno=at + 1, col_offset=0)


def compare(left: ast.expr, op: str, right: ast.expr, at: int) -> ast.Compare:
    """Compare two operands."""
    return ast.Compare(left, [_COMPARISONS[op]], [right], lineno=at + 1, col_offset=0)


def compare_chain(left: ast.expr, rest: list[tuple[str, ast.expr]], at: int) -> ast.Compare:
    """Compare several operands in a row."""
    ops = [_COMPARISONS[op] for op, _ in rest]
    return ast.Compare(left, ops, [node for _, node in rest], lineno=at + 1, col_offset=0)


def both(parts: list[ast.expr], at: int) -> ast.expr:
    """All of the conditions."""
    return ast.BoolOp(_AND, parts, lineno=at + 1, col_offset=0) if len(parts) > 1 else parts[0]


def either(parts: Sequence[ast.expr], at: int) -> ast.expr:
    """Any of the conditions."""
    return ast.BoolOp(_OR, list(parts), lineno=at + 1, col_offset=0) if len(parts) > 1 else parts[0]


def negated(value: ast.expr, at: int) -> ast.expr:
    """Python's ``not``."""
    return ast.UnaryOp(_NOT, value, lineno=at + 1, col_offset=0)


def negative(value: ast.expr, at: int) -> ast.expr:
    """Python's ``-``."""
    return ast.UnaryOp(_NEGATIVE, value, lineno=at + 1, col_offset=0)


def choose(test: ast.expr, then: ast.expr, otherwise: ast.expr, at: int) -> ast.IfExp:
    """One of two values."""
    return ast.IfExp(test, then, otherwise, lineno=at + 1, col_offset=0)


def item(base: ast.expr, index: ast.expr, at: int) -> ast.Subscript:
    """Read one element."""
    return ast.Subscript(base, index, _LOAD, lineno=at + 1, col_offset=0)


def set_item(base: ast.expr, index: ast.expr, value: ast.expr, at: int) -> ast.stmt:
    """Replace one element."""
    target = ast.Subscript(base, index, _STORE, lineno=at + 1, col_offset=0)
    return ast.Assign([target], value, lineno=at + 1, col_offset=0)


def list_of(items: list[ast.expr], at: int) -> ast.List:
    """Make a list."""
    return ast.List(items, _LOAD, lineno=at + 1, col_offset=0)


def dict_of(keys: list[str], values: list[ast.expr], at: int) -> ast.Dict:
    """Make a dict."""
    return ast.Dict([constant(key, at) for key in keys], values, lineno=at + 1, col_offset=0)


def assign(name: str, value: ast.expr, at: int) -> ast.stmt:
    """Store a value in a Python name."""
    target = ast.Name(name, _STORE, lineno=at + 1, col_offset=0)
    return ast.Assign([target], value, lineno=at + 1, col_offset=0)


def assign_to(place: ast.expr, value: ast.expr, at: int) -> ast.stmt:
    """Store a value where a name or an attribute is read."""
    if isinstance(place, ast.Attribute):
        target: ast.expr = ast.Attribute(
            place.value, place.attr, _STORE, lineno=at + 1, col_offset=0
        )
        return ast.Assign([target], value, lineno=at + 1, col_offset=0)
    assert isinstance(place, ast.Name)
    return assign(place.id, value, at)


def content(cell: ast.expr, at: int) -> ast.Attribute:
    """Read what a cell holds."""
    return ast.Attribute(cell, "value", _LOAD, lineno=at + 1, col_offset=0)


def outer(name: str, at: int) -> ast.stmt:
    """Declare that a name belongs to the function around this one."""
    return ast.Nonlocal([name], lineno=at + 1, col_offset=0)


def expression(value: ast.expr, at: int) -> ast.stmt:
    """Evaluate and forget."""
    return ast.Expr(value, lineno=at + 1, col_offset=0)


def returns(value: ast.expr | None, at: int) -> ast.stmt:
    """Leave the function."""
    return ast.Return(value, lineno=at + 1, col_offset=0)


def when(test: ast.expr, body: list[ast.stmt], otherwise: list[ast.stmt], at: int) -> ast.stmt:
    """Branch."""
    return ast.If(test, body or [passes(at)], otherwise, lineno=at + 1, col_offset=0)


def loop(targets: list[str], iterable: ast.expr, body: list[ast.stmt], at: int) -> ast.stmt:
    """Loop over an iterable; two targets take it apart."""
    names: list[ast.expr] = [
        ast.Name(name, _STORE, lineno=at + 1, col_offset=0) for name in targets
    ]
    target = names[0] if len(names) == 1 else ast.Tuple(names, _STORE, lineno=at + 1, col_offset=0)
    return ast.For(target, iterable, body or [passes(at)], [], lineno=at + 1, col_offset=0)


def attempt(
    body: list[ast.stmt], error_type: str, name: str, handler: list[ast.stmt], at: int
) -> ast.stmt:
    """Try, and handle one type of exception."""
    caught = ast.ExceptHandler(
        load(error_type, at), name, handler or [passes(at)], lineno=at + 1, col_offset=0
    )
    return ast.Try(body or [passes(at)], [caught], [], [], lineno=at + 1, col_offset=0)


def passes(at: int) -> ast.stmt:
    """Do nothing."""
    return ast.Pass(lineno=at + 1, col_offset=0)


def breaks(at: int) -> ast.stmt:
    """Leave the innermost loop."""
    return ast.Break(lineno=at + 1, col_offset=0)


def continues(at: int) -> ast.stmt:
    """Go on with the next turn."""
    return ast.Continue(lineno=at + 1, col_offset=0)


def function(name: str, parameters: list[str], body: list[ast.stmt], at: int) -> ast.stmt:
    """Define a function."""
    args = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(parameter, lineno=at + 1, col_offset=0) for parameter in parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    node = ast.FunctionDef(name, args, body or [passes(at)], [], lineno=at + 1, col_offset=0)
    if "type_params" in ast.FunctionDef._fields:  # since Python 3.12
        node.type_params = []  # type: ignore[attr-defined]  # mypy looks at 3.11
    return node


def is_atom(node: ast.expr) -> bool:
    """Whether a node can be evaluated twice without doing anything twice."""
    return isinstance(node, ast.Name | ast.Constant)
