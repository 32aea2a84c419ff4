"""Modules: what an import gives, and where it comes from.

A resolver takes the path of an ``import`` and the name of the importing text (empty for the main
script) and returns the module's text, a `Module`, or None if there is none.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from rhai.runtime.faults import function_not_found, module_not_found, variable_not_found
from rhai.runtime.functions import Cell, Functions, call_native
from rhai.values import Value

_SUFFIX = ".rhai"


class Module:
    """What a script can reach through ``name::``.

    Args:
        values: the exported variables.
        modules: the modules inside.
        functions: the functions; private ones are not reached from outside.
    """

    __slots__ = ("functions", "modules", "values")

    def __init__(
        self, values: dict[str, Value], modules: "dict[str, Module]", functions: Functions
    ) -> None:
        self.values = values
        self.modules = modules
        self.functions = functions

    def call(self, depth: int, name: str, path: str, args: tuple[Value, ...]) -> Value:
        """Call a function of the module; `path` is its name as the caller writes it.

        Raises:
            EvalError: there is none for these arguments, or it failed.
        """
        function = self.functions.all.get((name, len(args)))
        if function is not None and not function.info.private:
            return function.call(depth, None, args)
        natives = self.functions.own.overloads(name, len(args))
        if natives.find(args) is None:
            raise function_not_found(path, args)
        return call_native(natives, depth, *args)


Resolver: TypeAlias = Callable[[str, str], "str | Module | None"]


def find_module(module: Module | None, path: str) -> Module:
    """Return the module at the end of a path whose first part is already known.

    Raises:
        EvalError: there is no such module.
    """
    first, *rest = path.split("::")
    if module is None:
        raise module_not_found(first)
    for name in rest:
        if name not in module.modules:
            raise module_not_found(path)
        module = module.modules[name]
    return module


def module_value(module: Module, path: str) -> Value:
    """Return an exported variable. Raises: EvalError if there is none."""
    name = path.rpartition("::")[2]
    if name not in module.values:
        raise variable_not_found(path)
    return module.values[name]


def module_call(depth: int, module: Module, path: str, *args: Value) -> Value:
    """Call a function of a module. Raises: EvalError if there is none, or it failed."""
    return module.call(depth, path.rpartition("::")[2], path, args)


def global_constant(cell: Cell | None, path: str) -> Value:
    """Return a constant of the script's global level. Raises: EvalError if it is not set."""
    if cell is None:
        raise variable_not_found(path)
    return cell.value


def text_resolver(texts: Mapping[str, str]) -> Resolver:
    """Return a resolver for modules whose texts are known by path."""

    def resolve(path: str, _importer: str) -> str | None:
        return texts.get(path)

    return resolve


def file_resolver(folder: Path) -> Resolver:
    """Return a resolver for files below a folder, by path without suffix.

    A path is relative to the importing file. One that leaves the folder, also through a symbolic
    link, is not found.

    Args:
        folder: the only place modules are read from.
    """
    root = folder.resolve()

    def resolve(path: str, importer: str) -> str | None:
        start = (root / importer).parent if importer else root
        if "\0" in path:
            return None
        file = (start / (path + _SUFFIX)).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return None
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    return resolve
