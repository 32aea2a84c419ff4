"""Counting operations."""

from itertools import count, islice

import pytest

from rhai import EvalError
from rhai.runtime.meter import Meter


def test_turns_beyond_the_limit_raise() -> None:
    meter = Meter(100, None)
    assert len(list(islice(meter.ticks, 100))) == 100
    with pytest.raises(EvalError, match="Too many operations"):
        next(meter.ticks)


def test_long_ranges_are_counted_in_portions() -> None:
    meter = Meter(10_000, None)
    assert list(meter.turns(range(5_000))) == list(range(5_000))
    with pytest.raises(EvalError, match="Too many operations"):
        list(meter.turns(range(2**62)))


def test_an_empty_range_costs_nothing() -> None:
    meter = Meter(1, None)
    assert list(meter.turns(range(5, -(2**63)))) == []


def test_progress_is_reported_once_a_portion_however_small_the_charges() -> None:
    calls: list[None] = []
    meter = Meter(0, lambda: calls.append(None))
    for _ in range(50_000):
        meter.charge(1)
    assert 1 < len(calls) < 50_000 / 16


def test_slow_turns_come_in_small_portions() -> None:
    calls: list[None] = []
    seconds = count()
    meter = Meter(0, lambda: calls.append(None), lambda: float(next(seconds)))
    for _ in islice(meter.ticks, 1_000):
        pass
    assert len(calls) > 900


def test_copies_count_by_their_size() -> None:
    meter = Meter(10, None)
    meter.charge_size(640)
    with pytest.raises(EvalError, match="Too many operations"):
        meter.charge_size(64)
