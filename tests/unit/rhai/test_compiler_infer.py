"""Which types variables and expressions surely have."""

import pytest

from rhai.compiler.infer import ANY, NEVER, Types, join, result_type
from rhai.limits import Limits
from rhai.syntax.parser import parse
from rhai.values import NoneType, Range


def types_of(script: str) -> list[type]:
    slots = parse(script, Limits()).slots
    types = Types(slots)
    return [types.of_slot(slot) for slot in slots]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("let x = 1; x += 2", int),
        ("let x = 1; x = x * 2 - 1", int),
        ("let x = 1; x += 0.5", ANY),
        ("let x = 1.0; x += 1", float),
        ('let x = ""; x += f()', str),
        ("let x = f()", ANY),
        ("let x", NoneType),
        ("let x = 1 < 2 && f()", bool),
        ("let x = !f()", bool),
        ("let x = if f() { 1 } else { 2 }", int),
        ("let x = if f() { 1 }", ANY),
        ("let x = { 1; 2.5 }", float),
        ("let x = [1]", list),
        ("let x = #{}", dict),
        ("let x = `a${1}`", str),
        ("let x = 1..2", Range),
        ("for x in 0..3 {}", int),
        ("for x in f() {}", ANY),
        ("let x = -1; x = -x", int),
        ("let x = true; x ^= false", bool),
    ],
)
def test_a_variable_has_the_join_of_what_is_stored_in_it(script: str, expected: type) -> None:
    assert types_of(script) == [expected]


def test_variables_that_feed_each_other_settle() -> None:
    assert types_of("let a = 1; let b = a; loop { a = b; b = a + 1 }") == [int, int]
    assert types_of("let a = 1; let b = a; loop { a = b; b = 1.5 }") == [ANY, ANY]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("f(1)", int),
        ("f(1); f(2)", int),
        ("f(1); f(1.5)", ANY),
        ("f(1); let g = f;", ANY),
        ('f(1); Fn("f").call("x")', ANY),
        ("f(1); 1.f()", ANY),
        ("f(1); eval(``)", ANY),
    ],
)
def test_a_parameter_is_what_all_calls_pass(calls: str, expected: type) -> None:
    program = parse(f"fn f(x) {{ x = 1; x }} {calls}", Limits())
    (function,) = program.functions.values()
    types = Types([*function.slots, function.result])
    assert types.of_slot(function.parameters[0]) is expected


def test_join_and_results_form_a_lattice() -> None:
    assert (join(NEVER, int), join(int, int), join(int, str)) == (int, int, ANY)
    assert result_type("+", NEVER, int) is NEVER
    assert result_type("&", int, float) is ANY
