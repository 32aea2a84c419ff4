"""Which type an expression surely has, so that its operators need no checks at run time.

A variable's type is the join of everything ever stored in it, whatever the order; it is `ANY` as
soon as something unknown is stored (a parameter, the result of a call). The lattice is three
levels high, so the fixed point is reached in a few rounds.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from rhai.syntax.tree import (
    ArrayOf,
    Assign,
    Binary,
    Block,
    Call,
    Closure,
    If,
    Interpolation,
    Jump,
    Literal,
    Logic,
    MapOf,
    Name,
    RangeOf,
    Slot,
    Stmt,
    Unary,
)
from rhai.values import Char, Fn, NoneType, Range, Series, Timestamp

NEVER = type  # below every type: a variable nothing is known to be stored in yet
ANY = object

SCALARS = frozenset({int, float, bool, str, NoneType, Range, Char, Fn, Series, Timestamp})
_NUMBERS = frozenset({int, float})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "**"})
_BITWISE = frozenset({"<<", ">>", "&", "|", "^"})


class Types:
    """The types of one script's variables.

    Args:
        slots: all variables of the script, and what its functions return.
    """

    def __init__(self, slots: Iterable[Slot]) -> None:
        self._types: dict[Slot, type] = dict.fromkeys(slots, NEVER)
        changed = True
        while changed:
            changed = False
            for slot, known in self._types.items():
                found = self._written(slot, known)
                if found is not known:
                    self._types[slot] = found
                    changed = True

    def _written(self, slot: Slot, known: type) -> type:
        for node in slot.writes:
            if known is ANY:
                break
            known = join(known, ANY if node is None else self.of(node))
        return known

    def define(self, slot: Slot, kind: type) -> None:
        """Add a variable of a known type."""
        self._types[slot] = kind

    def of_slot(self, slot: Slot) -> type:
        """Return the type of a variable."""
        found = self._types[slot]
        return ANY if found is NEVER else found

    def of_result(self, node: Call) -> type:
        """Return the type of what a call returns."""
        return self._types.get(node.result, ANY) if node.result else ANY

    def of(self, node: Stmt) -> type:
        """Return the type of an expression's value, or of a statement's; ANY if not known."""
        rule = self.RULES.get(type(node))
        return rule(self, node) if rule else ANY

    def _of_name(self, node: Name) -> type:
        return self._types[node.slot] if node.slot else ANY

    def _of_literal(self, node: Literal) -> type:
        return type(node.value)

    def _of_unary(self, node: Unary) -> type:
        if node.op == "!":
            return bool
        found = self.of(node.operand)
        return found if found in _NUMBERS or found is NEVER else ANY

    def _of_binary(self, node: Binary) -> type:
        if node.op not in _ARITHMETIC and node.op not in _BITWISE:
            return bool
        return result_type(node.op, self.of(node.left), self.of(node.right))

    def _of_block(self, node: Block) -> type:
        return self.of(node.body[-1]) if node.body else NoneType

    def _of_if(self, node: If) -> type:
        otherwise = self.of(node.otherwise) if node.otherwise else NoneType
        return join(self.of(node.then), otherwise)

    RULES: ClassVar[dict[type, Callable[["Types", Any], type]]] = {
        Name: _of_name,
        Literal: _of_literal,
        Unary: _of_unary,
        Binary: _of_binary,
        Logic: lambda _types, _node: bool,
        Block: _of_block,
        If: _of_if,
        Interpolation: lambda _types, _node: str,
        ArrayOf: lambda _types, _node: list,
        MapOf: lambda _types, _node: dict,
        RangeOf: lambda _types, _node: Range,
        Assign: lambda _types, _node: NoneType,
        Call: lambda types, node: types.of_result(node),
        Jump: lambda _types, _node: NEVER,
        Closure: lambda _types, _node: Fn,
    }


def join(a: type, b: type) -> type:
    """Return the smallest type that covers both."""
    if a is b or b is NEVER:
        return a
    return b if a is NEVER else ANY


def result_type(op: str, left: type, right: type) -> type:
    """Return the type of an arithmetic or bitwise operator's result, should it have one."""
    if op == "+" and str in {left, right}:
        return str
    if NEVER in {left, right}:
        return NEVER
    if left is int and right is int:
        return int
    if op in _ARITHMETIC and left in _NUMBERS and right in _NUMBERS:
        return float
    if op in _BITWISE and left is bool and right is bool:
        return bool
    return ANY
