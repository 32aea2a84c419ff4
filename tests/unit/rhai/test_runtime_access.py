"""Elements and properties."""

import pytest

from rhai import Char, Engine, EvalError


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("[1, 2, 3][-1]", 3),
        ("let a = [1, 2]; a[1] = 5; a", [1, 5]),
        ("let a = [[1], [2]]; a[1][0] += 5; a", [[1], [7]]),
        ('let m = #{a: 1}; m.b = 2; m["c"] = 3; m', {"a": 1, "b": 2, "c": 3}),
        ("#{a: 1}.b", None),
        ("let m = #{a: #{b: [1]}}; m.a.b[0] = 2; m", {"a": {"b": [2]}}),
        ('"hello"[1]', Char("e")),
        ('"hello"[-1]', Char("o")),
        ('"hello"[1..=2]', "el"),
        ('"hello"[-3..-1]', "ll"),
        ("let s = \"abc\"; s[-1] = 'Z'; s", "abZ"),
        ('let s = "hello"; s[1..3] = "XYZ"; s', "hXYZlo"),
        ("let m = #{s: \"abc\"}; m.s[0] = 'X'; m", {"s": "Xbc"}),
        ("5[0]", True),
        ("let x = 0; x[-1] = true; x", -(2**63)),
        ("let x = 0; x[4..8] = 15; x", 240),
        ("0xF0[4..=7]", 15),
        ("let x = (); x?.a", None),
        ("let x = (); x?[1]", None),
        ("let a = [#{}]; a[0]?.z?.y", None),
    ],
)
def test_parts_are_read_and_replaced(script: str, value: object) -> None:
    assert Engine().eval(script) == value


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("[][0]", "Array index 0 out of bounds: array is empty (line 1, position 4)"),
        ("[1][1]", "Array index 1 out of bounds: only 1 element in array (line 1, position 5)"),
        (
            "let a = [1, 2]; a[-3] = 1",
            "Array index -3 out of bounds: only 2 elements in array (line 1, position 19)",
        ),
        (
            '"abc"[3]',
            "String index 3 out of bounds: only 3 characters in string (line 1, position 7)",
        ),
        (
            '"abc"[-5..2]',
            "String index -5 out of bounds: only 3 characters in string (line 1, position 9)",
        ),
        (
            "5[64]",
            "Bit-field index 64 out of bounds: only 64 bits in bit-field (line 1, position 3)",
        ),
        (
            'let i = "x"; [1][i]',
            "Data type incorrect: string (expecting i64) (line 1, position 18)",
        ),
        ("let i = 1; #{}[i]", "Data type incorrect: i64 (expecting string) (line 1, position 16)"),
        (
            "[1][0..1]",
            "Data type incorrect: core::ops::range::Range<i64> (expecting i64) (line 1, position 6)",
        ),
        ("()[0]", "Indexer unavailable: () [i64] (line 1, position 4)"),
        (
            "1.foo",
            "Unknown property 'foo' - a getter is not registered for type 'i64' (line 1, position 3)",
        ),
        (
            "let x = 1; x.foo = 2",
            "No writable property 'foo' - a setter is not registered for type 'i64' to handle 'i64'"
            " (line 1, position 14)",
        ),
        (
            'let s = "abc"; s[0] = 1',
            "Data type incorrect: i64 (expecting char) (line 1, position 18)",
        ),
    ],
)
def test_what_is_not_there_says_where(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        Engine().eval(script)
    assert str(caught.value) == message
