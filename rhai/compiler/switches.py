"""``switch``, compiled to a chain of tests: exact cases, ranges, default."""

import ast

from rhai.compiler import emit
from rhai.compiler.frame import Operand
from rhai.compiler.late import LateCompiler
from rhai.syntax.tree import Case, Switch
from rhai.values import NoneType, Value

_PLAIN = frozenset({int, str, bool, NoneType})


class SwitchCompiler(LateCompiler):
    """Compiles ``switch``."""

    def switch(self, node: Switch, target: str | None) -> None:
        """Write a ``switch`` and send its value to the target."""
        at = node.at
        value = self.expression(node.value)
        subject = Operand(emit.load(self.temporary(), at), value.type)
        self.emit(emit.assign_to(subject.code, value.code, at))
        self._arms([*node.exact, *node.ranges], node, subject, target)

    def _arms(self, cases: list[Case], node: Switch, subject: Operand, target: str | None) -> None:
        """Write the tests of the cases one after the other; the first that holds ends the chain.

        A guard needs statements of its own, so cases with guards nest in the ``else`` of what is
        before them.
        """
        at = node.at
        if not cases:
            self._otherwise(node, target)
            return
        case, rest = cases[0], cases[1:]
        test = self._matches(case, subject, at)
        if case.guard:
            test = self._guarded(case, test, at)
        outer = self.swap([])
        self.statement(case.body, target)
        then = self.swap([])
        self._arms(rest, node, subject, target)
        otherwise = self.swap(outer)
        self.emit(emit.when(test, then, otherwise, at))

    def _otherwise(self, node: Switch, target: str | None) -> None:
        if node.default is None:
            self.deliver(None, target, node.at)
        else:
            self.statement(node.default, target)

    def _guarded(self, case: Case, test: ast.expr, at: int) -> ast.expr:
        holds = self.temporary()
        self.emit(emit.assign(holds, emit.constant(False, at), at))
        outer = self.swap([])
        assert case.guard is not None
        self.emit(emit.assign(holds, self.boolean(case.guard), at))
        self.emit(emit.when(test, self.swap(outer), [], at))
        return emit.load(holds, at)

    def _matches(self, case: Case, subject: Operand, at: int) -> ast.expr:
        return emit.either([self._match(value, subject, at) for value in case.values], at)

    def _match(self, value: Value, subject: Operand, at: int) -> ast.expr:
        kind = type(value)
        if kind not in _PLAIN:
            constant = emit.load(self.script.constant_name(value), at)
            return emit.call("matches", [subject.code, constant], at)
        if kind in {bool, NoneType}:
            return emit.compare(subject.code, "is", emit.constant(value, at), at)
        same = emit.compare(subject.code, "==", emit.constant(value, at), at)
        if kind is str or subject.type is kind:
            return same
        found = emit.call("type", [subject.code], at)
        return emit.both([emit.compare(found, "is", emit.load("int", at), at), same], at)
