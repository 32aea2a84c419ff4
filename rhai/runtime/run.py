"""One run of a compiled script: its counter, the caller's constants, and the way out.

Whatever happens inside, a run ends in a value, in an `EvalError`, or in what the host's own
callbacks raised.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from rhai.errors import EvalError, Position, ScriptError, ScriptExit
from rhai.runtime import faults
from rhai.runtime.helpers import make_range
from rhai.runtime.meter import Meter
from rhai.runtime.sizes import Sizes
from rhai.runtime.trace import resolve
from rhai.syntax.source import Source
from rhai.values import Char, Range, Value, copy_value

DebugHook = Callable[[str, str | None, Position], None]


class Run:
    """What differs from run to run; compiled code gets its methods as arguments.

    Args:
        meter: counts this run.
        sizes: how large values may grow.
        scope: the caller's constants.
        source: the text, for places.
        debug_value: receives a value and the place of a ``debug`` call.
    """

    __slots__ = ("_debug_value", "_meter", "_scope", "_sizes", "_source")

    def __init__(
        self,
        meter: Meter,
        sizes: Sizes,
        scope: Mapping[str, Value],
        source: Source,
        debug_value: Callable[[Value, Position], None],
    ) -> None:
        self._meter = meter
        self._sizes = sizes
        self._scope = scope
        self._source = source
        self._debug_value = debug_value

    def execute(self, main: Callable[..., Value]) -> Value:
        """Run compiled code to its end.

        Raises:
            EvalError: the script failed; place and call stack are filled in.
        """
        ticks = self._meter.ticks
        try:
            return main(
                self.host,
                self.no_assignment,
                ticks,
                ticks.__next__,
                self.turns,
                self.iterate,
                self.debug_at,
                self.copied,
            )
        except ScriptExit as done:
            return done.value
        except EvalError as error:
            raise resolve(error).with_traceback(None) from None
        except RecursionError:
            raise faults.stack_overflow() from None
        except MemoryError:
            raise faults.too_large("Out of memory") from None

    def host(self, name: str) -> Value:
        """Return a constant of the caller. Raises: EvalError if there is none."""
        if name in self._scope:
            return self._scope[name]
        raise faults.variable_not_found(name)

    def no_assignment(self, name: str) -> NoReturn:
        """Raise the error for assigning to a name that no variable of the script has."""
        if name in self._scope:
            raise faults.constant_modified(name)
        raise faults.variable_not_found(name)

    def turns(self, start: Value, end: Value, inclusive: bool) -> Iterable[int]:
        """Return the numbers of a range for a loop, counted."""
        return self._meter.turns(make_range(start, end, inclusive).indices())

    def iterate(self, value: Value) -> Iterable[Value]:
        """Return the items of a value for a loop, counted. Raises: EvalError if it has none."""
        kind = type(value)
        if kind is Range:
            return self._meter.turns(value.indices())
        if kind is str:
            self._meter.charge(len(value))
            return map(Char, value)
        if kind is list:
            self._meter.charge(len(value))
            items: list[Value] = copy_value(value)
            return items
        raise ScriptError("ErrorFor", "For loop expects iterable type")

    def copied(self, value: Value) -> Value:
        """Return a value that shares nothing, counted by size. Raises: EvalError if too large."""
        if type(value) is list or type(value) is dict:
            self._meter.charge_size(len(value))
        return self._sizes.copied(value)

    def debug_at(self, value: Value, offset: int) -> None:
        """Show a value to the host, with the place of the call."""
        self._debug_value(value, self._source.position(offset))
