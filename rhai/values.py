"""Values of the language and how Python carries them.

i64, f64, bool, string and unit are `int`, `float`, `bool`, `str` and None; an array is a `list`, an
object map a `dict`; the rest are the small types below. A Rhai type and a Python type correspond
one to one, so ``type(value)`` decides everything; `bool` is never taken for an integer because
nothing here asks ``isinstance(value, int)``.

Arrays and maps have value semantics. A place (variable, element, property) owns its container, a
temporary is owned by nobody; the compiler copies (`copy_value`) when it reads a place in order to
store the value elsewhere, and moves temporaries. Maps keep no order; whoever shows or walks one
sorts its keys.
"""

from typing import Any, NamedTuple, TypeAlias

I64_MIN = -(2**63)
I64_MAX = 2**63 - 1
NoneType = type(None)


class Char(NamedTuple):
    """One Unicode scalar value, distinct from a string of length one."""

    text: str


class Range(NamedTuple):
    """``start..end`` or, when `inclusive`, ``start..=end``."""

    start: int
    end: int
    inclusive: bool

    def indices(self) -> range:
        """Return the integers of the range; empty when the end lies before the start."""
        return range(self.start, self.end + 1 if self.inclusive else self.end)


Value: TypeAlias = Any
"""int, float, bool, str, None, list, dict, Char or Range."""

_TYPE_NAMES: dict[type, str] = {
    int: "i64",
    float: "f64",
    bool: "bool",
    str: "string",
    NoneType: "()",
    list: "array",
    dict: "map",
    Char: "char",
}

STRING_SIGNATURE = "&str | ImmutableString | String"


def type_name(value: Value) -> str:
    """Return what ``type_of(value)`` says in a script.

    Raises:
        TypeError: for an object that is no value of the language.
    """
    name = _TYPE_NAMES.get(type(value))
    if name:
        return name
    if type(value) is Range:
        return "range=" if value.inclusive else "range"
    raise TypeError(f"{type(value).__name__} is not a Rhai value")


def signature_name(value: Value) -> str:
    """Return the type's name as it stands in a ``Function not found`` message."""
    return STRING_SIGNATURE if type(value) is str else type_name(value)


def host_name(value: Value) -> str:
    """Return the type's name as it stands in a ``Data type incorrect`` message."""
    if type(value) is Range:
        kind = "RangeInclusive" if value.inclusive else "Range"
        return f"core::ops::range::{kind}<i64>"
    return type_name(value)


def copy_value(value: Value) -> Value:
    """Return a value that shares no container with the given one."""
    if type(value) is list:
        return [
            copy_value(item) if type(item) is list or type(item) is dict else item for item in value
        ]
    if type(value) is dict:
        return {key: copy_value(item) for key, item in value.items()}
    return value


def check_value(value: object) -> Value:
    """Return a copy of a host's value after checking that a script may hold it.

    Raises:
        TypeError: it is, or contains, something that is no value of the language.
        OverflowError: it contains an integer outside i64.
    """
    if type(value) is int and not I64_MIN <= value <= I64_MAX:
        raise OverflowError(f"{value.bit_length()}-bit integer does not fit i64")
    if type(value) is list:
        return [check_value(item) for item in value]
    if type(value) is dict:
        return {_check_key(key): check_value(item) for key, item in value.items()}
    type_name(value)
    return value


def _check_key(key: object) -> str:
    if type(key) is not str:
        raise TypeError(f"object map keys are strings, not {type(key).__name__}")
    return key
