"""From offsets to places: everything after the lexer carries plain offsets into the text."""

from bisect import bisect_right

from rhai.errors import ParseError, Position


class Source:
    """A script's text with its line table.

    Args:
        text: the script; offsets count its code points.
        name: what errors call it; empty for a main script.
    """

    __slots__ = ("_starts", "name", "text")

    def __init__(self, text: str, name: str = "") -> None:
        self.text = text
        self.name = name
        self._starts: list[int] = []

    def position(self, offset: int) -> Position:
        """Return line and column (both 1-based) of an offset; the end of the text has one too."""
        if not self._starts:
            self._starts = [0]
            self._starts += [i + 1 for i, char in enumerate(self.text) if char == "\n"]
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def error(self, kind: str, text: str, offset: int) -> ParseError:
        """Return the parse error of that kind at that offset, to be raised."""
        return ParseError(kind, text, self.position(offset))
