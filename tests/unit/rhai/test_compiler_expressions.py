"""Order of evaluation, statements inside expressions, value semantics."""

import pytest

from rhai import Engine, EvalError


def printed(script: str) -> str:
    lines: list[str] = []
    Engine(on_print=lines.append).eval(script)
    return "".join(lines)


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("let x = 1; let y = { x += 1; x * 10 }; x + y", 22),
        ("let x = 1; x + { x += 1; x }", 3),
        ("let x = 1; [x, { x += 1; x }, x]", [1, 2, 2]),
        ("let x = 1; x + { let x = 5; x } + x", 7),
        ("1 + if true { 2 } else { 3 } * 2", 5),
        ("let x = loop { break 5 } + 1; x", 6),
        ("let i = 0; (while true { i += 1; if i > 3 { break i } }) * 2", 8),
        ("let x = (); x ?? return 5; 6", 5),
        ("let x = 1; x ?? return 5; 6", 6),
        ("let t = 0; for i in 0..9 { t += (if i % 2 == 0 { () } else { i }) ?? continue } t", 16),
        ("true || { throw 1; true }", True),
        ("false && { throw 1; true }", False),
        ("let x = 0; true && { x += 1; x == 1 }", True),
        ("let a = [1, 2]; a.len() + a.pop() + a.len()", 5),
        ('let s = "ab"; s.len() + { s += "c"; s.len() }', 5),
        ("`a${1 + 1}b${}c${ let x = 3; x }`", "a2bc3"),
        ("()?.len()", None),
        ('"ab"?.len()', 2),
    ],
)
def test_statements_are_expressions(script: str, value: object) -> None:
    assert Engine().eval(script) == value


def test_an_index_is_evaluated_once() -> None:
    script = (
        "fn f() { print(1); 0 } let a = [[1], 2]; a[f()].push(2); a[f() + 1] += 5; a[f()][f()] = 7;"
    )
    assert printed(script + "print(a)") == "1111[[7, 2], 7]"
    assert printed("fn f() { print(1); 0 } let a = [\"abc\"]; a[f()][f()] = 'X'; print(a)") == (
        '11["Xbc"]'
    )


def test_operands_are_evaluated_left_to_right() -> None:
    script = "fn f(x) { print(x); x } f(1) + f(2) * f(3) + { f(4) } - max(f(5), f(6))"
    assert printed(script) == "123456"


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("let a = [1]; let b = a; b.push(2); [a, b]", [[1], [1, 2]]),
        ("let a = [1]; let b = [a, a]; b[0].push(2); [a, b]", [[1], [[1, 2], [1]]]),
        ("let a = [1]; fn f(x) { x.push(2); x } [f(a), a]", [[1, 2], [1]]),
        ("let a = [[1]]; let b = a[0]; b[0] = 5; a", [[1]]),
        ("let m = #{a: [1]}; let n = m; n.a[0] = 2; m", {"a": [1]}),
        ("let a = [1]; let m = #{x: a}; a[0] = 2; m", {"x": [1]}),
        ("let a = [[1], [2]]; for x in a { x[0] = 9 } a", [[1], [2]]),
        ("let a = [[1]]; let b = a.get(0); b[0] = 2; a", [[1]]),
        ("let a = [1]; let b = if true { a } else { [] }; b.push(2); a", [1]),
        ("let a = [1]; let b = a ?? []; b.push(2); a", [1]),
        ("let a = [1]; a.push(a); a", [1, [1]]),
        ("let a = [1]; let b = { a }; b.push(2); a", [1]),
    ],
)
def test_containers_are_values(script: str, value: object) -> None:
    assert Engine().eval(script) == value


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "const A = [1]; A.push(2)",
            "Non-pure method 'push' cannot be called on constant (line 1, position 18)",
        ),
        ("f(1,)", "Function not found: f (i64) (line 1, position 1)"),
        ("let f = 1; f(5)", "Function not found: f (i64) (line 1, position 12)"),
        (
            '"abc".xyz()',
            "Function not found: xyz (&str | ImmutableString | String) (line 1, position 7)",
        ),
    ],
)
def test_calls_that_cannot_be_made_say_where(script: str, message: str) -> None:
    with pytest.raises(EvalError) as caught:
        Engine().eval(script)
    assert str(caught.value) == message


def test_a_library_function_may_change_its_first_argument_but_no_constant() -> None:
    assert Engine().eval("let a = [1]; push(a, 2); a") == [1, 2]
    assert Engine().eval("const A = [1]; push(A, 2); A") == [1]
    assert Engine().eval('let m = #{s: " a "}; m.s.trim(); m') == {"s": "a"}
