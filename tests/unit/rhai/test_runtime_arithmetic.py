"""Checked integers, total floats."""

import math
import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhai import Engine, EvalError, RhaiError
from rhai.runtime import arithmetic as ints

INTS = st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 70)
EXACT: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1),
    "%": lambda a, b: abs(a) % abs(b) * (-1 if a < 0 else 1),
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}
ENGINE = Engine()


def checked(op: str, a: int, b: int) -> int | None:
    """Return what i64 arithmetic gives, None where it fails."""
    if op in {"/", "%"} and (b == 0 or (op == "%" and b == -1 and a == -(2**63))):
        return None
    result = EXACT[op](a, b)
    return result if -(2**63) <= result < 2**63 else None


def evaluated(script: str) -> int | None:
    try:
        return ENGINE.eval(script)
    except RhaiError as error:
        return None if error.kind == "ErrorArithmetic" else NotImplemented


@given(st.sampled_from(sorted(EXACT)), INTS, INTS)
def test_integer_arithmetic_is_i64_arithmetic_on_constants(op: str, a: int, b: int) -> None:
    assert evaluated(f"{a} {op} {b}") == checked(op, a, b)


@given(st.sampled_from(sorted(EXACT)), INTS, INTS)
def test_integer_arithmetic_is_i64_arithmetic_on_variables(op: str, a: int, b: int) -> None:
    assert evaluated(f"let a = {a}; let b = {b}; a {op} b") == checked(op, a, b)


@given(st.sampled_from(sorted(EXACT)), INTS, INTS)
def test_integer_arithmetic_is_i64_arithmetic_on_parameters(op: str, a: int, b: int) -> None:
    assert evaluated(f"fn f(a, b) {{ a {op}= b; a }} f({a}, {b})") == checked(op, a, b)


@given(INTS, st.integers(-70, 130))
def test_shifts_never_fail(a: int, b: int) -> None:
    expected = (a << b) if b >= 0 else (a >> -b)
    assert ints.shift_left(a, b) == ints.wrap(expected)
    assert ints.shift_right(a, -b) == ints.wrap(expected)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("9223372036854775807 + 1", "Addition overflow: 9223372036854775807 + 1"),
        ("-9223372036854775808 - 1", "Subtraction overflow: -9223372036854775808 - 1"),
        ("9223372036854775807 * 2", "Multiplication overflow: 9223372036854775807 * 2"),
        ("1 / 0", "Division by zero: 1 / 0"),
        ("-9223372036854775808 / -1", "Division overflow: -9223372036854775808 / -1"),
        ("1 % 0", "Modulo division by zero or overflow: 1 % 0"),
        ("100 ** 10", "Exponential overflow: 100 ** 10"),
        ("2 ** -1", "Integer raised to a negative power: 2 ** -1"),
        ("1 ** 4294967296", "Exponential overflow: 1 ** 4294967296"),
    ],
)
def test_errors_of_operators_have_no_place(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        ENGINE.eval(script)
    assert str(caught.value) == message
    assert caught.value.line is None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("let x = 1; x /= 0", "Division by zero: 1 / 0 (line 1, position 14)"),
        (
            "let x = -9223372036854775808; -x",
            "Negation overflow: --9223372036854775808 (line 1, position 31)",
        ),
        (
            "let x = -9223372036854775808; x.abs()",
            "Negation overflow: --9223372036854775808 (line 1, position 33)",
        ),
    ],
)
def test_errors_of_assignments_signs_and_functions_have_a_place(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        ENGINE.eval(script)
    assert str(caught.value) == message


def test_powers_of_small_bases_have_no_limit() -> None:
    assert [ints.power_ints(base, 4294967295) for base in (0, 1, -1)] == [0, 1, -1]
    assert ints.power_ints(0, 0) == 1
    assert ints.power_ints(-2, 63) == -(2**63)


def test_floats_divide_by_zero_into_infinities_and_nan() -> None:
    assert ints.divide_floats(1.0, 0.0) == math.inf
    assert ints.divide_floats(1.0, -0.0) == -math.inf
    assert math.isnan(ints.divide_floats(0.0, 0.0))


def test_float_remainders_and_powers_never_raise() -> None:
    assert math.isnan(ints.modulo_floats(1.0, 0.0))
    assert ints.modulo_floats(-5.5, 2.0) == -1.5
    assert ints.power_floats(10.0, 400.0) == math.inf
    assert ints.power_floats(-10.0, 401.0) == -math.inf
    assert ints.power_floats(0.0, -1.0) == math.inf
    assert math.isnan(ints.power_floats(-1.0, 0.5))
