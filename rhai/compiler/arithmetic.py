"""Operators with their common cases inline.

Two integers are added by Python's `+` and checked against i64 on the spot; only what overflows, or
is no integer, calls the operator functions of `rhai.runtime.operators`.
"""

import ast
from collections.abc import Callable
from typing import NamedTuple

from rhai.compiler import emit
from rhai.compiler.frame import Frame, Operand
from rhai.compiler.infer import ANY, result_type
from rhai.values import I64_MAX, I64_MIN

# How the generated code calls the operator functions; `placed_…` is the op-assignment's variant.
OPERATOR_NAMES: dict[str, str] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "%": "modulo",
    "**": "power",
    "<<": "shift_left",
    ">>": "shift_right",
    "&": "bit_and",
    "|": "bit_or",
    "^": "bit_xor",
    "==": "equals",
    "!=": "differs",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "in": "contains",
}
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_CHECKED = frozenset({"+", "-", "*"})
_DIVISIONS = {"/": "//", "%": "%"}
_BITWISE = frozenset({"&", "|", "^"})
_NUMBERS = frozenset({int, float})
_DIGIT = 2**30 - 1


class _Operation(NamedTuple):
    """An operator on two atoms, and the call that does it for any two values."""

    frame: Frame
    op: str
    left: Operand
    right: Operand
    slow: ast.expr
    at: int


_Inline = Callable[[_Operation], ast.expr]


def operate(
    frame: Frame, op: str, left: Operand, right: Operand, at: int, *, placed: bool = False
) -> Operand:
    """Compile a binary operator.

    Args:
        frame: where temporaries are made.
        op: the operator.
        left: the left operand, an atom.
        right: the right operand, an atom.
        at: the operator's place.
        placed: whether arithmetic errors have a place (in op-assignments).
    """
    folded = _fold(frame, op, left, right)
    if folded is not None:
        return Operand(folded, type(folded.value))
    name = f"placed_{OPERATOR_NAMES[op]}" if placed else OPERATOR_NAMES[op]
    slow = emit.call(name, [left.code, right.code], at)
    operation = _Operation(frame, op, left, right, slow, at)
    if op in _COMPARISONS:
        return Operand(slow if frame.is_cold else _comparison(operation), bool)
    inline = None if frame.is_cold else _inline(op, left, right)
    kind = bool if op == "in" else result_type(op, left.type, right.type)
    return Operand(inline(operation) if inline else slow, kind)


def _fold(frame: Frame, op: str, left: Operand, right: Operand) -> ast.Constant | None:
    if isinstance(left.code, ast.Constant) and isinstance(right.code, ast.Constant):
        return frame.script.fold(op, left.code.value, right.code.value)
    return None


def _inline(op: str, left: Operand, right: Operand) -> _Inline | None:
    """Choose how the common case is written, if it is."""
    types = {left.type, right.type}
    if types <= {int, ANY}:
        return _INT_CASES.get(op)
    if types <= _NUMBERS and op in _CHECKED:
        return _float_case
    if str in types and types <= {str, int} and op == "+":
        return _string_case
    return None


def _are_ints(it: _Operation) -> list[ast.expr]:
    """Return the tests, as few as possible, that both operands are integers."""
    unknown = [side.code for side in (it.left, it.right) if side.type is not int]
    if not unknown:
        return []
    kinds = [emit.call("type", [code], it.at) for code in unknown]
    int_type = emit.load("int", it.at)
    if len(kinds) > 1 and not _same(unknown[0], unknown[1]):
        return [emit.compare_chain(kinds[0], [("is", int_type), ("is", kinds[1])], it.at)]
    return [emit.compare(kinds[0], "is", int_type, it.at)]


def _same(a: ast.expr, b: ast.expr) -> bool:
    return isinstance(a, ast.Name) and isinstance(b, ast.Name) and a.id == b.id


def _if_ints(it: _Operation, tests: list[ast.expr], fast: ast.expr) -> ast.expr:
    """Return the fast form if the operands are integers and the tests hold."""
    tests = _are_ints(it) + tests
    return emit.choose(emit.both(tests, it.at), fast, it.slow, it.at) if tests else fast


def _comparison(it: _Operation) -> ast.expr:
    fast = emit.compare(it.left.code, it.op, it.right.code, it.at)
    if it.left.type is it.right.type and it.left.type in {int, str, bool}:
        return fast
    if {it.left.type, it.right.type} <= {int, ANY}:
        return _if_ints(it, [], fast)
    return it.slow


def _checked_case(it: _Operation) -> ast.expr:
    name = it.frame.temporary()
    result = emit.walrus(name, emit.binary(it.op, it.left.code, it.right.code, it.at), it.at)
    return _if_ints(it, [_in_range(it, result)], emit.load(name, it.at))


def _in_range(it: _Operation, result: ast.NamedExpr) -> ast.expr:
    """Return the test that a result is an i64; adding a constant can only leave at one end.

    Python compares integers of one digit several times faster, so they are tested first.
    """
    low, high = emit.constant(I64_MIN, it.at), emit.constant(I64_MAX, it.at)
    right = it.right.code
    again = emit.load(result.target.id, it.at)
    if it.op != "*" and isinstance(right, ast.Constant) and type(right.value) is int:
        grows = (right.value >= 0) == (it.op == "+")
        op, end, near = ("<=", high, _DIGIT) if grows else (">=", low, -_DIGIT)
        quick = emit.compare(result, op, emit.constant(near, it.at), it.at)
        return emit.either([quick, emit.compare(again, op, end, it.at)], it.at)
    ends = [emit.constant(-_DIGIT, it.at), emit.constant(_DIGIT, it.at)]
    quick = emit.compare_chain(ends[0], [("<=", result), ("<=", ends[1])], it.at)
    full = emit.compare_chain(low, [("<=", again), ("<=", high)], it.at)
    return emit.either([quick, full], it.at)


def _division_case(it: _Operation) -> ast.expr:
    """Python rounds down where the language truncates: the same for what is not negative."""
    zero = emit.constant(0, it.at)
    tests: list[ast.expr] = [
        emit.compare(it.left.code, ">=", zero, it.at),
        emit.compare(it.right.code, ">", zero, it.at),
    ]
    fast = emit.binary(_DIVISIONS[it.op], it.left.code, it.right.code, it.at)
    return _if_ints(it, tests, fast)


def _bitwise_case(it: _Operation) -> ast.expr:
    return _if_ints(it, [], emit.binary(it.op, it.left.code, it.right.code, it.at))


def _float_case(it: _Operation) -> ast.expr:
    return emit.binary(it.op, it.left.code, it.right.code, it.at)


def _string_case(it: _Operation) -> ast.expr:
    name = it.frame.temporary()
    left, right = (
        side.code if side.type is str else emit.call("str", [side.code], it.at)
        for side in (it.left, it.right)
    )
    result = emit.walrus(name, emit.binary(it.op, left, right, it.at), it.at)
    quick = emit.constant(it.frame.script.quick_string, it.at)
    fits = emit.compare(emit.call("len", [result], it.at), "<=", quick, it.at)
    return emit.choose(fits, emit.load(name, it.at), it.slow, it.at)


_INT_CASES: dict[str, _Inline] = {
    **dict.fromkeys(_CHECKED, _checked_case),
    **dict.fromkeys(_DIVISIONS, _division_case),
    **dict.fromkeys(_BITWISE, _bitwise_case),
}
