"""Functions on any value."""

import pytest

from rhai import Engine


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("()", "()"),
        ("true", "bool"),
        ("1", "i64"),
        ("1.0", "f64"),
        ("'a'", "char"),
        ('"a"', "string"),
        ("[]", "array"),
        ("#{}", "map"),
        ("1..2", "range"),
        ("1..=2", "range="),
    ],
)
def test_type_of_names_every_type(value: str, name: str) -> None:
    assert Engine().eval(f"type_of({value})") == name
    assert Engine().eval(f"({value}).type_of()") == name


def test_values_become_text() -> None:
    assert Engine().eval("(1.0).to_string() + ().to_string() + to_string([()])") == "1.0[()]"
    assert Engine().eval("\"x\".to_debug() + 'c'.to_debug() + ().to_debug()") == '"x"c()'


def test_take_leaves_unit_behind() -> None:
    assert Engine().eval("let a = [1]; let b = take(a); [a, b]") == [None, [1]]


def test_print_shows_display_text() -> None:
    lines: list[str] = []
    Engine(on_print=lines.append).eval('print(); print("a"); print(()); print([\'a\', "b"])')
    assert lines == ["", "a", "", '[a, "b"]']
