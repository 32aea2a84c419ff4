"""Functions on integers and floats."""

import math
import re
from collections.abc import Callable, Iterator

from rhai.display import whole_text
from rhai.runtime.arithmetic import divide_floats
from rhai.runtime.faults import arithmetic, no_such_bit
from rhai.runtime.registry import GETTER, Native
from rhai.values import I64_MAX, I64_MIN, Char, Value

_BITS = 64
_MASK = 2**_BITS - 1
_MIN_RADIX, _MAX_RADIX = 2, 36
_JUST_BELOW = 0.49999999999999994  # adding a half to it would round up to one
_NUMBERS = (int, float)
_FLOAT = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|inf|NaN)"
)


def functions() -> Iterator[Native]:
    """Yield the functions."""
    yield from _integer_functions()
    yield from _float_functions()
    yield from _extremes()
    yield Native("parse_int", (str,), lambda text: _parse_int(text, 10))
    yield Native("parse_int", (str, int), _parse_int)
    yield Native("parse_float", (str,), _parse_float)


def _with_property(name: str, kind: type, run: Callable[..., Value]) -> Iterator[Native]:
    """Yield a function that is also readable without parentheses."""
    yield Native(name, (kind,), run)
    yield Native(GETTER + name, (kind,), run)


def _integer_functions() -> Iterator[Native]:
    yield Native("abs", (int,), _absolute)
    yield Native("sign", (int,), lambda n: (n > 0) - (n < 0))
    yield Native("to_int", (int,), lambda n: n)
    yield Native("to_float", (int,), float)
    yield Native("to_hex", (int,), lambda n: f"{n & _MASK:x}")
    yield Native("to_octal", (int,), lambda n: f"{n & _MASK:o}")
    yield Native("to_binary", (int,), lambda n: f"{n & _MASK:b}")
    yield Native("get_bit", (int, int), lambda n, bit: bool(n >> _bit(bit) & 1))
    yield from _with_property("is_zero", int, lambda n: n == 0)
    yield from _with_property("is_odd", int, lambda n: n % 2 == 1)
    yield from _with_property("is_even", int, lambda n: n % 2 == 0)


# Python raises outside their domain, where the language has NaN or an infinity.
_MATH_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "ln": math.log,
    "log": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asinh": math.asinh,
    "acosh": math.acosh,
    "atanh": math.atanh,
}


def _float_functions() -> Iterator[Native]:
    for name, run in _FLOAT_PROPERTIES.items():
        yield from _with_property(name, float, run)
    for name, run in _FLOAT_FUNCTIONS.items():
        yield Native(name, (float,), run)
    for name, compute in _MATH_FUNCTIONS.items():
        yield Native(name, (float,), _total(name, compute))
    yield Native("log", (float, float), _logarithm)
    yield Native("atan", (float, float), math.atan2)
    yield Native("hypot", (float, float), math.hypot)
    yield Native("PI", (), lambda: math.pi)
    yield Native("E", (), lambda: math.e)


def _total(name: str, compute: Callable[[float], float]) -> Callable[[float], float]:
    def computed(x: float) -> float:
        try:
            return compute(x)
        except OverflowError:
            return -math.inf if name == "sinh" and x < 0 else math.inf
        except ValueError:
            return _outside_domain(name, x)

    return computed


def _outside_domain(name: str, x: float) -> float:
    if name in {"ln", "log"} and x == 0:
        return -math.inf
    if name == "atanh" and abs(x) == 1:
        return math.copysign(math.inf, x)
    return math.nan


def _logarithm(x: float, base: float) -> float:
    logarithm = _total("ln", math.log)
    return divide_floats(logarithm(x), logarithm(base))


def _is_whole(x: float) -> bool:
    return not math.isfinite(x) or x == math.trunc(x)


def _rounded(x: float) -> float:
    """Round half away from zero."""
    if _is_whole(x):
        return x
    return math.copysign(float(math.floor(abs(x) + 0.5)) if abs(x) != _JUST_BELOW else 0.0, x)


def _absolute(n: int) -> int:
    if n == I64_MIN:
        raise arithmetic(f"Negation overflow: -{n}")
    return abs(n)


def _to_int(x: float) -> int:
    if math.isfinite(x) and I64_MIN <= math.trunc(x) <= I64_MAX:
        return math.trunc(x)
    raise arithmetic(f"Integer overflow: to_int({whole_text(x)})")


def _bit(index: int) -> int:
    if -_BITS <= index < _BITS:
        return index % _BITS
    raise no_such_bit(index)


def _extremes() -> Iterator[Native]:
    for name, choose in (("max", max), ("min", min)):
        for a in _NUMBERS:
            for b in _NUMBERS:
                yield Native(name, (a, b), _extreme(choose, a is not b))
        yield Native(name, (str, str), choose)
        yield Native(name, (Char, Char), choose)


def _extreme(choose: Callable[..., Value], mixed: bool) -> Callable[[Value, Value], Value]:
    if mixed:
        return lambda a, b: choose(float(a), float(b))
    return choose


def _parse_int(text: str, radix: int) -> int:
    if not _MIN_RADIX <= radix <= _MAX_RADIX:
        raise arithmetic(f"Invalid radix: '{radix}'")
    digits = text.strip()
    problem = _integer_problem(digits, radix)
    value = 0 if problem else int(digits, radix)
    if not problem and not I64_MIN <= value <= I64_MAX:
        problem = f"number too {'small' if value < 0 else 'large'} to fit in target type"
    if problem:
        raise arithmetic(f"Error parsing integer number '{text}': {problem}")
    return value


def _integer_problem(digits: str, radix: int) -> str | None:
    """Return why a text is no integer, as far as its digits tell."""
    if not digits:
        return "cannot parse integer from empty string"
    bare = digits[1:] if digits[0] in "+-" else digits
    allowed = "0123456789abcdefghijklmnopqrstuvwxyz"[:radix]
    if not bare or not set(bare.lower()) <= set(allowed) or not bare.isascii():
        return "invalid digit found in string"
    if len(bare.lstrip("0")) > _BITS:
        return f"number too {'small' if digits[0] == '-' else 'large'} to fit in target type"
    return None


def _parse_float(text: str) -> float:
    digits = text.strip()
    if _FLOAT.fullmatch(digits):
        return float(digits)
    problem = "invalid float literal" if digits else "cannot parse float from empty string"
    raise arithmetic(f"Error parsing floating-point number '{text}': {problem}")


_FLOAT_PROPERTIES: dict[str, Callable[[float], Value]] = {
    "floor": lambda x: x if _is_whole(x) else float(math.floor(x)),
    "ceiling": lambda x: x if _is_whole(x) else float(math.ceil(x)),
    "round": _rounded,
    "int": lambda x: x if _is_whole(x) else float(math.trunc(x)),
    "fraction": lambda x: math.nan if not math.isfinite(x) else x - math.trunc(x),
    "is_nan": math.isnan,
    "is_finite": math.isfinite,
    "is_infinite": math.isinf,
    "is_zero": lambda x: x == 0,
}
_FLOAT_FUNCTIONS: dict[str, Callable[[float], Value]] = {
    "abs": abs,
    "sign": lambda x: (x > 0) - (x < 0),
    "to_float": lambda x: x,
    "to_int": _to_int,
    "to_degrees": math.degrees,
    "to_radians": math.radians,
}
