"""Compiled code, and what an engine gives to all its scripts."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from rhai.limits import Limits
from rhai.options import Options
from rhai.runtime.operators import BinaryOperator
from rhai.runtime.registry import Registry
from rhai.syntax.source import Source
from rhai.syntax.tree import Site


class Definition(NamedTuple):
    """Where a script function stands: its name, offset, and the token after its name."""

    name: str
    at: int
    first_token: int


class CompiledUnit:
    """A script as Python code, ready to run any number of times.

    Attributes:
        source: the text, for places.
        function_names: Rhai names of the Python functions.
        definitions: its functions, by name and number of parameters.
        run: takes `run.RUN_PARAMETERS` in order and returns the script's value.
        captures: the names that code for a site takes the cells of, after its own parameters.
    """

    def __init__(
        self,
        source: Source,
        names: dict[str, str],
        definitions: dict[tuple[str, int], Definition],
    ) -> None:
        self.source = source
        self.function_names = names
        self.definitions = definitions
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
