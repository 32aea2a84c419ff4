"""Whole scripts, and text that is read later: the way into the parser.

Errors come in the order of the text and carry its places; a program that parses cannot fail to
compile.
"""

from typing import Protocol, Self

from rhai.limits import Limits
from rhai.options import Options
from rhai.syntax import tokens as t
from rhai.syntax.scopes import Scopes
from rhai.syntax.statements import StatementParser
from rhai.syntax.tree import (
    Block,
    Closure,
    Program,
    Site,
    Stmt,
)


def parse(text: str, limits: Limits) -> Program:
    """Return the tree of a script.

    Raises:
        ParseError: the text is not a script.
    """
    return Parser(text, limits).program()


class Written(Protocol):
    """Where a function stands in the text."""

    @property
    def name(self) -> str:
        """The function's name."""

    @property
    def at(self) -> int:
        """Its offset."""

    @property
    def first_token(self) -> int:
        """The number of the token after its name."""


class Parser(StatementParser):
    """Parses whole scripts.

    Attributes:
        is_library: whether other texts call the functions of this one.
    """

    def __init__(self, text: str, limits: Limits, options: Options | None = None) -> None:
        super().__init__(text, limits, options)
        self.functions = {}
        self.methods = {}
        self.closures = []
        self.unknown = []
        self.constants = set()
        self.calls = []
        self.mentioned = set()
        self.modules = {}
        self.module_count = 0
        self.is_library = False
        self.is_global = True
        self.base = self.scopes
        self._site_in_function = False
        self.adds = False
        self.nested = 0

    @property
    def in_function(self) -> bool:
        """Whether ``this`` has a meaning here."""
        return self.scopes is not self.base or self._site_in_function

    def at_site(self, site: Site) -> Self:
        """Read the text as if it stood at another place; return self."""
        self.scopes = self.base = Scopes(Scopes.at_site(site), captures_unknown=False)
        self.is_global = False
        self._site_in_function = site.in_function
        self.adds = site.added is not None
        return self

    def again(self, function: Written, site: Site) -> Closure:
        """Parse a function of this text once more, as if it were written at a site."""
        self.at_site(site)
        self.go_to(function.first_token)
        self.max_depth = self.limits.max_function_expr_depth
        parsed = self.function_rest(function.name, function.at)
        for slot in parsed.parameters:
            slot.writes.append(None)
        captures = self.scopes.captures
        parsed.parameters = [slot for _, slot in captures] + parsed.parameters
        parsed.captured = len(captures)
        return Closure(parsed, captures, function.at)

    def program(self) -> Program:
        """Parse the whole text."""
        body: list[Stmt] = []
        while self.kind != t.EOF:
            self.terminated(self.statement(), body)
        self._check_unknown()
        self._connect()
        return Program(
            Block(body, 0),
            self.functions,
            self.scopes.slots,
            self.methods,
            self.closures,
            self.modules,
            self.module_count,
            self.constants,
        )

    def _connect(self) -> None:
        """Tell calls what they return, and parameters what is passed to them."""
        for call in self.calls:
            function = self.functions.get((call.name, len(call.args)))
            if function is not None:
                call.result = function.result
                for slot, value in zip(function.parameters, call.args, strict=True):
                    slot.writes.append(value)
        called_from_elsewhere = self.is_library or not self.mentioned.isdisjoint({"eval", "Fn"})
        for function in [*self.functions.values(), *self.methods.values()]:
            if called_from_elsewhere or function.this_type or function.name in self.mentioned:
                for slot in function.parameters:
                    slot.writes.append(None)

    def _check_unknown(self) -> None:
        """In strict mode, refuse names that are neither variables nor functions."""
        if not self.options.strict_variables:
            return
        functions = {name for name, _ in self.functions}
        for node in self.unknown:
            if node.name not in functions:
                text = f"Undefined variable: {node.name}"
                raise self.error("VariableUndefined", text, node.at)
