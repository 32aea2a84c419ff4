"""The typed tree of a script. Every node knows the offset its errors point at.

Variables are resolved while parsing: a `Name` holds the `Slot` it means, or None when nothing by
that name is visible, which is a matter of run time (a constant of the caller, or an error). A slot
is one variable, not one name: shadowing and redeclaring make new slots, so that closures can later
mark the one they capture as shared, and nothing else changes.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from rhai.values import Value


@dataclass(slots=True, eq=False)
class Slot:
    """One variable: its name, and every expression ever stored in it.

    Attributes:
        number: unique within a function; names the Python local.
        writes: what the variable can hold, for type inference; None is a value of any type.
    """

    name: str
    number: int
    constant: bool
    writes: list["Expr | None"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Literal:
    """A constant value."""

    value: Value
    at: int


@dataclass(slots=True, eq=False)
class Interpolation:
    """A back-tick string: the display texts of its parts, joined."""

    parts: "list[Expr]"
    at: int


@dataclass(slots=True, eq=False)
class Name:
    """A variable that is read or assigned."""

    name: str
    slot: Slot | None
    at: int


@dataclass(slots=True, eq=False)
class Unary:
    """``-x``, ``+x`` or ``!x``."""

    op: str
    operand: "Expr"
    at: int


@dataclass(slots=True, eq=False)
class Binary:
    """An operator that evaluates both sides; `at` is the operator's."""

    op: str
    left: "Expr"
    right: "Expr"
    at: int


@dataclass(slots=True, eq=False)
class Logic:
    """``&&`` or ``||``: the right side may stay unevaluated."""

    op: str
    left: "Expr"
    right: "Expr"
    at: int


@dataclass(slots=True, eq=False)
class Coalesce:
    """``left ?? right``: the right side, which may be a jump, counts if the left one is unit."""

    left: "Expr"
    right: "Expr | Jump"
    at: int


@dataclass(slots=True, eq=False)
class RangeOf:
    """``start..end`` or ``start..=end``; an open end is None."""

    start: "Expr | None"
    end: "Expr | None"
    inclusive: bool
    at: int


@dataclass(slots=True, eq=False)
class ArrayOf:
    """An array literal."""

    items: "list[Expr]"
    at: int


@dataclass(slots=True, eq=False)
class MapOf:
    """An object map literal, in the order of the text."""

    entries: "list[tuple[str, Expr]]"
    at: int


@dataclass(slots=True, eq=False)
class Call:
    """``name(args)``; `at` is the name's."""

    name: str
    args: "list[Expr]"
    at: int


@dataclass(slots=True, eq=False)
class Method:
    """``receiver.name(args)``, or ``?.`` when `safe`; `at` is the name's."""

    receiver: "Expr"
    name: str
    args: "list[Expr]"
    safe: bool
    at: int


@dataclass(slots=True, eq=False)
class Property:
    """``base.name``, or ``?.`` when `safe`; `at` is the name's."""

    base: "Expr"
    name: str
    safe: bool
    at: int


@dataclass(slots=True, eq=False)
class Index:
    """``base[index]``, or ``?[`` when `safe`; `at` is where the index expression starts."""

    base: "Expr"
    index: "Expr"
    safe: bool
    at: int


@dataclass(slots=True, eq=False)
class Block:
    """Statements in braces; its value is that of the last one."""

    body: "list[Stmt]"
    at: int


@dataclass(slots=True, eq=False)
class If:
    """``if``; without an `otherwise` its value is unit when the condition is false."""

    condition: "Expr"
    then: Block
    otherwise: "Block | If | None"
    at: int


@dataclass(slots=True, eq=False)
class Loop:
    """``loop``, ``while``, ``do … while`` and ``do … until``.

    Attributes:
        condition: None for an endless loop.
        test_last: whether the body comes first (``do``).
        stop_on: the condition's value that ends the loop.
    """

    condition: "Expr | None"
    body: Block
    test_last: bool
    stop_on: bool
    at: int


@dataclass(slots=True, eq=False)
class For:
    """``for item in iterable`` or ``for (item, counter) in iterable``."""

    item: Slot
    counter: Slot | None
    iterable: "Expr"
    body: Block
    at: int


@dataclass(slots=True, eq=False)
class Let:
    """A declaration; without a value the variable starts as unit."""

    slot: Slot
    value: "Expr | None"
    at: int


@dataclass(slots=True, eq=False)
class Assign:
    """``target = value``, or ``target op= value`` when `op` is not empty; `at` is the operator's."""

    target: "Name | Property | Index"
    op: str
    value: "Expr"
    at: int


@dataclass(slots=True, eq=False)
class Jump:
    """``break``, ``continue``, ``return`` or ``throw``, by its keyword."""

    keyword: str
    value: "Expr | None"
    at: int


@dataclass(slots=True, eq=False)
class Try:
    """``try`` with its ``catch``; `error` is the variable of the catch block."""

    body: Block
    error: Slot | None
    handler: Block
    at: int


@dataclass(slots=True, eq=False)
class Function:
    """A script function. `parameters` are ordinary slots; the body is a scope of its own."""

    name: str
    parameters: list[Slot]
    body: Block
    slots: list[Slot]
    at: int


@dataclass(slots=True, eq=False)
class Program:
    """A whole script: the statements of the global level and the functions, by name and arity."""

    body: Block
    functions: dict[tuple[str, int], Function]
    slots: list[Slot]


Expr: TypeAlias = (
    Literal
    | Interpolation
    | Name
    | Unary
    | Binary
    | Logic
    | Coalesce
    | RangeOf
    | ArrayOf
    | MapOf
    | Call
    | Method
    | Property
    | Index
    | Block
    | If
    | Loop
    | For
)
Stmt: TypeAlias = Expr | Let | Assign | Jump | Try


def start_of(node: Stmt) -> int:
    """Return the offset where the node's text starts, as far as its parts know."""
    while True:
        if isinstance(node, Binary | Logic | Coalesce):
            node = node.left
        elif isinstance(node, Property | Index):
            node = node.base
        elif isinstance(node, Method):
            node = node.receiver
        elif isinstance(node, RangeOf) and node.start is not None:
            node = node.start
        else:
            return node.at
