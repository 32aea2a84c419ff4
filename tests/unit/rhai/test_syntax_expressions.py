"""Operators, operands, and their errors."""

import pytest

from rhai import Engine, Limits, ParseError
from rhai.syntax.parser import parse
from rhai.syntax.tree import Binary, Literal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("1 << 2 * 3", 12),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", 4),
        ("1 | 2 ^ 3", 0),
        ("7 & 3 | 8 ^ 1", 10),
        ("1 + 1 == 2 && 3 > 2", True),
        ("true || false && false", True),
        ("1 < 2 == true", True),
        ("5 ?? 6 + 1", 5),
        ("10 - 2 - 3", 5),
        ("1 in 0..3 == true", True),
        ("!true == false", True),
        ("let x = 3; -x ** 2", 9),
        ("(1 + 2) * 3", 9),
    ],
)
def test_operators_bind_as_tightly_as_the_table_says(text: str, value: object) -> None:
    assert Engine().eval(text) == value


def test_an_operator_stands_at_its_symbol() -> None:
    (node,) = parse("40  + 2", Limits()).body.body
    assert isinstance(node, Binary)
    assert (node.op, node.at) == ("+", 4)


def test_a_sign_folds_into_a_literal() -> None:
    (node,) = parse("- 5", Limits()).body.body
    assert isinstance(node, Literal)
    assert node.value == -5


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("", None, None),
        ("1 +", "UnexpectedEOF", "Script is incomplete (line 1, position 4)"),
        ("let x = 5 +;", "BadInput", "Unexpected ';' (line 1, position 12)"),
        (".5", "BadInput", "Unexpected '.' (line 1, position 1)"),
        ("@", "Reserved", "'@' is a reserved symbol (line 1, position 1)"),
        ("new Foo()", "Reserved", "'new' is a reserved keyword (line 1, position 1)"),
        ("print", "Reserved", "'print' is a reserved keyword (line 1, position 1)"),
        ("x.eval()", "Reserved", "'eval' is a reserved keyword (line 1, position 3)"),
        ("a--1", "UnknownOperator", "Unknown operator: '--' (line 1, position 2)"),
        ("a ? b : c", "UnknownOperator", "Unknown operator: '?' (line 1, position 3)"),
        (
            "(1",
            "MissingToken",
            "Expecting ')' for a matching ( in this expression (line 1, position 3)",
        ),
        ("[1, 2", "MissingToken", "Expecting ']' to end this array literal (line 1, position 6)"),
        (
            "[1 2]",
            "MissingToken",
            "Expecting ',' to separate the items of this array literal (line 1, position 4)",
        ),
        (
            "f(1",
            "MissingToken",
            "Expecting ')' to close the arguments list of this function call 'f'"
            " (line 1, position 4)",
        ),
        (
            "a[1",
            "MissingToken",
            "Expecting ']' for a matching [ in this index expression (line 1, position 4)",
        ),
        ("x.", "PropertyExpected", "Expecting name of a property (line 1, position 3)"),
        ("#{'c': 2}", "PropertyExpected", "Expecting name of a property (line 1, position 3)"),
        (
            "#{a: 1",
            "MissingToken",
            "Expecting '}' to end this object map literal (line 1, position 7)",
        ),
        (
            "#{a 1}",
            "MissingToken",
            "Expecting ':' to follow the property 'a' in this object map literal"
            " (line 1, position 5)",
        ),
        (
            "#{a: 1, a: 2}",
            "DuplicatedProperty",
            "Duplicated property for object map literal: a (line 1, position 9)",
        ),
        (
            "5 && true",
            "MismatchedType",
            "Expecting a boolean expression, not a number (line 1, position 1)",
        ),
        (
            '"a"["b"]',
            "MalformedIndexExpr",
            "Array or string expects numeric index, not a string (line 1, position 5)",
        ),
        (
            "a[1.5]",
            "MalformedIndexExpr",
            "Array access expects integer index, not a float (line 1, position 3)",
        ),
    ],
)
def test_malformed_expressions_say_what_and_where(
    text: str, kind: str | None, message: str | None
) -> None:
    if kind is None:
        assert Engine().eval(text) is None
        return
    with pytest.raises(ParseError) as caught:
        Engine().compile(text)
    assert (caught.value.kind, str(caught.value)) == (kind, f"Syntax error: {message}")


def test_every_operator_of_a_chain_counts_as_depth() -> None:
    assert Engine().eval(" + ".join(["1"] * 63)) == 63
    with pytest.raises(ParseError, match="Expression exceeds maximum complexity"):
        Engine().compile(" + ".join(["1"] * 64))
    with pytest.raises(ParseError, match="Expression exceeds maximum complexity"):
        Engine().compile(f"fn f() {{ {' + '.join(['1'] * 30)} }}")
