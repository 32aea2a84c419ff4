"""Expressions, compiled.

The order of evaluation is the order of the text: when a later operand needs statements of its own,
the earlier ones are kept in temporaries first (`operands`).
"""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rhai.compiler import emit
from rhai.compiler.arithmetic import operate
from rhai.compiler.frame import Frame, Operand
from rhai.compiler.infer import ANY
from rhai.syntax.expressions import TAG
from rhai.syntax.tree import (
    ArrayOf,
    Binary,
    Block,
    Coalesce,
    Expr,
    For,
    If,
    Index,
    Interpolation,
    Jump,
    Literal,
    Logic,
    Loop,
    MapOf,
    Name,
    Path,
    Property,
    RangeOf,
    Stmt,
    Switch,
    This,
    Unary,
    start_of,
)
from rhai.values import I64_MAX, Char, Range

_MAPS = frozenset({dict, ANY})
_UNARY_NAMES = {"-": "negate", "+": "keep_sign", "!": "invert"}


class ExpressionCompiler(Frame, ABC):
    """Compiles expressions; statements come from the subclass."""

    @abstractmethod
    def statement(self, node: Stmt, target: str | None) -> None:
        """Write a statement; store its value in a Python name, if one is given."""

    @abstractmethod
    def deliver(self, value: ast.expr | None, target: str | None, at: int) -> None:
        """Send a value to a statement's target; None stands for unit."""

    @abstractmethod
    def write_back(self, node: Expr, value: ast.expr, at: int) -> None:
        """Store a new value in the place an expression reads."""

    def expression(self, node: Expr) -> Operand:
        """Compile an expression."""
        return self.RULES[type(node)](self, node)

    def operands(self, nodes: Sequence[Expr]) -> list[Operand]:
        """Compile expressions that are evaluated one after the other."""
        done: list[Operand] = []
        for node in nodes:
            mark = len(self.out)
            operand = self.expression(node)
            if len(self.out) > mark:
                done = self._keep(done, mark)
            done.append(operand)
        return done

    def atoms(self, nodes: Sequence[Expr]) -> list[Operand]:
        """Compile expressions such that each can be evaluated twice."""
        operands = self.operands(nodes)
        # A call may change nothing that a plain name means, so names may stay where they are.
        return [self.atom(operand, node.at) for operand, node in zip(operands, nodes, strict=True)]

    def _keep(self, done: list[Operand], mark: int) -> list[Operand]:
        """Evaluate operands before the statements written since `mark`."""
        later = self.out[mark:]
        del self.out[mark:]
        kept: list[Operand] = []
        for operand in done:
            if isinstance(operand.code, ast.Constant):
                kept.append(operand)
                continue
            at = operand.code.lineno - 1
            name = self.temporary()
            self.emit(emit.assign(name, self.owned(operand, at), at))
            kept.append(Operand(emit.load(name, at), operand.type))
        self.out.extend(later)
        return kept

    def boolean(self, node: Expr) -> ast.expr:
        """Compile an operand that must be a boolean."""
        operand = self.expression(node)
        if operand.type is bool:
            return operand.code
        at = start_of(node)
        value = self.atom(operand, at).code
        wrong = emit.call("not_boolean", [value], at)
        if isinstance(value, ast.Constant):
            return wrong
        is_bool = [
            emit.compare(value, "is", emit.constant(truth, at), at) for truth in (True, False)
        ]
        return emit.choose(emit.either(is_bool, at), value, wrong, at)

    def _literal(self, node: Literal) -> Operand:
        value = node.value
        if type(value) is Char:
            code: ast.expr = emit.call("Char", [emit.constant(value.text, node.at)], node.at)
            return Operand(code, Char)
        return Operand(emit.constant(value, node.at), type(value))

    def _interpolation(self, node: Interpolation) -> Operand:
        parts = [operand.code for operand in self.operands(node.parts)]
        return Operand(emit.call("concatenate", parts, node.at), str)

    def _name(self, node: Name) -> Operand:
        if node.slot is None and not node.added:
            return self.unknown(node)
        kind = self.types.of_slot(node.slot) if node.slot else ANY
        natural = node.slot is not None and node.slot.natural and len(node.slot.writes) == 1
        return Operand(self.reading(node), kind, place=True, natural=natural)

    def _this(self, node: This) -> Operand:
        return Operand(self.reading(node), ANY, place=True)

    def _unary(self, node: Unary) -> Operand:
        operand = self.expression(node.operand)
        at = node.at
        if node.op == "!" and operand.type is bool:
            return Operand(emit.negated(operand.code, at), bool)
        if node.op == "-" and operand.type is float:
            return Operand(emit.negative(operand.code, at), float)
        kind = bool if node.op == "!" else self.types.of(node)
        return Operand(emit.call(_UNARY_NAMES[node.op], [operand.code], at), kind)

    def _binary(self, node: Binary) -> Operand:
        left, right = self.atoms([node.left, node.right])
        return operate(self, node.op, left, right, node.at)

    def _logic(self, node: Logic) -> Operand:
        at = node.at
        left = self.boolean(node.left)
        outer = self.swap([])
        right = self.boolean(node.right)
        written = self.swap(outer)
        if not written:
            join = emit.both if node.op == "&&" else emit.either
            return Operand(join([left, right], at), bool)
        name = self.temporary()
        self.emit(emit.assign(name, left, at))
        test: ast.expr = emit.load(name, at)
        if node.op == "||":
            test = emit.negated(test, at)
        self.emit(emit.when(test, [*written, emit.assign(name, right, at)], [], at))
        return Operand(emit.load(name, at), bool)

    def _coalesce(self, node: Coalesce) -> Operand:
        at = node.at
        left = self.expression(node.left)
        name = self.temporary()
        self.emit(emit.assign(name, left.code, at))
        outer = self.swap([])
        if isinstance(node.right, Jump):
            self.statement(node.right, None)
        else:
            right = self.expression(node.right)
            self.emit(emit.assign(name, self.owned(right, at), at))
        written = self.swap(outer)
        is_unit = emit.compare(emit.load(name, at), "is", emit.constant(None, at), at)
        self.emit(emit.when(is_unit, written, [], at))
        return Operand(emit.load(name, at), ANY, left.place)

    def _range(self, node: RangeOf) -> Operand:
        start = node.start or Literal(0, node.at)
        end = node.end or Literal(I64_MAX, node.at)
        args = [operand.code for operand in self.operands([start, end])]
        args.append(emit.constant(node.inclusive, node.at))
        return Operand(emit.call("make_range", args, node.at), Range)

    def _array(self, node: ArrayOf) -> Operand:
        items = [self.owned(part, node.at) for part in self.stored(node.items)]
        code = emit.list_of(items, node.at)
        return Operand(emit.call("checked_array", [code], node.at) if items else code, list)

    def _map(self, node: MapOf) -> Operand:
        operands = self.stored([value for _, value in node.entries])
        values = [self.owned(operand, node.at) for operand in operands]
        code = emit.dict_of([key for key, _ in node.entries], values, node.at)
        return Operand(emit.call("checked_map", [code], node.at) if values else code, dict)

    def stored(self, nodes: Sequence[Expr]) -> list[Operand]:
        """Compile expressions whose values go into a container or a function."""
        operands = self.operands(nodes)
        if any(operand.place and not emit.is_atom(operand.code) for operand in operands):
            return [self.atom(part, node.at) for part, node in zip(operands, nodes, strict=True)]
        return operands

    def has_constant_root(self, node: Expr) -> bool:
        """Whether a chain of elements and properties is part of a constant."""
        node = root_of(node)
        if isinstance(node, Path):
            return True
        if not isinstance(node, Name) or node.added:
            return False
        return node.slot.constant if node.slot else self.is_global

    def _property(self, node: Property) -> Operand:
        if node.name == TAG and (tag := self.tag(node.base)):
            args = [self.expression(node.base).code, emit.load(tag, node.at)]
            return Operand(emit.call("read_tag", args, node.at), ANY)
        return self._get(self.expression(node.base), node)

    def _get(self, base: Operand, node: Property) -> Operand:
        key = emit.constant(node.name, node.at)
        if node.name == "len" and base.type in {str, list}:
            return Operand(emit.call("len", [base.code], node.at), int)
        inlines = not self.script.checks_properties and not self.is_cold
        if inlines and emit.is_atom(base.code) and base.type in _MAPS:
            quick = emit.call("get_entry", [base.code, key], node.at)
            general = emit.call("get_property", [base.code, key], node.at)
            return Operand(self.if_map(base, quick, general, node.at), ANY, place=True)
        return Operand(emit.call("get_property", [base.code, key], node.at), ANY, place=True)

    def _index(self, node: Index) -> Operand:
        walked = None if self.is_cold else self._walked(node)
        if walked:
            return walked
        base, index = self.atoms([node.base, node.index])
        return self._element(base, index, node)

    def _walked(self, node: Index) -> Operand | None:
        """Read an element of what an expression gives, if the index is a plain variable.

        The base is evaluated in the first test, so that no statement is needed.
        """
        index = node.index
        if not isinstance(node.base, Index) or not isinstance(index, Name | Literal):
            return None
        outer = self.swap([])
        base, key = self.expression(node.base), self.expression(index)
        written = self.swap(outer)
        tests = element_tests(Operand(emit.constant(0, node.at), ANY), key, node.at)
        if written or not emit.is_atom(key.code) or not tests or emit.is_atom(base.code):
            return None
        at, name = node.at, self.temporary()
        array = emit.load(name, at)
        found = emit.call("type", [emit.walrus(name, base.code, at)], at)
        tests = [
            emit.compare(found, "is", emit.load("list", at), at),
            *element_tests(Operand(array, list), key, at),
        ]
        general = emit.call("get_index", [array, key.code], at)
        item = emit.item(array, key.code, at)
        return Operand(emit.choose(emit.both(tests, at), item, general, at), ANY, place=True)

    def if_map(self, base: Operand, quick: ast.expr, general: ast.expr, at: int) -> ast.expr:
        """Return one of two expressions: if the base is a map, or if it is something else."""
        if base.type is dict:
            return quick
        found = emit.call("type", [base.code], at)
        return emit.choose(emit.compare(found, "is", emit.load("dict", at), at), quick, general, at)

    def _element(self, base: Operand, index: Operand, node: Index) -> Operand:
        at = node.at
        code: ast.expr = emit.call("get_index", [base.code, index.code], at)
        if self.is_cold:
            return Operand(code, ANY, place=True)
        if index.type is str and base.type in _MAPS and not self.script.checks_properties:
            quick = emit.call("get_entry", [base.code, index.code], at)
            return Operand(self.if_map(base, quick, code, at), ANY, place=True)
        tests = element_tests(base, index, at)
        if tests and emit.is_atom(base.code) and emit.is_atom(index.code):
            code = emit.choose(emit.both(tests, at), emit.item(base.code, index.code, at), code, at)
        return Operand(code, ANY, place=True)

    def _statement_value(self, node: Block | If | Loop | For | Switch) -> Operand:
        name = self.temporary()
        self.statement(node, name)
        return Operand(emit.load(name, node.at), self.types.of(node))

    RULES: ClassVar[dict[type, Callable[[Any, Any], Operand]]] = {
        Literal: _literal,
        Interpolation: _interpolation,
        Name: _name,
        Unary: _unary,
        Binary: _binary,
        Logic: _logic,
        Coalesce: _coalesce,
        RangeOf: _range,
        ArrayOf: _array,
        MapOf: _map,
        This: _this,
        Property: _property,
        Index: _index,
        **dict.fromkeys((Block, If, Loop, For, Switch), _statement_value),
    }


def element_tests(base: Operand, index: Operand, at: int) -> list[ast.expr]:
    """Return the tests that a base is an array and an index one of its offsets; none if neither."""
    if base.type not in {list, ANY} or index.type not in {int, ANY}:
        return []
    tests: list[ast.expr] = []
    for operand, kind in ((base, list), (index, int)):
        if operand.type is ANY:
            found = emit.call("type", [operand.code], at)
            tests.append(emit.compare(found, "is", emit.load(kind.__name__, at), at))
    length = emit.call("len", [base.code], at)
    if index.natural:
        tests.append(emit.compare(index.code, "<", length, at))
    else:
        low = emit.constant(-1, at)
        tests.append(emit.compare_chain(low, [("<", index.code), ("<", length)], at))
    return tests


def root_of(node: Expr) -> Expr:
    """Return what a chain of elements and properties starts from."""
    while isinstance(node, Property | Index):
        node = node.base
    return node
