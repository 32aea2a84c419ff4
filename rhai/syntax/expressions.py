"""The Pratt half of the parser: operators, operands and what may follow an operand."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from rhai.syntax import tokens as t
from rhai.syntax.names import NameParser
from rhai.syntax.tokens import PRECEDENCE, RIGHT_ASSOCIATIVE, Token
from rhai.syntax.tree import (
    ArrayOf,
    Binary,
    Block,
    Closure,
    Coalesce,
    Expr,
    Index,
    Interpolation,
    Jump,
    Literal,
    Logic,
    MapOf,
    Method,
    Name,
    Property,
    RangeOf,
    SafeChain,
    Unary,
    start_of,
)
from rhai.values import I64_MIN, Char, NoneType

TAG = "tag"
_RANGE_ENDS = frozenset({")", "]", "}", ",", ";", "=>", t.EOF})
_SAFE = frozenset({"?.", "?["})
_JUMPS = frozenset({"break", "continue", "return", "throw"})
_KIND_NAMES: dict[type, str] = {
    int: "a number",
    float: "a number",
    str: "a string",
    Char: "a character",
    NoneType: "()",
}


class ExpressionParser(NameParser):
    """Parses expressions; statements that are expressions come from the subclass."""

    @abstractmethod
    def statement_expression(self) -> Expr:
        """Parse a block, ``if`` or loop."""

    @abstractmethod
    def closure(self) -> Closure:
        """Parse a closure."""

    @abstractmethod
    def jump(self) -> Jump:
        """Parse ``break``, ``continue``, ``return`` or ``throw``."""

    @abstractmethod
    def interpolated_block(self) -> Block:
        """Parse the block of ``${…}`` up to and including its closing brace."""

    def expression(self) -> Expr:
        """Parse one whole expression."""
        self.enter()
        if self.kind in {"..", "..="}:
            left: Expr = self.range_from(None, self.advance())
        else:
            left = self._unary()
        result = self._operators(left, 0)
        self.leave()
        return result

    def condition(self) -> Expr:
        """Parse the condition of a statement: an expression that can be a boolean."""
        if self.kind == "{":
            raise self.error("ExprExpected", "Expecting a boolean expression")
        result = self.boolean(self.expression())
        if self.kind == "=":
            raise self.error("BadInput", "Possibly a typo of '=='?")
        return result

    def boolean(self, node: Expr) -> Expr:
        """Return an operand after checking that it is no literal of another type."""
        kind = _literal_kind(node)
        if kind:
            text = f"Expecting a boolean expression, not {kind}"
            raise self.error("MismatchedType", text, start_of(node))
        return node

    def _operators(self, left: Expr, minimum: int) -> Expr:
        """Take operators that bind at least as tightly as `minimum`."""
        taken = 0
        while True:
            token = self.token
            binding = PRECEDENCE.get(token.kind)
            if binding is None:
                self._reject_symbol(token)
                break
            if binding < minimum:
                break
            taken += 1
            self.enter()
            self.advance()
            left = self._apply(left, token, binding)
        self.leave(taken)
        return left

    def _reject_symbol(self, token: Token) -> None:
        if token.kind == t.RESERVED and not token.value[0].isalpha():
            raise self.error("UnknownOperator", f"Unknown operator: '{token.value}'")

    def _apply(self, left: Expr, token: Token, binding: int) -> Expr:
        op = token.kind
        if op in {"..", "..="}:
            return self.range_from(left, token)
        if op == "??" and self.kind in _JUMPS:
            return Coalesce(left, self.jump(), token.at)
        right = self.operand(binding if op == RIGHT_ASSOCIATIVE else binding + 1)
        if op in {"&&", "||"}:
            return Logic(op, self.boolean(left), self.boolean(right), token.at)
        if op == "??":
            return Coalesce(left, right, token.at)
        if op == "!in":
            return Unary("!", Binary("in", left, right, token.at), token.at)
        return Binary(op, left, right, token.at)

    def operand(self, minimum: int) -> Expr:
        """Parse an operand with the operators that bind at least as tightly as `minimum`."""
        return self._operators(self._unary(), minimum)

    def range_from(self, start: Expr | None, token: Token) -> Expr:
        """Parse the rest of a range after its dots."""
        end = None
        if self.kind not in _RANGE_ENDS:
            end = self.operand(PRECEDENCE[".."] + 1)
        return RangeOf(start, end, token.kind == "..=", token.at)

    def _unary(self) -> Expr:
        token = self.token
        if token.kind not in {"-", "+", "!"}:
            return self._postfix(self._primary())
        self.advance()
        self.enter()
        operand = self._unary()
        self.leave()
        if isinstance(operand, Literal) and token.kind != "!":
            return _signed(token, operand)
        return Unary(token.kind, operand, token.at)

    def _primary(self) -> Expr:
        token = self.token
        parse = self._PRIMARY.get(token.kind)
        if parse:
            return parse(self)
        if token.kind == t.EOF:
            raise self.error("UnexpectedEOF", "Script is incomplete")
        raise self.error("BadInput", f"Unexpected '{token.value}'")

    def _literal(self) -> Expr:
        token = self.advance()
        if token.kind == t.STRING:
            self._check_size(token)
        return Literal(token.value, token.at)

    def _check_size(self, token: Token) -> None:
        limit = self.limits.max_string_size
        if len(token.value) * 4 > limit and len(token.value.encode()) > limit:
            text = f"Length of string exceeds the maximum limit ({limit})"
            raise self.error("LiteralTooLarge", text, token.at)

    def _word_literal(self) -> Expr:
        token = self.advance()
        value = None if token.kind == t.UNIT else token.kind == "true"
        return Literal(value, token.at)

    def _interpolation(self) -> Expr:
        at = self.token.at
        parts: list[Expr] = []
        self.enter()
        while self.kind == t.SEGMENT:
            text = self.advance()
            parts.append(Literal(text.value, text.at))
            parts.append(self.interpolated_block())
        text = self.advance()
        parts.append(Literal(text.value, text.at))
        self.leave()
        filled = [part for part in parts if not (isinstance(part, Literal) and not part.value)]
        return Interpolation(filled, at)

    def _parenthesis(self) -> Expr:
        self.advance()
        self.enter()
        result = self.expression()
        self.leave()
        self.expect(")", "for a matching ( in this expression")
        return result

    def _array(self) -> Expr:
        at = self.advance().at
        self.enter()
        items = self.items(
            "]", "to end this array literal", "to separate the items of this array literal"
        )
        self.leave()
        return ArrayOf(items, at)

    def _map(self) -> Expr:
        at = self.advance().at
        entries: dict[str, Expr] = {}
        unclosed = "to end this object map literal"
        self.enter(2)
        while not self.accept("}"):
            key = self._map_key(unclosed)
            if key.value in entries:
                text = f"Duplicated property for object map literal: {key.value}"
                raise self.error("DuplicatedProperty", text, key.at)
            self.expect(":", f"to follow the property '{key.value}' in this object map literal")
            entries[key.value] = self.expression()
            if self.kind == t.EOF:
                raise self.missing("}", unclosed)
            if self.kind != "}":
                self.expect(",", "to separate the items of this object map literal")
        self.leave(2)
        return MapOf(list(entries.items()), at)

    def _map_key(self, unclosed: str) -> Token:
        token = self.token
        if token.kind == t.EOF:
            raise self.missing("}", unclosed)
        if token.kind == t.RESERVED:
            raise self.reserved(token)
        if token.kind not in {t.IDENT, t.STRING}:
            raise self.error("PropertyExpected", "Expecting name of a property")
        return self.advance()

    def _postfix(self, node: Expr) -> Expr:
        """Take calls of methods, properties and indexes that follow an operand."""
        taken, is_safe = 0, False
        while True:
            kind = self.kind
            is_safe = is_safe or kind in _SAFE
            if kind in {"[", "?["}:
                node = self._index(node, safe=kind == "?[")
            elif kind in {".", "?."}:
                node = self._member(node, safe=kind == "?.")
            else:
                self.leave(taken)
                if is_safe and isinstance(node, Method | Property | Index):
                    return SafeChain(node, node.at)
                return node
            taken += 1
            self.enter()

    def _index(self, base: Expr, *, safe: bool) -> Expr:
        self.advance()
        self.enter(2)
        index = self.expression()
        self.leave(2)
        self.expect("]", "for a matching [ in this index expression")
        self._check_index(base, index)
        at = index.at if isinstance(index, RangeOf) else start_of(index)
        return Index(base, index, safe, at)

    def _check_index(self, base: Expr, index: Expr) -> None:
        """Reject what can be seen to be no index of this base."""
        text = _bad_index(base, index)
        if text:
            raise self.error("MalformedIndexExpr", text, start_of(index))

    def _member(self, base: Expr, *, safe: bool) -> Expr:
        self.advance()
        token = self.token
        if token.kind == t.RESERVED and token.value in t.SPECIAL_METHODS:
            self.advance()
        elif token.kind == t.RESERVED:
            raise self.reserved(token)
        elif token.kind != t.IDENT:
            raise self.error("PropertyExpected", "Expecting name of a property")
        else:
            self.advance()
        if self.kind == "!" and self.calls_in_scope():
            text = "Cannot capture calling scope in method-call style"
            raise self.error("MalformedCapture", text, token.at)
        if self.kind in {"(", t.UNIT}:
            args = self.arguments(token.value)
            self.mentioned.add(token.value)
            if args and isinstance(args[0], Literal) and type(args[0].value) is str:
                self.mentioned.add(args[0].value)  # perhaps the name of a function
            if token.value == f"set_{TAG}":
                tag(base)
            return Method(base, token.value, args, safe, token.at)
        return Property(base, token.value, safe, token.at)

    _PRIMARY: ClassVar[dict[str, Callable[["ExpressionParser"], Expr]]] = {
        **dict.fromkeys((t.INT, t.FLOAT, t.STRING, t.CHAR), _literal),
        **dict.fromkeys(("true", "false", t.UNIT), _word_literal),
        t.SEGMENT: _interpolation,
        "(": _parenthesis,
        "[": _array,
        "#{": _map,
        t.IDENT: NameParser.name,
        t.RESERVED: NameParser.reserved_word,
        **dict.fromkeys(("|", "||"), lambda parser: parser.closure()),
        **dict.fromkeys(
            ("{", "if", "switch", "while", "loop", "do", "for"),
            lambda parser: parser.statement_expression(),
        ),
    }


def tag(node: Expr) -> None:
    """Note that something sets the tag of a variable."""
    if isinstance(node, Name) and node.slot:
        node.slot.tagged = True


def _signed(token: Token, literal: Literal) -> Expr:
    """Fold a sign into a number; the negated minimum is a float, as it is no i64."""
    value = literal.value
    if type(value) not in {int, float}:
        return Unary(token.kind, literal, token.at)
    if token.kind == "+":
        return Literal(value, token.at)
    return Literal(-float(value) if value == I64_MIN else -value, token.at)


def _literal_kind(node: Expr) -> str | None:
    """Return what an expression is when it surely is no boolean."""
    if isinstance(node, Literal):
        return _KIND_NAMES.get(type(node.value))
    if isinstance(node, Interpolation):
        return "a string"
    if isinstance(node, ArrayOf):
        return "an array"
    return "an object map" if isinstance(node, MapOf) else None


def _bad_index(base: Expr, index: Expr) -> str | None:
    kind = _literal_kind(index)
    if isinstance(index, Literal) and type(index.value) in {float, Char, NoneType, bool}:
        what = {float: "a float", bool: "a boolean"}.get(type(index.value), kind)
        return f"Array access expects integer index, not {what}"
    if kind == "a number" and isinstance(base, MapOf):
        return "Object map expects string index, not a number"
    if kind == "a string" and _literal_kind(base) in {"a number", "a string", "an array"}:
        return "Array or string expects numeric index, not a string"
    return None
