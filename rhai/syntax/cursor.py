"""The parser's place in the token list, its scopes, and the depth it is allowed."""

from rhai.errors import ParseError
from rhai.limits import Limits
from rhai.options import Options
from rhai.syntax import tokens as t
from rhai.syntax.lexer import tokenize
from rhai.syntax.literals import LexError
from rhai.syntax.scopes import Scopes
from rhai.syntax.source import Source
from rhai.syntax.tokens import Token


class Cursor:
    """Reads tokens one by one.

    Args:
        text: the script.
        limits: depths are taken from here.
        options: what the script may use; everything unless said otherwise.
    """

    def __init__(self, text: str, limits: Limits, options: Options | None = None) -> None:
        self.source = Source(text)
        self.limits = limits
        self.options = options or Options()
        self.max_depth = limits.max_expr_depth
        self.depth = 0
        self.scopes = Scopes()
        self._tokens = tokenize(text, self.options.disabled_symbols)
        self._kinds = [token.kind for token in self._tokens]
        self._next = 0

    @property
    def token(self) -> Token:
        """The next token.

        Raises:
            ParseError: the text cannot be read at this place.
        """
        token = self._tokens[self._next]
        if token.kind == t.BAD:
            error: LexError = token.value
            raise self.source.error(error.kind, error.text, error.at)
        return token

    @property
    def place(self) -> int:
        """The number of the next token; `go_to` comes back to it."""
        return self._next

    def go_to(self, place: int) -> None:
        """Go on reading at another token."""
        self._next = place

    @property
    def kind(self) -> str:
        """The next token's kind."""
        kind = self._kinds[self._next]
        return self.token.kind if kind == t.BAD else kind

    def advance(self) -> Token:
        """Return the next token and step over it; the end is never stepped over."""
        token = self.token
        if token.kind != t.EOF:
            self._next += 1
        return token

    def accept(self, kind: str) -> bool:
        """Step over the next token if it is of that kind."""
        if self.kind != kind:
            return False
        self._next += 1
        return True

    def expect(self, kind: str, why: str) -> Token:
        """Step over a token that must be there; `why` completes the error's text.

        Raises:
            ParseError: MissingToken.
        """
        if self.kind != kind:
            raise self.missing(kind, why)
        return self.advance()

    def error(self, kind: str, text: str, at: int | None = None) -> ParseError:
        """Return a parse error at an offset, by default at the next token."""
        return self.source.error(kind, text, self.token.at if at is None else at)

    def missing(self, kind: str, why: str) -> ParseError:
        """Return the error that a token is not where it must be."""
        return self.error("MissingToken", f"Expecting '{kind}' {why}")

    def reserved(self, token: Token) -> ParseError:
        """Return the error for a reserved word or symbol."""
        what = "keyword" if token.value[0].isalpha() else "symbol"
        return self.error("Reserved", f"'{token.value}' is a reserved {what}", token.at)

    def enter(self, levels: int = 1) -> None:
        """Go deeper; `leave` by as much.

        Raises:
            ParseError: ExprTooDeep.
        """
        self.depth += levels
        if self.depth > self.max_depth:
            raise self.error("ExprTooDeep", "Expression exceeds maximum complexity")

    def leave(self, levels: int = 1) -> None:
        """Come back from `enter`."""
        self.depth -= levels

    def variable_name(self) -> Token:
        """Step over the name of a new variable.

        Raises:
            ParseError: Reserved or VariableExpected.
        """
        token = self.token
        if token.kind == t.RESERVED:
            raise self.reserved(token)
        if token.kind != t.IDENT:
            raise self.error("VariableExpected", "Expecting name of a variable")
        return self.advance()
