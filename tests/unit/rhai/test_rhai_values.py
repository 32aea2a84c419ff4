"""Values: names, copies, checks."""

import pytest

from rhai.values import Char, Range, check_value, copy_value, host_name, signature_name, type_name


def test_a_boolean_is_no_integer() -> None:
    assert (type_name(True), type_name(1)) == ("bool", "i64")


def test_types_have_names_for_scripts_signatures_and_mismatches() -> None:
    assert signature_name("a") == "&str | ImmutableString | String"
    assert host_name(Range(1, 2, False)) == "core::ops::range::Range<i64>"
    assert host_name(Range(1, 2, True)) == "core::ops::range::RangeInclusive<i64>"
    assert type_name(Char("a")) == "char"


def test_a_copy_shares_no_container() -> None:
    original = {"a": [1, {"b": 2}]}
    copied = copy_value(original)
    copied["a"][1]["b"] = 3
    assert original == {"a": [1, {"b": 2}]}


def test_objects_of_the_host_are_no_values() -> None:
    for value in (object(), {1}, (1, 2), b"a", [object()], {1: 2}):
        with pytest.raises(TypeError):
            check_value(value)


def test_integers_of_the_host_must_fit() -> None:
    with pytest.raises(OverflowError, match="64-bit integer does not fit i64"):
        check_value([2**63])


def test_ranges_know_their_integers() -> None:
    assert list(Range(1, 3, True).indices()) == [1, 2, 3]
    assert list(Range(3, 1, False).indices()) == []
