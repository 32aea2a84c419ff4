"""Operators over any two values."""

import pytest

from rhai import Engine, EvalError


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("'a' + 'b' + \"c\" + 1 + 2.0 + true + ()", "abc12.0true"),
        ('() + "x"', "x"),
        ('"x" + #{a: 1}', 'x#{"a": 1}'),
        ('"abcb" - "b"', "ac"),
        ("\"abc\" - 'b'", "ac"),
        ('"abc" - ""', "abc"),
        ("[1] + [2]", [1, 2]),
        ("#{a: 1} + #{a: 2, b: 3}", {"a": 2, "b": 3}),
        ("7 / -2", -3),
        ("-5 % 3", -2),
        ("10.0 % 3", 1.0),
        ("2 ** 0.5", 2**0.5),
        ("1 + 0.5", 1.5),
        ("true ^ false", True),
        ("true & false | true", True),
        ("-1 >> 70", -1),
        ("1 << 64", 0),
        ('"lo" in "hello"', True),
        ("'l' in \"hello\"", True),
        ('"a" in #{a: 1}', True),
        ("1.0 in [1, 2]", True),
        ("3 !in 1..5", False),
        ("5 in 1..=5", True),
        ("!false", True),
        ("+5", 5),
        ("let x = 1.5; -x", -1.5),
    ],
)
def test_operators_take_what_they_take(script: str, value: object) -> None:
    found = Engine().eval(script)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("true + true", "Function not found: + (bool, bool) (line 1, position 6)"),
        ("[1] + 2", "Function not found: + (array, i64) (line 1, position 5)"),
        ("'a' + 1", "Function not found: + (char, i64) (line 1, position 5)"),
        ("1.5 & 1", "Function not found: & (f64, i64) (line 1, position 5)"),
        (
            '"a" * 2',
            "Function not found: * (&str | ImmutableString | String, i64) (line 1, position 5)",
        ),
        ("1 in 2", "Function not found: contains (i64, i64) (line 1, position 3)"),
        ("!5", "Function not found: ! (i64) (line 1, position 1)"),
        (
            'let x = "a"; -x',
            "Function not found: - (&str | ImmutableString | String) (line 1, position 14)",
        ),
        ("let x = true; +x", "Function not found: + (bool) (line 1, position 15)"),
    ],
)
def test_operators_refuse_the_rest_at_their_place(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        Engine().eval(script)
    assert str(caught.value) == message
