"""The statement half of the parser, and the way in: `parse`.

Errors come in the order of the text and carry its places; a program that parses cannot fail to
compile.
"""

from collections.abc import Callable
from typing import ClassVar

from rhai.limits import Limits
from rhai.syntax import tokens as t
from rhai.syntax.cursor import Scopes
from rhai.syntax.expressions import ExpressionParser
from rhai.syntax.tree import (
    Assign,
    Binary,
    Block,
    Expr,
    For,
    Function,
    If,
    Index,
    Jump,
    Let,
    Literal,
    Loop,
    MapOf,
    Name,
    Program,
    Property,
    RangeOf,
    Slot,
    Stmt,
    Try,
    start_of,
)

_ENDS_WITH_BLOCK = (Block, If, For, Try)
_NO_VALUE = frozenset({";", "}", t.EOF})
# Python nests at most 20 loops and try statements in one function.
_MAX_NESTED_LOOPS = 18
_LOOP_EXCEEDED = "Expression exceeds maximum complexity"


def parse(text: str, limits: Limits) -> Program:
    """Return the tree of a script.

    Raises:
        ParseError: the text is not a script.
    """
    return Parser(text, limits).program()


class Parser(ExpressionParser):
    """Parses statements and functions."""

    def __init__(self, text: str, limits: Limits) -> None:
        super().__init__(text, limits)
        self.functions: dict[tuple[str, int], Function] = {}
        self.is_global = True
        self.nested = 0

    def program(self) -> Program:
        """Parse the whole text."""
        body: list[Stmt] = []
        while self.kind != t.EOF:
            self._terminated(self._statement(), body)
        return Program(Block(body, 0), self.functions, self.scopes.slots)

    def _terminated(self, statement: Stmt | None, body: list[Stmt]) -> None:
        """Add a statement, if it is one, and step over what must follow it."""
        if statement is not None:
            body.append(statement)
        if self.accept(";") or statement is None or self.kind in {"}", t.EOF}:
            return
        if isinstance(statement, _ENDS_WITH_BLOCK):
            return
        if isinstance(statement, Loop) and not statement.test_last:
            return
        raise self.missing(";", "to terminate this statement")

    def _statement(self) -> Stmt | None:
        """Parse one statement; None for an empty one and for a function."""
        parse_statement = self._STATEMENTS.get(self.kind)
        self.enter()
        result = parse_statement(self) if parse_statement else self._expression_statement()
        self.leave()
        return result

    def _empty(self) -> None:
        """An empty statement; its semicolon belongs to the caller."""

    def _expression_statement(self) -> Stmt:
        node = self.expression()
        token = self.token
        if token.kind != "=" and token.kind not in t.ASSIGNMENTS:
            return node
        self.advance()
        target = self._target(node)
        value = self.expression()
        if isinstance(target, Name) and target.slot:
            _note_write(target, token, value)
        return Assign(target, t.ASSIGNMENTS.get(token.kind, ""), value, token.at)

    def _target(self, node: Expr) -> Name | Property | Index:
        """Return an expression after checking that it can be assigned to."""
        if isinstance(node, Literal):
            raise self.error("AssignmentToConstant", "Cannot assign to constant value", node.at)
        root: Expr = node
        while isinstance(root, Property | Index):
            root = root.base
        if not isinstance(root, Name) or not isinstance(node, Name | Property | Index):
            text = "Expression cannot be assigned to"
            raise self.error("AssignmentToInvalidLHS", text, start_of(root))
        if root.slot and root.slot.constant:
            text = f"Cannot assign to constant '{root.name}'"
            raise self.error("AssignmentToConstant", text, root.at)
        return node

    def _declaration(self) -> Stmt:
        constant = self.advance().kind == "const"
        name = self.variable_name()
        value = self.expression() if self.accept("=") else None
        slot = self.scopes.declare(name.value, constant=constant)
        slot.writes.append(value or Literal(None, name.at))
        return Let(slot, value, name.at)

    def jump(self) -> Jump:
        """Parse ``break``, ``continue``, ``return`` or ``throw``."""
        token = self.advance()
        if token.kind in {"break", "continue"} and not self.scopes.loops:
            text = "Break statement should only be used inside a loop"
            raise self.error("LoopBreak", text, token.at)
        value = None
        if token.kind != "continue" and self.kind not in _NO_VALUE:
            value = self.expression()
        return Jump(token.kind, value, token.at)

    def statement_expression(self) -> Expr:
        """Parse a block, ``if`` or loop."""
        return self._STATEMENT_EXPRESSIONS[self.kind](self)

    def interpolated_block(self) -> Block:
        """Parse the block of ``${…}`` up to and including its closing brace."""
        return self._statements(self.token.at)

    def _block(self) -> Block:
        at = self.expect("{", "to start a statement block").at
        return self._statements(at)

    def _statements(self, at: int) -> Block:
        """Parse statements in a scope of their own up to a closing brace."""
        body: list[Stmt] = []
        outer, self.is_global = self.is_global, False
        self.scopes.tables.append({})
        self.enter()
        while not self.accept("}"):
            if self.kind == t.EOF:
                raise self.missing("}", "to terminate this block")
            self._terminated(self._statement(), body)
        self.leave()
        self.scopes.tables.pop()
        self.is_global = outer
        return Block(body, at)

    def _if(self) -> If:
        at = self.advance().at
        self.enter()
        condition = self.condition()
        then = self._block()
        otherwise: Block | If | None = None
        if self.accept("else"):
            otherwise = self._if() if self.kind == "if" else self._block()
        self.leave()
        return If(condition, then, otherwise, at)

    def _loop_body(self) -> Block:
        self.scopes.loops += 1
        self._nest()
        body = self._block()
        self.nested -= 1
        self.scopes.loops -= 1
        return body

    def _nest(self) -> None:
        self.nested += 1
        if self.nested > _MAX_NESTED_LOOPS:
            raise self.error("ExprTooDeep", _LOOP_EXCEEDED)

    def _while(self) -> Loop:
        token = self.advance()
        condition = self.condition() if token.kind == "while" else None
        return Loop(condition, self._loop_body(), test_last=False, stop_on=False, at=token.at)

    def _do(self) -> Loop:
        at = self.advance().at
        body = self._loop_body()
        stop_on = self.kind == "until"
        if not stop_on:
            self.expect("while", "for the do statement")
        else:
            self.advance()
        return Loop(self.condition(), body, test_last=True, stop_on=stop_on, at=at)

    def _for(self) -> For:
        at = self.advance().at
        names = self._for_names()
        self.expect("in", "after the iteration variable")
        iterable = self._iterable()
        self.scopes.tables.append({})
        item = self.scopes.declare(names[0].value)
        item.writes.append(Literal(0, at) if isinstance(iterable, RangeOf) else None)
        counter = None
        if len(names) > 1:
            counter = self.scopes.declare(names[1].value)
            counter.writes.append(Literal(0, at))
        body = self._loop_body()
        self.scopes.tables.pop()
        return For(item, counter, iterable, body, at)

    def _for_names(self) -> list[t.Token]:
        if not self.accept("("):
            return [self.variable_name()]
        first = self.variable_name()
        self.expect(",", "after the iteration variable name")
        second = self.variable_name()
        if first.value == second.value:
            text = f"Duplicated variable name: {second.value}"
            raise self.error("DuplicatedVariable", text, second.at)
        self.expect(")", "to close the iteration variable")
        return [first, second]

    def _iterable(self) -> Expr:
        if self.kind == "{":
            raise self.error("ExprExpected", "Expecting an iterable value expression")
        node = self.expression()
        if isinstance(node, MapOf):
            text = "Expecting an iterable value, not an object map"
            raise self.error("MismatchedType", text, node.at)
        return node

    def _try(self) -> Try:
        at = self.advance().at
        self._nest()
        body = self._block()
        self.nested -= 1
        self.expect("catch", "for the 'try' statement")
        self.scopes.tables.append({})
        error: Slot | None = None
        if self.kind == t.UNIT:
            raise self.error("VariableExpected", "Expecting name of a variable")
        if self.accept("("):
            error = self.scopes.declare(self.variable_name().value)
            error.writes.append(None)
            self.expect(")", "to enclose the catch variable")
        self._nest()
        handler = self._block()
        self.nested -= 1
        self.scopes.tables.pop()
        return Try(body, error, handler, at)

    def _private(self) -> None:
        self.advance()
        if self.kind != "fn":
            raise self.missing("fn", "following 'private'")
        self._function()

    def _function(self) -> None:
        at = self.advance().at
        if not self.is_global:
            text = (
                "Function definitions must be at global level and cannot be inside a block or"
                " another function"
            )
            raise self.error("WrongFnDefinition", text, at)
        outer = self.scopes, self.nested, self.depth, self.max_depth
        self.scopes, self.nested, self.depth = Scopes(), 0, 1
        self.max_depth = self.limits.max_function_expr_depth
        self._function_rest(at)
        self.scopes, self.nested, self.depth, self.max_depth = outer

    def _function_rest(self, at: int) -> None:
        name = self._function_name()
        parameters = self._parameters(name)
        key = (name, len(parameters))
        if key in self.functions:
            count = {0: "no parameters", 1: "1 parameter"}.get(key[1], f"{key[1]} parameters")
            text = f"Function {name} with {count} already exists"
            raise self.error("FnDuplicatedDefinition", text, at)
        if self.kind != "{":
            text = f"Expecting body statement block for function {name}"
            raise self.error("FnMissingBody", text)
        body = self._block()
        self.functions[key] = Function(name, parameters, body, self.scopes.slots, at)

    def _function_name(self) -> str:
        token = self.token
        if token.kind == t.RESERVED:
            raise self.reserved(token)
        if token.kind not in {t.IDENT, t.STRING}:
            raise self.error("FnMissingName", "Expecting function name in function declaration")
        self.advance()
        if self.kind == ".":
            raise self.unsupported("Typed methods are", token.at)
        name: str = token.value
        if self.kind not in {"(", t.UNIT} or token.kind == t.STRING:
            raise self.error("FnMissingParams", f"Expecting parameters for function {name}")
        return name

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
            if token.value in parameters:
                text = f"Duplicated parameter '{token.value}' for function '{name}'"
                raise self.error("FnDuplicatedParam", text)
            self.advance()
            parameters[token.value] = self.scopes.declare(token.value)
            parameters[token.value].writes.append(None)
            if self.kind != ")":
                self.expect(",", f"to separate the parameters of function '{name}'")
        return list(parameters.values())

    _STATEMENT_EXPRESSIONS: ClassVar[dict[str, Callable[["Parser"], Expr]]] = {
        "{": _block,
        "if": _if,
        "while": _while,
        "loop": _while,
        "do": _do,
        "for": _for,
    }
    _STATEMENTS: ClassVar[dict[str, Callable[["Parser"], Stmt | None]]] = {
        **_STATEMENT_EXPRESSIONS,
        ";": _empty,
        "let": _declaration,
        "const": _declaration,
        "try": _try,
        "fn": _function,
        "private": _private,
        **dict.fromkeys(("break", "continue", "return", "throw"), jump),
    }


def _note_write(target: Name, token: t.Token, value: Expr) -> None:
    """Tell the variable what it may now hold."""
    op = t.ASSIGNMENTS.get(token.kind)
    if target.slot:
        target.slot.writes.append(Binary(op, target, value, token.at) if op else value)
