"""Calling functions that are known only at run time: by name, by pointer, as methods.

Compiled code calls a script function it knows directly. Everything else comes here, with the
`depth` that the called function shall have.
"""

from collections.abc import Callable
from typing import NamedTuple

from rhai.runtime.faults import (
    data_race,
    function_not_found,
    non_pure_call,
    too_large,
    unbound_this,
)
from rhai.runtime.registry import Native, Overloads, Registry
from rhai.values import CONTAINERS, Fn, Value, copy_value, type_name

_MAX_ARGUMENTS = 255


class Cell:
    """A variable that several functions share, or what a method is called on.

    Attributes:
        value: what it holds.
        shared: whether a closure has captured it.
    """

    __slots__ = ("shared", "value")

    def __init__(self, value: Value) -> None:
        self.value = value
        self.shared = False


class FunctionInfo(NamedTuple):
    """What is known of a script function before anything runs."""

    name: str
    parameters: tuple[str, ...]
    captured: int
    uses_this: bool
    this_type: str
    private: bool

    @property
    def arity(self) -> int:
        """How many arguments it takes, what it captured included."""
        return len(self.parameters)


class ScriptFunction(NamedTuple):
    """A function of a script that is running."""

    info: FunctionInfo
    code: Callable[..., Value]

    def call(self, depth: int, this: Cell | None, args: tuple[Value, ...]) -> Value:
        """Call the function; the number of arguments must be right."""
        if self.info.uses_this:
            return self.code(depth, this, *args)
        return self.code(depth, *args)


class Functions:
    """The functions of one running script, by name.

    Args:
        registry: the functions of the engine, asked when the script has none.
        own: functions of the host that only this module has.
    """

    def __init__(self, registry: Registry, own: Registry | None = None) -> None:
        self.registry = registry
        self.own = own or Registry()
        self.all: dict[tuple[str, int], ScriptFunction] = {}
        self.methods: dict[tuple[str, int, str], ScriptFunction] = {}

    def add(self, function: ScriptFunction) -> None:
        """Make a function callable by name; closures are not."""
        info = function.info
        if info.this_type:
            self.methods[info.name, info.arity, info.this_type] = function
        else:
            self.all[info.name, info.arity] = function

    def knows(self, name: str) -> bool:
        """Return whether the script has a function of that name."""
        return any(known == name for known, _ in self.all)

    def method(self, name: str, arity: int, this: Value) -> ScriptFunction | None:
        """Return the function for a method call on a value, if the script has one."""
        if self.methods:
            typed = self.methods.get((name, arity, type_name(this)))
            if typed:
                return typed
        return self.all.get((name, arity))

    def call(self, depth: int, name: str, *args: Value) -> Value:
        """Call a function by name. Raises: EvalError if there is none."""
        function = self.all.get((name, len(args)))
        if function:
            return function.call(depth, None, args)
        return call_native(self.registry.overloads(name, len(args)), depth, *args)

    def call_method(self, depth: int, name: str, this: Value, *args: Value) -> tuple[Value, Value]:
        """Call a method; return what the receiver became, and the result.

        A closure in a property of that name comes first, then functions of the script.
        """
        function = property_function(this, name)
        if function:
            return call_pointer(depth, function, Cell(this), args)
        method = self.method(name, len(args), this)
        if method:
            cell = Cell(this)
            result = method.call(depth, cell, args)
            return cell.value, result
        overloads = self.registry.overloads(name, len(args) + 1)
        return native_on_place(overloads, depth, this, *args)

    def call_constant_method(self, depth: int, name: str, this: Value, *args: Value) -> Value:
        """Call a method of a constant, which functions of the script see a copy of."""
        script = property_function(this, name) or self.method(name, len(args), this)
        if script:
            return self.call_method(depth, name, copy_value(this), *args)[1]
        overloads = self.registry.overloads(name, len(args) + 1)
        return native_on_constant(overloads, depth, this, *args)


def property_function(this: Value, name: str) -> Fn | None:
    """Return the closure in a map's property, if there is one."""
    if type(this) is dict:
        found = this.get(name)
        if type(found) is Fn:
            return found
    return None


def call_pointer(
    depth: int, pointer: Fn, this: Cell, args: tuple[Value, ...]
) -> tuple[Value, Value]:
    """Call a function pointer on a receiver; return what that became, and the result."""
    if pointer.target is None:
        functions: Functions = pointer.home
        given = curried(pointer) + args
        function = functions.method(pointer.name, len(given), this.value)
        if function is None:
            overloads = functions.registry.overloads(pointer.name, len(given) + 1)
            return native_on_place(overloads, depth, this.value, *given)
        result = function.call(depth, this, given)
    else:
        result = call_target(depth, pointer, this, args)
    return this.value, result


def call_fn(depth: int, pointer: Value, *args: Value) -> Value:
    """Call a function pointer. Raises: EvalError if it is none, or takes other arguments."""
    if type(pointer) is not Fn:
        raise function_not_found("call", (pointer, *args))
    if pointer.target is None:
        functions: Functions = pointer.home
        return functions.call(depth, pointer.name, *curried(pointer), *args)
    return call_target(depth, pointer, None, args)


def call_target(depth: int, pointer: Fn, this: Cell | None, args: tuple[Value, ...]) -> Value:
    """Call a closure. Raises: EvalError if it takes another number of arguments."""
    target: ScriptFunction = pointer.target
    given = curried(pointer) + args
    if len(given) != target.info.arity:
        shown = [arg.value if type(arg) is Cell else arg for arg in given]
        raise function_not_found(pointer.name, tuple(shown))
    return target.call(depth, this, given)


def curried(pointer: Fn) -> tuple[Value, ...]:
    """Return the curried arguments, ready to be passed."""
    if any(type(value) in CONTAINERS for value in pointer.curried):
        return tuple(map(copy_value, pointer.curried))
    return pointer.curried


def call_on(depth: int, this: Value, *args: Value) -> tuple[Value, Value]:
    """Do ``this.call(args)``: call a pointer, or call the pointer in the first argument on this."""
    if type(this) is Fn:
        return this, call_fn(depth, this, *args)
    if args and type(args[0]) is Fn:
        return call_pointer(depth, args[0], Cell(this), args[1:])
    if (function := property_function(this, "call")) is not None:
        return call_pointer(depth, function, Cell(this), args)
    raise function_not_found("call", (this, *args))


def call_on_cell(depth: int, cell: Cell, *args: Value) -> tuple[Value, Value]:
    """Do the same for a captured variable. Raises: EvalError if the closure captured it too."""
    if args and type(args[0]) is Fn and type(cell.value) is not Fn:
        for number, value in enumerate(args[0].curried):
            if value is cell:
                raise data_race(f"argument #{number + 1} of function '{args[0].name}'")
    return call_on(depth, cell.value, *args)


def curry(pointer: Value, *args: Value) -> Fn:
    """Return a pointer with more arguments fixed. Raises: EvalError if it is none."""
    if type(pointer) is not Fn:
        raise function_not_found("curry", (pointer, *args))
    if len(pointer.curried) + len(args) > _MAX_ARGUMENTS:
        raise too_large("Number of arguments too large")
    return Fn(pointer.name, pointer.curried + args, pointer.target, pointer.home)


def bound(this: Cell | None) -> Cell:
    """Return what ``this`` is bound to. Raises: EvalError if it is not."""
    if this is None:
        raise unbound_this()
    return this


def is_shared(cell: Cell) -> bool:
    """Return whether a closure has captured a variable."""
    return cell.shared


def _run(native: Native, depth: int, args: tuple[Value, ...]) -> Value:
    return native.run(depth, *args) if native.calls_back else native.run(*args)


def _chosen(overloads: Overloads, args: tuple[Value, ...]) -> Native:
    native = overloads.find(args)
    if native is None:
        raise function_not_found(overloads.name, args)
    return native


def call_native(overloads: Overloads, depth: int, *args: Value) -> Value:
    """Call a library function by value."""
    native = _chosen(overloads, args)
    result = _run(native, depth, args)
    return result[1] if native.mutates else result


def native_on_place(overloads: Overloads, depth: int, *args: Value) -> tuple[Value, Value]:
    """Call a library function on a place; return what that became, and the result."""
    native = _chosen(overloads, args)
    result = _run(native, depth, args)
    return result if native.mutates else (args[0], result)


def native_on_constant(overloads: Overloads, depth: int, *args: Value) -> Value:
    """Call a library function as a method of a constant."""
    native = _chosen(overloads, args)
    if native.mutates:
        raise non_pure_call(overloads.name)
    return _run(native, depth, args)


def method_styles(overloads: Overloads) -> dict[str, Callable[..., Value]]:
    """Return the ways to call a library function as a method of what may be a map."""
    name = overloads.name

    def by_value(depth: int, this: Value, *args: Value) -> Value:
        function = property_function(this, name)
        if function is None:
            return call_native(overloads, depth, this, *args)
        return call_pointer(depth, function, Cell(this), args)[1]

    def on_place(depth: int, this: Value, *args: Value) -> tuple[Value, Value]:
        function = property_function(this, name)
        if function is None:
            return native_on_place(overloads, depth, this, *args)
        return call_pointer(depth, function, Cell(this), args)

    def on_constant(depth: int, this: Value, *args: Value) -> Value:
        function = property_function(this, name)
        if function is None:
            return native_on_constant(overloads, depth, this, *args)
        return call_pointer(depth, function, Cell(copy_value(this)), args)[1]

    return {"value": by_value, "place": on_place, "constant": on_constant}
