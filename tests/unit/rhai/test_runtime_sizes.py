"""How large values may grow."""

import pytest

from rhai import Engine, Limits, ResourceError
from rhai.runtime.sizes import Sizes

SIZES = Sizes(Limits(max_string_size=8, max_array_size=4, max_map_size=2))


def test_strings_are_measured_in_bytes() -> None:
    assert SIZES.checked_string("é" * 4) == "é" * 4
    with pytest.raises(ResourceError, match="Length of string too large"):
        SIZES.checked_string("é" * 5)


def test_arrays_count_what_they_hold() -> None:
    assert SIZES.checked_array([[1], 2]) == [[1], 2]
    with pytest.raises(ResourceError, match="Size of array/BLOB too large"):
        SIZES.checked_array([[1, 2, 3], 2])


def test_maps_count_what_they_hold() -> None:
    with pytest.raises(ResourceError, match="Size of object map too large"):
        SIZES.checked_map({"a": {"b": 1, "c": 2}})


def test_nesting_has_an_end() -> None:
    with pytest.raises(ResourceError, match="Value nested too deeply"):
        Engine().eval("let a = 1; loop { a = [a] }")


@pytest.mark.parametrize(
    "script",
    [
        'let s = "abc"; s + s + s',
        'let s = "abc"; s += s; s += s',
        'let s = "abc"; `${s}${s}${s}`',
        "fn f(s) { s += s; s += s } f('a' + 'b' + 'c')",
        "let a = [1, 2]; a += a; a += a",
        "let a = [1]; loop { a.push(a) }",
        "[].pad(5, 0)",
        "let m = #{}; m.a = 1; m.set(`b`, 1); m.set(`c`, 1)",
    ],
)
def test_no_way_of_building_passes_the_limits(script: str) -> None:
    limits = Limits(max_string_size=8, max_array_size=4, max_map_size=2)
    with pytest.raises(ResourceError, match="too large"):
        Engine(limits).eval(script)
