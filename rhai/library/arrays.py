"""Functions on arrays.

An array that is changed is changed in place: the compiler hands over the list that its variable
owns. What leaves an array is copied, because whoever gets it may change it.
"""

from collections.abc import Iterator

from rhai.library.text import clamp, range_span, span
from rhai.runtime.comparison import equals
from rhai.runtime.faults import too_large
from rhai.runtime.operators import contains
from rhai.runtime.registry import GETTER, Native
from rhai.runtime.sizes import Sizes
from rhai.values import CONTAINERS, I64_MAX, Range, Value, copy_value

Array = list[Value]


def functions(sizes: Sizes) -> Iterator[Native]:
    """Yield the functions; what they build keeps to the sizes."""
    for prefix in ("", GETTER):
        yield Native(f"{prefix}len", (list,), len)
        yield Native(f"{prefix}is_empty", (list,), lambda items: not items)
    yield Native("get", (list, int), _get)
    yield Native("contains", (list, object), lambda items, value: contains(value, items))
    yield Native("index_of", (list, object), _index_of)
    yield Native("index_of", (list, object, int), _index_of)
    yield Native("extract", (list, int), _extract)
    yield Native("extract", (list, int, int), _extract)
    yield Native("extract", (list, Range), _extract_range)
    yield from _changes()
    yield from _Growth(sizes).functions()


def _get(items: Array, index: int) -> Value:
    return copy_value(items[index]) if -len(items) <= index < len(items) else None


def _index_of(items: Array, value: Value, start: int = 0) -> int:
    first = clamp(start, len(items))
    matches = (at for at in range(first, len(items)) if equals(items[at], value))
    return next(matches, -1)


def _extract(items: Array, start: int, count: int = I64_MAX) -> Array:
    return [copy_value(item) for item in items[span(len(items), start, count)]]


def _extract_range(items: Array, part: Range) -> Array:
    return [copy_value(item) for item in items[range_span(len(items), part)]]


def _changes() -> Iterator[Native]:
    yield Native("pop", (list,), lambda items: (items, items.pop() if items else None), True)
    yield Native("shift", (list,), lambda items: (items, items.pop(0) if items else None), True)
    yield Native("remove", (list, int), _remove, mutates=True)
    yield Native("set", (list, int, object), _set, mutates=True)
    yield Native("clear", (list,), lambda items: (items, items.clear()), mutates=True)
    yield Native("reverse", (list,), lambda items: (items, items.reverse()), mutates=True)
    yield Native("truncate", (list, int), lambda items, n: (items[: max(0, n)], None), True)
    yield Native("chop", (list, int), _chop, mutates=True)
    yield Native("split", (list, int), _split, mutates=True)
    yield Native("dedup", (list,), _dedup, mutates=True)
    yield Native("drain", (list, int, int), _drain, mutates=True)
    yield Native("drain", (list, Range), _drain_range, mutates=True)
    yield Native("retain", (list, int, int), _retain, mutates=True)
    yield Native("retain", (list, Range), _retain_range, mutates=True)


def _remove(items: Array, index: int) -> tuple[Array, Value]:
    return items, items.pop(index) if -len(items) <= index < len(items) else None


def _set(items: Array, index: int, value: Value) -> tuple[Array, None]:
    if -len(items) <= index < len(items):
        items[index] = value
    return items, None


def _chop(items: Array, count: int) -> tuple[Array, None]:
    return items[max(0, len(items) - max(0, count)) :], None


def _split(items: Array, index: int) -> tuple[Array, Array]:
    at = clamp(index, len(items))
    return items[:at], items[at:]


def _dedup(items: Array) -> tuple[Array, None]:
    kept = items[:1]
    for item in items[1:]:
        if not equals(kept[-1], item):
            kept.append(item)
    return kept, None


def _drain(items: Array, start: int, count: int) -> tuple[Array, Array]:
    return _cut(items, span(len(items), start, count))


def _drain_range(items: Array, part: Range) -> tuple[Array, Array]:
    return _cut(items, range_span(len(items), part))


def _retain(items: Array, start: int, count: int) -> tuple[Array, Array]:
    if count <= 0:
        return items, []
    removed, kept = _drain(items, start, count)
    return kept, removed


def _retain_range(items: Array, part: Range) -> tuple[Array, Array]:
    removed, kept = _drain_range(items, part)
    return kept, removed


def _cut(items: Array, part: slice) -> tuple[Array, Array]:
    taken = items[part]
    del items[part]
    return items, taken


class _Growth:
    """The functions that make an array longer.

    Args:
        sizes: what the arrays keep to.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._limit = sizes.limits.max_array_size

    def functions(self) -> Iterator[Native]:
        """Yield the functions."""
        yield Native("push", (list, object), self._push, mutates=True)
        yield Native("append", (list, list), self._append, mutates=True)
        yield Native("insert", (list, int, object), self._insert, mutates=True)
        yield Native("pad", (list, int, object), self._pad, mutates=True)
        yield Native("splice", (list, int, int, list), self._splice, mutates=True)
        yield Native("splice", (list, Range, list), self._splice_range, mutates=True)

    def _checked(self, items: Array, added: Value) -> tuple[Array, None]:
        return self._sizes.grown(items, added), None

    def _push(self, items: Array, value: Value) -> tuple[Array, None]:
        items.append(value)
        return self._checked(items, value)

    def _append(self, items: Array, more: Array) -> tuple[Array, None]:
        items.extend(more)
        return self._checked(items, more)

    def _insert(self, items: Array, index: int, value: Value) -> tuple[Array, None]:
        items.insert(clamp(index, len(items)), value)
        return self._checked(items, value)

    def _pad(self, items: Array, length: int, value: Value) -> tuple[Array, None]:
        if length > self._limit:
            raise too_large("Size of array/BLOB too large")
        if type(value) in CONTAINERS:
            items.extend([copy_value(value) for _ in range(length - len(items))])
        else:
            items.extend([value] * (length - len(items)))
        return self._checked(items, value)

    def _splice(self, items: Array, start: int, count: int, new: Array) -> tuple[Array, None]:
        items[span(len(items), start, count)] = new
        return self._checked(items, new)

    def _splice_range(self, items: Array, part: Range, new: Array) -> tuple[Array, None]:
        items[range_span(len(items), part)] = new
        return self._checked(items, new)
