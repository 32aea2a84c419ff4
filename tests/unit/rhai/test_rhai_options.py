"""Switches of the language, and bounds of one script."""

import pytest

from rhai import Engine, EvalError, Limits, Options, ParseError, text_resolver


@pytest.mark.parametrize(
    ("options", "script", "message"),
    [
        (Options(strict_variables=True), "let x = 1; x + y", "Undefined variable: y"),
        (Options(allow_looping=False), "while true {}", "Unexpected 'while'"),
        (Options(allow_looping=False), "let x = for i in 0..1 {};", "Unexpected 'for'"),
        (Options(allow_shadowing=False), "let x = 1; let x = 2;", "Variable already defined: x"),
        (Options(allow_statement_expression=False), "let x = { 1 };", "Unexpected '{'"),
        (Options(allow_if_expression=False), "let x = if true { 1 };", "Unexpected 'if'"),
        (Options(allow_switch_expression=False), "let x = switch 1 {};", "Unexpected 'switch'"),
        (Options(allow_loop_expressions=False), "let x = loop { break };", "Unexpected 'loop'"),
        (Options(allow_anonymous_fn=False), "let f = |x| x;", "Unexpected '|'"),
        (
            Options(disabled_symbols=frozenset({"while"})),
            "while true {}",
            "'while' is a reserved keyword",
        ),
        (Options(disabled_symbols=frozenset({"+"})), "1 + 2", r"Unknown operator: '\+'"),
    ],
)
def test_what_is_switched_off_is_a_syntax_error(
    options: Options, script: str, message: str
) -> None:
    with pytest.raises(ParseError, match=message):
        Engine(options=options).compile(script)
    Engine().compile(script)


def test_strict_variables_know_functions_and_later_declarations() -> None:
    strict = Engine(options=Options(strict_variables=True))
    assert strict.eval("fn f() { 1 } let g = f; g.call()") == 1


@pytest.mark.parametrize("script", ["#{}.a", '#{}["a"]', "let m = #{}; for i in 0..1 { m.a }"])
def test_missing_properties_can_be_errors(script: str) -> None:
    with pytest.raises(EvalError, match="Property not found: a"):
        Engine(options=Options(fail_on_invalid_map_property=True)).eval(script)
    Engine().eval(script)


@pytest.mark.parametrize(
    ("limits", "script", "message"),
    [
        (Limits(max_functions=1), "fn f() {} fn g() {}", "Number of functions defined exceeds"),
        (Limits(max_functions=1), "|| 1; || 2;", "Number of functions defined exceeds"),
        (Limits(max_variables=1), "let a = 1; let b = 2;", "Too many variables defined"),
        (Limits(max_call_levels=0), "fn f() { 1 } f()", "Stack overflow"),
        (Limits(max_modules=1), 'import "m" as a; import "m" as b;', "Too many modules imported"),
        (Limits(max_map_size=2), "let m = #{}; for i in 0..9 { m[`k${i}`] = i }", "object map"),
        (Limits(max_array_size=4), "let a = []; for i in 0..9 { a.push(i) }", "array/BLOB"),
        (Limits(max_array_size=4), "let a = []; for i in 0..9 { a += i }", "array/BLOB"),
        (Limits(max_array_size=4), "let a = [1, 2]; a[0] = [1, 2, 3, 4]; a", "array/BLOB"),
        (Limits(max_array_size=4), "blob(5)", "array/BLOB"),
        (Limits(max_string_size=4), "let s = `ab`; s[0..1] = `abcd`; s", "Length of string"),
    ],
)
def test_limits_end_a_script(limits: Limits, script: str, message: str) -> None:
    engine = Engine(limits, resolver=text_resolver({"m": ""}))
    with pytest.raises((ParseError, EvalError), match=message):
        engine.eval(script)
