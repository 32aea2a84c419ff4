"""Functions on integers and floats."""

import math

import pytest

from rhai import Engine, EvalError


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("(-5).abs()", 5),
        ("abs(-1.5)", 1.5),
        ("sign(-3)", -1),
        ("(0.0).sign()", 0),
        ("5.is_odd", True),
        ("4.is_even()", True),
        ("0.is_zero", True),
        ("5.0.is_zero", False),
        ("max(1, 2.5)", 2.5),
        ("min(1, 2)", 1),
        ("3.max(7)", 7),
        ('max("a", "b")', "b"),
        ("255.to_hex()", "ff"),
        ("8.to_octal()", "10"),
        ("5.to_binary()", "101"),
        ("(-1).to_hex()", "f" * 16),
        ("6.get_bit(1)", True),
        ("7.to_float()", 7.0),
        ("1.5.floor", 1.0),
        ("1.2.ceiling", 2.0),
        ("2.5.round", 3.0),
        ("(-2.5).round", -3.0),
        ("0.49999999999999994.round", 0.0),
        ("1.5.int + 1.5.fraction", 1.5),
        ("1e400.floor", math.inf),
        ("(1.0/0).is_infinite", True),
        ("1.0.is_finite", True),
        ("3.9.to_int()", 3),
        ("(-3.9).to_int()", -3),
        ("sqrt(16.0)", 4.0),
        ("log(8.0, 2.0)", 3.0),
        ("log(100.0)", 2.0),
        ("ln(0.0)", -math.inf),
        ("exp(1000.0)", math.inf),
        ("sinh(-1000.0)", -math.inf),
        ("hypot(3.0, 4.0)", 5.0),
        ("atan(1.0, 1.0)", math.pi / 4),
        ("PI()", math.pi),
        ("E()", math.e),
        ("180.0.to_radians()", math.pi),
        ("atanh(1.0)", math.inf),
        ('parse_int(" 42 ")', 42),
        ('parse_int("-ff", 16)', -255),
        ('parse_float("1.5e3")', 1500.0),
    ],
)
def test_numbers_compute(script: str, value: object) -> None:
    found = Engine().eval(script)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "script", ["sqrt(-1.0)", "ln(-1.0)", "asin(2.0)", "sin(1.0/0)", "(0.0/0).round"]
)
def test_outside_its_domain_a_function_is_nan(script: str) -> None:
    assert math.isnan(Engine().eval(script))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('parse_int("abc")', "Error parsing integer number 'abc': invalid digit found in string"),
        (
            'parse_int("")',
            "Error parsing integer number '': cannot parse integer from empty string",
        ),
        (
            'parse_int("9223372036854775808")',
            "Error parsing integer number '9223372036854775808': number too large to fit in target type",
        ),
        ('parse_int("1", 99)', "Invalid radix: '99'"),
        ('parse_float("x")', "Error parsing floating-point number 'x': invalid float literal"),
        ("1e30.to_int()", "Integer overflow: to_int(1000000000000000000000000000000)"),
        ("(0.0/0).to_int()", "Integer overflow: to_int(NaN)"),
        ("sin(0)", "Function not found: sin (i64)"),
        ("5.get_bit(64)", "Bit-field index 64 out of bounds: only 64 bits in bit-field"),
    ],
)
def test_numbers_that_are_none_say_why(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        Engine().eval(script)
    assert caught.value.message == message


def test_digits_without_end_are_refused_quickly() -> None:
    with pytest.raises(EvalError, match="number too large"):
        Engine().eval("parse_int(TEXT)", {"TEXT": "9" * 1_000_000})
