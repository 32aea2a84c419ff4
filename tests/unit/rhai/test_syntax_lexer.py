"""Tokens: kinds, values and offsets."""

import pytest

from rhai import Char
from rhai.syntax import tokens as t
from rhai.syntax.lexer import tokenize


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokenize(text)][:-1]


def values(text: str) -> list[object]:
    return [token.value for token in tokenize(text)][:-1]


def test_tokens_carry_kind_value_and_offset() -> None:
    tokens = [tuple(token) for token in tokenize("let x = 40")]
    assert tokens[0] == ("let", "let", 0)
    assert tokens[1] == (t.IDENT, "x", 4)
    assert tokens[3] == (t.INT, 40, 8)
    assert tokens[4] == (t.EOF, None, 10)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123", 123),
        ("1__2_", 12),
        ("0xFF", 255),
        ("0o17", 15),
        ("0b101", 5),
        ("0xffffffffffffffff", -1),
        ("1.5", 1.5),
        ("1e5", 1e5),
        ("1.5E-3", 1.5e-3),
        ("1_0.5", 10.5),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", 9.223372036854775808e18),
        ("1e400", float("inf")),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_numbers_have_their_value(text: str, value: float) -> None:
    (found,) = values(text)
    assert found == value
    assert type(found) is type(value)


def test_a_minus_after_an_operand_is_an_operator() -> None:
    assert values("a -1") == ["a", "-", 1]
    assert values("(a) -1")[-2:] == ["-", 1]


def test_a_minus_where_an_operand_starts_belongs_to_the_literal() -> None:
    assert values("a * -1") == ["a", "*", -1]
    assert values("return -1") == ["return", -1]


def test_a_dot_after_an_integer_is_a_range_a_property_or_a_float() -> None:
    assert kinds("1..5") == [t.INT, "..", t.INT]
    assert kinds("1.abs()") == [t.INT, ".", t.IDENT, t.UNIT]
    assert kinds("1. + 2") == [t.FLOAT, "+", t.INT]


def test_comments_nest_and_may_stay_open() -> None:
    assert values("1 /* a /* b */ c */ 2 // x\n3 /* open") == [1, 2, 3]


def test_the_longest_symbol_wins() -> None:
    assert kinds("a **= b ..= c !in d") == [t.IDENT, "**=", t.IDENT, "..=", t.IDENT, "!in", t.IDENT]
    assert kinds("!input") == ["!", t.IDENT]


def test_an_interpolated_string_is_segments_and_the_tokens_between() -> None:
    tokens = tokenize("`a${ #{b: 1} }c${x}d`")[:-1]
    texts = [token.value for token in tokens if token.kind in {t.SEGMENT, t.STRING}]
    assert texts == ["a", "c", "d"]
    assert kinds("`a${x}b`") == [t.SEGMENT, t.IDENT, "}", t.STRING]


def test_characters_hold_one_scalar() -> None:
    assert values(r"'x' '\'' '❤'") == [Char("x"), Char("'"), Char("❤")]


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("'ab'", "Invalid character: 'ab'", 0),
        ("''", "Invalid character: ''", 0),
        ("a §", "Unexpected '§'", 2),
        ("_x", "Variable name is not proper: '_x'", 0),
        ("-0xff", "Invalid number: 'xff'", 0),
        ("0x", "Invalid number: ''", 0),
        ("a === b", "'===' is not a valid operator. This is not JavaScript! Should it be '=='?", 2),
        ("a\ud800", "Unexpected character that is not a Unicode scalar", 1),
    ],
)
def test_what_cannot_be_read_becomes_a_bad_token(text: str, message: str, at: int) -> None:
    bad = tokenize(text)[-1]
    assert bad.kind == t.BAD
    assert (bad.value.text, bad.at) == (message, at)
