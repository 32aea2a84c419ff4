"""Errors as people read them: the line they are about, and a caret under the place."""

from rhai.errors import RhaiError


def report(error: RhaiError, text: str) -> str:
    """Return an error's message, with the offending line and a caret if it has a place.

    Args:
        error: what a script ended in.
        text: the script.
    """
    lines = text.splitlines() or [""]
    shown = f"error: {error}"
    if error.line is None or error.position is None or error.line > len(lines):
        return shown
    line = lines[error.line - 1].expandtabs(1)
    number = str(error.line)
    margin = " " * len(number)
    return f"{shown}\n{number} | {line}\n{margin} | {' ' * (error.position - 1)}^"
