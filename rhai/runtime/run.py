"""One run of a compiled script: its counter, the caller's constants, and the way out.

Whatever happens inside, a run ends in a value, in an `EvalError`, or in what the host's own
callbacks raised.
"""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from rhai.errors import EvalError, ParseError, Position, RhaiError, ScriptError, ScriptExit
from rhai.runtime import faults
from rhai.runtime.functions import (
    Cell,
    FunctionInfo,
    Functions,
    ScriptFunction,
    call_on,
)
from rhai.runtime.helpers import make_range
from rhai.runtime.meter import Meter
from rhai.runtime.modules import Module, Resolver
from rhai.runtime.sizes import Sizes
from rhai.runtime.trace import resolve
from rhai.runtime.unit import CompiledUnit, Engines
from rhai.syntax.tokens import is_function_name, is_reserved
from rhai.syntax.tree import Site
from rhai.values import (
    CONTAINERS,
    Blob,
    Char,
    Fn,
    Range,
    Series,
    Value,
    copy_value,
)

DebugHook = Callable[[str, str | None, Position], None]

# The methods of `Run` that compiled code is given, in the order of its parameters.
_METHODS = [
    "host",
    "no_assignment",
    "turns",
    "iterate",
    "debug_at",
    "copied",
    "link",
    "make_fn",
    "make_closure",
    "call_named",
    "call_method",
    "call_constant_method",
    "call_on_copy",
    "find_cell",
    "eval_text",
    "scoped_call",
    "is_def_var",
    "is_def_fn",
    "metadata",
    "import_module",
    "publish",
    "export",
]
RUN_PARAMETERS = ["ticks", "tick", *_METHODS]


_METADATA_TYPES = frozenset({(), (str,), (str, int)})


def _described(function: ScriptFunction) -> dict[str, Value]:
    info = function.info
    described: dict[str, Value] = {
        "name": info.name,
        "access": "private" if info.private else "public",
        "params": list(info.parameters),
        "is_anonymous": False,
    }
    if info.this_type:
        described["this_type"] = info.this_type
    return described


@dataclass(slots=True)
class Session:
    """What a script and the modules it imports have in common.

    Attributes:
        engine: compiles what comes up while running.
        meter: counts this run.
        sizes: how large values may grow.
        resolver: finds modules.
        debug_value: receives a value, the source's name and the place of a ``debug`` call.
        imported: how many modules were imported.
    """

    engine: Engines
    meter: Meter
    sizes: Sizes
    resolver: Resolver | None
    debug_value: Callable[[Value, str, Position], None]
    imported: int = 0


class Run:
    """What differs from run to run; compiled code gets its methods as arguments.

    Args:
        session: what is common to the whole run.
        unit: the code.
        scope: the caller's constants.
        location: the path that what it imports is relative to; empty for the main script.
    """

    __slots__ = (
        "_arguments",
        "_location",
        "_meter",
        "_scope",
        "_session",
        "_sizes",
        "_unit",
        "exports",
        "functions",
        "modules",
    )

    def __init__(
        self,
        session: Session,
        unit: CompiledUnit,
        scope: Mapping[str, Value],
        location: str = "",
    ) -> None:
        self._session = session
        self._sizes = session.sizes
        self._unit = unit
        self._scope = scope
        self._location = location
        self._meter = session.meter
        self.functions = Functions(session.engine.registry)
        self.exports: dict[str, Cell] = {}
        self.modules: dict[str, Module] = {}
        ticks = session.meter.ticks
        methods = [getattr(self, name) for name in _METHODS]
        self._arguments = [ticks, ticks.__next__, *methods]

    def execute(self) -> Value:
        """Run compiled code to its end.

        Raises:
            EvalError: the script failed; place and call stack are filled in.
        """
        return self._ended(lambda: self._unit.run(*self._arguments))

    def feed(self, unit: CompiledUnit, variables: dict[str, Cell]) -> Value:
        """Run code that was compiled to see some variables, and that may add some.

        Raises:
            EvalError: it failed; place and call stack are filled in.
        """
        captured = [variables[name] for name in unit.captures]
        return self._ended(lambda: unit.run(*self._arguments, 1, None, variables, *captured))

    def _ended(self, code: Callable[[], Value]) -> Value:
        try:
            return code()
        except ScriptExit as done:
            return done.value
        except EvalError as error:
            raise resolve(error).with_traceback(None) from None
        except RecursionError:
            raise faults.stack_overflow() from None
        except MemoryError:
            raise faults.too_large("Out of memory") from None

    def load(self) -> None:
        """Run the code of a module; what it raises is the importer's to explain."""
        with suppress(ScriptExit):
            self._unit.run(*self._arguments)

    def host(self, name: str) -> Value:
        """Return a constant of the caller. Raises: EvalError if there is none."""
        if name in self._scope:
            return self._scope[name]
        if self.functions.knows(name):
            return Fn(name, (), None, self.functions)
        raise faults.variable_not_found(name)

    def no_assignment(self, name: str) -> NoReturn:
        """Raise the error for assigning to a name that no variable of the script has."""
        if name in self._scope:
            raise faults.constant_modified(name)
        raise faults.variable_not_found(name)

    def turns(self, start: Value, end: Value, inclusive: bool) -> Iterable[int]:
        """Return the numbers of a range for a loop, counted."""
        if type(start) is int and type(end) is int:
            return self._meter.turns(range(start, end + inclusive))
        return self._meter.turns(make_range(start, end, inclusive).indices())

    def iterate(self, value: Value) -> Iterable[Value]:
        """Return the items of a value for a loop, counted. Raises: EvalError if it has none."""
        kind, meter = type(value), self._meter
        if kind is Range:
            return meter.turns(value.indices())
        if kind is Series:
            return meter.each(value.items)
        if kind is str:
            meter.charge(len(value))
            return map(Char, value)
        if kind is list or kind is Blob:
            meter.charge(len(value))
            items: Iterable[Value] = copy_value(value)
            return items
        raise ScriptError("ErrorFor", "For loop expects iterable type")

    def copied(self, value: Value) -> Value:
        """Return a value that shares nothing, counted by size. Raises: EvalError if too large."""
        if type(value) in CONTAINERS:
            self._meter.charge_size(len(value))
        return self._sizes.copied(value)

    def debug_at(self, value: Value, offset: int) -> None:
        """Show a value to the host, with the place of the call."""
        source = self._unit.source
        self._session.debug_value(value, source.name, source.position(offset))

    def link(self, *functions: object) -> None:
        """Make functions callable by name; each comes as what is known of it, and its code."""
        for info, code in zip(functions[::2], functions[1::2], strict=True):
            assert isinstance(info, FunctionInfo)
            assert callable(code)
            self.functions.add(ScriptFunction(info, code))

    def make_fn(self, name: Value) -> Fn:
        """Return a pointer to a function. Raises: EvalError if the name can be no function's."""
        if type(name) is not str:
            raise faults.type_mismatch(name, "string")
        if is_reserved(name):
            kind = "keyword" if name[0].isalpha() else "symbol"
            message = f"Syntax error: '{name}' is a reserved {kind}"
            raise EvalError("ErrorParsing", message)
        if not is_function_name(name):
            raise faults.no_function(name)
        return Fn(name, (), None, self.functions)

    def make_closure(self, info: FunctionInfo, code: Callable[..., Value], *cells: Cell) -> Fn:
        """Return a closure that shares variables."""
        for cell in cells:
            cell.shared = True
        return Fn(info.name, cells, ScriptFunction(info, code), self.functions)

    def call_named(self, depth: int, name: str, *args: Value) -> Value:
        """Call a function by name."""
        return self.functions.call(depth, name, *args)

    def call_method(self, depth: int, name: str, this: Value, *args: Value) -> tuple[Value, Value]:
        """Call a method; return what the receiver became, and the result."""
        return self.functions.call_method(depth, name, this, *args)

    def call_constant_method(self, depth: int, name: str, this: Value, *args: Value) -> Value:
        """Call a method of a constant."""
        return self.functions.call_constant_method(depth, name, this, *args)

    def call_on_copy(self, depth: int, this: Value, *args: Value) -> Value:
        """Do ``this.call(args)`` on a constant, of which the function sees a copy."""
        return call_on(depth, self.copied(this), *args)[1]

    def find_cell(self, name: str, known: Cell | None, *tables: dict[str, Cell]) -> Cell:
        """Return a variable that ``eval`` may have added. Raises: EvalError if there is none."""
        for table in tables:
            if name in table:
                return table[name]
        return known or Cell(self.copied(self.host(name)))

    def eval_text(  # noqa: PLR0917 - compiled code passes everything by position
        self,
        depth: int,
        this: Cell | None,
        site: Site,
        cells: dict[str, Cell],
        added: dict[str, Cell],
        text: Value,
    ) -> Value:
        """Run a text where ``eval`` stands. Raises: EvalError if it is no script, or it fails."""
        if type(text) is not str:
            raise faults.type_mismatch(text, "string")
        if depth > self._session.engine.limits.max_call_levels:
            raise faults.stack_overflow()
        try:
            unit = self._session.engine.compile_at(text, site)
        except ParseError as error:
            raise faults.in_function("eval", error) from None
        captured = [cells[name] for name in unit.captures]
        return unit.run(*self._arguments, depth, this, added, *captured)

    def scoped_call(
        self,
        depth: int,
        this: Cell | None,
        site: Site,
        cells: dict[str, Cell],
        name: str,
        *args: Value,
    ) -> Value:
        """Call a function of the script that sees the caller's variables."""
        key = (name, len(args))
        if key not in self._unit.definitions:
            raise faults.function_not_found(name, args)
        if depth > self._session.engine.limits.max_call_levels:
            raise faults.stack_overflow()
        unit = self._session.engine.compile_again(self._unit, key, site)
        captured = [cells[captured] for captured in unit.captures]
        return unit.run(*self._arguments, depth, this, None, *captured, *args)

    def is_def_var(self, name: Value, visible: tuple[str, ...], *tables: dict[str, Cell]) -> bool:
        """Return whether a variable is visible. Raises: EvalError if the name is no string."""
        if type(name) is not str:
            raise faults.type_mismatch(name, "string")
        return name in visible or name in self._scope or any(name in table for table in tables)

    def is_def_fn(self, *args: Value) -> bool:
        """Return whether the script has a function: type (if it has one), name, arity."""
        types = tuple(map(type, args))
        if types == (str, int):
            return args in self.functions.all
        if types == (str, str, int):
            return (args[1], args[2], args[0]) in self.functions.methods
        raise faults.function_not_found("is_def_fn", args)

    def metadata(self, *args: Value) -> list[Value]:
        """Return descriptions of the script's functions, of one name, or of one arity too."""
        if tuple(map(type, args)) not in _METADATA_TYPES:
            raise faults.function_not_found("get_fn_metadata_list", args)
        functions = [*self.functions.all.values(), *self.functions.methods.values()]
        return [
            described
            for described in map(_described, functions)
            if (described["name"], len(described["params"]))[: len(args)] == args
        ]

    def import_module(self, depth: int, path: Value) -> Module:
        """Return the module a path leads to. Raises: EvalError if there is none, or it fails."""
        if type(path) is not str:
            raise faults.type_mismatch(path, "string")
        session = self._session
        session.imported += 1
        if 0 < session.engine.limits.max_modules < session.imported:
            raise faults.too_many_modules()
        if depth > session.engine.limits.max_call_levels:
            raise faults.stack_overflow()
        found = session.resolver(path, self._location) if session.resolver else None
        if found is None:
            raise faults.module_not_found(path)
        return found if isinstance(found, Module) else self._loaded(path, found)

    def _loaded(self, path: str, text: str) -> Module:
        """Run the text of a module and return what it offers."""
        session = self._session
        try:
            unit = session.engine.compile_module(text, path)
            run = Run(session, unit, {}, posixpath.join(posixpath.dirname(self._location), path))
            run.load()
        except EvalError as error:
            if not isinstance(error, ScriptError):
                raise
            raise faults.in_module(path, resolve(error)) from None
        except RhaiError as error:
            raise faults.in_module(path, error) from None
        values = {name: copy_value(cell.value) for name, cell in run.exports.items()}
        return Module(values, run.modules, run.functions)

    def publish(self, name: str, module: Module) -> None:
        """Offer a module that was imported at the global level to who imports this one."""
        self.modules[name] = module

    def export(self, alias: str, cell: Cell) -> None:
        """Offer a variable to who imports this module."""
        self.exports[alias] = cell
