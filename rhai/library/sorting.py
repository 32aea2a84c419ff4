"""Sorting arrays, in place (`sort`) and as copies (`order`)."""

from collections.abc import Callable, Iterator
from functools import cmp_to_key

from rhai.errors import ScriptError
from rhai.runtime.callbacks import Callback
from rhai.runtime.faults import no_function
from rhai.runtime.registry import Native
from rhai.values import Fn, Value, copy_value

Array = list[Value]
_Sorter = Callable[..., Array]


def functions() -> Iterator[Native]:
    """Yield the functions."""
    sorters: list[tuple[str, tuple[type, ...], _Sorter, bool]] = [
        ("", (), _sorted, False),
        ("_desc", (), _sorted_down, False),
        ("", (Fn,), _sorted_by, True),
        ("_by", (Fn,), _sorted_by, True),
    ]
    for suffix, more, sort, calls_back in sorters:
        types = (list, *more)
        yield Native(f"sort{suffix}", types, _in_place(sort), mutates=True, calls_back=calls_back)
        yield Native(f"order{suffix}", types, _copied(sort), calls_back=calls_back)


def _in_place(sort: _Sorter) -> Callable[..., tuple[Array, None]]:
    return lambda *args: (sort(*args), None)


def _copied(sort: _Sorter) -> Callable[..., Array]:
    return lambda *args: [copy_value(item) for item in sort(*args)]


def _sorted(items: Array, *, down: bool = False) -> Array:
    """Sort values of one type. Raises: EvalError for several types."""
    kinds = set(map(type, items))
    if len(kinds) > 1:
        raise no_function("elements of different types cannot be sorted")
    try:
        return sorted(items, reverse=down)
    except TypeError:  # a type without an order: all values count as the same
        return list(items)


def _sorted_down(items: Array) -> Array:
    return _sorted(items, down=True)


def _sorted_by(depth: int, items: Array, function: Fn) -> Array:
    """Sort by what a function says of two items; where it fails they count as the same."""
    call = Callback(depth, function, 2).call

    def compare(a: Value, b: Value) -> int:
        try:
            result = call(a, b, None)
        except ScriptError:
            return 0
        if type(result) is bool:
            return -1 if result else 1
        return result if type(result) is int else 0

    return sorted(items, key=cmp_to_key(compare))
