"""Functions on strings and characters.

Those that change their string return the new one and a result; everything that can grow is
measured before it is built.
"""

from collections.abc import Callable, Iterator

from rhai.display import display
from rhai.runtime.access import set_index
from rhai.runtime.operators import contains
from rhai.runtime.registry import GETTER, Native
from rhai.runtime.sizes import Sizes
from rhai.values import I64_MAX, Char, Range, Value

_TEXTS = (str, Char)


def functions(sizes: Sizes) -> Iterator[Native]:
    """Yield the functions; what they build keeps to the sizes."""
    yield from _measures()
    yield from _cases()
    yield from _searches()
    yield from _parts()
    yield from _changes(sizes)
    yield from _growth(sizes)


def _measures() -> Iterator[Native]:
    for prefix in ("", GETTER):
        yield Native(f"{prefix}len", (str,), len)
        yield Native(f"{prefix}bytes", (str,), lambda text: len(text.encode()))
        yield Native(f"{prefix}is_empty", (str,), lambda text: not text)
    yield Native("to_int", (Char,), lambda char: ord(char.text))
    yield Native("to_chars", (str,), lambda text: [Char(char) for char in text])


def _cases() -> Iterator[Native]:
    for case, change in (("upper", str.upper), ("lower", str.lower)):
        yield Native(f"to_{case}", (str,), change)
        yield Native(f"to_{case}", (Char,), _char_case(change))
        yield Native(f"make_{case}", (str,), _in_place(change), mutates=True)
        yield Native(f"make_{case}", (Char,), _in_place(_char_case(change)), mutates=True)


def _char_case(change: Callable[[str], str]) -> Callable[[Char], Char]:
    """Return a case change for characters; one that would give several stays as it is."""

    def changed(char: Char) -> Char:
        text = change(char.text)
        return Char(text) if len(text) == 1 else char

    return changed


def _in_place(change: Callable[[Value], Value]) -> Callable[[Value], tuple[Value, None]]:
    return lambda value: (change(value), None)


def _searches() -> Iterator[Native]:
    for kind in _TEXTS:
        yield Native("contains", (str, kind), lambda text, part: contains(part, text))
        yield Native("starts_with", (str, kind), lambda text, part: text.startswith(display(part)))
        yield Native("ends_with", (str, kind), lambda text, part: text.endswith(display(part)))
        yield Native("index_of", (str, kind), lambda text, part: text.find(display(part)))
        yield Native("index_of", (str, kind, int), _index_of)


def _index_of(text: str, part: Value, start: int) -> int:
    return text.find(display(part), clamp(start, len(text)))


def clamp(start: int, length: int) -> int:
    """Return an offset within a length; negative ones count from the end."""
    return max(0, start + length) if start < 0 else min(start, length)


def span(length: int, start: int, count: int) -> slice:
    """Return the part of a container that starts somewhere and has at most `count` items."""
    first = clamp(start, length)
    return slice(first, first + max(0, count))


def range_span(length: int, part: Range) -> slice:
    """Return the part of a container that a range means; negative ends count as zero."""
    first = max(0, part.start)
    end = max(0, part.end + part.inclusive)
    return slice(min(first, length), max(min(first, length), end))


def _parts() -> Iterator[Native]:
    yield Native("get", (str, int), _get)
    yield Native(
        "sub_string", (str, int), lambda text, start: text[span(len(text), start, I64_MAX)]
    )
    yield Native(
        "sub_string", (str, int, int), lambda text, start, n: text[span(len(text), start, n)]
    )
    yield Native("sub_string", (str, Range), lambda text, part: text[range_span(len(text), part)])
    yield Native("split", (str,), lambda text: text.split())
    yield Native("split", (str, int), _split_at)
    for kind in _TEXTS:
        yield Native("split", (str, kind), lambda text, by: _split(text, by, I64_MAX))
        yield Native("split", (str, kind, int), _split)
        yield Native("split_rev", (str, kind), lambda text, by: _split(text, by, I64_MAX)[::-1])
        yield Native("split_rev", (str, kind, int), _split_reversed)


def _get(text: str, index: int) -> Char | None:
    return Char(text[index]) if -len(text) <= index < len(text) else None


def _split_at(text: str, index: int) -> list[Value]:
    at = clamp(index, len(text)) if index else len(text)
    return [text[:at], text[at:]]


def _split(text: str, by: Value, limit: int) -> list[Value]:
    separator = display(by)
    if not separator:
        return ["", *text, ""][: max(1, limit)]
    return list(text.split(separator, max(1, limit) - 1))


def _split_reversed(text: str, by: Value, limit: int) -> list[Value]:
    separator = display(by)
    if not separator:
        return _split(text, by, limit)[::-1]
    return list(text.rsplit(separator, max(1, limit) - 1))[::-1]


def _changes(sizes: Sizes) -> Iterator[Native]:
    yield Native("trim", (str,), _in_place(lambda text: text.strip()), mutates=True)
    yield Native("clear", (str,), lambda _text: ("", None), mutates=True)
    yield Native("truncate", (str, int), lambda text, n: (text[: max(0, n)], None), mutates=True)
    yield Native("pop", (str,), lambda text: (text[:-1], _get(text, -1)), mutates=True)
    yield Native("pop", (str, int), _pop, mutates=True)
    yield Native("crop", (str, int), _crop, mutates=True)
    yield Native("crop", (str, int, int), _crop, mutates=True)
    yield Native("crop", (str, Range), _crop_range, mutates=True)
    yield Native("set", (str, int, Char), _set, mutates=True)
    for kind in _TEXTS:
        yield Native("remove", (str, kind), _remove, mutates=True)
        for other in _TEXTS:
            yield Native("replace", (str, kind, other), _replacement(sizes), mutates=True)


def _pop(text: str, count: int) -> tuple[str, str]:
    at = max(0, len(text) - max(0, count))
    return text[:at], text[at:]


def _crop(text: str, start: int, count: int = I64_MAX) -> tuple[str, None]:
    return text[span(len(text), start, count)], None


def _crop_range(text: str, part: Range) -> tuple[str, None]:
    return text[range_span(len(text), part)], None


def _set(text: str, index: int, char: Char) -> tuple[str, None]:
    if -len(text) <= index < len(text):
        text = set_index(text, index, char)
    return text, None


def _remove(text: str, part: Value) -> tuple[str, None]:
    return (text.replace(display(part), "") if display(part) else text), None


def _replacement(sizes: Sizes) -> Callable[[str, Value, Value], tuple[str, None]]:
    def replace(text: str, old: Value, new: Value) -> tuple[str, None]:
        find, put = display(old), display(new)
        grown = text.count(find) * (len(put) - len(find))
        sizes.check_string_length(len(text) + grown)
        return sizes.checked_string(text.replace(find, put)), None

    return replace


def _growth(sizes: Sizes) -> Iterator[Native]:
    def pad(text: str, length: int, fill: Value) -> tuple[str, None]:
        sizes.check_string_length(length)
        filling = display(fill)
        missing = length - len(text)
        if missing <= 0 or not filling:
            return text, None
        times = -(-missing // len(filling))
        return sizes.checked_string((text + filling * times)[:length]), None

    def append(text: str, value: Value) -> tuple[str, None]:
        return sizes.checked_string(text + display(value)), None

    for kind in _TEXTS:
        yield Native("pad", (str, int, kind), pad, mutates=True)
    yield Native("append", (str, object), append, mutates=True)
