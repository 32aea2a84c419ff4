"""Functions that scripts can call, by name, number of arguments and types of arguments.

A call site holds the `Overloads` of its name and arity, not a function: what is registered later
is seen by scripts that were compiled before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rhai.runtime.faults import function_not_found, non_pure_call
from rhai.values import Value

ANY_TYPE = object
GETTER = "get$"  # a property is a function of one argument under this prefix


@dataclass(frozen=True, slots=True)
class Native:
    """A function of the host or the library.

    Attributes:
        name: what scripts call it.
        types: the Python type of each argument; `object` takes any.
        run: takes the arguments and returns a value; a mutating function returns the new first
            argument and its result.
        mutates: whether it changes its first argument.
        calls_back: whether it calls functions of the script; it then takes the depth they shall
            have before its arguments.
    """

    name: str
    types: tuple[type, ...]
    run: Callable[..., Value]
    mutates: bool = False
    calls_back: bool = False


class Overloads:
    """The functions of one name and arity, chosen by the types of the arguments."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.natives: list[Native] = []
        self._chosen: dict[tuple[type, ...], Native] = {}

    @property
    def styles(self) -> dict[str, Callable[..., Value]]:
        """How a function can be called, by how its first argument goes."""
        return {
            "value": self.call,
            "place": self.call_on_place,
            "constant": self.call_on_constant,
        }

    @property
    def mutates(self) -> bool:
        """Whether one of them changes its first argument."""
        return any(native.mutates for native in self.natives)

    @property
    def calls_back(self) -> bool:
        """Whether one of them calls functions of the script."""
        return any(native.calls_back for native in self.natives)

    def add(self, native: Native) -> None:
        """Add a function; it takes the place of one with the same types."""
        self.natives = [other for other in self.natives if other.types != native.types]
        self.natives.append(native)
        # Exact types win over `object`, whatever the order of registration.
        self.natives.sort(key=lambda native: native.types.count(ANY_TYPE))
        self._chosen.clear()

    def find(self, args: tuple[Value, ...]) -> Native | None:
        """Return the function for these arguments, if there is one."""
        types = tuple(map(type, args))
        native = self._chosen.get(types)
        if native is None:
            native = next((n for n in self.natives if _takes(n.types, types)), None)
            if native is not None:
                self._chosen[types] = native
        return native

    def call(self, *args: Value) -> Value:
        """Call with arguments by value and return the result.

        Raises:
            EvalError: no function takes these types, or it failed.
        """
        native = self.find(args)
        if native is None:
            raise function_not_found(self.name, args)
        result = native.run(*args)
        return result[1] if native.mutates else result

    def call_on_place(self, *args: Value) -> tuple[Value, Value]:
        """Call with the first argument by reference; return what it became, and the result.

        Raises:
            EvalError: no function takes these types, or it failed.
        """
        native = self.find(args)
        if native is None:
            raise function_not_found(self.name, args)
        result = native.run(*args)
        return result if native.mutates else (args[0], result)

    def call_on_constant(self, *args: Value) -> Value:
        """Call as a method of a constant and return the result.

        Raises:
            EvalError: the function would change the constant, there is none, or it failed.
        """
        native = self.find(args)
        if native is not None and native.mutates:
            raise non_pure_call(self.name)
        return self.call(*args)


class Registry:
    """All functions of one engine."""

    def __init__(self, natives: Iterable[Native] = ()) -> None:
        self._overloads: dict[tuple[str, int], Overloads] = {}
        for native in natives:
            self.add(native)

    def add(self, native: Native) -> None:
        """Make a function callable."""
        self.overloads(native.name, len(native.types)).add(native)

    def overloads(self, name: str, arity: int) -> Overloads:
        """Return the functions of a name and arity; empty if there are none."""
        found = self._overloads.get((name, arity))
        if found is None:
            found = self._overloads[name, arity] = Overloads(name)
        return found


def _takes(wanted: tuple[type, ...], types: tuple[type, ...]) -> bool:
    return all(want is ANY_TYPE or want is kind for want, kind in zip(wanted, types, strict=True))
