"""Fuzzy floats, mixed types, containers."""

import math

import pytest

from rhai import Engine, EvalError
from rhai.runtime import comparison


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("0.1 + 0.2 == 0.3", True),
        ("0 < 1e-16", False),
        ("1 == 1.0000000000000002", True),
        ("1 < 1.1", True),
        ("1.0 >= 1.0", True),
        ("1.0 <= 0.9", False),
        ("2.5 > 2", True),
        ("\"a\" == 'a'", True),
        ("'a' < 'b'", True),
        ('"abc" > "abd"', False),
        ("false < true", True),
        ("() == ()", True),
        ("() < ()", False),
        ('1 == "1"', False),
        ('1 != "1"', True),
        ('1 < "a"', False),
        ("[1] == [1.0]", True),
        ("[\"a\"] == ['a']", True),
        ("#{a: 1} == #{a: 1}", True),
        ("#{a: 1} == #{b: 1}", False),
        ("1..3 == 1..=3", False),
    ],
)
def test_values_compare_as_the_language_says(script: str, value: bool) -> None:
    assert Engine().eval(script) is value


def test_nan_compares_false_whatever_the_operator() -> None:
    answers = [
        operator(math.nan, math.nan)
        for operator in (
            comparison.equals,
            comparison.differs,
            comparison.less,
            comparison.less_equal,
            comparison.greater,
            comparison.greater_equal,
        )
    ]
    assert answers == [False] * 6


def test_infinities_equal_themselves() -> None:
    assert comparison.equals(math.inf, math.inf)
    assert comparison.less(-math.inf, math.inf)


def test_values_without_an_order_do_not_compare() -> None:
    with pytest.raises(EvalError, match=r"Function not found: < \(array, array\)"):
        Engine().eval("[1] < [2]")
