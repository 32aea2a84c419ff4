"""Functions on arrays."""

import pytest

from rhai import Engine


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("[1, 2].len", 2),
        ("[].is_empty()", True),
        ("[1].get(5)", None),
        ("[1, 2].get(-1)", 2),
        ("[1, 2].contains(2.0)", True),
        ("[1, 2, 1].index_of(1, 1)", 2),
        ("[1].index_of(9)", -1),
        ("[1, 2, 3].extract(1)", [2, 3]),
        ("[1, 2, 3].extract(-3, 2)", [1, 2]),
        ("[1, 2, 3].extract(0..=1)", [1, 2]),
    ],
)
def test_arrays_are_read(script: str, value: object) -> None:
    assert Engine().eval(script) == value


@pytest.mark.parametrize(
    ("call", "items", "result"),
    [
        ("push(4)", [1, 2, 3, 4], None),
        ("append([4, 5])", [1, 2, 3, 4, 5], None),
        ("insert(0, 9)", [9, 1, 2, 3], None),
        ("insert(-1, 9)", [1, 2, 9, 3], None),
        ("pop()", [1, 2], 3),
        ("shift()", [2, 3], 1),
        ("remove(1)", [1, 3], 2),
        ("remove(9)", [1, 2, 3], None),
        ("set(0, 7)", [7, 2, 3], None),
        ("set(9, 7)", [1, 2, 3], None),
        ("clear()", [], None),
        ("reverse()", [3, 2, 1], None),
        ("truncate(1)", [1], None),
        ("chop(2)", [2, 3], None),
        ("pad(5, 0)", [1, 2, 3, 0, 0], None),
        ("split(1)", [1], [2, 3]),
        ("splice(1, 1, [8, 9])", [1, 8, 9, 3], None),
        ("drain(0, 2)", [3], [1, 2]),
        ("drain(1..=2)", [1], [2, 3]),
        ("dedup()", [1, 2, 3], None),
    ],
)
def test_arrays_are_changed_in_their_place(call: str, items: list[int], result: object) -> None:
    assert Engine().eval(f"let a = [1, 2, 3]; let r = a.{call}; [a, r]") == [items, result]


def test_padding_copies_its_value() -> None:
    assert Engine().eval("let a = []; a.pad(2, [0]); a[0].push(1); a") == [[0, 1], [0]]
