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

from collections.abc import Iterable
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


class Blob(bytearray):
    """An array of bytes. Like an array it is copied when it is stored elsewhere."""

    __slots__ = ()


class Timestamp(NamedTuple):
    """A moment: seconds since any one other moment."""

    seconds: float


class Series:
    """What ``range(…)``, ``chars()`` and ``bits()`` return: something to walk, any number of times.

    Args:
        items: walked once for each loop; nothing in it can change.
    """

    __slots__ = ("items",)

    def __init__(self, items: Iterable["Value"]) -> None:
        self.items = items


class Fn:
    """A function pointer.

    Attributes:
        name: the function's; a closure's is made up.
        curried: arguments that come before those of a call; the variables that a closure shares
            come first, in their cells.
        target: the function itself if it is a closure, else it is looked up by each call.
        home: where names are looked up: the run that made the pointer.
    """

    __slots__ = ("curried", "home", "name", "target")

    def __init__(self, name: str, curried: tuple["Value", ...], target: Any, home: Any) -> None:
        self.name = name
        self.curried = curried
        self.target = target
        self.home = home

    def __repr__(self) -> str:
        return f"Fn({self.name})"


class Foreign:
    """A value of a type the host registered: scripts hand it around and call functions on it.

    Each registered type has a subclass of its own, so that functions are chosen by ``type(value)``
    as for all other values.
    """

    __slots__ = ("value",)
    type_name = ""

    def __init__(self, value: object) -> None:
        self.value = value


Value: TypeAlias = Any
"""int, float, bool, str, None, list, dict, or one of the types above."""

_TYPE_NAMES: dict[type, str] = {
    int: "i64",
    float: "f64",
    bool: "bool",
    str: "string",
    NoneType: "()",
    list: "array",
    dict: "map",
    Char: "char",
    Blob: "blob",
    Timestamp: "timestamp",
    Series: "range",
    Fn: "Fn",
}
CONTAINERS = frozenset({list, dict, Blob})

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
    if isinstance(value, Foreign):
        return value.type_name
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
    kind = type(value)
    if kind is list:
        if CONTAINERS.isdisjoint(map(type, value)):
            return value.copy()
        return [copy_value(item) if type(item) in CONTAINERS else item for item in value]
    if kind is dict:
        return {key: copy_value(item) for key, item in value.items()}
    return Blob(value) if kind is Blob else value


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
    return copy_value(value)


def _check_key(key: object) -> str:
    if type(key) is not str:
        raise TypeError(f"object map keys are strings, not {type(key).__name__}")
    return key
