"""Limits are values."""

from dataclasses import FrozenInstanceError

import pytest

from rhai import Limits


def test_limits_have_the_languages_depths_by_default() -> None:
    limits = Limits()
    assert (limits.max_call_levels, limits.max_expr_depth, limits.max_function_expr_depth) == (
        64,
        64,
        32,
    )


def test_limits_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Limits().max_operations = 5  # type: ignore[misc]  # that is the point
