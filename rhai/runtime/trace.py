"""Where an error happened, read off the Python traceback.

The compiler gives every instruction that can fail the line number ``offset + 1`` of the script
text, so places cost nothing until something fails. Frames of compiled code are known by the `Unit`
in their globals; other frames (operators, library) are passed over. Each script function between
two such frames adds one line to the message, as the language words it.
"""

from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Protocol

from rhai.errors import CallFrame, EvalError, Position, ResourceError
from rhai.syntax.source import Source
from rhai.syntax.tree import ANONYMOUS

UNIT_NAME = "unit"


class Unit(Protocol):
    """What the globals of compiled code say about it."""

    source: Source
    function_names: dict[str, str]


class _Place(NamedTuple):
    """A frame of compiled code: its function, the name of its text, where it stopped."""

    function: str
    source: str
    at: Position


def resolve(error: EvalError) -> EvalError:
    """Fill in the place and call stack of an error that was just caught, and return it.

    An error that is thrown again afterwards collects only what it passes from then on.
    """
    places = list(_places(error.__traceback__))
    if not places:
        return error
    if not error.resolved:
        error.at = places[-1].at if error.positioned else None
        error.resolved = True
    if isinstance(error, ResourceError):
        error.at = places[0].at
        return error
    for inner, outer in zip(reversed(places), reversed(places[:-1]), strict=False):
        error.message = f"{_shown(error, inner.source)}\n{_call(inner)}"
        error.at = outer.at
        error.outer = "ErrorInFunctionCall"
        error.call_stack += (CallFrame(inner.function, outer.at),)
    return error


def _shown(error: EvalError, source: str) -> str:
    """Return an error's text as it stands inside the message of a call."""
    place = f" ({error.at})" if error.at else ""
    return f"{error.message} @ '{source}'{place}" if source else f"{error.message}{place}"


def _call(place: _Place) -> str:
    is_closure = place.function.startswith(ANONYMOUS)
    what = "in closure call" if is_closure else f"in call to function '{place.function}'"
    return f"{what} (from '{place.source}')" if place.source else what


def _places(traceback: TracebackType | None) -> Iterator[_Place]:
    """Yield the frames of compiled code, outermost first."""
    while traceback is not None:
        frame = traceback.tb_frame
        unit: Unit | None = frame.f_globals.get(UNIT_NAME)
        if unit is not None:
            name = unit.function_names.get(frame.f_code.co_name, "")
            at = unit.source.position(traceback.tb_lineno - 1)
            yield _Place(name, unit.source.name, at)
        traceback = traceback.tb_next
