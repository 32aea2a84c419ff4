"""Offsets become lines and columns."""

from rhai import Position
from rhai.syntax.source import Source


def test_positions_are_one_based_and_count_scalars() -> None:
    source = Source("a\n❤b\n")
    assert source.position(0) == Position(1, 1)
    assert source.position(3) == Position(2, 2)


def test_the_end_of_the_text_has_a_position() -> None:
    assert Source("ab").position(2) == Position(1, 3)
    assert Source("ab\n").position(3) == Position(2, 1)


def test_an_error_knows_its_place() -> None:
    error = Source("ab").error("MissingToken", "Expecting ')'", 1)
    assert str(error) == "Syntax error: Expecting ')' (line 1, position 2)"
