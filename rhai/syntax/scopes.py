"""Which variable a name means, while parsing.

A function has one `Scopes`. A closure's has a parent: names it does not know itself are looked up
there and captured. Text that is run later (``eval``, ``f!()``) is parsed as if it were a closure
whose parent is the `Site` it was met at.
"""

from rhai.syntax.tree import Expr, Name, Site, Slot


class _Table(dict[str, Slot]):
    """The variables of one open block.

    Attributes:
        modules: what was imported in the block, by name.
        added: holds the variables an ``eval`` in this block may add, once there was one.
        older: the names declared before that ``eval``, which it may have hidden.
    """

    def __init__(self) -> None:
        super().__init__()
        self.modules: dict[str, Slot] = {}
        self.added: Slot | None = None
        self.older: set[str] = set()


class Scopes:
    """The variables visible at one place of one function.

    Args:
        parent: the scopes around a closure.
        captures_unknown: whether names that nobody knows are captured too, so that they are looked
            up when the closure is made.
    """

    def __init__(self, parent: "Scopes | None" = None, *, captures_unknown: bool = True) -> None:
        self.parent = parent
        self.captures_unknown = captures_unknown
        self.tables: list[_Table] = [_Table()]
        self.slots: list[Slot] = []
        self.captures: list[tuple[Name, Slot]] = []
        self.loops = 0
        self.returned: list[Expr | None] = []
        self.uses_this = False

    @classmethod
    def at_site(cls, site: Site) -> "Scopes":
        """Return scopes in which exactly the variables of a site are visible."""
        scopes = cls()
        scopes.tables[0].update(site.visible)
        return scopes

    def open(self) -> None:
        """Enter a block."""
        self.tables.append(_Table())

    def close(self) -> None:
        """Leave a block."""
        self.tables.pop()

    def new_slot(self, name: str, *, constant: bool = False) -> Slot:
        """Return a variable that no name means yet."""
        slot = Slot(name, len(self.slots), constant)
        self.slots.append(slot)
        return slot

    def declare(self, name: str, *, constant: bool = False) -> Slot:
        """Make a new variable in the innermost block."""
        slot = self.new_slot(name, constant=constant)
        self.tables[-1][name] = slot
        self.tables[-1].older.discard(name)
        return slot

    def name(self, name: str, at: int) -> Name:
        """Return what a name means here, capturing it where that is needed."""
        added: list[Slot] = []
        slot = None
        for table in reversed(self.tables):
            slot = table.get(name)
            if slot and name not in table.older:
                break
            if table.added:
                added.append(table.added)
            if slot:
                break
        if slot is None and self.parent and self._captures(name, added):
            slot = self._capture(self.parent, name, at)
        if added and slot:
            slot.share()
        return Name(name, slot, at, added)

    def _captures(self, name: str, added: list[Slot]) -> bool:
        """Whether a name is captured that this function does not know itself."""
        is_closure = self.captures_unknown and not added
        return is_closure or (self.parent is not None and self.parent.knows(name))

    def knows(self, name: str) -> bool:
        """Return whether a variable of that name is visible here."""
        known = any(name in table for table in self.tables)
        return known or (self.parent is not None and self.parent.knows(name))

    def _capture(self, parent: "Scopes", name: str, at: int) -> Slot:
        outer = parent.name(name, at)
        slot = self.new_slot(name, constant=outer.slot is None or outer.slot.constant)
        slot.share()
        if outer.slot:
            outer.slot.share()
        self.captures.append((outer, slot))
        self.tables[0][name] = slot
        return slot

    def find_module(self, name: str) -> Slot | None:
        """Return the variable a module was imported into, if it was."""
        for table in reversed(self.tables):
            if slot := table.modules.get(name):
                return slot
        return self.parent.find_module(name) if self.parent else None

    def visible(self) -> dict[str, Slot]:
        """Return all variables that this function sees here, by name."""
        return {name: slot for table in self.tables for name, slot in table.items()}

    def added(self) -> list[Slot]:
        """Return where variables added by ``eval`` may be found, innermost first."""
        return [table.added for table in reversed(self.tables) if table.added]

    def site(self, *, in_function: bool, adds: bool) -> Site:
        """Share every visible variable with code that comes later.

        Args:
            in_function: whether this is a function, which has a ``this``.
            adds: whether that code adds variables to the innermost block.
        """
        visible = self.visible()
        for slot in visible.values():
            slot.share()
        table = self.tables[-1]
        if adds:
            if table.added is None:
                table.added = self.new_slot("")
                table.added.writes.append(None)
            table.older = set(table)
        self.uses_this = self.uses_this or in_function
        return Site(visible, table.added if adds else None, in_function)
