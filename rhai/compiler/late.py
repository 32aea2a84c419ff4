"""What is looked up or compiled while the script runs: modules, ``eval``, calls in scope."""

import ast
from collections.abc import Callable
from typing import Any, ClassVar

from rhai.compiler import emit
from rhai.compiler.calls import CallCompiler
from rhai.compiler.frame import Operand
from rhai.compiler.infer import ANY
from rhai.syntax.tree import Defined, Eval, Export, Import, Path, ScopedCall, Site, Slot


class LateCompiler(CallCompiler):
    """Compiles access to modules and to code that is compiled later."""

    def _site(self, site: Site, at: int) -> list[ast.expr]:
        """Return what code compiled later needs of this place."""
        cells: list[ast.expr] = [
            emit.load(self.variable(slot), at) for slot in site.visible.values()
        ]
        this = emit.load("this", at) if site.in_function else emit.constant(None, at)
        return [
            self.depth,
            this,
            emit.load(self.script.constant_name(site), at),
            emit.dict_of(list(site.visible), cells, at),
        ]

    def _eval(self, node: Eval) -> Operand:
        text = self.expression(node.text).code
        table = node.site.added
        added = self._table(table, node.at) if table else emit.constant(None, node.at)
        args = [*self._site(node.site, node.at), added, text]
        return self.atom(Operand(emit.call("eval_text", args, node.at), ANY), node.at)

    def _table(self, slot: Slot, at: int) -> ast.expr:
        return emit.load(self.variable(slot), at)

    def _scoped_call(self, node: ScopedCall) -> Operand:
        args = self._arguments(node.args)
        name = emit.constant(node.name, node.at)
        code = emit.call("scoped_call", [*self._site(node.site, node.at), name, *args], node.at)
        return self.atom(Operand(code, ANY), node.at)

    def _defined(self, node: Defined) -> Operand:
        name = self.expression(node.name).code
        names = emit.texts(node.visible, node.at)
        tables = [self._table(slot, node.at) for slot in node.added]
        return Operand(emit.call("is_def_var", [name, names, *tables], node.at), bool)

    def _path(self, node: Path) -> Operand:
        full_name = "::".join([*node.modules, node.name])
        if node.modules == ["global"] and node.args is None:
            constant = self.script.global_constants.get(node.name)
            value = emit.load(constant, node.at) if constant else emit.constant(None, node.at)
            named: list[ast.expr] = [value, emit.constant(full_name, node.at)]
            return Operand(emit.call("global_constant", named, node.at), ANY, place=True)
        module = self._module(node)
        path = emit.constant(full_name, node.at)
        if node.args is None:
            return Operand(emit.call("module_value", [module, path], node.at), ANY, place=True)
        args = [self.depth, module, path, *self._arguments(node.args)]
        return self.atom(Operand(emit.call("module_call", args, node.name_at), ANY), node.at)

    def _module(self, node: Path) -> ast.expr:
        slot = node.slot or self.script.modules.get(node.modules[0])
        variable = emit.load(f"m{slot.number}", node.at) if slot else emit.constant(None, node.at)
        path = emit.constant("::".join(node.modules), node.at)
        return self.atom(
            Operand(emit.call("find_module", [variable, path], node.at), ANY), node.at
        ).code

    def _import(self, node: Import, target: str | None) -> None:
        at = node.at
        path = self.expression(node.path).code
        module = emit.call("import_module", [self.depth, path], at)
        if node.slot is None:
            self.emit(emit.expression(module, at))
        else:
            name = f"m{node.slot.number}"
            if not self.is_main:
                self.emit(emit.outer(name, at))
            self.emit(emit.assign(name, module, at))
            if node.is_global:
                args: list[ast.expr] = [emit.constant(node.slot.name, at), emit.load(name, at)]
                self.emit(emit.expression(emit.call("publish", args, at), at))
        self.deliver(None, target, at)

    def _export(self, node: Export, target: str | None) -> None:
        at = node.at
        if node.slot is None:
            call = emit.call("no_variable", [emit.constant(node.name, at)], at)
        else:
            cell = emit.load(self.variable(node.slot), at)
            call = emit.call("export", [emit.constant(node.alias, at), cell], at)
        self.emit(emit.expression(call, at))
        self.deliver(None, target, at)

    RULES: ClassVar[dict[type, Callable[[Any, Any], Operand]]] = {
        **CallCompiler.RULES,
        Defined: _defined,
        Eval: _eval,
        Path: _path,
        ScopedCall: _scoped_call,
    }
    _LATE_STATEMENTS: ClassVar[dict[type, Callable[[Any, Any, str | None], None]]] = {
        Import: _import,
        Export: _export,
    }
