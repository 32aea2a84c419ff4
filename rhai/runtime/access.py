"""Elements and properties: reading them, and replacing them.

Replacing returns the container: the same object for arrays and maps, a new value for strings and
integers, which the compiler stores where the old one was.
"""

from collections.abc import Callable
from typing import Any

from rhai.errors import ScriptError
from rhai.runtime.arithmetic import wrap
from rhai.runtime.faults import (
    no_such_bit,
    out_of_bounds,
    outside_string,
    type_mismatch,
)
from rhai.runtime.sizes import Sizes
from rhai.values import Blob, Char, Range, Value, signature_name, type_name

_BITS = 64
_BYTE = 0xFF
_BIT_RANGE = range(-_BITS, _BITS)


def get_index(base: Value, index: Value) -> Value:
    """Return ``base[index]``. Raises: EvalError as the type of the base has it."""
    kind = type(base)
    if kind is list or kind is Blob:
        return base[_array_offset(base, index)]
    if kind is dict:
        return base.get(_map_key(index))
    if kind is str:
        if type(index) is Range:
            start, end = _substring(base, index)
            return base[start:end]
        return Char(base[_string_offset(base, index)])
    if kind is int:
        start, width = _bits(index)
        field = (base >> start) & ((1 << width) - 1)
        return wrap(field) if type(index) is Range else bool(field)
    raise _no_indexer(base, index)


def set_index(base: Value, index: Value, value: Value) -> Value:
    """Return the base with ``base[index] = value`` done. Raises: EvalError as for reading."""
    kind = type(base)
    if kind is list:
        base[_array_offset(base, index)] = value
        return base
    if kind is dict:
        base[_map_key(index)] = value
        return base
    if kind is Blob:
        if type(value) is not int:
            raise type_mismatch(value, "i64")
        base[_array_offset(base, index)] = value & _BYTE
        return base
    if kind is str:
        return _set_text(base, index, value)
    if kind is int:
        return _set_bits(base, index, value)
    raise _no_indexer(base, index)


def _no_indexer(base: Value, index: Value) -> ScriptError:
    types = f"{signature_name(base)} [{signature_name(index)}]"
    return ScriptError(
        "ErrorIndexingType", f"Indexer unavailable: {types}", details={"type": types}
    )


def _array_offset(array: list[Value] | Blob, index: Value) -> int:
    if type(index) is not int:
        raise type_mismatch(index, "i64")
    if -len(array) <= index < len(array):
        return index
    raise out_of_bounds(index, len(array))


def _map_key(index: Value) -> str:
    if type(index) is str:
        return index
    raise type_mismatch(index, "string")


def _string_offset(text: str, index: Value) -> int:
    if type(index) is not int:
        raise type_mismatch(index, "i64")
    if -len(text) <= index < len(text):
        return index
    raise outside_string(index, len(text))


def _substring(text: str, part: Range) -> tuple[int, int]:
    """Return the bounds of a slice; negative ends count from the end of the string."""
    length = len(text)
    start = part.start + length if part.start < 0 else min(part.start, length)
    if start < 0:
        raise outside_string(part.start, length)
    end = part.end + length if part.end < 0 else part.end
    end = min(end + part.inclusive, length)
    return start, max(start, end)


def _set_text(text: str, index: Value, value: Value) -> str:
    if type(index) is Range:
        if type(value) is not str:
            raise type_mismatch(value, "string")
        start, end = _substring(text, index)
        return f"{text[:start]}{value}{text[end:]}"
    if type(value) is not Char:
        raise type_mismatch(value, "char")
    offset = _string_offset(text, index) % len(text)
    return f"{text[:offset]}{value.text}{text[offset + 1 :]}"


def _bits(index: Value) -> tuple[int, int]:
    """Return the first bit and the number of bits an index means."""
    if type(index) is int:
        if index not in _BIT_RANGE:
            raise no_such_bit(index)
        return index % _BITS, 1
    if type(index) is not Range:
        raise type_mismatch(index, "i64")
    if not 0 <= index.start < _BITS:
        raise no_such_bit(index.start)
    last = index.end + index.inclusive
    if last > _BITS:
        raise no_such_bit(index.end)
    return index.start, max(0, last - index.start)


def _set_bits(number: int, index: Value, value: Value) -> int:
    start, width = _bits(index)
    wanted = int if type(index) is Range else bool
    if type(value) is not wanted:
        raise type_mismatch(value, "i64" if wanted is int else "bool")
    mask = (1 << width) - 1
    return wrap((number & ~(mask << start)) | ((int(value) & mask) << start))


def set_property(base: Value, name: str, value: Value) -> Value:
    """Return the base with ``base.name = value`` done; only maps have properties to write."""
    if type(base) is dict:
        base[name] = value
        return base
    raise ScriptError(
        "ErrorDotExpr",
        f"No writable property '{name}' - a setter is not registered for type"
        f" '{type_name(base)}' to handle '{type_name(value)}'",
        details={"property": name},
    )


Setter = Callable[[Value, Any, Value], Value]


def sized(replace: Setter, sizes: Sizes) -> Setter:
    """Return a way to store that keeps to the sizes: containers may have grown."""

    def replace_checked(base: Value, key: Any, value: Value) -> Value:
        changed = replace(base, key, value)
        kind = type(changed)
        if kind is dict or kind is list:
            return sizes.grown(changed, value)
        return sizes.checked_string(changed) if kind is str else changed

    return replace_checked


def no_getter(base: Value, name: str) -> ScriptError:
    """Return the error that a type has no such property."""
    return ScriptError(
        "ErrorDotExpr",
        f"Unknown property '{name}' - a getter is not registered for type '{type_name(base)}'",
        details={"property": name},
    )
