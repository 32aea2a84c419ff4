"""Functions of a script as arguments of library functions.

A library function that walks a container calls such a function with the element, with the element
and its index, or on the element as ``this``, whatever the function's parameters ask for.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from rhai.runtime.faults import function_not_found
from rhai.runtime.functions import Cell, Functions, ScriptFunction, call_native, curried
from rhai.values import CONTAINERS, Fn, Value, copy_value

Caller: TypeAlias = Callable[..., Value]


def _owned(value: Value) -> Value:
    return copy_value(value) if type(value) in CONTAINERS else value


class Callback:
    """A function pointer, called many times with the same number of arguments.

    Args:
        depth: what the function shall have as its depth.
        pointer: the function pointer.
        given: how many arguments there always are.
        this: which of them may be `this` instead.

    Attributes:
        simple: calls the function with just the given arguments, which must not be containers.
        call: calls it with the given arguments and an index.
    """

    def __init__(self, depth: int, pointer: Fn, given: int, this: int = 0) -> None:
        self._depth = depth
        self._pointer = pointer
        self._given = given
        self._this = this
        self.simple: Callable[..., Value] | None = None
        self.call: Callable[..., Value] = self._choose()

    def _choose(self) -> Callable[..., Value]:
        """Return a function of the given arguments and one more, the index."""
        fixed = len(self._pointer.curried)
        for count, make in (
            (self._given, self._plain),
            (self._given - 1, self._on_element),
            (self._given + 1, self._with_index),
        ):
            function = self._function(fixed + count)
            if function:
                return make(function)
        return self._native()

    def _function(self, arity: int) -> ScriptFunction | None:
        target: ScriptFunction | None = self._pointer.target
        if target is not None:
            return target if target.info.arity == arity else None
        functions: Functions = self._pointer.home
        return functions.all.get((self._pointer.name, arity))

    def _plain(self, function: ScriptFunction) -> Callable[..., Value]:
        leading = self._leading(function)
        code = function.code

        def call(*args: Value) -> Value:
            return code(*leading, *map(_owned, args[:-1]))

        if not any(type(value) in CONTAINERS for value in self._pointer.curried):
            self.simple = partial(code, *leading)
        return call

    def results(self, items: list[Value]) -> list[Value]:
        """Return the results for all items of an array."""
        simple = self.simple
        if simple is not None and CONTAINERS.isdisjoint(map(type, items)):
            return [simple(item) for item in items]
        call = self.call
        return [call(item, index) for index, item in enumerate(items)]

    def _leading(self, function: ScriptFunction) -> list[Value]:
        this = [None] if function.info.uses_this else []
        return [self._depth, *this, *curried(self._pointer)]

    def _with_index(self, function: ScriptFunction) -> Callable[..., Value]:
        leading = self._leading(function)
        code = function.code

        def call(*args: Value) -> Value:
            return code(*leading, *map(_owned, args))

        return call

    def _on_element(self, function: ScriptFunction) -> Callable[..., Value]:
        at = self._this

        def call(*args: Value) -> Value:
            values = list(map(_owned, args[:-1]))
            cell = Cell(values.pop(at))
            return function.call(self._depth, cell, (*curried(self._pointer), *values))

        return call

    def _native(self) -> Callable[..., Value]:
        functions: Functions = self._pointer.home
        name, fixed = self._pointer.name, len(self._pointer.curried)
        plain = functions.registry.overloads(name, fixed + self._given)
        indexed = functions.registry.overloads(name, fixed + self._given + 1)

        def call(*args: Value) -> Value:
            all_args = (*curried(self._pointer), *map(_owned, args))
            if self._pointer.target is None and plain.find(all_args[:-1]):
                return call_native(plain, self._depth, *all_args[:-1])
            if self._pointer.target is None and indexed.find(all_args):
                return call_native(indexed, self._depth, *all_args)
            raise function_not_found(name, tuple(map(_shown, all_args[:-1])))

        return call


def _shown(value: Value) -> Value:
    return value.value if type(value) is Cell else value
