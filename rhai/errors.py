"""The errors of the language, as one tree.

    RhaiError
    ├── ParseError   the text is not a script; nothing was run
    └── EvalError    the script was running
        ├── ScriptError    the script's own fault: its `catch` sees it
        └── ResourceError  it used up what it may: no `catch` sees it

An error holds data (`kind`, `message`, where it happened) and formats itself: `str(error)` is the
text a user of the language knows, e.g. ``Variable not found: x (line 1, position 5)``.
"""

from typing import Any, NamedTuple


class Position(NamedTuple):
    """A place in a script: 1-based line, 1-based column counted in Unicode scalars."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, position {self.column}"


class CallFrame(NamedTuple):
    """One script function that an error passed: its name and where it was called."""

    function: str
    position: Position | None


class RhaiError(Exception):
    """What any script can end in, except the value it was asked for.

    Attributes:
        kind: the stable name of the error, e.g. ``MissingToken`` or ``ErrorArithmetic``; for an
            error inside a called function, the kind of the innermost error.
        message: the display text without the outermost position.
        at: where it happened; None when the language does not report a place.
        call_stack: the script functions the error passed, innermost first.
    """

    def __init__(self, kind: str, message: str, at: Position | None = None) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message
        self.at = at
        self.call_stack: tuple[CallFrame, ...] = ()

    @property
    def line(self) -> int | None:
        """The 1-based line, or None."""
        return self.at.line if self.at else None

    @property
    def position(self) -> int | None:
        """The 1-based column within the line, or None."""
        return self.at.column if self.at else None

    def __str__(self) -> str:
        return f"{self.message} ({self.at})" if self.at else self.message


class ParseError(RhaiError):
    """The text is not a script; `message` starts with ``Syntax error:``."""

    def __init__(self, kind: str, text: str, at: Position | None = None) -> None:
        super().__init__(kind, f"Syntax error: {text}", at)


class EvalError(RhaiError):
    """A script failed while running.

    While it is on its way up it knows only itself; `rhai.trace` fills in positions and the call
    stack when somebody catches it.

    Attributes:
        value: what was thrown, for ``ErrorRuntime``.
        details: the fields a ``catch`` block sees besides kind, message and position.
        outer: the kind of what is around the error; empty if nothing is.
        positioned: whether the language reports a place (arithmetic operators do not).
        resolved: whether position and call stack were already filled in.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        value: object = None,
        details: dict[str, Any] | None = None,
        positioned: bool = True,
    ) -> None:
        super().__init__(kind, message)
        self.value = value
        self.details = details or {}
        self.outer = ""
        self.positioned = positioned
        self.resolved = False


class ScriptError(EvalError):
    """A fault of the program itself, which the script can catch."""

    @property
    def variant(self) -> str:
        """The outermost kind: ``ErrorInFunctionCall`` once it has left a script function."""
        return self.outer or self.kind


class ResourceError(EvalError):
    """A limit was reached; the script can neither catch this nor does a call wrap it."""


class ScriptExit(Exception):
    """A script ended itself with ``exit``; `value` is its result."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value
