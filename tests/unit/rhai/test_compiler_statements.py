"""Statements: their values, jumps, assignments."""

import pytest

from rhai import Engine, EvalError


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("let x = 1; if true { let x = 2; x += 1; } x", 1),
        ("let x = 1; let x = x + 1; x", 2),
        ("let x = while true { break 5 }; x", 5),
        ("let x = for i in 0..3 { if i == 1 { break i * 10 } }; x", 10),
        ("let x = loop { break }; x", None),
        ("let x = while false {}; x", None),
        ("let x = do { break 3 } while true; x", 3),
        ("let x = 0; do { x += 1 } until x >= 5; x", 5),
        ("let x = 0; do { x += 1; if x < 5 { continue } break } while false; x", 5),
        ("let i = 10; for i in 0..3 {} i", 10),
        ("fn f() { return; 1 } f()", None),
        ("fn f() { return 1; 2 } f()", 1),
        ("fn f() { loop { loop { return 7 } } } f()", 7),
        ("fn f() { for i in 0..9 { if i == 4 { break i } } } f()", 4),
        ("fn f() { let a = 1; let b = 2; a + b; } f()", 3),
        ("fn f() {} f()", None),
        ("fn f(x) { x += 1; x } let x = 1; f(x) + x", 3),
        ("return 5; 6", 5),
        ("if false { 1 }", None),
        ("if false { 1 } else if true { 2 } else { 3 }", 2),
        ('let x = 5; x += "a"; x', "5a"),
        ("let x = 7; x %= 4; x <<= 2; x |= 1; x **= 2; x", 169),
        ("let t = 0; for i in 0..3 { try { if i == 1 { continue } t += i } catch { } } t", 2),
        ("let x = 1; x = { x = 5; x + 1 }; x", 6),
        ("let i = 5; do { i -= 1 } while i > 0; i", 0),
    ],
)
def test_statements_do_what_they_say(script: str, value: object) -> None:
    assert Engine().eval(script) == value


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("x = 1", "Variable not found: x (line 1, position 1)"),
        ("x += 1", "Variable not found: x (line 1, position 1)"),
        ("{ let x = 1; } x", "Variable not found: x (line 1, position 16)"),
        ("NAME = 1", "Cannot modify constant NAME (line 1, position 1)"),
        ("NAME[0] = 1", "Cannot modify constant NAME (line 1, position 1)"),
    ],
)
def test_names_that_cannot_be_assigned_say_where(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        Engine().eval(script, {"NAME": [1]})
    assert str(caught.value) == message


def test_the_right_side_is_evaluated_before_the_target_is_looked_at() -> None:
    with pytest.raises(EvalError, match="Variable not found: y"):
        Engine().eval("x = y")


def test_strings_grow_in_place() -> None:
    script = 'let s = ""; for i in 0..100000 { s += "ab" } s.len()'
    assert Engine().eval(script) == 200_000
