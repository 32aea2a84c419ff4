"""Inline cases answer as the operator functions do."""

import itertools

import pytest

from rhai import Engine, RhaiError
from rhai.compiler.arithmetic import OPERATOR_NAMES

OPERANDS = [
    "0",
    "1",
    "-1",
    "7",
    "-7",
    "9223372036854775807",
    "-9223372036854775808",
    "0.5",
    "-2.5",
    "true",
    '"a"',
    "'b'",
    "()",
    "[1]",
]


ENGINE = Engine()


def outcome(script: str) -> tuple[str, object]:
    try:
        value = ENGINE.eval(script)
    except RhaiError as error:
        return "error", error.message
    return type(value).__name__, repr(value)


@pytest.mark.parametrize("op", sorted(set(OPERATOR_NAMES)))
def test_constants_variables_and_parameters_give_the_same(op: str) -> None:
    for a, b in itertools.product(OPERANDS, OPERANDS):
        constant = outcome(f"({a}) {op} ({b})")
        assert constant == outcome(f"let a = {a}; let b = {b}; a {op} b"), (a, b)
        in_function = outcome(f"fn f(a, b) {{ a {op} b }} f({a}, {b})")
        if constant[0] != "error":
            assert constant == in_function, (a, b)


def test_one_variable_on_both_sides_is_tested_once() -> None:
    assert Engine().eval("fn f(a) { a + a } f(2)") == 4
    assert Engine().eval("fn f(a) { a * a } f(0.5)") == 0.25
