"""Line by line: variables and functions stay from one input to the next."""

import re

from rhai.engine import Engine
from rhai.runtime.functions import Cell
from rhai.syntax.tree import Site, Slot
from rhai.values import Value

_DEFINITION = re.compile(r"\s*(?:private\s+)?fn\b")


class Interactive:
    """A conversation with one engine.

    Args:
        engine: compiles and runs the inputs.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._variables: dict[str, Cell] = {}
        self._definitions: list[str] = []

    def feed(self, text: str) -> Value:
        """Run one input and return its value; definitions of functions have none.

        Raises:
            ParseError: the input is not a script; nothing changed.
            EvalError: it failed; the variables it made until then stay.
        """
        if _DEFINITION.match(text):
            definitions = [*self._definitions, text]
            self._engine.compile("\n".join(definitions))
            self._definitions = definitions
            return None
        site = Site(self._slots(), Slot("", 0, constant=False), in_function=False)
        unit = self._engine.compile_at(text, site)
        functions = self._engine.compile_unit("\n".join(self._definitions), "", is_library=True)
        run = self._engine.new_run(functions, {})
        run.load()
        return run.feed(unit, self._variables)

    def _slots(self) -> dict[str, Slot]:
        slots = {}
        for number, name in enumerate(self._variables):
            slots[name] = Slot(name, number, constant=False)
            slots[name].share()
        return slots
