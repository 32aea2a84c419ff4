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
        shared: whether it lives in a cell, because a closure or `eval` may reach it.
        natural: whether a loop stores integers in it that are not negative.
        tagged: whether something sets its tag, a number beside its value.
    """

    name: str
    number: int
    constant: bool
    writes: list["Expr | None"] = field(default_factory=list)
    shared: bool = False
    tagged: bool = False
    natural: bool = False

    def share(self) -> None:
        """Move the variable to a cell; from then on anything may be stored in it."""
        self.shared = True
        self.writes.append(None)


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
    """A variable that is read or assigned.

    Attributes:
        added: tables of variables that an `eval` may have added, innermost first; they are asked
            before the slot.
    """

    name: str
    slot: Slot | None
    at: int
    added: list[Slot] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class This:
    """What a method was called on."""

    at: int


@dataclass(slots=True, eq=False)
class Path:
    """``module::name`` or, with arguments, ``module::name(args)``.

    Attributes:
        modules: the names before the last one; ``global`` stands for the script's constants.
        slot: the variable the first module was imported into, if it is known here.
        args: None when no function is called.
        at: the first name's offset; `name_at` is the last one's.
    """

    modules: list[str]
    name: str
    slot: Slot | None
    args: "list[Expr] | None"
    at: int
    name_at: int


@dataclass(slots=True, eq=False)
class Closure:
    """``|…| body``.

    Attributes:
        captures: for each variable the function shares with its surroundings, how it is called
            there and inside.
    """

    function: "Function"
    captures: "list[tuple[Name, Slot]]"
    at: int


@dataclass(slots=True, eq=False)
class Case:
    """One arm of a `switch`: what it matches, its condition, its statement."""

    values: "list[Value]"
    guard: "Expr | None"
    body: "Stmt"


@dataclass(slots=True, eq=False)
class Switch:
    """``switch``: exact cases, then ranges in their order, then the default."""

    value: "Expr"
    exact: list[Case]
    ranges: list[Case]
    default: "Stmt | None"
    at: int


@dataclass(slots=True, eq=False)
class Site:
    """A place where code that comes later sees the variables of its surroundings.

    Attributes:
        visible: the variables by name.
        added: where new variables go; None when they vanish.
        in_function: whether the surroundings are a function.
    """

    visible: dict[str, Slot]
    added: Slot | None
    in_function: bool


@dataclass(slots=True, eq=False)
class Eval:
    """``eval(text)``; `at` is the argument's."""

    text: "Expr"
    site: Site
    at: int


@dataclass(slots=True, eq=False)
class ScopedCall:
    """``name!(args)``: a script function that sees the caller's variables."""

    name: str
    args: "list[Expr]"
    site: Site
    at: int


@dataclass(slots=True, eq=False)
class Defined:
    """``is_def_var(name)`` with the names that are visible here."""

    name: "Expr"
    visible: list[str]
    added: list[Slot]
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
    """``name(args)``; `at` is the name's.

    Attributes:
        result: holds what the script's function of that name can return, if there is one.
    """

    name: str
    args: "list[Expr]"
    at: int
    result: Slot | None = None


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
class SafeChain:
    """A chain with ``?.`` or ``?[``; if what stands before one of them is unit, all of it is."""

    chain: "Method | Property | Index"
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
    """A declaration; without a value the variable starts as unit.

    Attributes:
        is_global: whether it stands in no block.
    """

    slot: Slot
    value: "Expr | None"
    is_global: bool
    at: int


@dataclass(slots=True, eq=False)
class Import:
    """``import path as name``; `at` is the path's."""

    path: "Expr"
    slot: Slot | None
    is_global: bool
    at: int


@dataclass(slots=True, eq=False)
class Export:
    """``export name as alias``; `slot` is None when there is no such variable."""

    name: str
    alias: str
    slot: Slot | None
    at: int


@dataclass(slots=True, eq=False)
class Assign:
    """``target = value``, or ``target op= value`` when `op` is not empty; `at` is the operator's."""

    target: "Name | This | Property | Index"
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
    """A script function or closure.

    Attributes:
        parameters: the variables the arguments go to; for a closure, captured ones come first.
        slots: all variables of the function.
        this_type: the only type it is a method of; empty for all types.
        uses_this: whether it takes what it is called on.
        first_token: where its parameters start in the token list.
        result: holds what the function can return.
    """

    name: str
    parameters: list[Slot]
    body: "Stmt"
    slots: list[Slot]
    at: int
    this_type: str = ""
    uses_this: bool = False
    private: bool = False
    captured: int = 0
    first_token: int = 0
    result: Slot = field(default_factory=lambda: Slot("", 0, constant=True))


@dataclass(slots=True, eq=False)
class Program:
    """A whole script.

    Attributes:
        body: the statements of the global level.
        functions: the functions of all types, by name and number of parameters.
        methods: the functions of one type, by name, number of parameters and type.
        closures: in the order of the text, inner ones before the ones around them.
        modules: the variables of modules imported at the global level, by name.
        constants: the names that functions ask for as ``global::name``.
    """

    body: Block
    functions: dict[tuple[str, int], Function]
    slots: list[Slot]
    methods: dict[tuple[str, int, str], Function] = field(default_factory=dict)
    closures: list[Function] = field(default_factory=list)
    modules: dict[str, Slot] = field(default_factory=dict)
    module_count: int = 0
    constants: set[str] = field(default_factory=set)


ANONYMOUS = "anon$"
Expr: TypeAlias = (
    Literal
    | Interpolation
    | Name
    | This
    | Path
    | Closure
    | Switch
    | Eval
    | ScopedCall
    | Defined
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
    | SafeChain
    | Block
    | If
    | Loop
    | For
)
Stmt: TypeAlias = Expr | Let | Import | Export | Assign | Jump | Try


def start_of(node: Stmt) -> int:
    """Return the offset where the node's text starts, as far as its parts know."""
    while True:
        if isinstance(node, Binary | Logic | Coalesce):
            node = node.left
        elif isinstance(node, Property | Index):
            node = node.base
        elif isinstance(node, Method):
            node = node.receiver
        elif isinstance(node, SafeChain):
            node = node.chain
        elif isinstance(node, RangeOf) and node.start is not None:
            node = node.start
        else:
            return node.at
