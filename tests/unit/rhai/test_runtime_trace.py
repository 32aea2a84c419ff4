"""Places and call stacks of errors."""

import pytest

from rhai import CallFrame, Engine, EvalError, Position, ResourceError


def failure(script: str) -> EvalError:
    with pytest.raises(EvalError) as caught:
        Engine().eval(script)
    return caught.value


def test_an_error_knows_line_and_column() -> None:
    error = failure("let a = 1;\n\n  a + b")
    assert (error.line, error.position) == (3, 7)
    assert str(error) == "Variable not found: b (line 3, position 7)"


def test_each_call_adds_a_line_to_the_message() -> None:
    error = failure("fn g() { x }\nfn f() { g() }\nf()")
    assert error.kind == "ErrorVariableNotFound"
    assert str(error) == (
        "Variable not found: x (line 1, position 10)\n"
        "in call to function 'g' (line 2, position 10)\n"
        "in call to function 'f' (line 3, position 1)"
    )
    assert error.call_stack == (
        CallFrame("g", Position(2, 10)),
        CallFrame("f", Position(3, 1)),
    )


def test_an_error_without_a_place_is_wrapped_without_one() -> None:
    error = failure("fn f(a) { a / 0 } f(1)")
    assert str(error) == "Division by zero: 1 / 0\nin call to function 'f' (line 1, position 19)"


def test_a_resource_error_is_reported_at_the_outermost_call() -> None:
    error = failure("fn f(n) { f(n + 1) }\n f(0)")
    assert isinstance(error, ResourceError)
    assert str(error) == "Stack overflow (line 2, position 2)"
    assert error.call_stack == ()


def test_an_error_thrown_again_collects_the_calls_it_then_passes() -> None:
    error = failure("fn g() { x }\nfn f() { try { g() } catch { throw } }\nf()")
    assert [frame.function for frame in error.call_stack] == ["g", "f"]


def test_an_error_leaves_no_python_frames_behind() -> None:
    error = failure("fn f() { x } f()")
    names = []
    traceback = error.__traceback__
    while traceback:
        names.append(traceback.tb_frame.f_code.co_filename)
        traceback = traceback.tb_next
    assert "<rhai>" not in names
    assert error.__context__ is None or error.__suppress_context__
