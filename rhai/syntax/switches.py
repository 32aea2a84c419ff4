"""``switch``: its cases are literals, known before anything runs."""

from abc import abstractmethod

from rhai.syntax import tokens as t
from rhai.syntax.expressions import ExpressionParser
from rhai.syntax.tree import (
    ArrayOf,
    Block,
    Case,
    Expr,
    For,
    If,
    Interpolation,
    Literal,
    Loop,
    MapOf,
    RangeOf,
    Stmt,
    Switch,
    start_of,
)
from rhai.values import I64_MAX, Range, Value

# What binds tighter than the `|` between two cases.
_CASE_BINDING = t.PRECEDENCE["|"] + 1
_NUMBERS = frozenset({int, float})
_NO_COMMA = (Block, If, For, Loop, Switch)


class SwitchParser(ExpressionParser):
    """Parses ``switch``."""

    @abstractmethod
    def statement(self) -> Stmt | None:
        """Parse one statement; None for an empty one."""

    def switch(self) -> Switch:
        """Parse a whole ``switch``."""
        at = self.advance().at
        self.enter()
        value = self.expression()
        self.expect("{", "to start a switch block")
        switch = Switch(value, [], [], None, at)
        while not self.accept("}"):
            if self.kind == t.EOF:
                raise self.missing("}", "to end this switch block")
            self._case(switch)
        self.leave()
        return switch

    def _case(self, switch: Switch) -> None:
        at = self.token.at
        if switch.default is not None:
            raise self.error("WrongSwitchDefaultCase", "Default switch case must be the last")
        is_default = self.accept("_")
        values = [] if is_default else self._values(bool(switch.ranges))
        guard = self._guard(is_default)
        self.expect("=>", "in this switch case")
        body = self.statement() or Block([], at)
        self._separator(body, is_default, at)
        if is_default:
            switch.default = body
            return
        exact = [value for value in values if type(value) is not Range]
        ranges = [value for value in values if type(value) is Range]
        if exact:
            switch.exact.append(Case(exact, guard, body))
        if ranges:
            switch.ranges.append(Case(ranges, guard, body))

    def _guard(self, is_default: bool) -> Expr | None:
        at = self.token.at
        if not self.accept("if"):
            return None
        if is_default:
            text = "This switch case cannot have a condition"
            raise self.error("WrongSwitchCaseCondition", text, at)
        return self.condition()

    def _separator(self, body: Stmt, is_default: bool, at: int) -> None:
        if self.kind == t.EOF:
            raise self.missing("}", "to end this switch block")
        if self.kind == "}":
            return
        if not self.accept(",") and not isinstance(body, _NO_COMMA):
            raise self.missing(",", "to separate the items in this switch block")
        if is_default and self.kind != "}":
            raise self.error("WrongSwitchDefaultCase", "Default switch case must be the last", at)

    def _values(self, after_range: bool) -> list[Value]:
        values: list[Value] = []
        while True:
            at = self.token.at
            if self.kind in {"..", "..="}:
                node: Expr = self.range_from(None, self.advance())
            else:
                node = self.operand(_CASE_BINDING)
            value = self._constant(node)
            seen_range = after_range or any(type(other) is Range for other in values)
            if seen_range and type(value) in _NUMBERS:
                text = "Numeric switch case cannot follow a range case"
                raise self.error("WrongSwitchIntegerCase", text, at)
            values.append(value)
            if not self.accept("|"):
                return values

    def _constant(self, node: Expr) -> Value:
        """Return the value of a case."""
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, ArrayOf):
            return [self._constant(item) for item in node.items]
        if isinstance(node, MapOf):
            return {key: self._constant(item) for key, item in node.entries}
        if isinstance(node, Interpolation) and not node.parts:
            return ""
        if isinstance(node, RangeOf):
            return self._constant_range(node)
        raise self.error("ExprExpected", "Expecting a literal expression", node.at)

    def _constant_range(self, node: RangeOf) -> Range:
        start = 0 if node.start is None else self._constant(node.start)
        end = I64_MAX if node.end is None else self._constant(node.end)
        if type(start) is not int or type(end) is not int:
            raise self.error("ExprExpected", "Expecting a literal expression", start_of(node))
        return Range(start, end, node.inclusive)
