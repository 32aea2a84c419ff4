"""Choosing functions by name, arity and types."""

import pytest

from rhai import EvalError
from rhai.runtime.registry import Native, Overloads, Registry


def overloads(*natives: Native) -> Overloads:
    found = Overloads("f")
    for native in natives:
        found.add(native)
    return found


def test_exact_types_win_over_any() -> None:
    found = overloads(Native("f", (object,), lambda _: "any"), Native("f", (int,), lambda _: "int"))
    assert [found.call(1), found.call("x"), found.call(True)] == ["int", "any", "any"]


def test_the_latest_of_the_same_types_counts() -> None:
    found = overloads(Native("f", (int,), lambda _: 1))
    assert found.call(0) == 1
    found.add(Native("f", (int,), lambda _: 2))
    assert found.call(0) == 2


def test_a_call_by_reference_gives_the_changed_argument() -> None:
    found = overloads(
        Native("f", (str,), lambda s: (s + "!", 7), mutates=True), Native("f", (int,), abs)
    )
    assert found.call_on_place("a") == ("a!", 7)
    assert found.call_on_place(-1) == (-1, 1)
    assert found.call("a") == 7


def test_constants_are_not_changed() -> None:
    found = overloads(Native("f", (str,), lambda s: (s, None), mutates=True))
    with pytest.raises(EvalError, match="Non-pure method 'f' cannot be called on constant"):
        found.call_on_constant("a")


@pytest.mark.parametrize("style", ["call", "call_on_place", "call_on_constant"])
def test_no_function_for_these_types_is_an_error(style: str) -> None:
    with pytest.raises(EvalError, match=r"Function not found: f \(i64\)"):
        getattr(overloads(), style)(1)


def test_functions_are_kept_by_name_and_arity() -> None:
    registry = Registry([Native("f", (int,), abs)])
    assert registry.overloads("f", 1).call(-1) == 1
    assert registry.overloads("f", 2).natives == []
    assert registry.overloads("f", 1) is registry.overloads("f", 1)
