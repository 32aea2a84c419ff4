"""The way in: an engine compiles scripts and runs them."""

from collections import OrderedDict
from collections.abc import Callable, Mapping

from rhai.compiler.unit import CompiledUnit, UnitCompiler
from rhai.display import debug, display
from rhai.errors import ParseError, Position
from rhai.library import standard_library
from rhai.limits import Limits
from rhai.runtime.helpers import helper_table
from rhai.runtime.meter import Meter
from rhai.runtime.operators import operator_table
from rhai.runtime.registry import Native, Registry
from rhai.runtime.run import DebugHook, Run
from rhai.runtime.sizes import Sizes
from rhai.syntax.parser import Parser
from rhai.values import Value, check_value

_CACHED_SCRIPTS = 256
_MAX_CACHED_LENGTH = 65536


class Script:
    """A compiled script; run it any number of times, one run at a time or several at once."""

    __slots__ = ("_engine", "_unit")

    def __init__(self, engine: "Engine", unit: CompiledUnit) -> None:
        self._engine = engine
        self._unit = unit

    def run(self, scope: Mapping[str, Value] | None = None) -> Value:
        """Run the script and return its value.

        Args:
            scope: constants that the global level of the script sees by name.

        Raises:
            EvalError: the script failed.
            TypeError: the scope holds something that is no value of the language.
            OverflowError: the scope holds an integer outside i64.
        """
        constants = {name: check_value(value) for name, value in scope.items()} if scope else {}
        return self._engine.run_unit(self._unit, constants)


class Engine:
    """Compiles and runs scripts under one set of limits and functions.

    Args:
        limits: what a script may use up.
        on_print: receives the text of each ``print``.
        on_debug: receives text, source name (None for the main script) and place of each ``debug``.
        on_progress: called every few milliseconds or so; what it raises leaves `Script.run`
            unchanged, and no script can catch it.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        on_print: Callable[[str], None] | None = None,
        on_debug: DebugHook | None = None,
        on_progress: Callable[[], None] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._on_print = on_print
        self._on_debug = on_debug
        self._on_progress = on_progress
        sizes = self._sizes = Sizes(self.limits)
        self._registry = Registry(standard_library(sizes))
        self._registry.add(Native("print", (), lambda: self._print("")))
        self._registry.add(Native("print", (object,), lambda value: self._print(display(value))))
        self._operators = operator_table(sizes)
        self._helpers = helper_table(sizes, self._operators, self._registry)
        self._scripts: OrderedDict[str, Script] = OrderedDict()

    def compile(self, text: str) -> Script:
        """Return the compiled script; the same text gives the same script while it is cached.

        Raises:
            ParseError: the text is not a script.
        """
        script = self._scripts.get(text)
        if script is not None:
            self._scripts.move_to_end(text)
            return script
        script = Script(self, self._compile(text))
        if len(text) <= _MAX_CACHED_LENGTH:
            self._scripts[text] = script
            if len(self._scripts) > _CACHED_SCRIPTS:
                self._scripts.popitem(last=False)
        return script

    def _compile(self, text: str) -> CompiledUnit:
        parser = Parser(text, self.limits)
        try:
            return UnitCompiler(parser, self._helpers, self._operators, self._registry).compile()
        except (RecursionError, MemoryError):
            kind, message = "ExprTooDeep", "Expression exceeds maximum complexity"
            raise ParseError(kind, message, Position(1, 1)) from None

    def eval(self, text: str, scope: Mapping[str, Value] | None = None) -> Value:
        """Compile a script, or take it from the cache, and run it.

        Raises:
            ParseError: the text is not a script.
            EvalError: the script failed.
        """
        return self.compile(text).run(scope)

    def register_fn(
        self, name: str, function: Callable[..., Value], params: tuple[type, ...]
    ) -> None:
        """Let scripts call a Python function, also as a method of its first argument.

        Args:
            name: what scripts call it.
            function: takes values of the language and returns one. An `EvalError` that it raises
                is an error of the script; any other exception leaves `Script.run` unchanged.
            params: the type of each argument; `object` takes any value.
        """
        self._registry.add(Native(name, params, lambda *args: check_value(function(*args))))

    def run_unit(self, unit: CompiledUnit, constants: Mapping[str, Value]) -> Value:
        """Run compiled code with the caller's constants; `Script.run` is the public way."""
        meter = Meter(self.limits.max_operations, self._on_progress)
        return Run(meter, self._sizes, constants, unit.source, self._debug).execute(unit.run)

    def _print(self, text: str) -> None:
        if self._on_print:
            self._on_print(text)

    def _debug(self, value: Value, position: Position) -> None:
        if self._on_debug:
            self._on_debug(debug(value), None, position)
