"""Compiled code, and what an engine gives to all its scripts."""

import ast
from collections.abc import Callable
from typing import Any, Protocol

from rhai.limits import Limits
from rhai.options import Options
from rhai.runtime.operators import BinaryOperator
from rhai.runtime.registry import Registry
from rhai.syntax.source import Source
from rhai.syntax.tree import Program, Site


class CompiledUnit:
    """A script as Python code, ready to run any number of times.

    Attributes:
        source: the text, for places.
        function_names: Rhai names of the Python functions.
        program: what was compiled.
        tree: the Python code as a tree.
        run: takes `run.RUN_PARAMETERS` in order and returns the script's value.
        captures: the names that code for a site takes the cells of, after its own parameters.
    """

    def __init__(self, source: Source, names: dict[str, str], program: Program) -> None:
        self.source = source
        self.function_names = names
        self.program = program
        self.tree: ast.Module
        self.run: Callable[..., Any]
        self.captures: list[str] = []


class Engines(Protocol):
    """What compiling and running need of an engine."""

    limits: Limits
    options: Options
    registry: Registry
    helpers: dict[str, object]
    operators: dict[str, BinaryOperator]

    def compile_module(self, text: str, name: str) -> CompiledUnit:
        """Return the text of a module as code; `name` is what errors call it."""

    def compile_at(self, text: str, site: Site) -> CompiledUnit:
        """Return the text of an ``eval`` as code for its site."""

    def compile_again(self, unit: CompiledUnit, key: tuple[str, int], site: Site) -> CompiledUnit:
        """Return a function of a script as code that sees the variables of a site."""
