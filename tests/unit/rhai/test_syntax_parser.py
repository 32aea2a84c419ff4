"""Statements, functions, and their errors."""

import pytest

from rhai import Engine, ParseError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1;", 1),
        ("let x = 1;", None),
        (";;; 5;;", 5),
        ("{ 1 } { 2 }", 2),
        ("{ 2 } -1", -1),
        ("let x = { 2 } - 1; x", 1),
        ("let x = if true { 1 } else { 2 } + 10; x", 11),
        ("1; fn f() {}", 1),
        ("private fn f() { 1 } f()", 1),
        ("f(1, 2,); fn f(a, b,) { a - b }", -1),
        ("let global = 1; global", 1),
    ],
)
def test_a_script_has_the_value_of_its_last_statement(text: str, value: object) -> None:
    assert Engine().eval(text) == value


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (
            "let a-b = 1;",
            "MissingToken",
            "Expecting ';' to terminate this statement (line 1, position 6)",
        ),
        (
            "x as i64",
            "MissingToken",
            "Expecting ';' to terminate this statement (line 1, position 3)",
        ),
        (
            "let x = y = 1",
            "MissingToken",
            "Expecting ';' to terminate this statement (line 1, position 11)",
        ),
        ("let fn = 1", "VariableExpected", "Expecting name of a variable (line 1, position 5)"),
        ("let call = 1", "Reserved", "'call' is a reserved keyword (line 1, position 5)"),
        (
            "foo() = 1",
            "AssignmentToInvalidLHS",
            "Expression cannot be assigned to (line 1, position 1)",
        ),
        ("5 = 1", "AssignmentToConstant", "Cannot assign to a constant value (line 1, position 1)"),
        (
            "const X = 1; X = 2",
            "AssignmentToConstant",
            "Cannot assign to constant X (line 1, position 14)",
        ),
        ("if x = 1 {}", "BadInput", "Possibly a typo of '=='? (line 1, position 6)"),
        ("if {true} {}", "ExprExpected", "Expecting a boolean expression (line 1, position 4)"),
        (
            "if true 5",
            "MissingToken",
            "Expecting '{' to start a statement block (line 1, position 9)",
        ),
        ("{ 1", "MissingToken", "Expecting '}' to terminate this block (line 1, position 4)"),
        ("do { } ", "MissingToken", "Expecting 'while' for the do statement (line 1, position 8)"),
        ("for 5 in x {}", "VariableExpected", "Expecting name of a variable (line 1, position 5)"),
        (
            "for i of x {}",
            "MissingToken",
            "Expecting 'in' after the iteration variable (line 1, position 7)",
        ),
        (
            "for (a, a) in x {}",
            "DuplicatedVariable",
            "Duplicated variable name: a (line 1, position 9)",
        ),
        (
            "for x in #{a: 1} {}",
            "MismatchedType",
            "Expecting an iterable value, not an object map (line 1, position 10)",
        ),
        (
            "break;",
            "LoopBreak",
            "Break statement should only be used inside a loop (line 1, position 1)",
        ),
        (
            "try {}",
            "MissingToken",
            "Expecting 'catch' for the 'try' statement (line 1, position 7)",
        ),
        ("fn f { }", "FnMissingParams", "Expecting parameters for function f (line 1, position 6)"),
        (
            "fn (a) { }",
            "FnMissingName",
            "Expecting function name in function declaration (line 1, position 4)",
        ),
        (
            "fn f()",
            "FnMissingBody",
            "Expecting body statement block for function f (line 1, position 7)",
        ),
        (
            "fn f(a, a) {}",
            "FnDuplicatedParam",
            "Duplicated parameter a for function f (line 1, position 9)",
        ),
        (
            "fn f(a b) { }",
            "MissingToken",
            "Expecting ',' to separate the parameters of function 'f' (line 1, position 8)",
        ),
        ("fn print(x) { 5 }", "Reserved", "'print' is a reserved keyword (line 1, position 4)"),
        (
            "fn f(x) { 1 } fn f(y) { 2 }",
            "FnDuplicatedDefinition",
            "Function f with 1 parameter already exists (line 1, position 15)",
        ),
        (
            "{ fn f() {} }",
            "WrongFnDefinition",
            "Function definitions must be at global level and cannot be inside a block or another"
            " function (line 1, position 3)",
        ),
        ("let x = ;\n'", "BadInput", "Unexpected ';' (line 1, position 9)"),
    ],
)
def test_malformed_statements_say_what_and_where(text: str, kind: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        Engine().compile(text)
    assert (caught.value.kind, str(caught.value)) == (kind, f"Syntax error: {message}")


def test_loops_nest_as_deep_as_python_allows_and_no_deeper() -> None:
    assert Engine().eval("loop { " * 12 + "return 7" + " }" * 12) == 7
    with pytest.raises(ParseError, match="Expression exceeds maximum complexity"):
        Engine().compile("loop { " * 19 + " }" * 19)
