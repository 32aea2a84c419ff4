"""Statements, compiled.

A statement has a value. Where it goes is its target: None forgets it, `RETURN` leaves the function
with it, anything else is the Python name it is stored in. With `RETURN` a statement whose value is
unit may just end: it stands last in its function, and Python's answer is None as well.
"""

import ast
from collections.abc import Callable
from typing import Any, ClassVar, Final

from rhai.compiler import emit
from rhai.compiler.arithmetic import operate
from rhai.compiler.expressions import element_tests, root_of
from rhai.compiler.frame import Operand
from rhai.compiler.infer import ANY
from rhai.compiler.switches import SwitchCompiler
from rhai.syntax.expressions import TAG
from rhai.syntax.tree import (
    Assign,
    Block,
    Expr,
    For,
    If,
    Index,
    Jump,
    Let,
    Literal,
    Loop,
    Name,
    Property,
    RangeOf,
    Slot,
    Stmt,
    Switch,
    This,
    Try,
)
from rhai.values import I64_MAX

RETURN: Final = "return"


class StatementCompiler(SwitchCompiler):
    """Compiles the statements of one function."""

    def body(self, node: Stmt) -> list[ast.stmt]:
        """Compile a whole function body; its last value is the function's."""
        self.caught: list[str] = []
        for slot in self.slots:
            if slot.tagged:
                self.emit(emit.assign(f"w{slot.number}", emit.constant(0, node.at), node.at))
        self.statement(node, RETURN)
        return self.out

    def statement(self, node: Stmt, target: str | None) -> None:
        """Write a statement and send its value to the target."""
        kind = type(node)
        rule = self._STATEMENT_RULES.get(kind) or self._LATE_STATEMENTS.get(kind)
        if rule:
            rule(self, node, target)
        else:
            self._expression_statement(node, target)

    def _expression_statement(self, node: Any, target: str | None) -> None:
        operand = self.expression(node)
        if target is None:
            if not emit.is_atom(operand.code):
                self.emit(emit.expression(operand.code, node.at))
        elif target == RETURN and self._dies(node):
            # The variable dies here, so its value is moved.
            self.emit(emit.returns(operand.code, node.at))
        else:
            self.deliver(self.owned(operand, node.at), target, node.at)

    def _dies(self, node: Any) -> bool:
        """Whether a node is a variable that nobody can see after this function."""
        return isinstance(node, Name) and node.slot is not None and not node.slot.shared

    def deliver(self, value: ast.expr | None, target: str | None, at: int) -> None:
        """Send a value to a target; None stands for unit."""
        if target == RETURN:
            if value is not None:
                self.emit(emit.returns(value, at))
        elif target is not None:
            self.emit(emit.assign(target, value or emit.constant(None, at), at))

    def _written(self, node: Stmt, target: str | None) -> list[ast.stmt]:
        """Return the statements a node compiles to."""
        outer = self.swap([])
        self.statement(node, target)
        return self.swap(outer)

    def _block(self, node: Block, target: str | None) -> None:
        for part in node.body[:-1]:
            self.statement(part, None)
        if node.body:
            self.statement(node.body[-1], target)
        else:
            self.deliver(None, target, node.at)

    def _let(self, node: Let, target: str | None) -> None:
        value: ast.expr = emit.constant(None, node.at)
        if node.value:
            value = self.owned(self.expression(node.value), node.at)
        self.emit(self.defining(node.slot, value, node.at))
        if tag := self.tag(Name("", node.slot, node.at)):
            self.emit(emit.assign(tag, emit.constant(0, node.at), node.at))
        self._announce(node)
        self.deliver(None, target, node.at)

    def _announce(self, node: Let) -> None:
        """Tell others of a variable: functions of a global constant, the caller of `eval`."""
        at, slot = node.at, node.slot
        constant = self.script.global_constants.get(slot.name)
        if self.is_main and node.is_global and slot.constant and constant:
            value = self.owned(Operand(self.reading(Name("", slot, at)), ANY, place=True), at)
            self.emit(emit.assign(constant, emit.call("Cell", [value], at), at))
        if self.script.is_late and node.is_global:
            table, name = emit.load("added", at), emit.constant(slot.name, at)
            self.emit(emit.set_item(table, name, emit.load(self.variable(slot), at), at))

    def _if(self, node: If, target: str | None) -> None:
        condition = self.boolean(node.condition)
        then = self._written(node.then, target)
        if node.otherwise:
            otherwise = self._written(node.otherwise, target)
        else:
            outer = self.swap([])
            self.deliver(None, target, node.at)
            otherwise = self.swap(outer)
        self.emit(emit.when(condition, then, otherwise, node.at))

    def _loop(self, node: Loop, target: str | None) -> None:
        at = node.at
        self._before_loop(target, at)
        outer = self.swap([])
        if node.test_last:
            self.statement(node.body, None)
            self._test(node)
        else:
            self._test(node)
            self.statement(node.body, None)
        body = self.swap(outer)
        self.break_targets.pop()
        self.emit(emit.loop(["_"], emit.load("ticks", at), body, at))

    def _before_loop(self, target: str | None, at: int) -> None:
        """Set the value of a loop that ends without ``break``, and where ``break`` puts its own."""
        if target != RETURN:
            self.deliver(None, target, at)
        self.break_targets.append(target)

    def _test(self, node: Loop) -> None:
        if node.condition is None:
            return
        condition = self.boolean(node.condition)
        if not node.stop_on:
            condition = emit.negated(condition, node.at)
        self.emit(emit.when(condition, [emit.breaks(node.at)], [], node.at))

    def _for(self, node: For, target: str | None) -> None:
        at = node.at
        iterable = self._iterable(node.iterable)
        self._before_loop(target, at)
        body = self._written(node.body, None)
        self.break_targets.pop()
        slots = [node.counter, node.item] if node.counter else [node.item]
        if node.counter:
            iterable = emit.call("enumerate", [iterable], at)
        names = [self.temporary() if slot.shared else self.variable(slot) for slot in slots]
        self.emit(emit.loop(names, iterable, self._filled(slots, names, at) + body, at))

    def _filled(self, slots: list[Slot], names: list[str], at: int) -> list[ast.stmt]:
        """Give shared loop variables one cell for all turns, and return what fills it."""
        filling: list[ast.stmt] = []
        for slot, name in zip(slots, names, strict=True):
            if slot.shared:
                self.emit(self.defining(slot, emit.constant(None, at), at))
                filling.append(self.storing(Name("", slot, at), emit.load(name, at), at))
        return filling

    def _iterable(self, node: Expr) -> ast.expr:
        if not isinstance(node, RangeOf):
            return emit.call("iterate", [self.expression(node).code], node.at)
        ends = [node.start or Literal(0, node.at), node.end or Literal(I64_MAX, node.at)]
        args = [operand.code for operand in self.operands(ends)]
        args.append(emit.constant(node.inclusive, node.at))
        return emit.call("turns", args, node.at)

    def _assign(self, node: Assign, target: str | None) -> None:
        if isinstance(node.target, Name | This):
            self._assign_name(node, node.target)
        else:
            self._assign_part(node, node.target)
        self.deliver(None, target, node.at)

    def _assign_name(self, node: Assign, name: Name | This) -> None:
        value = self.expression(node.value)
        if isinstance(name, Name) and name.slot is None and not name.added:
            self._refuse(name, value)
        elif node.op:
            self._op_assign(node, name, value)
        else:
            code = self.owned(value, node.at)
            self.emit(self.storing(name, code, node.at))

    def _refuse(self, name: Name, value: Operand) -> None:
        """Raise, once the value is evaluated, the error that this is no variable of the script."""
        self.emit(emit.expression(value.code, name.at))
        function = "no_assignment" if self.is_global else "no_variable"
        call = emit.call(function, [emit.constant(name.name, name.at)], name.at)
        self.emit(emit.expression(call, name.at))

    def _op_assign(self, node: Assign, name: Name | This, value: Operand) -> None:
        at = node.at
        kind = self.types.of(name)
        if kind is str and node.op == "+" and isinstance(name, Name) and name.slot:
            self._append(self.variable(name.slot), value, at)
            return
        right = self.atom(value, at)
        current = self.atom(Operand(self.reading(name), kind, place=True), at)
        result = operate(self, node.op, current, right, at, placed=True)
        self.emit(self.storing(name, result.code, at))

    def _append(self, name: str, value: Operand, at: int) -> None:
        """Extend a string variable; written so that Python can extend it in place."""
        text = value.code
        if value.type is not str:
            text = emit.call("added_text", [text], at)
        current = emit.load(name, at)
        self.emit(emit.assign(name, emit.binary("+", current, text, at), at))
        quick = emit.constant(self.script.quick_string, at)
        is_large = emit.compare(emit.call("len", [current], at), ">", quick, at)
        check = emit.expression(emit.call("checked_string", [current], at), at)
        self.emit(emit.when(is_large, [check], [], at))

    def _assign_part(self, node: Assign, part: Property | Index) -> None:
        """Assign to an element or a property: the value first, then the chain left to right."""
        at = node.at
        root = root_of(part)
        if isinstance(root, Name) and root.slot is None and not root.added:
            self._refuse(root, self.expression(node.value))
            return
        value = self.atom(Operand(self.owned(self.expression(node.value), at), ANY), at).code
        place = self.fixed(part)
        if node.op:
            current = self.atom(self.expression(place), at)
            value = operate(self, node.op, current, Operand(value, ANY), at, placed=True).code
        self.write_back(place, value, at)

    def write_back(self, node: Expr, value: ast.expr, at: int) -> None:
        """Store a new value in the place an expression reads."""
        if isinstance(node, Name | This):
            if isinstance(node, This) or node.slot or node.added:
                self.emit(self.storing(node, value, at))
        elif isinstance(node, Property) and node.name == TAG and (tag := self.tag(node.base)):
            base = self.atom(self.expression(node.base), at).code
            args = [base, emit.load(tag, at), value]
            self.emit(emit.assign(tag, emit.call("set_tag", args, node.at), at))
        elif isinstance(node, Property):
            base = self.atom(self.expression(node.base), at).code
            args = [base, emit.constant(node.name, node.at), value]
            self._replace(node.base, emit.call("set_property", args, node.at), at)
        elif isinstance(node, Index):
            self._write_element(node, value, at)

    def _write_element(self, node: Index, value: ast.expr, at: int) -> None:
        base, index = self.atoms([node.base, node.index])
        value = self.atom(Operand(value, ANY), at).code
        outer = self.swap([])
        changed = emit.call("set_index", [base.code, index.code, value], node.at)
        self._replace(node.base, changed, at)
        general = self.swap(outer)
        tests = element_tests(base, index, at)
        if self.is_cold:
            tests = []
        elif index.type is str and base.type in {dict, ANY}:
            tests = [emit.compare(index.code, "in", base.code, at)]
            if base.type is ANY:
                found = emit.call("type", [base.code], at)
                tests.insert(0, emit.compare(found, "is", emit.load("dict", at), at))
        if not tests:
            self.out.extend(general)
            return
        replace = emit.set_item(base.code, index.code, value, at)
        self.emit(emit.when(emit.both(tests, at), [replace], general, at))

    def _replace(self, base: Expr, changed: ast.expr, at: int) -> None:
        """Store a changed container where it came from; strings and integers become new ones."""
        if isinstance(base, This) or (isinstance(base, Name) and (base.slot or base.added)):
            self.emit(self.storing(base, changed, at))
        else:
            name = self.temporary()
            self.emit(emit.assign(name, changed, at))
            if isinstance(base, Name | Property | Index):
                self.write_back(base, emit.load(name, at), at)

    def _jump(self, node: Jump, _target: str | None) -> None:
        self._JUMPS[node.keyword](self, node)

    def _break(self, node: Jump) -> None:
        target = self.break_targets[-1]
        if node.value is not None:
            self.statement(node.value, target)
        if target != RETURN or node.value is None:
            self.emit(emit.breaks(node.at))

    def _continue(self, node: Jump) -> None:
        self.emit(emit.continues(node.at))

    def _return(self, node: Jump) -> None:
        if node.value is not None:
            self.statement(node.value, RETURN)
        self.emit(emit.returns(None, node.at))

    def _throw(self, node: Jump) -> None:
        at = node.at
        if node.value is None and self.caught:
            call = emit.call("throw_again", [emit.load(self.caught[-1], at)], at)
        else:
            value = self._thrown(node)
            call = emit.call("throw", [value], at)
        self.emit(emit.expression(call, at))

    def _thrown(self, node: Jump) -> ast.expr:
        if node.value is None:
            return emit.constant(None, node.at)
        return self.owned(self.expression(node.value), node.at)

    def _try(self, node: Try, target: str | None) -> None:
        at = node.at
        body = self._written(node.body, target)
        name, kept = self.temporary(), self.temporary()
        caught = emit.call("caught", [emit.load(name, at)], at)
        handler = [emit.assign(kept, caught, at)]
        if node.error:
            value = emit.call("error_value", [emit.load(kept, at)], at)
            handler.append(self.defining(node.error, value, at))
        self.caught.append(kept)
        handler += self._written(node.handler, None)
        self.caught.pop()
        outer = self.swap([])
        self.deliver(None, target, at)
        handler += self.swap(outer)
        self.emit(emit.attempt(body, "ScriptError", name, handler, at))

    _JUMPS: ClassVar[dict[str, Callable[["StatementCompiler", Jump], None]]] = {
        "break": _break,
        "continue": _continue,
        "return": _return,
        "throw": _throw,
    }
    _STATEMENT_RULES: ClassVar[
        dict[type, Callable[["StatementCompiler", Any, str | None], None]]
    ] = {
        Block: _block,
        Let: _let,
        If: _if,
        Loop: _loop,
        For: _for,
        Assign: _assign,
        Jump: _jump,
        Switch: SwitchCompiler.switch,
        Try: _try,
    }
