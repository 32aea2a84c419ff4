"""The vocabulary of the language, as tables: symbols, keywords, reserved words, precedence.

A token's `kind` is its own text for symbols and keywords, and one of the constants below otherwise.
"""

import re
from typing import Final, NamedTuple

from rhai.values import Value

INT: Final = "<integer>"
FLOAT: Final = "<float>"
STRING: Final = "<string>"
CHAR: Final = "<char>"
IDENT: Final = "<identifier>"
SEGMENT: Final = "<segment>"  # the text of a `…` string up to the next ${
RESERVED: Final = "<reserved>"
BAD: Final = "<bad>"  # the rest of the text cannot be read; the parser raises if it gets here
EOF: Final = "<eof>"
UNIT: Final = "()"


class Token(NamedTuple):
    """One token: its kind, the literal's value or the text as written, its offset in the text."""

    kind: str
    value: Value
    at: int


KEYWORDS = frozenset(
    [
        "true",
        "false",
        "let",
        "const",
        "if",
        "else",
        "switch",
        "do",
        "while",
        "until",
        "loop",
        "for",
        "in",
        "fn",
        "private",
        "continue",
        "break",
        "return",
        "throw",
        "try",
        "catch",
        "import",
        "export",
        "as",
    ]
)

RESERVED_WORDS = frozenset(
    [
        "var",
        "static",
        "shared",
        "goto",
        "match",
        "case",
        "public",
        "protected",
        "new",
        "use",
        "with",
        "is",
        "module",
        "package",
        "super",
        "thread",
        "spawn",
        "go",
        "await",
        "async",
        "sync",
        "yield",
        "default",
        "void",
        "null",
        "nil",
    ]
)

# Reserved as names, but legal where a function is called.
SPECIAL_FUNCTIONS = frozenset(
    [
        "Fn",
        "call",
        "curry",
        "is_shared",
        "is_def_fn",
        "is_def_var",
        "type_of",
        "print",
        "debug",
        "eval",
    ]
)
SPECIAL_METHODS = frozenset({"call", "curry", "type_of", "is_shared"})

ASSIGNMENTS: dict[str, str] = {
    f"{op}=": op for op in ("+", "-", "*", "/", "%", "**", "<<", ">>", "&", "|", "^")
}

# Binary operators: how tightly they bind. All are left associative but `**`.
PRECEDENCE: dict[str, int] = {
    **dict.fromkeys(("<<", ">>"), 210),
    "**": 190,
    **dict.fromkeys(("*", "/", "%"), 180),
    **dict.fromkeys(("+", "-"), 150),
    **dict.fromkeys(("..", "..="), 140),
    "??": 135,
    **dict.fromkeys(("<", "<=", ">", ">="), 130),
    **dict.fromkeys(("in", "!in"), 110),
    **dict.fromkeys(("==", "!="), 90),
    **dict.fromkeys(("&&", "&"), 60),
    **dict.fromkeys(("||", "|", "^"), 30),
}
RIGHT_ASSOCIATIVE = "**"

_PLAIN_SYMBOLS = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "()",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "<<",
    ">>",
    ";",
    ":",
    "::",
    "=>",
    "_",
    ",",
    ".",
    "?.",
    "??",
    "?[",
    "..",
    "..=",
    "#{",
    "=",
    "<",
    ">",
    "<=",
    ">=",
    "==",
    "!=",
    "!",
    "|",
    "||",
    "^",
    "&",
    "&&",
]
SYMBOLS = frozenset(_PLAIN_SYMBOLS) | frozenset(ASSIGNMENTS)

# Symbols of other languages, answered with advice.
ADVICE: dict[str, str] = {
    "===": "'===' is not a valid operator. This is not JavaScript! Should it be '=='?",
    "!==": "'!==' is not a valid operator. This is not JavaScript! Should it be '!='?",
    "->": "'->' is not a valid symbol. This is not C or C++!",
    "<-": "'<-' is not a valid symbol. This is not Go! Should it be '<='?",
    ":=": "':=' is not a valid assignment operator. This is not Go or Pascal! Should it be simply '='?",
    ":;": "':;' is not a valid symbol. Should it be '::'?",
    "::<": "'::<>' is not a valid symbol. This is not Rust! Should it be '::'?",
    "(*": "'(* .. *)' is not a valid comment format. This is not Pascal! Should it be '/* .. */'?",
    "*)": "'(* .. *)' is not a valid comment format. This is not Pascal! Should it be '/* .. */'?",
    "#": "'#' is not a valid symbol. Should it be '#{'?",
}
RESERVED_SYMBOLS = frozenset(["~", "@", "$", "?", "++", "--", "...", "|>", "<|", "!.", "#!"])

_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")


def is_reserved(name: str) -> bool:
    """Whether a text is a word or symbol that can never be a name."""
    words = KEYWORDS | RESERVED_WORDS | SPECIAL_FUNCTIONS | {"this"}
    return name in words or name in RESERVED_SYMBOLS


def is_function_name(name: str) -> bool:
    """Whether a text can be the name of a function."""
    return _NAME.fullmatch(name) is not None


# After these a `-` is the binary operator; anywhere else `-1` is one literal.
VALUE_ENDS = frozenset(
    {INT, FLOAT, STRING, CHAR, IDENT, RESERVED, UNIT, ")", "]", "}", "true", "false"}
)
