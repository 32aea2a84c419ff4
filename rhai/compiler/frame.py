"""One Python function being written: its statements so far, its temporaries, its variables."""

import ast
from typing import NamedTuple, Protocol

from rhai.compiler import emit
from rhai.compiler.infer import ANY, SCALARS, Types
from rhai.runtime.registry import Overloads
from rhai.syntax.tree import Function, Name, Slot, This
from rhai.values import Fn


class Operand(NamedTuple):
    """A compiled expression.

    Attributes:
        code: the Python expression; evaluate it once and in order, unless it is an atom.
        type: the type its value surely has, or `infer.ANY`.
        place: whether it reads a variable or part of one, whose container must be copied before it
            is stored anywhere else.
        natural: whether it surely is an integer that is not negative.
    """

    code: ast.expr
    type: type
    place: bool = False
    natural: bool = False


class Script(Protocol):
    """What the functions of one script share while they are compiled."""

    functions: dict[tuple[str, int], Function]
    modules: dict[str, Slot]
    global_constants: dict[str, str]
    quick_string: int
    max_array_size: int
    checks_properties: bool
    is_late: bool

    def function_name(self, function: Function) -> str:
        """Return the Python name of a script function."""

    def native_name(self, name: str, arity: int, style: str) -> str:
        """Return the Python name a library function is called by."""

    def overloads(self, name: str, arity: int) -> Overloads:
        """Return the library functions of that name and arity, possibly none yet."""

    def closure_names(self, function: Function) -> tuple[str, str]:
        """Return the Python names of a closure's code and of what is known about it."""

    def has_method(self, name: str, arity: int) -> bool:
        """Return whether the script has a function that can be called as a method."""

    def is_function(self, name: str) -> bool:
        """Return whether the script has a function of that name."""

    def constant_name(self, value: object) -> str:
        """Return a Python name that stands for a constant object."""

    def fold(self, op: str, left: object, right: object) -> ast.Constant | None:
        """Return an operator's result on two constants, unless it fails."""


class Frame:
    """Collects the statements of one function.

    Expressions compile to Python expressions as far as possible; what needs statements (blocks,
    loops, `if` with more than a value) is written to `out` before the expression that uses it.

    Args:
        script: what all functions of the script share.
        types: what the script's variables hold.
        slots: the function's variables.
        depth: code for the number of nested calls, one more for what this function calls.
        is_global: whether this is the script's own level, which sees the caller's constants.
        is_main: whether variables of modules belong to this function.
    """

    def __init__(
        self,
        script: Script,
        types: Types,
        slots: list[Slot],
        depth: ast.expr,
        *,
        is_global: bool,
        is_main: bool = False,
    ) -> None:
        self.script = script
        self.slots = slots
        self.types = types
        self.depth = depth
        self.is_global = is_global
        self.is_main = is_main
        self.out: list[ast.stmt] = []
        self.break_targets: list[str | None] = []
        self._temporaries = 0
        self._variables = len(slots)

    @property
    def is_cold(self) -> bool:
        """Whether this is run only once, so that small code is better than fast code."""
        return self.is_main and not self.break_targets

    def new_slot(self, kind: type) -> Slot:
        """Return a variable of the compiler's own, of a known type."""
        slot = Slot("", self._variables, constant=True)
        self._variables += 1
        self.types.define(slot, kind)
        return slot

    def temporary(self) -> str:
        """Return a fresh Python name."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    def emit(self, statement: ast.stmt) -> None:
        """Write a statement."""
        self.out.append(statement)

    def swap(self, out: list[ast.stmt]) -> list[ast.stmt]:
        """Write to another list from now on; return the one written to so far."""
        previous, self.out = self.out, out
        return previous

    def atom(self, operand: Operand, at: int) -> Operand:
        """Return an operand that can be evaluated twice."""
        if emit.is_atom(operand.code):
            return operand
        name = self.temporary()
        self.emit(emit.assign(name, operand.code, at))
        return Operand(emit.load(name, at), operand.type, operand.place)

    def owned(self, operand: Operand, at: int) -> ast.expr:
        """Return code for a value that can be stored: containers read from a place are copied."""
        if not operand.place or operand.type in SCALARS:
            return operand.code
        value = self.atom(operand, at).code
        kind = emit.call("type", [value], at)
        is_scalar = emit.compare(kind, "in", emit.load("scalars", at), at)
        return emit.choose(is_scalar, value, emit.call("copied", [value], at), at)

    def variable(self, slot: Slot) -> str:
        """Return the Python name of a variable, or of the cell it lives in."""
        return f"v{slot.number}"

    def reading(self, node: Name | This) -> ast.expr:
        """Return code for the value of a variable, or of ``this``."""
        if isinstance(node, Name) and node.slot and not node.slot.shared:
            return emit.load(self.variable(node.slot), node.at)
        return emit.content(self.cell(node), node.at)

    def storing(self, node: Name | This, value: ast.expr, at: int) -> ast.stmt:
        """Return the statement that stores a value in a variable, or in ``this``."""
        return emit.assign_to(self.reading(node), value, at)

    def defining(self, slot: Slot, value: ast.expr, at: int) -> ast.stmt:
        """Return the statement that makes a variable; a shared one gets a cell of its own."""
        if slot.shared:
            value = emit.call("Cell", [value], at)
        return emit.assign(self.variable(slot), value, at)

    def tag(self, node: object) -> str | None:
        """Return the Python name of a variable's tag, if something sets it."""
        if isinstance(node, Name) and node.slot and node.slot.tagged:
            return f"w{node.slot.number}"
        return None

    def cell(self, node: Name | This) -> ast.expr:
        """Return code for the cell of a shared variable, or of ``this``."""
        at = node.at
        if isinstance(node, This):
            return emit.call("bound", [emit.load("this", at)], at)
        if node.slot and not node.added:
            return emit.load(self.variable(node.slot), at)
        if not node.added:
            return emit.call("Cell", [self.owned(self.unknown(node), at)], at)
        known = emit.load(self.variable(node.slot), at) if node.slot else emit.constant(None, at)
        tables = [emit.load(self.variable(table), at) for table in node.added]
        return emit.call("find_cell", [emit.constant(node.name, at), known, *tables], at)

    def unknown(self, node: Name) -> Operand:
        """Return code for a name that is no variable of the script."""
        args: list[ast.expr] = [emit.constant(node.name, node.at)]
        if self.script.is_function(node.name):
            return Operand(emit.call("make_fn", args, node.at), Fn)
        function = "host" if self.is_global else "no_variable"
        return Operand(emit.call(function, args, node.at), ANY, place=self.is_global)
