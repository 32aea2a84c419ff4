"""Where an error happened, read off the Python traceback.

The compiler gives every instruction that can fail the line number ``offset + 1`` of the script
text, so places cost nothing until something fails. Frames of compiled code are known by the `Unit`
in their globals; other frames (operators, library) are passed over. Each script function between
two such frames adds one line to the message, as the language words it.
"""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol

from rhai.errors import CallFrame, EvalError, Position, ResourceError
from rhai.syntax.source import Source

UNIT_NAME = "unit"


class Unit(Protocol):
    """What the globals of compiled code say about it."""

    source: Source
    function_names: dict[str, str]


def resolve(error: EvalError) -> EvalError:
    """Fill in the place and call stack of an error that was just caught, and return it.

    An error that is thrown again afterwards collects only what it passes from then on.
    """
    places = list(_places(error.__traceback__))
    if not places:
        return error
    if not error.resolved:
        error.at = places[-1][1] if error.positioned else None
        error.resolved = True
    if isinstance(error, ResourceError):
        error.at = places[0][1]
        return error
    for (function, _), (_, called_at) in zip(reversed(places), reversed(places[:-1]), strict=False):
        error.message = f"{error}\nin call to function '{function}'"
        error.at = called_at
        error.call_stack += (CallFrame(function, called_at),)
    return error


def _places(traceback: TracebackType | None) -> Iterator[tuple[str, Position]]:
    """Yield function name and place for each frame of compiled code, outermost first."""
    while traceback is not None:
        frame = traceback.tb_frame
        unit: Unit | None = frame.f_globals.get(UNIT_NAME)
        if unit is not None:
            name = unit.function_names.get(frame.f_code.co_name, "")
            yield name, unit.source.position(traceback.tb_lineno - 1)
        traceback = traceback.tb_next
