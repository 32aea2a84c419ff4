"""What starts with a name: variables, calls, paths into modules, special functions."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from rhai.syntax import tokens as t
from rhai.syntax.cursor import Cursor
from rhai.syntax.tokens import Token
from rhai.syntax.tree import (
    Call,
    Defined,
    Eval,
    Expr,
    Name,
    Path,
    ScopedCall,
    This,
    start_of,
)


class NameParser(Cursor, ABC):
    """Parses names and calls; expressions come from the subclass.

    Attributes:
        unknown: the names that nothing declares.
        constants: the names asked for as ``global::name``.
        calls: all calls by name.
        mentioned: the names of variables, methods and special functions; a function among them may
            be called with anything.
    """

    unknown: list[Name]
    constants: set[str]
    calls: list[Call]
    mentioned: set[str]

    @property
    @abstractmethod
    def in_function(self) -> bool:
        """Whether ``this`` has a meaning here."""

    @abstractmethod
    def expression(self) -> Expr:
        """Parse one whole expression."""

    def name(self) -> Expr:
        """Parse what starts with a name: a variable, a call, a path."""
        token = self.advance()
        if self.kind in {"(", t.UNIT}:
            call = Call(token.value, self.arguments(token.value), token.at)
            self.calls.append(call)
            return call
        if self.kind == "::":
            return self._path(token)
        if self.kind == "!" and self.calls_in_scope():
            return self._scoped_call(token)
        self.mentioned.add(token.value)
        name = self.scopes.name(token.value, token.at)
        if name.slot is None:
            self.unknown.append(name)
        return name

    def calls_in_scope(self) -> bool:
        """Whether the ``!`` that is next belongs to a call."""
        return self._tokens[self._next + 1].kind in {"(", t.UNIT}

    def _scoped_call(self, token: Token) -> Expr:
        self.advance()
        self.mentioned.add("eval")
        args = self.arguments(token.value)
        site = self.scopes.site(in_function=self.in_function, adds=False)
        return ScopedCall(token.value, args, site, token.at)

    def _path(self, first: Token) -> Expr:
        """Parse the names after a module's."""
        names = [first]
        while self.accept("::"):
            if self.kind == t.RESERVED:
                raise self.reserved(self.token)
            if self.kind != t.IDENT:
                raise self.error("VariableExpected", "Expecting name of a variable")
            names.append(self.advance())
        name = names.pop()
        args = None
        if self.kind in {"(", t.UNIT}:
            args = self.arguments(name.value)
        elif self.kind == "!" and self.calls_in_scope():
            text = "Calling function with captured variables is not allowed within a module"
            raise self.error("MalformedCapture", text, name.at)
        modules = [part.value for part in names]
        if modules == ["global"] and args is None:
            self.constants.add(name.value)
        slot = self.scopes.find_module(first.value)
        return Path(modules, name.value, slot, args, first.at, name.at)

    def reserved_word(self) -> Expr:
        """Parse ``this`` or a call of a special function."""
        token = self.advance()
        if token.value in t.SPECIAL_FUNCTIONS and self.kind in {"(", t.UNIT}:
            args = self.arguments(token.value)
            self.mentioned.add(token.value)
            special = self._SPECIAL.get((token.value, len(args)))
            return special(self, args) if special else Call(token.value, args, token.at)
        if token.value == "this" and self.in_function:
            self.scopes.uses_this = True
            return This(token.at)
        raise self.reserved(token)

    def _eval(self, args: list[Expr]) -> Expr:
        site = self.scopes.site(in_function=self.in_function, adds=True)
        return Eval(args[0], site, start_of(args[0]))

    def _is_def_var(self, args: list[Expr]) -> Expr:
        names = list(self.scopes.visible())
        return Defined(args[0], names, self.scopes.added(), start_of(args[0]))

    _SPECIAL: ClassVar[dict[tuple[str, int], Callable[["NameParser", list[Expr]], Expr]]] = {
        ("eval", 1): _eval,
        ("is_def_var", 1): _is_def_var,
    }

    def arguments(self, name: str) -> list[Expr]:
        """Parse the arguments of a call, from its opening parenthesis on."""
        if self.advance().kind == t.UNIT:
            return []
        return self.items(
            ")",
            f"to close the arguments list of this function call '{name}'",
            f"to separate the arguments to function call '{name}'",
        )

    def items(self, end: str, unclosed: str, unseparated: str) -> list[Expr]:
        """Parse expressions between commas up to `end`; a trailing comma is fine."""
        items: list[Expr] = []
        self.enter()
        while not self.accept(end):
            if self.kind == t.EOF:
                raise self.missing(end, unclosed)
            items.append(self.expression())
            if self.kind == t.EOF:
                raise self.missing(end, unclosed)
            if self.kind != end:
                self.expect(",", unseparated)
        self.leave()
        return items
