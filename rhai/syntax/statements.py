"""The statement half of the parser.

Errors come in the order of the text and carry its places; a program that parses cannot fail to
compile.
"""

from collections.abc import Callable
from functools import cached_property
from typing import ClassVar

from rhai.syntax import tokens as t
from rhai.syntax.expressions import TAG, tag
from rhai.syntax.functions import FunctionParser
from rhai.syntax.scopes import Scopes
from rhai.syntax.tree import (
    Assign,
    Binary,
    Block,
    Export,
    Expr,
    For,
    If,
    Import,
    Index,
    Jump,
    Let,
    Literal,
    Loop,
    MapOf,
    Name,
    Property,
    RangeOf,
    SafeChain,
    Slot,
    Stmt,
    Switch,
    This,
    Try,
    start_of,
)

_ENDS_WITH_BLOCK = (Block, If, For, Switch, Try)
_LOOPS = frozenset({"while", "loop", "do", "for"})
_NO_VALUE = frozenset({";", "}", t.EOF})
# Python nests at most 20 loops and try statements in one function.
_MAX_NESTED_LOOPS = 18
_LOOP_EXCEEDED = "Expression exceeds maximum complexity"


class StatementParser(FunctionParser):
    """Parses statements.

    Attributes:
        modules: the variables of modules imported at the global level, by name.
        module_count: how many variables of modules there are.
        base: the scopes of the global level.
        adds: whether variables of the global level are seen by code that comes later.
    """

    modules: dict[str, Slot]
    module_count: int
    base: Scopes
    adds: bool

    @property
    def _is_outermost(self) -> bool:
        return self.scopes is self.base and len(self.scopes.tables) == 1

    def terminated(self, statement: Stmt | None, body: list[Stmt]) -> None:
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

    def statement(self) -> Stmt | None:
        """Parse one statement; None for an empty one and for a function."""
        if self.kind in _LOOPS and not self.options.allow_looping:
            raise self.error("BadInput", f"Unexpected '{self.kind}'")
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
        if isinstance(target, Property) and target.name == TAG:
            tag(target.base)
        if isinstance(target, Name) and target.slot:
            _note_write(target, token, value)
        return Assign(target, t.ASSIGNMENTS.get(token.kind, ""), value, token.at)

    def _target(self, node: Expr) -> Name | This | Property | Index:
        """Return an expression after checking that it can be assigned to."""
        if isinstance(node, Literal):
            raise self.error("AssignmentToConstant", "Cannot assign to a constant value", node.at)
        if isinstance(node, SafeChain):
            node = node.chain
        root: Expr = node
        while isinstance(root, Property | Index):
            root = root.base
        if not isinstance(root, Name | This) or not isinstance(
            node, Name | This | Property | Index
        ):
            text = "Expression cannot be assigned to"
            raise self.error("AssignmentToInvalidLHS", text, start_of(root))
        if isinstance(root, Name) and root.slot and root.slot.constant and not root.added:
            text = f"Cannot assign to constant {root.name}"
            raise self.error("AssignmentToConstant", text, root.at)
        return node

    def _declaration(self) -> Let:
        constant = self.advance().kind == "const"
        name = self.variable_name()
        if not self.options.allow_shadowing and name.value in self.scopes.visible():
            raise self.error("VariableExists", f"Variable already defined: {name.value}", name.at)
        value = self.expression() if self.accept("=") else None
        slot = self.scopes.declare(name.value, constant=constant)
        if 0 < self.limits.max_variables < len(self.scopes.slots):
            raise self.error("TooManyVariables", "Too many variables defined", name.at)
        slot.writes.append(value or Literal(None, name.at))
        if self.adds and self._is_outermost:
            slot.share()
        return Let(slot, value, self._is_outermost, name.at)

    def jump(self) -> Jump:
        """Parse ``break``, ``continue``, ``return`` or ``throw``."""
        token = self.advance()
        if token.kind in {"break", "continue"} and not self.scopes.loops:
            text = "Break statement should only be used inside a loop"
            raise self.error("LoopBreak", text, token.at)
        value = None
        if token.kind != "continue" and self.kind not in _NO_VALUE:
            value = self.expression()
        if token.kind == "return":
            self.scopes.returned.append(value or Literal(None, token.at))
        return Jump(token.kind, value, token.at)

    def statement_expression(self) -> Expr:
        """Parse a block, ``if``, ``switch`` or loop."""
        if not self._allowed[self.kind]:
            raise self.error("BadInput", f"Unexpected '{self.kind}'")
        return self._STATEMENT_EXPRESSIONS[self.kind](self)

    @cached_property
    def _allowed(self) -> dict[str, bool]:
        """Which statements may stand where a value is wanted."""
        options = self.options
        loops = options.allow_loop_expressions and options.allow_looping
        return {
            "{": options.allow_statement_expression,
            "if": options.allow_if_expression,
            "switch": options.allow_switch_expression,
            **dict.fromkeys(_LOOPS, loops),
        }

    def interpolated_block(self) -> Block:
        """Parse the block of ``${…}`` up to and including its closing brace."""
        return self._statements(self.token.at)

    def block(self) -> Block:
        """Parse statements in braces, in a scope of their own."""
        at = self.expect("{", "to start a statement block").at
        return self._statements(at)

    def _statements(self, at: int) -> Block:
        """Parse statements in a scope of their own up to a closing brace."""
        body: list[Stmt] = []
        outer, self.is_global = self.is_global, False
        self.scopes.open()
        self.enter()
        while not self.accept("}"):
            if self.kind == t.EOF:
                raise self.missing("}", "to terminate this block")
            self.terminated(self.statement(), body)
        self.leave()
        self.scopes.close()
        self.is_global = outer
        return Block(body, at)

    def _if(self) -> If:
        at = self.advance().at
        self.enter()
        condition = self.condition()
        then = self.block()
        otherwise: Block | If | None = None
        if self.accept("else"):
            otherwise = self._if() if self.kind == "if" else self.block()
        self.leave()
        return If(condition, then, otherwise, at)

    def _loop_body(self) -> Block:
        self.scopes.loops += 1
        self._nest()
        body = self.block()
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
        self.scopes.open()
        item = self.scopes.declare(names[0].value)
        item.writes.append(Literal(0, at) if isinstance(iterable, RangeOf) else None)
        item.natural = _is_natural(iterable)
        counter = None
        if len(names) > 1:
            counter = self.scopes.declare(names[1].value)
            counter.writes.append(Literal(0, at))
        body = self._loop_body()
        self.scopes.close()
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
        body = self.block()
        self.nested -= 1
        self.expect("catch", "for the 'try' statement")
        self.scopes.open()
        error: Slot | None = None
        if self.kind == t.UNIT:
            raise self.error("VariableExpected", "Expecting name of a variable")
        if self.accept("("):
            error = self.scopes.declare(self.variable_name().value)
            error.writes.append(None)
            self.expect(")", "to enclose the catch variable")
        self._nest()
        handler = self.block()
        self.nested -= 1
        self.scopes.close()
        return Try(body, error, handler, at)

    def _import(self) -> Stmt:
        self.advance()
        path = self.expression()
        at = start_of(path)
        slot = None
        if self.accept("as"):
            name = self.variable_name().value
            slot = Slot(name, self.module_count, constant=True)
            self.module_count += 1
            self.scopes.tables[-1].modules[name] = slot
            if self.is_global:
                self.modules[name] = slot
        return Import(path, slot, self.is_global, at)

    def _export(self) -> Stmt:
        at = self.advance().at
        if not self.is_global:
            text = "Export statement can only appear at global level"
            raise self.error("WrongExport", text, at)
        if self.kind in {"let", "const"}:
            declared = self._declaration()
            declared.slot.share()
            export = Export(declared.slot.name, declared.slot.name, declared.slot, declared.at)
            return Block([declared, export], at)
        token = self.variable_name()
        alias = self.variable_name() if self.accept("as") else token
        name = self.scopes.name(token.value, token.at)
        if name.slot:
            name.slot.share()
        return Export(token.value, alias.value, name.slot, token.at)

    _STATEMENT_EXPRESSIONS: ClassVar[dict[str, Callable[["StatementParser"], Expr]]] = {
        "{": block,
        "if": _if,
        "switch": FunctionParser.switch,
        "while": _while,
        "loop": _while,
        "do": _do,
        "for": _for,
    }
    _STATEMENTS: ClassVar[dict[str, Callable[["StatementParser"], Stmt | None]]] = {
        **_STATEMENT_EXPRESSIONS,
        ";": _empty,
        "let": _declaration,
        "const": _declaration,
        "try": _try,
        "fn": FunctionParser.function,
        "private": FunctionParser.private_function,
        "import": _import,
        "export": _export,
        **dict.fromkeys(("break", "continue", "return", "throw"), jump),
    }


def _is_natural(iterable: Expr) -> bool:
    """Whether an iterable surely is a range of integers that are not negative."""
    if not isinstance(iterable, RangeOf):
        return False
    start = iterable.start
    return start is None or (
        isinstance(start, Literal) and type(start.value) is int and start.value >= 0
    )


def _note_write(target: Name, token: t.Token, value: Expr) -> None:
    """Tell the variable what it may now hold."""
    op = t.ASSIGNMENTS.get(token.kind)
    if target.slot:
        target.slot.writes.append(Binary(op, target, value, token.at) if op else value)
