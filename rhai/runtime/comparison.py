"""How values compare: floats with a tolerance, chars as strings, other mixtures never equal."""

import math

from rhai.errors import ScriptError
from rhai.runtime.faults import function_not_found
from rhai.values import Char, Fn, NoneType, Timestamp, Value

_EPSILON = 2.220446049250313e-16
_NUMBERS = frozenset({int, float})
_TEXTS = frozenset({str, Char})
_ORDERED = frozenset({int, bool, str, Char, Timestamp})


def _difference(a: float, b: float) -> float:
    """Return the difference relative to the larger magnitude; what the tolerance applies to."""
    a, b = float(a), float(b)
    if a == b:
        return 0.0
    if math.isnan(a) or math.isnan(b):
        return math.nan
    scale = 1.0 if a * b == 0 else max(abs(a), abs(b))
    # An infinite scale would make every difference from an infinity a NaN.
    return a - b if math.isinf(scale) else (a - b) / scale


def _text(value: str | Char) -> str:
    return value.text if type(value) is Char else str(value)


def equals(a: Value, b: Value) -> bool:
    """Return ``a == b``; values of different types are unequal, numbers and texts excepted."""
    kind, other = type(a), type(b)
    if kind is not other or kind is float:
        if kind in _NUMBERS and other in _NUMBERS:
            return abs(_difference(a, b)) <= _EPSILON
        return kind in _TEXTS and other in _TEXTS and _text(a) == _text(b)
    if kind is list:
        return len(a) == len(b) and all(map(equals, a, b))
    if kind is Fn:
        raise _unordered("==", a, b)
    if kind is dict:
        return a.keys() == b.keys() and all(equals(a[key], b[key]) for key in a)
    return bool(a == b)


def differs(a: Value, b: Value) -> bool:
    """Return ``a != b``: the opposite of ``==``, but for NaN, where both are false."""
    if type(a) in _NUMBERS and type(b) in _NUMBERS and (type(a) is float or type(b) is float):
        return abs(_difference(a, b)) > _EPSILON
    if type(a) is Fn and type(b) is Fn:
        raise _unordered("!=", a, b)
    return not equals(a, b)


def _ordering(op: str, a: Value, b: Value) -> tuple[Value, Value] | None:
    """Return what to compare, or None when the answer is false whatever the operator."""
    kind, other = type(a), type(b)
    if kind in _TEXTS and other in _TEXTS:
        return _text(a), _text(b)
    if kind is not other or kind is NoneType:
        return None
    if kind in _ORDERED:
        return a, b
    raise _unordered(op, a, b)


def _unordered(op: str, a: Value, b: Value) -> ScriptError:
    return function_not_found(op, (a, b))


def _fuzzy(a: Value, b: Value) -> bool:
    kind, other = type(a), type(b)
    return (kind is float and other in _NUMBERS) or (other is float and kind is int)


def less(a: Value, b: Value) -> bool:
    """Return ``a < b``. Raises: EvalError for two values of one type without an order."""
    if _fuzzy(a, b):
        return _difference(a, b) < -_EPSILON
    pair = _ordering("<", a, b)
    return pair is not None and pair[0] < pair[1]


def less_equal(a: Value, b: Value) -> bool:
    """Return ``a <= b``. Raises: EvalError for two values of one type without an order."""
    if _fuzzy(a, b):
        return _difference(a, b) < _EPSILON
    pair = _ordering("<=", a, b)
    return pair is not None and pair[0] <= pair[1]


def greater(a: Value, b: Value) -> bool:
    """Return ``a > b``. Raises: EvalError for two values of one type without an order."""
    if _fuzzy(a, b):
        return _difference(a, b) > _EPSILON
    pair = _ordering(">", a, b)
    return pair is not None and pair[0] > pair[1]


def greater_equal(a: Value, b: Value) -> bool:
    """Return ``a >= b``. Raises: EvalError for two values of one type without an order."""
    if _fuzzy(a, b):
        return _difference(a, b) > -_EPSILON
    pair = _ordering(">=", a, b)
    return pair is not None and pair[0] >= pair[1]
