"""The operators of the language over any two values.

Compiled code has the common cases inline (two integers, known types) and calls these for the rest.
`operator_table` makes one engine's operators, because sizes are limited per engine.
"""

from collections.abc import Callable
from typing import TypeAlias

from rhai.display import display
from rhai.errors import EvalError
from rhai.runtime import arithmetic as ints
from rhai.runtime import comparison
from rhai.runtime.faults import function_not_found
from rhai.runtime.sizes import Sizes
from rhai.values import Blob, Char, Fn, NoneType, Range, Series, Timestamp, Value, copy_value

BinaryOperator: TypeAlias = Callable[[Value, Value], Value]

_NUMBERS = frozenset({int, float})
_BYTE = 0xFF
_ADDED_TO_STRING = frozenset(
    {int, float, bool, str, NoneType, Char, list, dict, Range, Blob, Fn, Timestamp, Series}
)

_INT_OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": ints.add_ints,
    "-": ints.subtract_ints,
    "*": ints.multiply_ints,
    "/": ints.divide_ints,
    "%": ints.modulo_ints,
    "**": ints.power_ints,
    "<<": ints.shift_left,
    ">>": ints.shift_right,
    "&": int.__and__,
    "|": int.__or__,
    "^": int.__xor__,
}
_FLOAT_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": float.__add__,
    "-": float.__sub__,
    "*": float.__mul__,
    "/": ints.divide_floats,
    "%": ints.modulo_floats,
    "**": ints.power_floats,
}
_BOOL_OPERATORS: dict[str, Callable[[bool, bool], bool]] = {
    "&": bool.__and__,
    "|": bool.__or__,
    "^": bool.__xor__,
}


def operator_table(sizes: Sizes) -> dict[str, BinaryOperator]:
    """Return every binary operator that evaluates both sides, by its symbol.

    Args:
        sizes: bounds of what `+` may build.
    """
    table = {op: _numeric(op) for op in _INT_OPERATORS}
    table["+"] = _addition(table["+"], sizes)
    table["-"] = _subtraction(table["-"])
    table.update(
        {
            "==": comparison.equals,
            "!=": comparison.differs,
            "<": comparison.less,
            "<=": comparison.less_equal,
            ">": comparison.greater,
            ">=": comparison.greater_equal,
            "in": contains,
        }
    )
    return table


def _numeric(op: str) -> BinaryOperator:
    on_ints = _INT_OPERATORS[op]
    on_floats = _FLOAT_OPERATORS.get(op)
    on_bools = _BOOL_OPERATORS.get(op)

    def operate(a: Value, b: Value) -> Value:
        kind, other = type(a), type(b)
        if kind is int and other is int:
            return on_ints(a, b)
        if on_floats and kind in _NUMBERS and other in _NUMBERS:
            return on_floats(float(a), float(b))
        if on_bools and kind is bool and other is bool:
            return on_bools(a, b)
        raise function_not_found(op, (a, b))

    return operate


def _addition(numeric: BinaryOperator, sizes: Sizes) -> BinaryOperator:
    def add(a: Value, b: Value) -> Value:
        kind, other = type(a), type(b)
        if kind in _NUMBERS and other in _NUMBERS:
            return numeric(a, b)
        if kind is str or other is str or (kind is Char and other is Char):
            return sizes.checked_string(_joined(a, b))
        rule = _ADDITIONS.get((kind, other))
        if rule is None:
            raise function_not_found("+", (a, b))
        return sizes.checked(rule(a, b))

    return add


_ADDITIONS: dict[tuple[type, type], BinaryOperator] = {
    (list, list): lambda a, b: copy_value(a) + copy_value(b),
    (dict, dict): lambda a, b: copy_value(a) | copy_value(b),
    (Blob, Blob): lambda a, b: Blob(a + b),
    (Blob, Char): lambda a, b: Blob(a + b.text.encode()),
    (Timestamp, int): lambda a, b: Timestamp(a.seconds + b),
    (Timestamp, float): lambda a, b: Timestamp(a.seconds + b),
}


def assigning_addition(add: BinaryOperator, sizes: Sizes) -> BinaryOperator:
    """Return ``+=``, which also adds single items to arrays and BLOBs, in place."""

    def add_to(a: Value, b: Value) -> Value:
        if type(a) is list:
            if type(b) is list:
                a.extend(copy_value(b))
            else:
                a.append(copy_value(b))
            return sizes.grown(a, b)
        if type(a) is Blob and type(b) is int:
            a.append(b & _BYTE)
            return sizes.grown(a, b)
        if type(a) is Blob and type(b) is str:
            a.extend(b.encode())
            return sizes.grown(a, b)
        return add(a, b)

    return add_to


def _text(value: Value) -> str:
    return value.decode("utf-8", "replace") if type(value) is Blob else display(value)


def _joined(a: Value, b: Value) -> str:
    if type(a) in _ADDED_TO_STRING and type(b) in _ADDED_TO_STRING:
        return _text(a) + _text(b)
    raise function_not_found("+", (a, b))


def _subtraction(numeric: BinaryOperator) -> BinaryOperator:
    def subtract(a: Value, b: Value) -> Value:
        if type(a) is str and type(b) in {str, Char}:
            removed = display(b)
            return a.replace(removed, "") if removed else a
        if type(a) is Timestamp and type(b) is Timestamp:
            return a.seconds - b.seconds
        if type(a) is Timestamp and type(b) in _NUMBERS:
            return Timestamp(a.seconds - b)
        return numeric(a, b)

    return subtract


def contains(item: Value, container: Value) -> bool:
    """Return ``item in container``. Raises: EvalError when there is no such question."""
    kind = type(container)
    if kind is list:
        return any(comparison.equals(element, item) for element in container)
    if kind is dict and type(item) is str:
        return item in container
    if kind is str and type(item) in {str, Char}:
        return display(item) in container
    if kind is Range and type(item) is int:
        return item in container.indices()
    if kind is Blob and type(item) is int:
        return item & _BYTE in container
    raise function_not_found("contains", (container, item))


def placed(operate: BinaryOperator) -> BinaryOperator:
    """Return the operator as op-assignments use it: its arithmetic errors have a place."""

    def operate_placed(a: Value, b: Value) -> Value:
        try:
            return operate(a, b)
        except EvalError as error:
            error.positioned = True
            raise

    return operate_placed


def negate(value: Value) -> Value:
    """Return ``-value``. Raises: EvalError for anything but a number."""
    if type(value) is int:
        return ints.negate_int(value)
    if type(value) is float:
        return -value
    raise function_not_found("-", (value,))


def keep_sign(value: Value) -> Value:
    """Return ``+value``. Raises: EvalError for anything but a number."""
    if type(value) in _NUMBERS:
        return value
    raise function_not_found("+", (value,))


def invert(value: Value) -> bool:
    """Return ``!value``. Raises: EvalError for anything but a boolean."""
    if type(value) is bool:
        return not value
    raise function_not_found("!", (value,))
