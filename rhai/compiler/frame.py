"""One Python function being written: its statements so far, its temporaries, its variables."""

import ast
from typing import NamedTuple, Protocol

from rhai.compiler import emit
from rhai.compiler.infer import SCALARS, Types
from rhai.errors import ParseError
from rhai.runtime.registry import Overloads
from rhai.syntax.tree import Function, Slot


class Operand(NamedTuple):
    """A compiled expression.

    Attributes:
        code: the Python expression; evaluate it once and in order, unless it is an atom.
        type: the type its value surely has, or `infer.ANY`.
        place: whether it reads a variable or part of one, whose container must be copied before it
            is stored anywhere else.
    """

    code: ast.expr
    type: type
    place: bool = False


class Script(Protocol):
    """What the functions of one script share while they are compiled."""

    functions: dict[tuple[str, int], Function]
    quick_string: int

    def function_name(self, function: Function) -> str:
        """Return the Python name of a script function."""

    def native_name(self, name: str, arity: int, style: str) -> str:
        """Return the Python name a library function is called by."""

    def overloads(self, name: str, arity: int) -> Overloads:
        """Return the library functions of that name and arity, possibly none yet."""

    def unsupported(self, what: str, at: int) -> ParseError:
        """Return the error for a construct this engine leaves out."""

    def fold(self, op: str, left: object, right: object) -> ast.Constant | None:
        """Return an operator's result on two constants, unless it fails."""


class Frame:
    """Collects the statements of one function.

    Expressions compile to Python expressions as far as possible; what needs statements (blocks,
    loops, `if` with more than a value) is written to `out` before the expression that uses it.

    Args:
        script: what all functions of the script share.
        slots: the function's variables.
        depth: code for the number of nested calls, one more for what this function calls.
        is_global: whether this is the script's own level, which sees the caller's constants.
    """

    def __init__(
        self, script: Script, slots: list[Slot], depth: ast.expr, *, is_global: bool
    ) -> None:
        self.script = script
        self.types = Types(slots)
        self.depth = depth
        self.is_global = is_global
        self.out: list[ast.stmt] = []
        self._temporaries = 0
        self._variables = len(slots)

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


def variable(slot: Slot) -> str:
    """Return the Python name of a variable."""
    return f"v{slot.number}"
