"""Literals that need more than a pattern: numbers, escapes, quoted text.

Each reader takes the text and the offset where the literal starts. Quoted text comes back with the
offset after it; what cannot be read is a `LexError`.
"""

import re
import sys

from rhai.values import I64_MAX, I64_MIN

_SIMPLE_ESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
_HEX_LENGTH = {"x": 2, "u": 4, "U": 8}
_RADIX = {"x": 16, "o": 8, "b": 2}
_SPAN = {quote: re.compile(rf"[^\\\n{quote}]+") for quote in "\"'"}
_SEGMENT = re.compile(r"[^`\\$]+|\$(?!\{)|\\(?!\$\{)")
_MAX_I64_DIGITS = 19
_HEX = frozenset("0123456789abcdefABCDEF")
_SURROGATES = range(0xD800, 0xE000)
OPEN_STRING = "Open string is not terminated"


class LexError(Exception):
    """Text that is no token: why, and at which offset."""

    def __init__(self, text: str, at: int, kind: str = "BadInput") -> None:
        super().__init__(text)
        self.text = text
        self.at = at
        self.kind = kind


def read_integer(digits: str) -> int | float:
    """Return a decimal literal's value; one outside i64 silently is a float."""
    digits = digits.replace("_", "")
    significant = digits.lstrip("-0")
    if len(significant) <= _MAX_I64_DIGITS:
        value = int(digits)
        if I64_MIN <= value <= I64_MAX:
            return value
    return float(digits)


def read_radix(text: str, at: int) -> int:
    """Return the value of ``0x…``, ``0o…`` or ``0b…``: 64 bits, read as two's complement.

    Raises:
        LexError: no digits, or more than 64 bits.
    """
    digits = text[2:].replace("_", "")
    significant = digits.lstrip("0")
    value = int(significant or "0", _RADIX[text[1].lower()]) if digits else -1
    if not 0 <= value < 2**64:
        raise LexError(f"Invalid number: '{digits}'", at)
    return value - 2**64 if value > I64_MAX else value


def read_quoted(text: str, start: int) -> tuple[str, int]:
    """Read ``"…"`` or ``'…'`` with escapes; return its text and the offset after it.

    Raises:
        LexError: not terminated on its line, or an invalid escape.
    """
    quote = text[start]
    parts: list[str] = []
    at = start + 1
    while at < len(text):
        if span := _SPAN[quote].match(text, at):
            parts.append(span[0])
            at = span.end()
        elif text[at] == quote:
            if text[at + 1 : at + 2] != quote:
                return "".join(parts), at + 1
            parts.append(quote)
            at += 2
        elif text[at] == "\\":
            part, at = _read_escape(text, at, start)
            parts.append(part)
        else:
            break
    raise LexError(OPEN_STRING, start)


def _read_escape(text: str, at: int, start: int) -> tuple[str, int]:
    """Read the escape at a backslash; `start` is where the literal begins."""
    code = text[at + 1 : at + 2]
    if code in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[code], at + 2
    if code == text[start]:
        return code, at + 2
    if code in _HEX_LENGTH:
        return _read_code_point(text, at, _HEX_LENGTH[code])
    if text.startswith(("\n", "\r\n"), at + 1):
        return "", _skip_indent(text, text.index("\n", at) + 1, start)
    if not code:
        raise LexError(OPEN_STRING, start)
    raise LexError(f"Invalid escape sequence: '\\{code}'", at + 1)


def _read_code_point(text: str, at: int, length: int) -> tuple[str, int]:
    first = at + 2
    for offset in range(first, first + length):
        if text[offset : offset + 1] not in _HEX:
            raise LexError(f"Invalid escape sequence: '{text[at : offset + 1]}'", offset)
    end = first + length
    value = int(text[first:end], 16)
    if value > sys.maxunicode or value in _SURROGATES:
        raise LexError(f"Invalid escape sequence: '{text[at:end]}'", end - 1)
    return chr(value), end


def _skip_indent(text: str, line: int, start: int) -> int:
    """Skip white space on a continuation line, up to and including the opening quote's column."""
    column = start - (text.rfind("\n", 0, start) + 1)
    at = line
    while at < len(text) and text[at] in " \t" and at - line <= column:
        at += 1
    return at


def read_raw(text: str, start: int, hashes: str) -> tuple[str, int]:
    """Read ``#"…"#`` with any number of hashes; return its text and the offset after it.

    Raises:
        LexError: the end is missing.
    """
    first = start + len(hashes) + 1
    end = text.find(f'"{hashes}', first)
    if end < 0:
        raise LexError(OPEN_STRING, start)
    return text[first:end], end + 1 + len(hashes)


def skip_first_break(text: str, at: int) -> int:
    """Return the offset after a line break that directly follows an opening back-tick."""
    for line_break in ("\r\n", "\n", "\r"):
        if text.startswith(line_break, at):
            return at + len(line_break)
    return at


def read_segment(text: str, at: int, start: int) -> tuple[str, int, bool]:
    """Read a `…` string up to its end or the next ``${``.

    Returns:
        the text, the offset after the back-tick or the ``${``, and whether it was a ``${``.

    Raises:
        LexError: the end is missing; `start` is the opening back-tick.
    """
    parts: list[str] = []
    while at < len(text):
        if span := _SEGMENT.match(text, at):
            parts.append(span[0])
            at = span.end()
        elif text.startswith("\\${", at):
            parts.append("${")
            at += 3
        elif text.startswith("${", at):
            return "".join(parts), at + 2, True
        elif text.startswith("``", at):
            parts.append("`")
            at += 2
        else:
            return "".join(parts), at + 1, False
    raise LexError(OPEN_STRING, start)
