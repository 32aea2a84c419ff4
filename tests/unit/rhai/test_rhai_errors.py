"""One tree of errors that format themselves."""

from rhai import EvalError, ParseError, Position, ResourceError, RhaiError, ScriptError


def test_the_tree_separates_texts_scripts_and_resources() -> None:
    assert issubclass(ParseError, RhaiError)
    assert issubclass(ScriptError, EvalError)
    assert issubclass(ResourceError, EvalError)
    assert not issubclass(ResourceError, ScriptError)


def test_an_error_formats_itself_with_its_place() -> None:
    error = RhaiError("Kind", "Something", Position(2, 7))
    assert (error.line, error.position) == (2, 7)
    assert str(error) == "Something (line 2, position 7)"


def test_an_error_without_a_place_is_its_message() -> None:
    error = ParseError("Kind", "Something")
    assert (error.line, error.position) == (None, None)
    assert str(error) == "Syntax error: Something"


def test_an_error_that_left_a_function_is_an_error_in_a_call() -> None:
    error = ScriptError("ErrorArithmetic", "Division by zero")
    assert error.variant == "ErrorArithmetic"
    error.outer = "ErrorInFunctionCall"
    assert error.variant == "ErrorInFunctionCall"
