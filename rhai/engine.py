"""The way in: an engine compiles scripts and runs them."""

import ast
import gc
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import signature
from time import monotonic, sleep
from typing import Any

from rhai.compiler.unit import Late, UnitCompiler
from rhai.display import debug, display
from rhai.errors import ParseError, Position
from rhai.library import standard_library
from rhai.limits import Limits
from rhai.options import Options
from rhai.runtime.functions import Functions
from rhai.runtime.helpers import helper_table, strict_properties
from rhai.runtime.meter import Meter
from rhai.runtime.modules import Module, Resolver
from rhai.runtime.operators import operator_table
from rhai.runtime.registry import GETTER, Native, Registry
from rhai.runtime.run import DebugHook, Run, Session
from rhai.runtime.sizes import Sizes
from rhai.runtime.unit import CompiledUnit
from rhai.syntax.parser import Parser
from rhai.syntax.source import Source
from rhai.syntax.tree import Block, Program, Site
from rhai.values import Foreign, Value, check_value

_NAP = 0.02  # seconds
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
        return self._engine.run_unit(self._unit, scope or {})


class Engine:
    """Compiles and runs scripts under one set of limits and functions.

    Args:
        limits: what a script may use up.
        options: which parts of the language it may use.
        on_print: receives the text of each ``print``.
        on_debug: receives text, source name (None for the main script) and place of each ``debug``.
        on_progress: called every few milliseconds or so; what it raises leaves `Script.run`
            unchanged, and no script can catch it.
        resolver: finds what scripts import; without one they can import registered modules only.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        on_print: Callable[[str], None] | None = None,
        on_debug: DebugHook | None = None,
        on_progress: Callable[[], None] | None = None,
        resolver: Resolver | None = None,
        options: Options | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.options = options or Options()
        self._on_print = on_print
        self._on_debug = on_debug
        self._on_progress = on_progress
        self._resolver = resolver
        sizes = self._sizes = Sizes(self.limits)
        self.registry = Registry(standard_library(sizes))
        self.registry.add(Native("print", (), lambda: self._print("")))
        self.registry.add(Native("print", (object,), lambda value: self._print(display(value))))
        self.registry.add(Native("sleep", (int,), self._sleep))
        self.registry.add(Native("sleep", (float,), self._sleep))
        self.operators = operator_table(sizes)
        self.helpers = helper_table(sizes, self.operators, self.registry)
        if self.options.fail_on_invalid_map_property:
            self.helpers.update(strict_properties(self.helpers))
        self._types: dict[type, type[Foreign]] = {}
        self._modules: dict[str, Module] = {}
        self._scripts: OrderedDict[str, Script] = OrderedDict()
        self._late: OrderedDict[tuple[object, ...], CompiledUnit] = OrderedDict()

    def compile(self, text: str) -> Script:
        """Return the compiled script; the same text gives the same script while it is cached.

        Raises:
            ParseError: the text is not a script.
        """
        script = self._scripts.get(text)
        if script is not None:
            self._scripts.move_to_end(text)
            return script
        script = Script(self, self.compile_unit(text, ""))
        if len(text) <= _MAX_CACHED_LENGTH:
            self._scripts[text] = script
            if len(self._scripts) > _CACHED_SCRIPTS:
                self._scripts.popitem(last=False)
        return script

    def compile_unit(self, text: str, name: str, *, is_library: bool = False) -> CompiledUnit:
        """Return a whole script as code; `Engine.compile` is the public way.

        Args:
            text: the script.
            name: what errors call it; empty for a main script.
            is_library: whether other texts call its functions.

        Raises:
            ParseError: the text is not a script.
        """
        with _nesting():
            parser = Parser(text, self.limits, self.options)
            parser.source.name = name
            parser.is_library = is_library
            return UnitCompiler(parser.source, parser.program(), self).compile()

    def python_text(self, text: str) -> str:
        """Return the Python code that a script is compiled to, for reading.

        Raises:
            ParseError: the text is not a script.
        """
        with _nesting():
            parser = Parser(text, self.limits, self.options)
            return ast.unparse(UnitCompiler(parser.source, parser.program(), self).module())

    def compile_module(self, text: str, name: str) -> CompiledUnit:
        """Return the text of a module as code, from the cache if it was imported before.

        Raises:
            ParseError: the text is not a script.
        """
        unit = self._late.get((text, name))
        if unit is None:
            unit = self.compile_unit(text, name, is_library=True)
            self._keep_late((text, name), unit)
        return unit

    def compile_at(self, text: str, site: Site) -> CompiledUnit:
        """Return the text of an ``eval`` as code for its site.

        Raises:
            ParseError: the text is not a script.
        """
        key = (text, site)
        unit = self._late.get(key)
        if unit is None:
            parser = Parser(text, self.limits, self.options).at_site(site)
            with _nesting():
                program = parser.program()
                captured = [slot for _, slot in parser.scopes.captures]
                late = Late("eval", site.in_function, captured, [])
                unit = self._compiled_late(parser.source, program, late)
            self._keep_late(key, unit)
        return unit

    def compile_again(self, unit: CompiledUnit, key: tuple[str, int], site: Site) -> CompiledUnit:
        """Return a function of a script as code that sees the variables of a site."""
        found = self._late.get((unit, key, site))
        if found is None:
            function = unit.definitions[key]
            parser = Parser(unit.source.text, self.limits, self.options)
            parser.source.name = unit.source.name
            with _nesting():
                closure = parser.again(function, site)
                again = closure.function
                program = Program(
                    Block([again.body], again.at), {}, again.slots, closures=parser.closures
                )
                captured = [slot for _, slot in closure.captures]
                parameters = again.parameters[again.captured :]
                late = Late(function.name, True, captured, parameters)
                found = self._compiled_late(parser.source, program, late)
            self._keep_late((unit, key, site), found)
        return found

    def _compiled_late(self, source: Source, program: Program, late: Late) -> CompiledUnit:
        unit = UnitCompiler(source, program, self, late).compile()
        unit.captures = [slot.name for slot in late.captured]
        return unit

    def _keep_late(self, key: tuple[object, ...], unit: CompiledUnit) -> None:
        self._late[key] = unit
        if len(self._late) > _CACHED_SCRIPTS:
            self._late.popitem(last=False)

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
        self.registry.add(self._native(name, function, params))

    def register_type(self, kind: type, name: str) -> None:
        """Let scripts hand objects of a Python class around; they see nothing of what is inside.

        Functions registered with the class as a parameter's type take them.

        Args:
            kind: the class; subclasses do not count.
            name: what ``type_of`` says.
        """
        self._types[kind] = type(name, (Foreign,), {"__slots__": (), "type_name": name})

    def register_getter(self, kind: type, name: str, read: Callable[[Any], Value]) -> None:
        """Let scripts read a property of values of a type."""
        self.registry.add(self._native(f"{GETTER}{name}", read, (kind,)))

    def register_module(
        self,
        name: str,
        functions: Mapping[str, Callable[..., Value]] | None = None,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Let scripts ``import`` a module of the host; it wins over what a resolver finds.

        Args:
            name: the path scripts import.
            functions: by name; each takes any values, as many as its signature has parameters.
            values: its variables, which scripts can only read.
        """
        own = Registry()
        for function_name, function in (functions or {}).items():
            count = len(signature(function).parameters)
            own.add(self._native(function_name, function, (object,) * count))
        constants = {key: self._wrapped(value) for key, value in (values or {}).items()}
        self._modules[name] = Module(constants, {}, Functions(self.registry, own))

    def _native(
        self, name: str, function: Callable[..., Value], params: tuple[type, ...]
    ) -> Native:
        types = tuple([self._types.get(kind, kind) for kind in params])

        def run(*args: Value) -> Value:
            return self._wrapped(function(*[_unwrapped(arg) for arg in args]))

        return Native(name, types, run)

    def _wrapped(self, value: object) -> Value:
        """Return a host's value as one of the language."""
        foreign = self._types.get(type(value))
        if foreign:
            return foreign(value)
        if self._types and type(value) is list:
            return [self._wrapped(item) for item in value]
        if self._types and type(value) is dict:
            return {key: self._wrapped(item) for key, item in value.items()}
        return check_value(value)

    def run_unit(self, unit: CompiledUnit, scope: Mapping[str, Value]) -> Value:
        """Run compiled code with the caller's constants; `Script.run` is the public way."""
        return _unwrapped(self.new_run(unit, scope).execute())

    def new_run(self, unit: CompiledUnit, scope: Mapping[str, Value]) -> Run:
        """Return a run of compiled code that has not begun."""
        constants = {name: self._wrapped(value) for name, value in scope.items()}
        meter = Meter(self.limits.max_operations, self._on_progress)
        session = Session(self, meter, self._sizes, self._resolve, self._debug)
        return Run(session, unit, constants)

    def _resolve(self, path: str, importer: str) -> str | Module | None:
        module = self._modules.get(path)
        if module is None and self._resolver:
            return self._resolver(path, importer)
        return module

    def _sleep(self, seconds: float) -> None:
        """Sleep in short naps; between two of them the host may end the run."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            sleep(min(left, _NAP))
            if self._on_progress:
                self._on_progress()

    def _print(self, text: str) -> None:
        if self._on_print:
            self._on_print(text)

    def _debug(self, value: Value, source: str, position: Position) -> None:
        if self._on_debug:
            self._on_debug(debug(value), source or None, position)


def _unwrapped(value: Value) -> Value:
    """Return a value as the host knows it: its own objects instead of what carries them."""
    if type(value) is list:
        return [_unwrapped(item) for item in value]
    if type(value) is dict:
        return {key: _unwrapped(item) for key, item in value.items()}
    return value.value if isinstance(value, Foreign) else value


@contextmanager
def _nesting() -> Iterator[None]:
    """Turn what Python cannot nest into the error that the language has for it.

    Compiling makes many objects that all live until its end; looking for garbage among them takes
    as long as the work itself, so that waits.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    except (RecursionError, MemoryError):
        kind, message = "ExprTooDeep", "Expression exceeds maximum complexity"
        raise ParseError(kind, message, Position(1, 1)) from None
    finally:
        if collects:
            gc.enable()
