"""Functions and closures: their names, parameters and bodies."""

import zlib
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from rhai.syntax import tokens as t
from rhai.syntax.scopes import Scopes
from rhai.syntax.switches import SwitchParser
from rhai.syntax.tokens import Token
from rhai.syntax.tree import ANONYMOUS, Block, Closure, Function, Slot

# What a method's type may be called besides its own name.
_TYPE_ALIASES = {"int": "i64", "float": "f64"}


class FunctionParser(SwitchParser):
    """Parses ``fn`` and closures."""

    functions: dict[tuple[str, int], Function]
    methods: dict[tuple[str, int, str], Function]
    closures: list[Function]
    is_global: bool
    nested: int

    @abstractmethod
    def block(self) -> Block:
        """Parse statements in braces, in a scope of their own."""

    @contextmanager
    def _inside(self, scopes: Scopes) -> Iterator[None]:
        """Parse a function body: loops and variables outside do not count."""
        outer = self.scopes, self.nested, self.is_global
        self.scopes, self.nested, self.is_global = scopes, 0, False
        yield
        self.scopes, self.nested, self.is_global = outer

    def closure(self) -> Closure:
        """Parse ``|…| body`` or ``|| body``."""
        token = self.advance()
        if not self.options.allow_anonymous_fn:
            raise self.error("BadInput", f"Unexpected '{token.kind}'", token.at)
        self.enter()
        scopes = Scopes(self.scopes)
        with self._inside(scopes):
            parameters = self._closure_parameters() if token.kind == "|" else []
            body = self.statement() or Block([], token.at)
        self.leave()
        captured = [slot for _, slot in scopes.captures]
        function = Function(
            self._anonymous_name(token.at),
            captured + parameters,
            body,
            scopes.slots,
            token.at,
            uses_this=scopes.uses_this,
            captured=len(captured),
        )
        self.closures.append(function)
        self.check_function_count()
        return Closure(function, scopes.captures, token.at)

    def _anonymous_name(self, start: int) -> str:
        """Return a name for a closure that depends on nothing but its text."""
        text = self.source.text[start : self.token.at].encode()
        return f"{ANONYMOUS}{zlib.crc32(text):08x}{zlib.adler32(text):08x}"

    def _closure_parameters(self) -> list[Slot]:
        parameters: dict[str, Slot] = {}
        while not self.accept("|"):
            token = self.token
            if token.kind != t.IDENT:
                why = "to close the parameters list of anonymous function or closure"
                raise self.missing("|", why)
            self._parameter(parameters, token, "").writes.append(None)
            if self.kind != "|":
                self.expect(",", "to separate the parameters of anonymous function")
        return list(parameters.values())

    def _parameter(self, parameters: dict[str, Slot], token: Token, function: str) -> Slot:
        if token.value in parameters:
            text = f"Duplicated parameter {token.value} for function {function}"
            raise self.error("FnDuplicatedParam", text)
        self.advance()
        slot = parameters[token.value] = self.scopes.declare(token.value)
        return slot

    def private_function(self) -> None:
        """Parse ``private fn``."""
        self.advance()
        if self.kind != "fn":
            raise self.missing("fn", "following 'private'")
        self.function(private=True)

    def function(self, *, private: bool = False) -> None:
        """Parse ``fn`` and add what it defines."""
        at = self.advance().at
        if not self.is_global:
            text = (
                "Function definitions must be at global level and cannot be inside a block or"
                " another function"
            )
            raise self.error("WrongFnDefinition", text, at)
        outer = self.depth, self.max_depth
        self.depth, self.max_depth = 1, self.limits.max_function_expr_depth
        this_type, name = self._function_name()
        first_token = self.place
        with self._inside(Scopes()):
            function = self.function_rest(name, at)
        function.this_type, function.private = this_type, private
        function.first_token = first_token
        self.depth, self.max_depth = outer
        self._add(function)

    def _add(self, function: Function) -> None:
        key = (function.name, len(function.parameters))
        if self._is_known(function):
            count = {0: "no parameters", 1: "1 parameter"}.get(key[1], f"{key[1]} parameters")
            text = f"Function {function.name} with {count} already exists"
            raise self.error("FnDuplicatedDefinition", text, function.at)
        if function.this_type:
            self.methods[*key, function.this_type] = function
        else:
            self.functions[key] = function
        self.check_function_count()

    def _is_known(self, function: Function) -> bool:
        key = (function.name, len(function.parameters))
        if function.this_type:
            return (*key, function.this_type) in self.methods
        return key in self.functions

    def check_function_count(self) -> None:
        """Refuse a function too many."""
        count = len(self.functions) + len(self.methods) + len(self.closures)
        if 0 < self.limits.max_functions < count:
            text = "Number of functions defined exceeds maximum limit"
            raise self.error("TooManyFunctions", text)

    def function_rest(self, name: str, at: int) -> Function:
        """Parse parameters and body in the scopes that are set."""
        parameters = self._parameters(name)
        if self.kind != "{":
            text = f"Expecting body statement block for function {name}"
            raise self.error("FnMissingBody", text)
        body = self.block()
        function = Function(
            name, parameters, body, self.scopes.slots, at, uses_this=self.scopes.uses_this
        )
        function.result.writes = [body, *self.scopes.returned]
        return function

    def _function_name(self) -> tuple[str, str]:
        """Return the type a function is for, if it is for one, and its name."""
        token = self._name_token()
        this_type: str = ""
        if self.accept("."):
            this_type = _TYPE_ALIASES.get(token.value) or token.value
            token = self._name_token()
        name: str = token.value
        if self.kind not in {"(", t.UNIT} or token.kind == t.STRING:
            raise self.error("FnMissingParams", f"Expecting parameters for function {name}")
        return this_type, name

    def _name_token(self) -> Token:
        token = self.token
        if token.kind == t.RESERVED:
            raise self.reserved(token)
        if token.kind not in {t.IDENT, t.STRING}:
            raise self.error("FnMissingName", "Expecting function name in function declaration")
        return self.advance()

    def _parameters(self, name: str) -> list[Slot]:
        if self.advance().kind == t.UNIT:
            return []
        parameters: dict[str, Slot] = {}
        while not self.accept(")"):
            token = self.token
            if token.kind == t.RESERVED:
                raise self.reserved(token)
            if token.kind != t.IDENT:
                raise self.missing(")", f"to close the parameters list of function '{name}'")
            self._parameter(parameters, token, name)
            if self.kind != ")":
                self.expect(",", f"to separate the parameters of function '{name}'")
        return list(parameters.values())
