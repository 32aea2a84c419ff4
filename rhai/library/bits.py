"""Functions on the bits of an integer, and the series that loops walk."""

from collections.abc import Iterable, Iterator

from rhai.errors import ScriptError
from rhai.runtime.arithmetic import wrap
from rhai.runtime.faults import arithmetic, in_function, no_such_bit
from rhai.runtime.registry import GETTER, Native
from rhai.values import I64_MAX, I64_MIN, Char, Range, Series, Value

_BITS = 64


def functions() -> Iterator[Native]:
    """Yield the functions."""
    yield Native("set_bit", (int, int, bool), _set_bit, mutates=True)
    yield Native("get_bits", (int, int, int), _get_bits)
    yield Native("get_bits", (int, Range), lambda n, part: _get_bits(n, *_of(part)))
    yield Native("set_bits", (int, int, int, int), _set_bits, mutates=True)
    yield Native("set_bits", (int, Range, int), _set_bit_range, mutates=True)
    for prefix in ("", GETTER):
        yield Native(f"{prefix}bits", (int,), lambda n: _bits(n, 0, _BITS))
    yield Native("bits", (int, int), lambda n, start: _bits(n, start, _BITS))
    yield Native("bits", (int, int, int), _bits)
    yield Native("bits", (int, Range), lambda n, part: _bits(n, *_of(part)))
    yield from _ranges()


def _of(part: Range) -> tuple[int, int]:
    start = max(0, part.start)
    return start, max(0, part.end + part.inclusive) - start


def _offset(index: int) -> int:
    """Return a bit's number; negative ones count from the top. Raises: EvalError if none."""
    if -_BITS <= index < _BITS:
        return index % _BITS
    raise no_such_bit(index)


def _set_bit(number: int, index: int, on: bool) -> tuple[int, None]:
    mask = 1 << _offset(index)
    return wrap(number | mask if on else number & ~mask), None


def _mask(start: int, count: int) -> tuple[int, int]:
    first = _offset(start)
    return first, (1 << max(0, min(count, _BITS - first))) - 1


def _get_bits(number: int, start: int, count: int) -> int:
    if count <= 0:
        return 0
    first, mask = _mask(start, count)
    return wrap(number >> first & mask)


def _set_bits(number: int, start: int, count: int, value: int) -> tuple[int, None]:
    if count <= 0:
        return number, None
    first, mask = _mask(start, count)
    return wrap(number & ~(mask << first) | (value & mask) << first), None


def _set_bit_range(number: int, part: Range, value: int) -> tuple[int, None]:
    return _set_bits(number, *_of(part), value)


def _bits(number: int, start: int, count: int) -> Series:
    first, mask = _mask(start, count)
    width = mask.bit_length()
    return Series([bool(number >> first >> bit & 1) for bit in range(width)])


class _Steps:
    """Floats from one to another in steps."""

    def __init__(self, start: float, end: float, step: float) -> None:
        self._start, self._end, self._step = start, end, step

    def __iter__(self) -> Iterator[float]:
        value = self._start
        while value < self._end if self._step > 0 else value > self._end:
            yield value
            following = value + self._step
            if following == value:  # the step is lost in the value's precision
                return
            value = following


def _ranges() -> Iterator[Native]:
    yield Native("range", (int, int), lambda start, end: Series(range(start, end)))
    yield Native("range", (float, float), lambda start, end: Series(_Steps(start, end, 1.0)))
    yield Native("range", (int, int, int), _int_steps)
    yield Native("range", (float, float, float), _float_steps)
    yield Native("range", (Range, int), _range_steps)
    yield Native("chars", (str,), _chars)
    yield Native("chars", (str, int), lambda text, start: _chars(text[_start(text, start) :]))
    yield Native("chars", (str, int, int), _some_chars)
    yield Native("chars", (str, Range), lambda text, part: _some_chars(text, *_of(part)))


def _no_step() -> ScriptError:
    error = in_function("range", arithmetic("step value cannot be zero"))
    assert isinstance(error, ScriptError)
    return error


def _int_steps(start: int, end: int, step: int) -> Series:
    if step == 0:
        raise _no_step()
    return Series(range(start, end, step))


def _float_steps(start: float, end: float, step: float) -> Series:
    if step == 0:
        raise _no_step()
    return Series(_Steps(start, end, step))


def _range_steps(part: Range, step: int) -> Series:
    inclusive = part.inclusive * (1 if step > 0 else -1)
    return _int_steps(part.start, max(I64_MIN, min(part.end + inclusive, I64_MAX)), step)


def _start(text: str, start: int) -> int:
    return max(0, start + len(text)) if start < 0 else start


def _some_chars(text: str, start: int, count: int) -> Series:
    first = _start(text, start)
    return _chars(text[first : first + max(0, count)])


def _chars(text: str) -> Series:
    characters: Iterable[Value] = [Char(char) for char in text]
    return Series(characters)
