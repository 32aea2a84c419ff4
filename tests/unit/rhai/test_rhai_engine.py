"""The public API."""

import pytest

from rhai import Engine, EvalError, Limits, ParseError, ScriptError


def test_forty_plus_two() -> None:
    assert Engine().eval("40 + 2") == 42


def test_the_same_text_is_compiled_once() -> None:
    engine = Engine()
    assert engine.compile("1 + 1") is engine.compile("1 + 1")


def test_the_cache_forgets_the_least_recently_used() -> None:
    engine = Engine()
    first = engine.compile("0")
    for number in range(1, 300):
        engine.compile(str(number))
    assert engine.compile("0") is not first


def test_constants_of_the_caller_differ_from_run_to_run() -> None:
    script = Engine().compile("`${CALLER_ID}/${CONTEXT_ID}`")
    assert script.run({"CALLER_ID": "a", "CONTEXT_ID": 1}) == "a/1"
    assert script.run({"CALLER_ID": "b", "CONTEXT_ID": 2}) == "b/2"
    with pytest.raises(EvalError, match="Variable not found: CALLER_ID"):
        script.run()


def test_a_script_cannot_change_what_the_caller_handed_in() -> None:
    items = [[1]]
    with pytest.raises(EvalError, match="Non-pure method 'push'"):
        Engine().eval("ITEMS.push(2)", {"ITEMS": items})
    result = Engine().eval("let a = ITEMS; a[0].push(2); a", {"ITEMS": items})
    assert (result, items) == ([[1, 2]], [[1]])


def test_the_caller_hands_in_values_only() -> None:
    with pytest.raises(TypeError, match="object is not a Rhai value"):
        Engine().eval("X", {"X": object()})


def test_registered_functions_are_called_by_type() -> None:
    engine = Engine()
    engine.register_fn("twice", lambda n: n * 2, (int,))
    engine.register_fn("twice", lambda s: s + s, (str,))
    assert engine.eval('[twice(4), "ab".twice()]') == [8, "abab"]
    with pytest.raises(EvalError, match=r"Function not found: twice \(bool\)"):
        engine.eval("twice(true)")


def test_a_function_registered_later_is_seen_by_compiled_scripts() -> None:
    engine = Engine()
    script = engine.compile("answer()")
    with pytest.raises(EvalError, match="Function not found: answer"):
        script.run()
    engine.register_fn("answer", lambda: 42, ())
    assert script.run() == 42


def test_errors_of_registered_functions_are_the_scripts_or_the_hosts() -> None:
    engine = Engine()

    def fail(kind: int) -> None:
        raise ScriptError("ErrorRuntime", "Refused") if kind else ZeroDivisionError

    engine.register_fn("fail", fail, (int,))
    with pytest.raises(EvalError, match=r"Refused \(line 1, position 1\)"):
        engine.eval("fail(1)")
    with pytest.raises(ZeroDivisionError):
        engine.eval("try { fail(0) } catch {}")


def test_a_registered_function_returns_values_only() -> None:
    engine = Engine()
    engine.register_fn("leak", lambda: engine, ())
    with pytest.raises(TypeError, match="Engine is not a Rhai value"):
        engine.eval("leak()")


def test_what_progress_raises_ends_the_run_and_cannot_be_caught() -> None:
    class StopError(Exception):
        pass

    def stop() -> None:
        raise StopError

    for body in ("loop {}", "for i in 0..99999 {}", "f()"):
        with pytest.raises(StopError):
            Engine(on_progress=stop).eval(f"fn f() {{ loop {{}} }} try {{ {body} }} catch {{}}")


def test_parse_errors_come_before_anything_runs() -> None:
    printed: list[str] = []
    with pytest.raises(ParseError):
        Engine(on_print=printed.append).eval("print(1); let")
    assert printed == []


def test_literals_keep_to_the_string_limit() -> None:
    with pytest.raises(ParseError, match=r"Length of string exceeds the maximum limit \(8\)"):
        Engine(Limits(max_string_size=8)).compile('"123456789"')


def test_runs_of_one_script_do_not_share_state() -> None:
    engine = Engine()
    inner = engine.compile("let t = 0; for i in 0..1000 { t += i } t")
    engine.register_fn("inner", inner.run, ())
    assert engine.eval("let t = 0; while t < 999000 { t += inner() } t") == 999000
