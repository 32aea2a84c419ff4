"""One run: scope, iteration, ways out."""

import pytest

from rhai import Engine, EvalError, Limits, Position, ResourceError


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("let t = 0; for i in 0..4 { t += i } t", 6),
        ("let t = 0; for i in 1..=4 { t += i } t", 10),
        ("let t = 0; let r = 2..4; for i in r { t += i } t", 5),
        ('let t = []; for c in "ab" { t.push(c + "") } t', ["a", "b"]),
        ("let t = 0; for (x, i) in [5, 7] { t += x * i } t", 7),
        ("let a = [1, 2]; for x in a { a.push(x) } a", [1, 2, 1, 2]),
        ("for i in 5..0 { throw } 1", 1),
        ("let t = 0; for i in 0..1000 { if i == 700 { break } t = i } t", 699),
    ],
)
def test_loops_walk_ranges_strings_and_arrays(script: str, value: object) -> None:
    assert Engine().eval(script) == value


def test_what_cannot_be_walked_is_an_error() -> None:
    with pytest.raises(EvalError, match=r"For loop expects iterable type \(line 1, position 10\)"):
        Engine().eval("for i in 5 {}")


def test_exit_ends_the_script_from_any_depth() -> None:
    assert Engine().eval("fn f() { try { exit(5) } catch {} 1 } f(); 2") == 5
    assert Engine().eval("exit(); 1") is None


@pytest.mark.parametrize(
    "loop", ["loop {}", "while true {}", "for i in 0..9999999999 {}", "do {} while true"]
)
def test_no_loop_escapes_the_operation_limit(loop: str) -> None:
    with pytest.raises(ResourceError, match="Too many operations"):
        Engine(Limits(max_operations=1000)).eval(f"try {{ {loop} }} catch {{}}")


def test_calls_count_as_operations() -> None:
    script = "fn f(n) { if n > 0 { f(n - 1); f(n - 1) } } f(40)"
    with pytest.raises(ResourceError, match="Too many operations"):
        Engine(Limits(max_operations=1000)).eval(script)


def test_debug_is_told_the_place() -> None:
    seen: list[tuple[str, str | None, Position]] = []
    Engine(on_debug=lambda *told: seen.append(told)).eval('\n debug("a")')
    assert seen == [('"a"', None, Position(2, 2))]
