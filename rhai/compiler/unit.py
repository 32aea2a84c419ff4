"""Compiling a whole script.

A script becomes one Python function whose parameters are what differs from run to run: the
caller's constants and the operation counter. Script functions are defined inside it, before the
first statement, so that they are hoisted and call each other directly. Everything else the code
names stands in its globals: the operators and the library functions of one engine, nothing of
Python's (``__builtins__`` is empty). The only names in the code are those the compiler makes up.

What comes later has its place: a captured variable becomes a cell held by the same Python local
(`tree.Slot` marks it, `frame.variable` reads and writes through it); ``this`` is one more parameter
of a function; ``eval`` compiles against the `Scopes` of its call site, whose variables then are
cells too; a module is another unit whose functions and constants stand in the importer's globals.
"""

import ast
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from rhai.compiler import emit
from rhai.compiler.statements import StatementCompiler
from rhai.errors import EvalError, ParseError
from rhai.runtime.operators import BinaryOperator
from rhai.runtime.registry import Overloads, Registry
from rhai.runtime.sizes import Sizes
from rhai.runtime.trace import UNIT_NAME
from rhai.syntax.parser import Parser
from rhai.syntax.source import Source
from rhai.syntax.tree import Function, Program

_FOLDED = frozenset({int, float, bool, str})
_FILE_NAME = "<rhai>"
RUN_PARAMETERS = [
    "host",
    "no_assignment",
    "ticks",
    "tick",
    "turns",
    "iterate",
    "debug_at",
    "copied",
]


# How a library function takes its first argument: by value, by reference, or as a constant.
_CALL_STYLES: dict[str, Callable[[Overloads], object]] = {
    "value": lambda overloads: overloads.call,
    "place": lambda overloads: overloads.call_on_place,
    "constant": lambda overloads: overloads.call_on_constant,
}


class CompiledUnit:
    """A script as Python code, ready to run any number of times.

    Attributes:
        source: the text, for places.
        function_names: Rhai names of the Python functions.
        run: takes `RUN_PARAMETERS` in order and returns the script's value.
    """

    def __init__(self, source: Source, names: dict[str, str]) -> None:
        self.source = source
        self.function_names = names
        self.run: Callable[..., Any]


class UnitCompiler:
    """Compiles one script for one engine.

    Args:
        parser: a parser of the text, not used before.
        helpers: what generated code may name, by name.
        operators: the engine's operators, for folding constants.
        registry: the engine's functions.
    """

    def __init__(
        self,
        parser: Parser,
        helpers: dict[str, object],
        operators: dict[str, BinaryOperator],
        registry: Registry,
    ) -> None:
        self._source = parser.source
        self._program: Program = parser.program()
        self.functions = self._program.functions
        self.quick_string = Sizes(parser.limits).quick_string
        self._max_calls = parser.limits.max_call_levels
        self._operators = operators
        self._registry = registry
        self._names: dict[Function, str] = {
            function: f"f{number}" for number, function in enumerate(self.functions.values())
        }
        self._globals: dict[str, object] = {**helpers, "__builtins__": {}}
        self._natives: dict[tuple[str, int, str], str] = {}

    def compile(self) -> CompiledUnit:
        """Return the script as code.

        Raises:
            ParseError: the script uses what this engine leaves out.
        """
        body = [self._function(function) for function in self.functions.values()]
        main = StatementCompiler(self, self._program.slots, emit.constant(1, 0), is_global=True)
        body += main.body(self._program.body)
        module = ast.Module([emit.function("main", RUN_PARAMETERS, body, 0)], [])
        names = {python: function.name for function, python in self._names.items()}
        unit = CompiledUnit(self._source, names)
        self._globals[UNIT_NAME] = unit
        code = _only_function(compile(module, _FILE_NAME, "exec"))
        unit.run = FunctionType(code, self._globals)
        return unit

    def _function(self, function: Function) -> ast.stmt:
        at = function.at
        deeper = emit.binary("+", emit.load("depth", at), emit.constant(1, at), at)
        frame = StatementCompiler(self, function.slots, deeper, is_global=False)
        too_deep = emit.compare(emit.load("depth", at), ">", emit.constant(self._max_calls, at), at)
        overflow = emit.expression(emit.call("overflow_stack", [], at), at)
        prologue = [
            emit.when(too_deep, [overflow], [], at),
            emit.expression(emit.call("tick", [], at), at),
        ]
        parameters = ["depth", *[f"v{slot.number}" for slot in function.parameters]]
        return emit.function(
            self._names[function], parameters, prologue + frame.body(function.body), at
        )

    def function_name(self, function: Function) -> str:
        """Return the Python name of a script function."""
        return self._names[function]

    def native_name(self, name: str, arity: int, style: str) -> str:
        """Return the Python name a library function is called by."""
        key = (name, arity, style)
        if key not in self._natives:
            self._natives[key] = python_name = f"n{len(self._natives)}"
            self._globals[python_name] = _CALL_STYLES[style](self.overloads(name, arity))
        return self._natives[key]

    def overloads(self, name: str, arity: int) -> Overloads:
        """Return the library functions of that name and arity, possibly none yet."""
        return self._registry.overloads(name, arity)

    def unsupported(self, what: str, at: int) -> ParseError:
        """Return the error for a construct this engine leaves out."""
        return self._source.error("Unsupported", f"{what} not supported by this engine", at)

    def fold(self, op: str, left: object, right: object) -> ast.Constant | None:
        """Return an operator's result on two constants, unless it fails."""
        try:
            result = self._operators[op](left, right)
        except EvalError:
            return None
        return emit.constant(result, 0) if type(result) in _FOLDED else None


def _only_function(module: CodeType) -> CodeType:
    return next(const for const in module.co_consts if isinstance(const, CodeType))
