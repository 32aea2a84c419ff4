"""Functions on object maps and ranges."""

from collections.abc import Iterator

from rhai.runtime.operators import contains
from rhai.runtime.registry import GETTER, Native
from rhai.runtime.sizes import Sizes
from rhai.values import Range, Value, copy_value

Map = dict[str, Value]


def functions(sizes: Sizes) -> Iterator[Native]:
    """Yield the functions; what they build keeps to the sizes."""
    yield Native("len", (dict,), len)
    yield Native("is_empty", (dict,), lambda entries: not entries)
    yield Native("get", (dict, str), lambda entries, key: copy_value(entries.get(key)))
    yield Native("contains", (dict, str), lambda entries, key: key in entries)
    yield Native("keys", (dict,), sorted)
    yield Native("values", (dict,), _values)
    yield Native("clear", (dict,), lambda entries: (entries, entries.clear()), mutates=True)
    yield Native(
        "remove", (dict, str), lambda entries, key: (entries, entries.pop(key, None)), True
    )
    yield from _growth(sizes)
    yield from _range_functions()


def _values(entries: Map) -> list[Value]:
    return [copy_value(entries[key]) for key in sorted(entries)]


def _growth(sizes: Sizes) -> Iterator[Native]:
    def put(entries: Map, key: str, value: Value) -> tuple[Map, None]:
        entries[key] = value
        return sizes.grown(entries, value), None

    def mixin(entries: Map, more: Map) -> tuple[Map, None]:
        entries.update(more)
        return sizes.checked_map(entries), None

    def fill_with(entries: Map, more: Map) -> tuple[Map, None]:
        for key, value in more.items():
            entries.setdefault(key, value)
        return sizes.checked_map(entries), None

    yield Native("set", (dict, str, object), put, mutates=True)
    yield Native("mixin", (dict, dict), mixin, mutates=True)
    yield Native("fill_with", (dict, dict), fill_with, mutates=True)


def _range_functions() -> Iterator[Native]:
    yield Native(f"{GETTER}start", (Range,), lambda part: part.start)
    yield Native(f"{GETTER}end", (Range,), lambda part: part.end)
    yield Native("contains", (Range, int), lambda part, value: contains(value, part))
    for prefix in ("", GETTER):
        yield Native(f"{prefix}is_inclusive", (Range,), lambda part: part.inclusive)
        yield Native(f"{prefix}is_exclusive", (Range,), lambda part: not part.inclusive)
        yield Native(f"{prefix}is_empty", (Range,), lambda part: not part.indices())
