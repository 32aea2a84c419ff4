"""Whole scripts: functions, recursion, and what generated code can reach."""

import pytest

from rhai import Engine, EvalError, Limits, ParseError, ResourceError


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("f(2); fn f(x) { x * 2 }", 4),
        ("fn f() { 0 } fn f(a) { 1 } fn f(a, b) { 2 } [f(), f(1), f(1, 2)]", [0, 1, 2]),
        (
            "fn even(n) { if n == 0 { true } else { odd(n - 1) } }"
            " fn odd(n) { if n == 0 { false } else { even(n - 1) } } even(50)",
            True,
        ),
        ("fn abs(x) { 7 } abs(-1)", 7),
        ("fn fib(n) { if n < 2 { n } else { fib(n-1) + fib(n-2) } } fib(15)", 610),
    ],
)
def test_functions_are_hoisted_and_chosen_by_arity(script: str, value: object) -> None:
    assert Engine().eval(script) == value


def test_a_function_sees_no_outer_variable_and_no_constant_of_the_caller() -> None:
    for script in (
        "let x = 1; fn f() { x } f()",
        "const x = 1; fn f() { x } f()",
        "fn f() { x } f()",
    ):
        with pytest.raises(EvalError, match="Variable not found: x"):
            Engine().eval(script, {"x": 1})


def test_recursion_ends_at_the_configured_depth() -> None:
    script = "fn f(n) { if n == 0 { 0 } else { f(n - 1) } } f(DEPTH)"
    assert Engine().eval(script, {"DEPTH": 63}) == 0
    with pytest.raises(ResourceError, match="Stack overflow"):
        Engine().eval(script, {"DEPTH": 64})
    assert Engine(Limits(max_call_levels=200)).eval(script, {"DEPTH": 150}) == 0


def test_recursion_deeper_than_pythons_is_a_stack_overflow_too() -> None:
    limits = Limits(max_call_levels=10**6)
    with pytest.raises(ResourceError, match="Stack overflow"):
        Engine(limits).eval("fn f(n) { f(n + 1) } f(0)")


@pytest.mark.parametrize(
    "name",
    [
        "type",
        "len",
        "int",
        "list",
        "copy_value",
        "add",
        "ticks",
        "tick",
        "host",
        "unit",
        "main",
        "f0",
        "n0",
        "v0",
        "t1",
        "depth",
        "ScriptError",
        "scalars",
        "enumerate",
        "None",
        "lambda",
    ],
)
def test_no_python_name_is_a_script_variable(name: str) -> None:
    with pytest.raises(EvalError, match=f"Variable not found: {name}"):
        Engine().eval(name)
    assert Engine().eval(f"let {name} = 5; fn g() {{ 1 }} {name} + g()") == 6


@pytest.mark.parametrize(
    "script",
    [
        '"".__class__',
        "(1).real",
        "[].append",
        "#{}.__class__.__mro__",
        "().__init__",
        "'a'.text",
        "(1..2)._fields",
        '"".format',
        "getattr(1, `real`)",
        "open(`/etc/passwd`)",
        "__import__(`os`)",
        'let m = #{}; m["__class__"].__bases__',
        "type(1)",
        "vars()",
    ],
)
def test_no_attribute_or_builtin_of_python_is_reached(script: str) -> None:
    with pytest.raises((EvalError, ParseError)):
        Engine().eval(script)


def test_generated_code_has_no_builtins() -> None:
    unit = Engine().compile("1")._unit
    assert unit.run.__globals__["__builtins__"] == {}


def test_constants_fold_but_errors_stay_for_run_time() -> None:
    engine = Engine()
    script = engine.compile("1 / 0")
    with pytest.raises(EvalError, match="Division by zero"):
        script.run()
    assert engine.eval("2 + 3 * 4") == 14
