"""Tokens and depths."""

import pytest

from rhai import Limits, ParseError
from rhai.syntax.cursor import Cursor


def test_a_missing_token_is_named_with_its_place() -> None:
    with pytest.raises(ParseError, match=r"Expecting '\)' to close \(line 1, position 1\)"):
        Cursor("x", Limits()).expect(")", "to close")


def test_depth_is_limited() -> None:
    cursor = Cursor("x", Limits(max_expr_depth=2))
    cursor.enter(2)
    cursor.leave()
    cursor.enter()
    with pytest.raises(ParseError, match="Expression exceeds maximum complexity"):
        cursor.enter()


def test_the_end_is_never_stepped_over() -> None:
    cursor = Cursor("x", Limits())
    cursor.advance()
    assert cursor.advance() == cursor.advance()


def test_text_that_cannot_be_read_raises_only_when_reached() -> None:
    cursor = Cursor("x '", Limits())
    cursor.advance()
    with pytest.raises(ParseError, match="Open string is not terminated"):
        cursor.advance()
