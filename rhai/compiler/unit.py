"""Compiling a whole script.

A script becomes one Python function whose parameters are what differs from run to run: the
caller's constants, the operation counter, the functions by name. Script functions and closures are
defined inside it, before the first statement, so that they are hoisted and call each other
directly. Everything else the code names stands in its globals: the operators and the library
functions of one engine, nothing of Python's (``__builtins__`` is empty). The only names in the code
are those the compiler makes up, and the only attribute is what a cell holds.

A captured variable lives in a cell that its Python local holds (`tree.Slot.shared`); a closure
takes the cells of what it captured as its first arguments. ``this`` is a cell too, and a parameter
of the functions that mention it. The text of an ``eval`` is compiled as if it were a closure at its
call site, with the `Site`'s variables to capture. A module is another script that is run when it is
imported.
"""

import ast
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType
from typing import NamedTuple

from rhai.compiler import emit
from rhai.compiler.frame import Frame
from rhai.compiler.infer import Types
from rhai.compiler.statements import StatementCompiler
from rhai.errors import EvalError
from rhai.runtime.functions import FunctionInfo, method_styles
from rhai.runtime.registry import Overloads
from rhai.runtime.run import RUN_PARAMETERS
from rhai.runtime.sizes import Sizes
from rhai.runtime.trace import UNIT_NAME
from rhai.runtime.unit import CompiledUnit, Definition, Engines
from rhai.syntax.source import Source
from rhai.syntax.tree import Function, Program, Slot

_FOLDED = frozenset({int, float, bool, str})
_FILE_NAME = "<rhai>"
# What code compiled for a site takes besides: the depth of its calls, `this`, its new variables.
_SITE_PARAMETERS = ["depth", "this", "added"]


class Late(NamedTuple):
    """What code takes that is compiled for a site, after `_SITE_PARAMETERS`.

    Attributes:
        name: what errors call the code.
        in_function: whether the caller's constants are out of reach.
        captured: the variables of the site that it mentions; their cells are passed.
        parameters: the variables whose values are passed.
    """

    name: str
    in_function: bool
    captured: list[Slot]
    parameters: list[Slot]


class UnitCompiler:
    """Compiles one script for one engine.

    Args:
        source: the text.
        program: what it means.
        engine: operators, functions and limits.
        late: what code for a site takes; None for a whole script.
    """

    def __init__(
        self,
        source: Source,
        program: Program,
        engine: Engines,
        late: Late | None = None,
    ) -> None:
        self._source = source
        self._program = program
        self._engine = engine
        self._late = late
        self.is_late = late is not None
        self.functions = program.functions
        self.modules = program.modules
        self.global_constants = {
            constant: f"g{number}" for number, constant in enumerate(sorted(program.constants))
        }
        self.quick_string = Sizes(engine.limits).quick_string
        self.max_array_size = engine.limits.max_array_size
        self.checks_properties = engine.options.fail_on_invalid_map_property
        self._method_keys = {key[:2] for key in [*program.functions, *program.methods]}
        self._function_names = {name for name, _ in program.functions}
        self._names: dict[Function, str] = {
            function: f"f{number}" for number, function in enumerate(self._all_functions())
        }
        self._globals: dict[str, object] = {**engine.helpers, "__builtins__": {}}
        self._natives: dict[tuple[str, int, str], str] = {}
        self._constants = 0

    def _all_functions(self) -> Iterable[Function]:
        program = self._program
        return [*program.functions.values(), *program.methods.values(), *program.closures]

    def _all_slots(self) -> Iterator[Slot]:
        yield from self._program.slots
        for function in self._all_functions():
            yield from function.slots
            yield function.result

    def compile(self) -> CompiledUnit:
        """Return the script as code. The program is of no use afterwards."""
        code = _only_function(compile(self.module(), _FILE_NAME, "exec"))
        unit = CompiledUnit(self._source, self._error_names(), self._definitions())
        self._globals[UNIT_NAME] = unit
        unit.run = FunctionType(code, self._globals)
        for slot in self._all_slots():
            slot.writes.clear()  # else variables and expressions keep each other alive
        return unit

    def _definitions(self) -> dict[tuple[str, int], Definition]:
        return {
            key: Definition(function.name, function.at, function.first_token)
            for key, function in self.functions.items()
        }

    def module(self) -> ast.Module:
        """Return the script as a tree of Python code."""
        self._types = Types(self._all_slots())
        functions = [self._function(function) for function in self._all_functions()]
        depth: ast.expr = emit.constant(1, 0)
        if self.is_late:
            depth = emit.binary("+", emit.load("depth", 0), depth, 0)
        main = StatementCompiler(
            self,
            self._types,
            self._program.slots,
            depth,
            is_global=self._late is None or not self._late.in_function,
            is_main=True,
        )
        statements = main.body(self._program.body)
        body = [*self._prologue(), *functions, *self._link(), *statements]
        parameters = [*RUN_PARAMETERS]
        if self._late is not None:
            slots = [*self._late.captured, *self._late.parameters]
            parameters += [*_SITE_PARAMETERS, *[main.variable(slot) for slot in slots]]
            body = [*_shared(main, self._late.parameters, 0), *body]
        return ast.Module([emit.function("main", parameters, body, 0)], [])

    def _error_names(self) -> dict[str, str]:
        names = {python: function.name for function, python in self._names.items()}
        return {**names, "main": self._late.name if self._late else ""}

    def _prologue(self) -> list[ast.stmt]:
        """Make the variables that functions share with the global level, and tables for `eval`."""
        none = emit.constant(None, 0)
        names = [f"m{number}" for number in range(self._program.module_count)]
        names += self.global_constants.values()
        tables = [slot for slot in self._program.slots if not slot.name]
        return [emit.assign(name, none, 0) for name in names] + [
            emit.assign(f"v{slot.number}", emit.dict_of([], [], 0), 0) for slot in tables
        ]

    def _link(self) -> list[ast.stmt]:
        """Make functions known by name, if anything may ask for them by name."""
        args: list[ast.expr] = []
        for function in [*self.functions.values(), *self._program.methods.values()]:
            code, info = self.closure_names(function)
            args += [emit.load(info, 0), emit.load(code, 0)]
        return [emit.expression(emit.call("link", args, 0), 0)] if args else []

    def _function(self, function: Function) -> ast.stmt:
        at = function.at
        deeper = emit.binary("+", emit.load("depth", at), emit.constant(1, at), at)
        frame = StatementCompiler(self, self._types, function.slots, deeper, is_global=False)
        max_calls = emit.constant(self._engine.limits.max_call_levels, at)
        too_deep = emit.compare(emit.load("depth", at), ">", max_calls, at)
        overflow = emit.expression(emit.call("overflow_stack", [], at), at)
        prologue: list[ast.stmt] = [
            emit.when(too_deep, [overflow], [], at),
            emit.expression(emit.call("tick", [], at), at),
        ]
        prologue += _shared(frame, function.parameters[function.captured :], at)
        prologue += [
            emit.assign(frame.variable(slot), emit.dict_of([], [], at), at)
            for slot in function.slots
            if not slot.name
        ]
        parameters = ["depth", *(["this"] if function.uses_this else [])]
        parameters += [frame.variable(slot) for slot in function.parameters]
        body = prologue + frame.body(function.body)
        return emit.function(self._names[function], parameters, body, at)

    def function_name(self, function: Function) -> str:
        """Return the Python name of a script function."""
        return self._names[function]

    def closure_names(self, function: Function) -> tuple[str, str]:
        """Return the Python names of a function's code and of what is known about it."""
        code = self._names[function]
        self._globals[f"i{code}"] = FunctionInfo(
            function.name,
            tuple([slot.name for slot in function.parameters]),
            function.captured,
            function.uses_this,
            function.this_type,
            function.private,
        )
        return code, f"i{code}"

    def has_method(self, name: str, arity: int) -> bool:
        """Return whether the script has a function that can be called as a method."""
        return (name, arity) in self._method_keys

    def is_function(self, name: str) -> bool:
        """Return whether the script has a function of that name."""
        return name in self._function_names

    def constant_name(self, value: object) -> str:
        """Return a Python name that stands for a constant object."""
        name = f"k{self._constants}"
        self._constants += 1
        self._globals[name] = value
        return name

    def native_name(self, name: str, arity: int, style: str) -> str:
        """Return the Python name a library function is called by.

        Args:
            name: the function's.
            arity: its number of arguments.
            style: ``native`` or, for a method of what may be a map, ``method``; then how the first
                argument goes: by ``value``, as a ``place``, or as a ``constant``.
        """
        key = (name, arity, style)
        if key not in self._natives:
            self._natives[key] = python_name = f"n{len(self._natives)}"
            kind, how = style.split()
            overloads = self.overloads(name, arity)
            is_plain = kind == "native" and not overloads.calls_back
            styles = overloads.styles if is_plain else method_styles(overloads)
            self._globals[python_name] = styles[how]
        return self._natives[key]

    def overloads(self, name: str, arity: int) -> Overloads:
        """Return the library functions of that name and arity, possibly none yet."""
        return self._engine.registry.overloads(name, arity)

    def fold(self, op: str, left: object, right: object) -> ast.Constant | None:
        """Return an operator's result on two constants, unless it fails."""
        try:
            result = self._engine.operators[op](left, right)
        except EvalError:
            return None
        return emit.constant(result, 0) if type(result) in _FOLDED else None


def _shared(frame: Frame, parameters: list[Slot], at: int) -> list[ast.stmt]:
    """Return the statements that move shared parameters to cells."""
    return [
        frame.defining(slot, emit.load(frame.variable(slot), at), at)
        for slot in parameters
        if slot.shared
    ]


def _only_function(module: CodeType) -> CodeType:
    return next(const for const in module.co_consts if isinstance(const, CodeType))
