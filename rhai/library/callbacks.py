"""Functions on arrays and maps that take a function of the script."""

from collections.abc import Callable, Iterator
from functools import reduce

from rhai.library.text import clamp
from rhai.runtime.callbacks import Callback
from rhai.runtime.functions import Cell, call_fn, call_pointer
from rhai.runtime.registry import Native
from rhai.runtime.sizes import Sizes
from rhai.values import CONTAINERS, Fn, Value, copy_value

Array = list[Value]
Map = dict[str, Value]


def functions(sizes: Sizes) -> Iterator[Native]:
    """Yield the functions; what they build keeps to the sizes."""
    yield from _searches()
    yield from _folds()
    yield from _selections()
    yield from _map_functions(sizes)

    def mapped(depth: int, items: Array, function: Fn) -> Array:
        return sizes.checked_array(Callback(depth, function, 1).results(items))

    def zipped(depth: int, items: Array, others: Array, function: Fn) -> Array:
        call = Callback(depth, function, 2).call
        pairs = enumerate(zip(items, others, strict=False))
        return sizes.checked_array([call(a, b, index) for index, (a, b) in pairs])

    yield _calling("map", (list, Fn), mapped)
    yield _calling("zip", (list, list, Fn), zipped)
    yield _calling("for_each", (list, Fn), _for_each, mutates=True)


def _calling(
    name: str, types: tuple[type, ...], run: Callable[..., Value], *, mutates: bool = False
) -> Native:
    """Return a function that walks a copy of its container, which callbacks cannot reach."""

    def walk(depth: int, container: Value, *args: Value) -> Value:
        return run(depth, container.copy(), *args)

    return Native(name, types, walk, mutates=mutates, calls_back=True)


def _holding(depth: int, items: Array, function: Fn, start: int = 0) -> Iterator[int]:
    """Yield the offsets of the items for which a function says true, from one on."""
    call = Callback(depth, function, 1).call
    for index in range(clamp(start, len(items)), len(items)):
        if call(items[index], index) is True:
            yield index


def _searches() -> Iterator[Native]:
    for more in ((), (int,)):
        yield _calling("index_of", (list, Fn, *more), _index_of)
        yield _calling("find", (list, Fn, *more), _find)
        yield _calling("find_map", (list, Fn, *more), _find_map)
    yield _calling("some", (list, Fn), lambda *args: any(True for _ in _holding(*args)))
    yield _calling("all", (list, Fn), _all)
    yield _calling("filter", (list, Fn), _filter)


def _index_of(depth: int, items: Array, function: Fn, start: int = 0) -> int:
    return next(_holding(depth, items, function, start), -1)


def _find(depth: int, items: Array, function: Fn, start: int = 0) -> Value:
    index = _index_of(depth, items, function, start)
    return None if index < 0 else copy_value(items[index])


def _find_map(depth: int, items: Array, function: Fn, start: int = 0) -> Value:
    call = Callback(depth, function, 1).call
    for index in range(clamp(start, len(items)), len(items)):
        found = call(items[index], index)
        if found is not None:
            return found
    return None


def _all(depth: int, items: Array, function: Fn) -> bool:
    call = Callback(depth, function, 1).call
    return all(call(item, index) is True for index, item in enumerate(items))


def _filter(depth: int, items: Array, function: Fn) -> Array:
    verdicts = Callback(depth, function, 1).results(items)
    pairs = zip(items, verdicts, strict=True)
    return [copy_value(item) for item, verdict in pairs if verdict is True]


def _folds() -> Iterator[Native]:
    for name, backwards in (("reduce", False), ("reduce_rev", True)):
        for more in ((), (object,)):
            yield _calling(name, (list, Fn, *more), _fold(backwards))


def _fold(backwards: bool) -> Callable[..., Value]:
    def fold(depth: int, items: Array, function: Fn, initial: Value = None) -> Value:
        callback = Callback(depth, function, 2, this=1)
        result, simple = copy_value(initial), callback.simple
        if simple and not backwards and CONTAINERS.isdisjoint(map(type, items)):
            # The result so far belongs to nobody else, so it need not be copied.
            return reduce(simple, items, result)
        call = callback.call
        numbers = range(len(items))
        for index in reversed(numbers) if backwards else numbers:
            result = call(result, items[index], index)
        return result

    return fold


def _for_each(depth: int, items: Array, function: Fn) -> tuple[Array, None]:
    target = function.target
    takes_index = target is not None and target.info.arity > len(function.curried)
    for index, item in enumerate(items):
        args = (index,) if takes_index else ()
        items[index], _ = call_pointer(depth, function, Cell(item), args)
    return items, None


def _selections() -> Iterator[Native]:
    yield _calling("drain", (list, Fn), _drain, mutates=True)
    yield _calling("retain", (list, Fn), _retain, mutates=True)
    yield _calling("dedup", (list, Fn), _dedup, mutates=True)


def _drain(depth: int, items: Array, function: Fn) -> tuple[Array, Array]:
    chosen = set(_holding(depth, items, function))
    rest = [item for index, item in enumerate(items) if index not in chosen]
    return rest, [items[index] for index in sorted(chosen)]


def _retain(depth: int, items: Array, function: Fn) -> tuple[Array, Array]:
    removed, kept = _drain(depth, items, function)
    return kept, removed


def _dedup(depth: int, items: Array, function: Fn) -> tuple[Array, None]:
    kept = items[:1]
    for item in items[1:]:
        same = call_fn(depth, function, copy_value(item), copy_value(kept[-1]))
        if same is not True:
            kept.append(item)
    return kept, None


def _map_functions(sizes: Sizes) -> Iterator[Native]:
    def mapped(depth: int, entries: Map, function: Fn) -> Map:
        call = Callback(depth, function, 2, this=1).call
        return sizes.checked_map({key: call(key, entries[key], None) for key in sorted(entries)})

    yield _calling("map", (dict, Fn), mapped)
    yield _calling("filter", (dict, Fn), _filter_map)
    yield _calling("drain", (dict, Fn), _drain_map, mutates=True)
    yield _calling("retain", (dict, Fn), _retain_map, mutates=True)


def _chosen_keys(depth: int, entries: Map, function: Fn) -> list[str]:
    call = Callback(depth, function, 2, this=1).call
    return [key for key in sorted(entries) if call(key, entries[key], None) is True]


def _filter_map(depth: int, entries: Map, function: Fn) -> Map:
    return {key: copy_value(entries[key]) for key in _chosen_keys(depth, entries, function)}


def _drain_map(depth: int, entries: Map, function: Fn) -> tuple[Map, Map]:
    drained = {key: entries.pop(key) for key in _chosen_keys(depth, entries, function)}
    return entries, drained


def _retain_map(depth: int, entries: Map, function: Fn) -> tuple[Map, Map]:
    rest, kept = _drain_map(depth, entries, function)
    return kept, rest
