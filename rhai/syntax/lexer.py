"""From text to tokens, all at once.

A text that cannot be read to its end gives a `BAD` token at that place: what stands before it is
parsed first, so that the error reported is the first one in the text. A back-tick string with
interpolations is a `SEGMENT`, the tokens of the block with its closing brace, the next `SEGMENT`,
and so on, ending in a `STRING`.
"""

import re

from rhai.syntax import tokens as t
from rhai.syntax.literals import (
    LexError,
    read_integer,
    read_quoted,
    read_radix,
    read_raw,
    read_segment,
    skip_first_break,
)
from rhai.syntax.tokens import Token
from rhai.values import Char, Value

_SPACE = re.compile(r"(?:[ \t\r\n\f]+|//[^\r\n]*)+")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SYMBOL_TEXTS = sorted(
    (t.SYMBOLS | t.RESERVED_SYMBOLS | frozenset(t.ADVICE)) - {"_"}, key=len, reverse=True
)
_NUMBER = r"""(?P<radix>0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*)
    |(?P<float>[0-9][0-9_]*(?:\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+|\.(?=[^A-Za-z_.])))
    |(?P<int>[0-9][0-9_]*)"""
_TOKEN = re.compile(
    rf"""(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |{_NUMBER}
    |(?P<quote>["'])
    |(?P<tick>`)
    |(?P<comment>/\*)
    |(?P<raw>\#+(?="))
    |(?P<notin>!in(?![A-Za-z0-9_]))
    |(?P<symbol>{"|".join(map(re.escape, _SYMBOL_TEXTS))})""",
    re.VERBOSE,
)
_NEGATIVE = re.compile(rf"-(?:{_NUMBER})", re.VERBOSE)


def tokenize(text: str, disabled: frozenset[str] = frozenset()) -> list[Token]:
    """Return the tokens of a text, ending in `EOF`, or in `BAD` with a `LexError` as value.

    Args:
        text: the script.
        disabled: keywords and symbols that are reserved besides the usual ones.
    """
    lexer = _Lexer(text)
    try:
        lexer.run()
    except LexError as error:
        lexer.out.append(Token(t.BAD, error, error.at))
    if disabled:
        return [
            Token(t.RESERVED, token.kind, token.at) if token.kind in disabled else token
            for token in lexer.out
        ]
    return lexer.out


class _Lexer:
    def __init__(self, text: str) -> None:
        surrogate = _SURROGATE.search(text)
        # A lone surrogate is no Unicode scalar: the text counts as readable up to it.
        self.text = text[: surrogate.start()] if surrogate else text
        self.surrogate = bool(surrogate)
        self.out: list[Token] = []
        self.at = 0
        self.ticks: list[tuple[int, int]] = []  # open back-tick strings: (start, brace depth)
        self.depth = 0

    def run(self) -> None:
        text, length = self.text, len(self.text)
        skip, read = _SPACE.match, _TOKEN.match
        readers = {name: getattr(self, f"_{name}") for name in _TOKEN.groupindex}
        while True:
            if space := skip(text, self.at):
                self.at = space.end()
            if self.at >= length:
                break
            match = read(text, self.at)
            if match is None:
                raise LexError(f"Unexpected '{text[self.at]}'", self.at)
            readers[match.lastgroup or ""](match)
        if self.surrogate:
            raise LexError("Unexpected character that is not a Unicode scalar", self.at)
        self.out.append(Token(t.EOF, None, len(text)))

    def _push(self, kind: str, value: Value, end: int) -> None:
        self.out.append(Token(kind, value, self.at))
        self.at = end

    def _word(self, match: re.Match[str]) -> None:
        word = match[0]
        if word in t.KEYWORDS or word == "_":
            kind = word
        elif word in t.RESERVED_WORDS or word in t.SPECIAL_FUNCTIONS or word == "this":
            kind = t.RESERVED
        elif word[0] == "_":
            raise LexError(f"Variable name is not proper: '{word}'", self.at)
        else:
            kind = t.IDENT
        self._push(kind, word, match.end())

    def _int(self, match: re.Match[str]) -> None:
        value = read_integer(match[0])
        self._push(t.INT if type(value) is int else t.FLOAT, value, match.end())

    def _float(self, match: re.Match[str]) -> None:
        self._push(t.FLOAT, float(match[0].replace("_", "")), match.end())

    def _radix(self, match: re.Match[str]) -> None:
        if match[0][0] == "-":
            raise LexError(f"Invalid number: '{match[0][2:]}'", self.at)
        self._push(t.INT, read_radix(match[0], self.at), match.end())

    def _quote(self, match: re.Match[str]) -> None:
        value, end = read_quoted(self.text, self.at)
        if match[0] == '"':
            self._push(t.STRING, value, end)
        elif len(value) == 1:
            self._push(t.CHAR, Char(value), end)
        else:
            raise LexError(f"Invalid character: '{value}'", self.at)

    def _raw(self, match: re.Match[str]) -> None:
        value, end = read_raw(self.text, self.at, match[0])
        self._push(t.STRING, value, end)

    def _tick(self, match: re.Match[str]) -> None:
        self._segment(skip_first_break(self.text, match.end()), self.at)

    def _segment(self, first: int, start: int) -> None:
        value, end, opens = read_segment(self.text, first, start)
        self._push(t.SEGMENT if opens else t.STRING, value, end)
        if opens:
            self.ticks.append((start, self.depth))
            self.depth = 0

    def _comment(self, match: re.Match[str]) -> None:
        """Skip a nested comment; one that never ends takes the rest of the text."""
        depth, end = 1, match.end()
        while depth:
            edge = _COMMENT_EDGE.search(self.text, end)
            if edge is None:
                end = len(self.text)
                break
            depth += 1 if edge[0] == "/*" else -1
            end = edge.end()
        self.at = end

    def _notin(self, match: re.Match[str]) -> None:
        self._push("!in", "!in", match.end())

    def _symbol(self, match: re.Match[str]) -> None:
        symbol = match[0]
        if symbol == "-" and (number := self._negative()):
            getattr(self, f"_{number.lastgroup}")(number)
        elif symbol in t.ADVICE:
            raise LexError(t.ADVICE[symbol], self.at)
        elif symbol == "}" and self.ticks and self.depth == 0:
            self._close_interpolation(match.end())
        else:
            self.depth += (symbol in {"{", "#{"}) - (symbol == "}")
            kind = t.RESERVED if symbol in t.RESERVED_SYMBOLS else symbol
            self._push(kind, symbol, match.end())

    def _negative(self) -> re.Match[str] | None:
        """Return the literal if this `-` stands where an operand starts and a digit follows."""
        if self.out and self.out[-1].kind in t.VALUE_ENDS:
            return None
        return _NEGATIVE.match(self.text, self.at)

    def _close_interpolation(self, end: int) -> None:
        start, self.depth = self.ticks.pop()
        self._push("}", "}", end)
        self._segment(end, start)
