"""Display and debug texts of values: what `print` shows and what `debug` shows."""

import math
from collections.abc import Callable, Iterator

from rhai.values import I64_MAX, Blob, Char, Fn, NoneType, Range, Value, type_name

# Beyond these magnitudes floats are shown with an exponent. They are 1e13 and 1e-13 rounded to
# single precision, which is how the language defines its bounds.
_LARGE = 9999999827968.0
_SMALL = 9.999999824516700e-14

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def display(value: Value) -> str:
    """Return the text `print` shows; the unit value has none."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    return debug(value)


def debug(value: Value) -> str:
    """Return the text `debug` shows: strings quoted and escaped, containers spelled out."""
    kind = type(value)
    if kind is int:
        return str(value)
    if kind is float:
        return float_text(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is list:
        return f"[{', '.join([debug(item) for item in value])}]"
    if kind is dict:
        return f"#{{{', '.join(_entries(value))}}}"
    return _debug_rest(value)


def float_text(value: float) -> str:
    """Return the shortest digits that read back as the same float, always recognisable as one."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "0.0"
    digits, exponent = _digits(abs(value))
    sign = "-" if value < 0 else ""
    if abs(value) > _LARGE or abs(value) < _SMALL:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{exponent}"
    return sign + _positional(digits, exponent)


def whole_text(value: float) -> str:
    """Return a large float as an integer's digits, without an exponent."""
    if not math.isfinite(value):
        return float_text(value)
    digits, exponent = _digits(abs(value))
    return f"{'-' if value < 0 else ''}{digits.ljust(exponent + 1, '0')}"


def _digits(value: float) -> tuple[str, int]:
    """Split a positive float into its shortest digits and the decimal exponent of the first."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    first = len(whole) - 1 + int(exponent or 0) - (len(digits) - len(digits.lstrip("0")))
    return digits.strip("0"), first


def _positional(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    digits = digits.ljust(exponent + 1, "0")
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :] or '0'}"


def _entries(value: dict[str, Value]) -> Iterator[str]:
    for key in sorted(value):
        yield f"{_quoted(key)}: {debug(value[key])}"


def _debug_rest(value: Value) -> str:
    show = _TEXTS.get(type(value))
    return show(value) if show else type_name(value)


def _blob_text(value: Blob) -> str:
    return f"[{' '.join([value[at : at + 8].hex() for at in range(0, len(value), 8)])}]"


def _range_text(value: Range) -> str:
    if value.inclusive:
        return f"{value.start}..={value.end}"
    return f"{value.start}..{'' if value.end == I64_MAX else value.end}"


def _quoted(text: str) -> str:
    return f'"{"".join([_escaped(char) for char in text])}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{{{ord(char):x}}}"


_TEXTS: dict[type, Callable[[Value], str]] = {
    str: _quoted,
    NoneType: lambda _unit: "()",
    Char: lambda char: char.text,
    Range: _range_text,
    Blob: _blob_text,
    Fn: repr,
}
