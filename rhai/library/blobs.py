"""Functions on BLOBs: arrays of bytes.

Integers that are stored keep their low 8 bits. Numbers are read from and written to the first
bytes of an 8-byte buffer, whatever the byte order, so a short big-endian read is scaled up.
"""

import struct
from collections.abc import Callable, Iterator

from rhai.library.text import clamp, range_span, span
from rhai.runtime.faults import too_large
from rhai.runtime.registry import GETTER, Native
from rhai.runtime.sizes import Sizes
from rhai.values import I64_MAX, Blob, Range, Value

_WORD = 8
_BYTE = 0xFF
_FORMATS = {"le_int": "<q", "be_int": ">q", "le_float": "<d", "be_float": ">d"}


def functions(sizes: Sizes) -> Iterator[Native]:
    """Yield the functions; what they build keeps to the sizes."""
    for prefix in ("", GETTER):
        yield Native(f"{prefix}len", (Blob,), len)
        yield Native(f"{prefix}is_empty", (Blob,), lambda data: not data)
    yield Native("get", (Blob, int), lambda data, at: data[at] if _has(data, at) else 0)
    yield Native("contains", (Blob, int), lambda data, byte: byte & _BYTE in data)
    yield Native("to_array", (Blob,), lambda data: sizes.checked_array(list(data)))
    yield Native("extract", (Blob, int), lambda data, at: Blob(data[_part(data, at)]))
    yield Native("extract", (Blob, int, int), lambda data, *part: Blob(data[_part(data, *part)]))
    yield Native("extract", (Blob, Range), lambda data, part: Blob(data[_part(data, part)]))
    yield Native("to_blob", (str,), lambda text: _checked(sizes, Blob(text.encode())))
    yield from _changes()
    yield from _growth(sizes)
    yield from _numbers()
    yield from _texts()


def _has(data: Blob, at: int) -> bool:
    return -len(data) <= at < len(data)


def _part(data: Blob, start: int | Range, count: int = I64_MAX) -> slice:
    if isinstance(start, Range):
        return range_span(len(data), start)
    return span(len(data), start, count)


def _checked(sizes: Sizes, data: Blob) -> Blob:
    if len(data) > sizes.limits.max_array_size:
        raise too_large("Size of array/BLOB too large")
    return data


def _changes() -> Iterator[Native]:
    yield Native("set", (Blob, int, int), _set, mutates=True)
    yield Native("pop", (Blob,), lambda data: (data, data.pop() if data else 0), mutates=True)
    yield Native("shift", (Blob,), lambda data: (data, data.pop(0) if data else 0), mutates=True)
    yield Native("remove", (Blob, int), _remove, mutates=True)
    yield Native("clear", (Blob,), lambda data: (data, data.clear()), mutates=True)
    yield Native("reverse", (Blob,), lambda data: (data, data.reverse()), mutates=True)
    yield Native("truncate", (Blob, int), lambda data, n: (Blob(data[: max(0, n)]), None), True)
    yield Native("chop", (Blob, int), _chop, mutates=True)
    yield Native("split", (Blob, int), _split, mutates=True)
    for types in ((int, int), (Range,)):
        yield Native("drain", (Blob, *types), _drain, mutates=True)
        yield Native("retain", (Blob, *types), _retain, mutates=True)


def _set(data: Blob, at: int, byte: int) -> tuple[Blob, None]:
    if _has(data, at):
        data[at] = byte & _BYTE
    return data, None


def _remove(data: Blob, at: int) -> tuple[Blob, int]:
    return data, data.pop(at) if _has(data, at) else 0


def _chop(data: Blob, count: int) -> tuple[Blob, None]:
    return Blob(data[max(0, len(data) - max(0, count)) :]), None


def _split(data: Blob, at: int) -> tuple[Blob, Blob]:
    place = clamp(at, len(data))
    return Blob(data[:place]), Blob(data[place:])


def _drain(data: Blob, *part: int) -> tuple[Blob, Blob]:
    where = _part(data, *part)
    taken = Blob(data[where])
    del data[where]
    return data, taken


def _retain(data: Blob, *part: int) -> tuple[Blob, Blob]:
    if len(part) > 1 and part[1] <= 0:
        return data, Blob()
    removed, kept = _drain(data, *part)
    return kept, removed


def _growth(sizes: Sizes) -> Iterator[Native]:
    limit = sizes.limits.max_array_size

    def make(length: int = 0, byte: int = 0) -> Blob:
        if length > limit:
            raise too_large("Size of array/BLOB too large")
        return Blob(bytes([byte & _BYTE]) * max(0, length))

    def push(data: Blob, byte: int) -> tuple[Blob, None]:
        data.append(byte & _BYTE)
        return _checked(sizes, data), None

    def append(data: Blob, more: Value) -> tuple[Blob, None]:
        data.extend(more.text.encode() if hasattr(more, "text") else more)
        return _checked(sizes, data), None

    def insert(data: Blob, at: int, byte: int) -> tuple[Blob, None]:
        data.insert(clamp(at, len(data)), byte & _BYTE)
        return _checked(sizes, data), None

    def pad(data: Blob, length: int, byte: int) -> tuple[Blob, None]:
        data.extend(make(min(length, limit + 1) - len(data), byte))
        return _checked(sizes, data), None

    def splice(data: Blob, *args: Value) -> tuple[Blob, None]:
        data[_part(data, *args[:-1])] = args[-1]
        return _checked(sizes, data), None

    yield Native("blob", (), make)
    yield Native("blob", (int,), make)
    yield Native("blob", (int, int), make)
    yield Native("push", (Blob, int), push, mutates=True)
    yield Native("append", (Blob, int), push, mutates=True)
    yield Native("append", (Blob, Blob), append, mutates=True)
    yield Native("append", (Blob, str), lambda data, text: append(data, text.encode()), True)
    yield Native("insert", (Blob, int, int), insert, mutates=True)
    yield Native("pad", (Blob, int, int), pad, mutates=True)
    yield Native("splice", (Blob, int, int, Blob), splice, mutates=True)
    yield Native("splice", (Blob, Range, Blob), splice, mutates=True)


def _numbers() -> Iterator[Native]:
    for name, form in _FORMATS.items():
        for types in ((int, int), (Range,)):
            yield Native(f"parse_{name}", (Blob, *types), _parser(form))
    for order, sign in (("le", "<"), ("be", ">")):
        for kind, code in ((int, "q"), (float, "d")):
            for types in ((int, int), (Range,)):
                write = _writer(sign + code)
                yield Native(f"write_{order}", (Blob, *types, kind), write, mutates=True)


def _parser(form: str) -> Callable[..., Value]:
    def parse(data: Blob, *part: int) -> Value:
        chunk = bytes(data[_part(data, *part)])[:_WORD]
        return struct.unpack(form, chunk.ljust(_WORD, b"\0"))[0] if chunk else 0

    return parse


def _writer(form: str) -> Callable[..., tuple[Blob, None]]:
    def write(data: Blob, *args: Value) -> tuple[Blob, None]:
        return _written(data, _part(data, *args[:-1]), struct.pack(form, args[-1]))

    return write


def _written(data: Blob, where: slice, new: bytes) -> tuple[Blob, None]:
    """Overwrite a part with as much of some bytes as fits."""
    start, stop, _ = where.indices(len(data))
    chunk = new[: max(0, stop - start)]
    data[start : start + len(chunk)] = chunk
    return data, None


def _texts() -> Iterator[Native]:
    def write(encode: Callable[[str], bytes]) -> Callable[..., tuple[Blob, None]]:
        def written(data: Blob, *args: Value) -> tuple[Blob, None]:
            return _written(data, _part(data, *args[:-1]), encode(args[-1]))

        return written

    for types in ((int, int), (Range,)):
        yield Native("write_utf8", (Blob, *types, str), write(str.encode), mutates=True)
        ascii_only = write(lambda text: text.encode("ascii", "ignore"))
        yield Native("write_ascii", (Blob, *types, str), ascii_only, mutates=True)
    yield Native("as_string", (Blob,), lambda data: data.decode("utf-8", "replace"))
