"""Calls, compiled: of functions of the script, of the library, of pointers, as methods.

A method may change what it is called on. If that is a place (a variable, or part of one), the call
returns what the receiver became along with its result, and the place is written back.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rhai.compiler import emit
from rhai.compiler.expressions import ExpressionCompiler
from rhai.compiler.frame import Operand
from rhai.compiler.infer import ANY, NEVER
from rhai.syntax.chains import base_of, first_safe, rebuilt
from rhai.syntax.expressions import TAG
from rhai.syntax.tree import (
    Binary,
    Call,
    Closure,
    Expr,
    Index,
    Literal,
    Method,
    Name,
    Property,
    SafeChain,
    This,
    start_of,
)
from rhai.values import Fn, NoneType

_MAY_BE_MAP = frozenset({ANY, NEVER, dict})
_METADATA = "get_fn_metadata_list"
_SOME = range(1, 256)
_SPECIAL_ARITIES = {
    "Fn": range(1, 2),
    "is_shared": range(1, 2),
    "is_def_fn": range(2, 4),
    _METADATA: range(3),
}
_TAKING_FUNCTIONS = frozenset(
    [
        "all",
        "dedup",
        "drain",
        "filter",
        "find",
        "find_map",
        "for_each",
        "map",
        "order",
        "order_by",
        "reduce",
        "reduce_rev",
        "retain",
        "some",
        "sort",
        "sort_by",
    ]
)
_PLACES = (Name, This, Property, Index)


def _has_type(operand: Operand, kind: type, at: int) -> list[ast.expr]:
    """Return the test that an operand has a type, unless it surely has."""
    if operand.type is kind:
        return []
    found = emit.call("type", [operand.code], at)
    return [emit.compare(found, "is", emit.load(kind.__name__, at), at)]


class CallCompiler(ExpressionCompiler):
    """Compiles calls."""

    def _call(self, node: Call) -> Operand:
        special = self._SPECIAL.get(node.name)
        if special and len(node.args) in _SPECIAL_ARITIES.get(node.name, _SOME):
            return special(self, node)
        function = self.script.functions.get((node.name, len(node.args)))
        if function is None:
            if self.script.is_late:
                return self._late_call(node)
            return self._native_call(node.name, node.args, node.at)
        args = self._arguments(node.args)
        leading: list[ast.expr] = [self.depth]
        if function.uses_this:
            leading.append(emit.constant(None, node.at))
        name = self.script.function_name(function)
        kind = self.types.of_slot(function.result)
        return self.atom(Operand(emit.call(name, leading + args, node.at), kind), node.at)

    def _binary(self, node: Binary) -> Operand:
        if node.op == "in" and ("contains", 2) in self.script.functions:
            return self._call(Call("contains", [node.right, node.left], node.at))
        if node.op == "in":
            return self._contains(node)
        return ExpressionCompiler.RULES[Binary](self, node)

    def _contains(self, node: Binary) -> Operand:
        at = node.at
        item, container = self.atoms([node.left, node.right])
        general = emit.call("contains", [item.code, container.code], at)
        if item.type is not str or container.type not in {dict, ANY}:
            return Operand(general, bool)
        quick = emit.compare(item.code, "in", container.code, at)
        return Operand(self.if_map(container, quick, general, at), bool)

    def _arguments(self, nodes: Sequence[Expr]) -> list[ast.expr]:
        return [
            self.owned(operand, node.at)
            for operand, node in zip(self.stored(nodes), nodes, strict=True)
        ]

    def _late_call(self, node: Call) -> Operand:
        """Call a function by name, because the script's functions are not known yet."""
        args = [self.depth, emit.constant(node.name, node.at), *self._arguments(node.args)]
        return self.atom(Operand(emit.call("call_named", args, node.at), ANY), node.at)

    def _call_pointer(self, node: Call) -> Operand:
        args = self._arguments(node.args)
        return self.atom(Operand(emit.call("call_fn", [self.depth, *args], node.at), ANY), node.at)

    def _curry(self, node: Call | Method) -> Operand:
        nodes = node.args if isinstance(node, Call) else [node.receiver, *node.args]
        return Operand(emit.call("curry", self._arguments(nodes), node.at), Fn)

    def _make_pointer(self, node: Call) -> Operand:
        at = start_of(node.args[0])
        return Operand(emit.call("make_fn", self._arguments(node.args), at), Fn)

    def _is_shared(self, node: Call | Method) -> Operand:
        value = node.args[0] if isinstance(node, Call) else node.receiver
        if isinstance(value, Name) and value.slot and value.slot.shared:
            return Operand(emit.call("is_shared", [self.cell(value)], node.at), bool)
        self.emit(emit.expression(self.expression(value).code, node.at))
        return Operand(emit.constant(False, node.at), bool)

    def _is_defined(self, node: Call) -> Operand:
        return Operand(emit.call("is_def_fn", self._arguments(node.args), node.at), bool)

    def _closure(self, node: Closure) -> Operand:
        cells = [self.cell(outer) for outer, _ in node.captures]
        code, info = self.script.closure_names(node.function)
        args = [emit.load(info, node.at), emit.load(code, node.at), *cells]
        return Operand(emit.call("make_closure", args, node.at), Fn)

    def _method(self, node: Method) -> Operand:
        special = self._SPECIAL_METHODS.get(node.name)
        if special:
            return special(self, node)
        if node.name == f"set_{TAG}" and len(node.args) == 1 and self.tag(node.receiver):
            value = self.owned(self.expression(node.args[0]), node.at)
            self.write_back(Property(node.receiver, TAG, safe=False, at=node.at), value, node.at)
            return Operand(emit.constant(None, node.at), NoneType)
        self._name_function(node)
        count = len(node.args)
        natives = self.script.overloads(node.name, count + 1)
        may_be_map = self.types.of(node.receiver) in _MAY_BE_MAP
        by_name = self.script.is_late or self.script.has_method(node.name, count)
        if node.name == "len" and not node.args and not by_name and not self.is_cold:
            return self._length(node)
        if by_name or (may_be_map and not natives.natives):
            name = emit.constant(node.name, node.at)
            functions = ("call_method", "call_constant_method")
            return self._on_receiver(node, functions, [self.depth, name])
        return self._native_call(node.name, [node.receiver, *node.args], node.at, is_method=True)

    def _name_function(self, node: Method) -> None:
        """Accept a literal function name where a function pointer is expected."""
        if node.name not in _TAKING_FUNCTIONS or not node.args:
            return
        name = node.args[0]
        if isinstance(name, Literal) and type(name.value) is str:
            node.args[0] = Call("Fn", [name], name.at)

    def _safe_chain(self, node: SafeChain) -> Operand:
        """Compile a chain that ends where what stands before a ``?`` is unit."""
        at, result = node.at, self.temporary()
        first = first_safe(node.chain)
        place = self.fixed(base_of(first))
        if not isinstance(place, _PLACES):
            slot = self.new_slot(ANY)
            slot.constant = False
            value = self.owned(self.expression(place), at)
            self.emit(self.storing(Name("", slot, at), value, at))
            place = Name("", slot, at)
        base = self.atom(self.expression(place), at)
        self.emit(emit.assign(result, emit.constant(None, at), at))
        chain = rebuilt(node.chain, first, place)
        outer = self.swap([])
        is_safe = first_safe(chain) is not chain or chain.safe
        rest = self.expression(SafeChain(chain, at) if is_safe else chain)
        self.emit(emit.assign(result, rest.code, at))
        written = self.swap(outer)
        is_value = emit.compare(base.code, "is not", emit.constant(None, at), at)
        self.emit(emit.when(is_value, written, [], at))
        return Operand(emit.load(result, at), ANY, place=True)

    def _call_on(self, node: Method) -> Operand:
        receiver = node.receiver
        if isinstance(receiver, Name) and receiver.slot and receiver.slot.shared:
            args = [self.depth, self.cell(receiver), *self._arguments(node.args)]
            pair = self.atom(Operand(emit.call("call_on_cell", args, node.at), ANY), node.at).code
            changed, result = self._parts(pair, node.at)
            self.emit(self.storing(receiver, changed, node.at))
            return self.atom(Operand(result, ANY), node.at)
        return self._on_receiver(node, ("call_on", "call_on_copy"), [self.depth])

    def _parts(self, pair: ast.expr, at: int) -> tuple[ast.expr, ast.expr]:
        return (
            emit.item(pair, emit.constant(0, at), at),
            emit.item(pair, emit.constant(1, at), at),
        )

    def _on_receiver(
        self, node: Method, functions: tuple[str, str], leading: list[ast.expr]
    ) -> Operand:
        """Call something with a receiver that it may change.

        Args:
            node: the method call.
            functions: what is called for a place and for a constant.
            leading: the arguments before the receiver.
        """
        at = node.at
        rest = [self.atom(Operand(code, ANY), at).code for code in self._arguments(node.args)]
        place = self.fixed(node.receiver)
        receiver = self.expression(place)
        if self.has_constant_root(node.receiver):
            call = emit.call(functions[1], [*leading, receiver.code, *rest], at)
            return self.atom(Operand(call, ANY), at)
        if not isinstance(place, _PLACES):
            call = emit.call(functions[0], [*leading, self.owned(receiver, at), *rest], at)
            return self.atom(Operand(self._parts(call, at)[1], ANY), at)
        call = emit.call(functions[0], [*leading, receiver.code, *rest], at)
        return self._written_back(place, call, at)

    def _written_back(self, place: Expr, call: ast.expr, at: int) -> Operand:
        pair = self.temporary()
        self.emit(emit.assign(pair, call, at))
        changed, result = self._parts(emit.load(pair, at), at)
        self.write_back(place, changed, at)
        return self.atom(Operand(result, ANY), at)

    def _native_call(
        self, name: str, nodes: Sequence[Expr], at: int, *, is_method: bool = False
    ) -> Operand:
        """Call a library function; its first argument goes by reference if it is a place."""
        if name == "debug" and len(nodes) == 1 and not is_method:
            return self._debug(nodes[0], at)
        overloads = self.script.overloads(name, len(nodes))
        finds_map = is_method and self.types.of(nodes[0]) in _MAY_BE_MAP
        kind = "method" if finds_map else "native"
        leading = [self.depth] if finds_map or overloads.calls_back else []
        if overloads.mutates and isinstance(nodes[0], _PLACES):
            return self._mutating_call(kind, name, leading, nodes, at, is_method=is_method)
        args = leading + [operand.code for operand in self.stored(nodes)]
        code = emit.call(self.script.native_name(name, len(nodes), f"{kind} value"), args, at)
        is_plain = not overloads.mutates and not leading
        return Operand(code, ANY) if is_plain else self.atom(Operand(code, ANY), at)

    def _debug(self, node: Expr, at: int) -> Operand:
        value = self.expression(node).code
        return Operand(emit.call("debug_at", [value, emit.constant(at, at)], at), NoneType)

    def _mutating_call(
        self,
        kind: str,
        name: str,
        leading: list[ast.expr],
        nodes: Sequence[Expr],
        at: int,
        *,
        is_method: bool,
    ) -> Operand:
        # The other arguments are evaluated before the reference is taken.
        rest = [self.owned(operand, at) for operand in self.operands(nodes[1:])]
        args = [self.atom(Operand(code, ANY), at).code for code in rest]
        place = self.fixed(nodes[0])
        receiver = self.expression(place)
        is_push = name == "push" and len(args) == 1 and not self.is_cold
        if is_push and not self.has_constant_root(nodes[0]):
            array = self.atom(receiver, at)
            function = self.script.native_name(name, len(nodes), f"{kind} place")
            call = emit.call(function, [*leading, array.code, *args], at)
            return self._push(place, array, args[0], call, at)
        if self.has_constant_root(nodes[0]):
            code = receiver.code if is_method else self.owned(receiver, at)
            style = f"{kind} constant" if is_method else f"{kind} value"
            function = self.script.native_name(name, len(nodes), style)
            return self.atom(Operand(emit.call(function, [*leading, code, *args], at), ANY), at)
        function = self.script.native_name(name, len(nodes), f"{kind} place")
        return self._written_back(
            place, emit.call(function, [*leading, receiver.code, *args], at), at
        )

    def _push(
        self, place: Expr, array: Operand, item: ast.expr, general: ast.expr, at: int
    ) -> Operand:
        """Push an item; one without items of its own onto an array with room needs no call."""
        tests = _has_type(array, list, at)
        room = emit.constant(self.script.max_array_size, at)
        tests.append(emit.compare(emit.call("len", [array.code], at), "<", room, at))
        found = emit.call("type", [item], at)
        tests.append(emit.compare(found, "in", emit.load("scalars", at), at))
        name = self.temporary()
        quick = [
            emit.expression(emit.call("append", [array.code, item], at), at),
            emit.assign(name, emit.constant(None, at), at),
        ]
        outer = self.swap([])
        result = self._written_back(place, general, at)
        self.emit(emit.assign(name, result.code, at))
        slow = self.swap(outer)
        self.emit(emit.when(emit.both(tests, at), quick, slow, at))
        return Operand(emit.load(name, at), ANY)

    def _length(self, node: Method) -> Operand:
        """Ask for a length; strings and arrays need no call."""
        at = node.at
        receiver = self.atom(self.expression(node.receiver), at)
        size = emit.call("len", [receiver.code], at)
        if receiver.type in {str, list}:
            return Operand(size, int)
        function = self.script.native_name("len", 1, "method value")
        general = emit.call(function, [self.depth, receiver.code], at)
        found = emit.call("type", [receiver.code], at)
        test = emit.compare(found, "in", emit.load("sized", at), at)
        return self.atom(Operand(emit.choose(test, size, general, at), ANY), at)

    def fixed(self, node: Expr) -> Expr:
        """Return a place whose index expressions are evaluated now, to be read and written."""
        if isinstance(node, Property):
            return Property(self.fixed(node.base), node.name, node.safe, node.at)
        if not isinstance(node, Index):
            return node
        base, index = self.fixed(node.base), node.index
        if not isinstance(index, Literal | Name) or (isinstance(index, Name) and index.added):
            operand = self.expression(index)
            slot = self.new_slot(operand.type)
            self.emit(self.storing(Name("", slot, index.at), operand.code, index.at))
            index = Name("", slot, index.at)
        return Index(base, index, node.safe, node.at)

    def _metadata(self, node: Call) -> Operand:
        return Operand(emit.call("metadata", self._arguments(node.args), node.at), list)

    _SPECIAL: ClassVar[dict[str, Callable[["CallCompiler", Call], Operand]]] = {
        "call": _call_pointer,
        "curry": _curry,
        "Fn": _make_pointer,
        "is_shared": _is_shared,
        "is_def_fn": _is_defined,
        _METADATA: _metadata,
    }
    _SPECIAL_METHODS: ClassVar[dict[str, Callable[["CallCompiler", Method], Operand]]] = {
        "call": _call_on,
        "curry": _curry,
        "is_shared": _is_shared,
    }
    RULES: ClassVar[dict[type, Callable[[Any, Any], Operand]]] = {
        **ExpressionCompiler.RULES,
        Binary: _binary,
        Call: _call,
        Closure: _closure,
        Method: _method,
        SafeChain: _safe_chain,
    }
