"""Display and debug texts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhai import Char, Range, debug, display
from rhai.display import float_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e13, "1e13"),
        (1e14, "1e14"),
        (123456789012345.0, "1.23456789012345e14"),
        (9999999827968.0, "9999999827968.0"),
        (9999999827969.0, "9.999999827969e12"),
        (12345678.0, "12345678.0"),
        (0.00001234, "0.00001234"),
        (1e-13, "0.0000000000001"),
        (1e-14, "1e-14"),
        (0.1 + 0.2, "0.30000000000000004"),
        (100.0, "100.0"),
        (1.5e300, "1.5e300"),
        (-1.5, "-1.5"),
        (-0.0, "0.0"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "NaN"),
        (5e-324, "5e-324"),
    ],
)
def test_floats_show_their_shortest_digits(value: float, text: str) -> None:
    assert float_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_float_texts_read_back_as_the_same_float(value: float) -> None:
    assert float(float_text(value)) == value


@pytest.mark.parametrize(
    ("value", "shown", "debugged"),
    [
        (None, "", "()"),
        (True, "true", "true"),
        ("a\n", "a\n", '"a\\n"'),
        (Char("x"), "x", "x"),
        ([1, "a", Char("c"), None], '[1, "a", c, ()]', '[1, "a", c, ()]'),
        ({"b": 1, "a": "x"}, '#{"a": "x", "b": 1}', '#{"a": "x", "b": 1}'),
        (Range(1, 5, False), "1..5", "1..5"),
        (Range(1, 5, True), "1..=5", "1..=5"),
        (Range(1, 2**63 - 1, False), "1..", "1.."),
        ('"\\\x01', '"\\\x01', '"\\"\\\\\\u{1}"'),
    ],
)
def test_values_show_and_debug(value: object, shown: str, debugged: str) -> None:
    assert (display(value), debug(value)) == (shown, debugged)


def test_what_is_no_value_has_no_text() -> None:
    with pytest.raises(TypeError, match="set is not a Rhai value"):
        display({1})
