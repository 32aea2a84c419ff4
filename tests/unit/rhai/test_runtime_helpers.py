"""Conditions, properties, thrown and caught values."""

import pytest

from rhai import Engine, EvalError


def printed(script: str) -> list[str]:
    lines: list[str] = []
    Engine(on_print=lines.append).eval(script)
    return lines


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("if 1 + 1 {}", "Data type incorrect: i64 (expecting bool) (line 1, position 4)"),
        ("let x = 5; if x {}", "Data type incorrect: i64 (expecting bool) (line 1, position 15)"),
        (
            "let x = 5; while x {}",
            "Data type incorrect: i64 (expecting bool) (line 1, position 18)",
        ),
        ("let x = 5; true && x", "Data type incorrect: i64 (expecting bool) (line 1, position 20)"),
        (
            "let x = 1.5; for i in 0..x {}",
            "Function not found: .. (i64, f64) (line 1, position 24)",
        ),
    ],
)
def test_conditions_are_booleans_and_ranges_integers(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        Engine().eval(script)
    assert str(caught.value) == message


def test_throw_carries_any_value() -> None:
    with pytest.raises(EvalError) as caught:
        Engine().eval("throw [1, 2]")
    assert (caught.value.value, str(caught.value)) == (
        [1, 2],
        "Runtime error: [1, 2] (line 1, position 1)",
    )


def test_throw_without_a_value_is_a_bare_runtime_error() -> None:
    with pytest.raises(EvalError, match=r"^Runtime error \(line 1, position 1\)$"):
        Engine().eval("throw")


def test_catch_sees_what_was_thrown_however_deep() -> None:
    assert printed("fn f() { throw 42 } try { f() } catch (e) { print(e) }") == ["42"]


def test_catch_sees_a_map_for_errors_of_the_engine() -> None:
    (line,) = printed("try { 1 / 0 } catch (e) { print(e) }")
    assert line == '#{"error": "ErrorArithmetic", "message": "Division by zero: 1 / 0"}'


def test_catch_sees_the_call_an_error_passed() -> None:
    script = (
        "fn f() { x } try { f() } catch (e) { print(e.error); print(e.function); print(e.message) }"
    )
    assert printed(script) == [
        "ErrorInFunctionCall",
        "f",
        "Variable not found: x (line 1, position 10)\nin call to function 'f'",
    ]


def test_a_catch_block_has_the_value_unit_and_a_try_block_its_own() -> None:
    assert Engine().eval("try { throw 1 } catch { 2 }") is None
    assert Engine().eval("try { 1 } catch { 2 }") == 1
