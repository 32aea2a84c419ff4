"""Cut JSON values out of a byte stream in which nothing else delimits them.

Clients of the existing servers send one JSON text after another with no newline between; others
send a line each. Both are cut by counting brackets outside strings, so nothing here asks whether
the text between them is valid JSON. The scan position is kept between feeds: the work is linear in
the bytes received, however they are chunked.
"""

import re
from dataclasses import dataclass

from supervisor.errors import HeroError

# What can't change the depth: no bracket, no quote, or whole strings. The quantifiers are
# possessive, so that no text can make them backtrack.
_PLAIN = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_STRING_REST = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_GAP = re.compile(rb"[ \t\r\n]*+")

_QUOTE = ord('"')
_OPENING = b"{["


@dataclass(frozen=True, slots=True)
class Oversized:
    """Stands for a value of `size` bytes that was over the limit and not kept."""

    size: int


class Undelimitable(HeroError):
    """A byte between values that begins none: where the next one begins can't be known.

    `found` holds the first bytes, for a friendlier answer to peers that speak another protocol;
    `before` the values that the same bytes have completed ahead of it.
    """

    def __init__(self, found: bytes, before: "list[bytes | Oversized]") -> None:
        super().__init__("expected '{' or '[' at the start of a JSON value")
        self.found = found
        self.before = before


class Framer:
    """Takes bytes in any chunks and gives back whole JSON objects and arrays, as bytes.

    Memory is bounded by `max_size` and one chunk: a larger value is scanned to its end without
    being kept and given back as `Oversized`, so that the values behind it are still served.
    """

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._buffer = bytearray()  # begins with the current value
        self._position = 0  # scanned up to here
        self._depth = 0
        self._in_string = False
        self._dropped = 0  # bytes of the current value that the buffer no longer holds

    def feed(self, data: bytes) -> list[bytes | Oversized]:
        """Return the values that `data` completes, in order.

        Raises:
            Undelimitable: a stray byte between values; the stream is of no more use.
        """
        self._buffer += data
        values: list[bytes | Oversized] = []
        while self._advance(values):
            values.append(self._take())
        if len(self._buffer) > self._max_size:
            self._dropped += self._position
            self._forget()
        return values

    def _advance(self, before: list[bytes | Oversized]) -> bool:
        """Scan on; tell whether a value ends at the position."""
        if self._depth == 0 and not self._open(before):
            return False
        buffer, position, end = self._buffer, self._position, len(self._buffer)
        while position < end:
            if self._in_string:
                position = _end(_STRING_REST, buffer, position)
                if position == end or buffer[position] != _QUOTE:
                    break  # the rest of the string, or of an escape, is yet to come
                self._in_string = False
                position += 1
            position = _end(_PLAIN, buffer, position)
            if position == end:
                break
            position += 1
            if self._step(buffer[position - 1]):
                self._position = position
                return True
        self._position = position
        return False

    def _open(self, before: list[bytes | Oversized]) -> bool:
        """Skip white space and enter the value behind it, if there is one."""
        self._position = _end(_GAP, self._buffer, 0)
        self._forget()
        if not self._buffer:
            return False
        if self._buffer[0] not in _OPENING:
            raise Undelimitable(bytes(self._buffer[:16]), before)
        self._position = 1
        self._depth = 1
        return True

    def _step(self, byte: int) -> bool:
        """Take a quote or bracket into account; tell whether it ended the value."""
        if byte == _QUOTE:
            self._in_string = True
        elif byte in _OPENING:
            self._depth += 1
        else:
            self._depth -= 1
        return self._depth == 0

    def _take(self) -> bytes | Oversized:
        size = self._dropped + self._position
        value = Oversized(size) if size > self._max_size else bytes(self._buffer[: self._position])
        self._dropped = 0
        self._forget()
        return value

    def _forget(self) -> None:
        del self._buffer[: self._position]
        self._position = 0


def _end(pattern: re.Pattern[bytes], buffer: bytearray, position: int) -> int:
    """Return where the match at `position` ends; the patterns match everywhere, if emptily."""
    match = pattern.match(buffer, position)
    return match.end() if match else position
