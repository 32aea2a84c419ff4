"""Texts of errors that no other test shows."""

from rhai.runtime import faults


def test_amounts_are_worded_for_none_one_and_many() -> None:
    assert faults.outside_string(0, 0).message.endswith("string is empty")
    assert faults.outside_string(1, 1).message.endswith("only 1 character in string")
    assert faults.out_of_bounds(9, 3).message.endswith("only 3 elements in array")


def test_errors_carry_their_fields_for_catch_blocks() -> None:
    assert faults.variable_not_found("x").details == {"variable": "x"}
    assert faults.no_such_bit(64).details == {"index": 64, "length": 64}
    assert faults.type_mismatch(1, "bool").details == {"requested": "bool", "actual": "i64"}
