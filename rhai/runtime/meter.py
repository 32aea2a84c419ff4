"""Counting: how long a script has been running, and whether it may go on.

Compiled loops draw turns from `Meter.ticks`, one iterator for the whole run that hands out its
turns in portions at the speed of C and looks at the limits between two portions. Calls draw one
turn each. A portion is as large as fits a few milliseconds: turns that are slow (they build large
strings, say) come in small portions, so that a limit or a stop request is always seen soon.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, repeat
from time import perf_counter

from rhai.runtime.faults import too_many_operations
from rhai.values import Value

_FIRST_PORTION = 16
_MAX_PORTION = 1024
_ITEMS_PER_OPERATION = 64
_SHORT = 0.001  # seconds; a portion that takes less is doubled
_LONG = 0.005  # seconds; a portion that takes more shrinks to an eighth


class Meter:
    """The operations of one run.

    Args:
        limit: the most operations allowed, 0 for any number.
        on_progress: called between portions; what it raises ends the run.
        clock: seconds that have passed since any one moment.
    """

    __slots__ = (
        "_checked_at",
        "_clock",
        "_limit",
        "_next_check",
        "_on_progress",
        "_portion",
        "_used",
        "ticks",
    )

    def __init__(
        self,
        limit: int,
        on_progress: Callable[[], None] | None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._on_progress = on_progress
        self._used = 0
        self._next_check = 0
        self._portion = _FIRST_PORTION
        self._checked_at = clock()
        self.ticks: Iterator[None] = chain.from_iterable(self._portions())

    def _portions(self) -> Iterator[Iterable[None]]:
        while True:
            portion = self._next_portion()
            self.charge(portion)
            yield repeat(None, portion)

    def _next_portion(self) -> int:
        """Return how many operations to hand out; no more than the limit leaves, but one."""
        if self._limit:
            return max(1, min(self._portion, self._limit - self._used))
        return self._portion

    def charge(self, operations: int) -> None:
        """Count operations in bulk; look at the limits once a portion.

        Raises:
            EvalError: the limit is passed.
        """
        self._used += operations
        if self._used >= self._next_check:
            self._check()

    def charge_size(self, items: int) -> None:
        """Count the work of copying so many items. Raises: EvalError if the limit is passed."""
        self.charge(items // _ITEMS_PER_OPERATION)

    def _check(self) -> None:
        if self._limit and self._used > self._limit:
            raise too_many_operations()
        self._adapt()
        next_check = self._used + self._portion
        self._next_check = min(next_check, self._limit) if self._limit else next_check
        if self._on_progress:
            self._on_progress()

    def _adapt(self) -> None:
        now = self._clock()
        elapsed = now - self._checked_at
        if elapsed < _SHORT:
            self._portion = min(self._portion * 2, _MAX_PORTION)
        elif elapsed > _LONG:
            self._portion = max(self._portion // 8, 1)
        self._checked_at = now

    def turns(self, numbers: range) -> Iterable[int]:
        """Return the numbers of a range, counted."""
        count = numbers.stop - numbers.start
        if count <= 0:
            return numbers
        if count <= (self._next_portion() if self._limit else self._portion):
            self._used += count
            if self._used >= self._next_check:
                self._check()
            return numbers
        return chain.from_iterable(self._counted(numbers))

    def each(self, items: Iterable[Value]) -> Iterator[Value]:
        """Yield items, counted one by one."""
        for item in items:
            self.charge(1)
            yield item

    def _counted(self, numbers: range) -> Iterator[range]:
        start = numbers.start
        while start < numbers.stop:
            part = range(start, min(start + self._next_portion(), numbers.stop))
            self.charge(len(part))
            yield part
            start = part.stop
