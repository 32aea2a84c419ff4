"""Integer and float arithmetic: i64 that never wraps silently, IEEE floats that never raise.

Integer functions take and return Python integers within i64. Their errors carry no place, because
the language reports none for binary operators.
"""

import math

from rhai.errors import ScriptError
from rhai.runtime.faults import arithmetic
from rhai.values import I64_MAX, I64_MIN

_BITS = 64
_WORD = 0xFFFF_FFFF_FFFF_FFFF
_MAX_POWER = 2**32 - 1


def _error(message: str) -> ScriptError:
    return arithmetic(message, positioned=False)


def add_ints(a: int, b: int) -> int:
    """Return a + b. Raises: EvalError on overflow."""
    result = a + b
    if I64_MIN <= result <= I64_MAX:
        return result
    raise _error(f"Addition overflow: {a} + {b}")


def subtract_ints(a: int, b: int) -> int:
    """Return a - b. Raises: EvalError on overflow."""
    result = a - b
    if I64_MIN <= result <= I64_MAX:
        return result
    raise _error(f"Subtraction overflow: {a} - {b}")


def multiply_ints(a: int, b: int) -> int:
    """Return a * b. Raises: EvalError on overflow."""
    result = a * b
    if I64_MIN <= result <= I64_MAX:
        return result
    raise _error(f"Multiplication overflow: {a} * {b}")


def divide_ints(a: int, b: int) -> int:
    """Return a / b truncated toward zero. Raises: EvalError by zero or on overflow."""
    if b == 0:
        raise _error(f"Division by zero: {a} / {b}")
    result = a // b if (a < 0) == (b < 0) else -(-a // b)
    if result > I64_MAX:
        raise _error(f"Division overflow: {a} / {b}")
    return result


def modulo_ints(a: int, b: int) -> int:
    """Return the remainder with the dividend's sign. Raises: EvalError by zero or on overflow."""
    if b == 0 or (b == -1 and a == I64_MIN):
        raise _error(f"Modulo division by zero or overflow: {a} % {b}")
    result = abs(a) % abs(b)
    return -result if a < 0 else result


def power_ints(a: int, b: int) -> int:
    """Return a ** b. Raises: EvalError on overflow or for a negative power."""
    if b < 0:
        raise _error(f"Integer raised to a negative power: {a} ** {b}")
    if b > _MAX_POWER or (abs(a) > 1 and b > _BITS):
        raise _error(f"Exponential overflow: {a} ** {b}")
    result: int = a**b if abs(a) > 1 else _small_power(a, b)
    if I64_MIN <= result <= I64_MAX:
        return result
    raise _error(f"Exponential overflow: {a} ** {b}")


def _small_power(a: int, b: int) -> int:
    if b == 0:
        return 1
    return a if b % 2 else abs(a)


def negate_int(a: int) -> int:
    """Return -a. Raises: EvalError for the minimum; this one is placed."""
    if a == I64_MIN:
        raise arithmetic(f"Negation overflow: -{a}")
    return -a


def shift_left(a: int, b: int) -> int:
    """Return a << b in 64 bits; a negative count shifts the other way; nothing fails."""
    if b < 0:
        return shift_right(a, -b)
    return wrap(a << b) if b < _BITS else 0


def shift_right(a: int, b: int) -> int:
    """Return a >> b with sign fill; a negative count shifts the other way; nothing fails."""
    if b < 0:
        return shift_left(a, -b)
    return a >> min(b, _BITS)


def wrap(value: int) -> int:
    """Return the low 64 bits of an integer as i64."""
    return ((value - I64_MIN) & _WORD) + I64_MIN


def divide_floats(a: float, b: float) -> float:
    """Return a / b; by zero it is an infinity or NaN."""
    if b:
        return a / b
    if math.isnan(a) or not a or math.isnan(b):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def modulo_floats(a: float, b: float) -> float:
    """Return C's fmod; NaN where it is undefined."""
    if not b or math.isinf(a) or math.isnan(a):
        return math.nan
    return math.fmod(a, b)


def power_floats(a: float, b: float) -> float:
    """Return a ** b as C's pow does: infinities and NaN instead of errors."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:
        if a:
            return math.nan
        return math.copysign(math.inf, a) if b % 2 == 1 else math.inf
