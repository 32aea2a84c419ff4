"""Any text at all ends in a value or in an error of ours, within its limits."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rhai
from rhai import Engine, Limits, RhaiError, text_resolver

DATA = Path(__file__).parents[2] / "data"
MODULES = text_resolver(json.loads((DATA / "rhai_modules.json").read_text()))
SCRIPTS = [
    json.loads(line)["script"]
    for name in ("rhai_cases.jsonl", "rhai_more_cases.jsonl")
    for line in (DATA / name).read_text().splitlines()
]
LIMITS = Limits(
    max_operations=20_000, max_string_size=100_000, max_array_size=10_000, max_map_size=10_000
)
WORDS = [
    "let",
    "const",
    "if",
    "else",
    "while",
    "loop",
    "for",
    "in",
    "fn",
    "return",
    "break",
    "continue",
    "try",
    "catch",
    "throw",
    "do",
    "until",
    "x",
    "y",
    "z",
    "f",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "#{",
    ";",
    ",",
    ".",
    "..",
    "..=",
    "??",
    "?.",
    "?[",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "<<",
    ">>",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "&&",
    "||",
    "!",
    "=",
    "+=",
    "-=",
    "*=",
    "|",
    "&",
    "^",
    "0",
    "1",
    "2",
    "9223372036854775807",
    "1.5",
    "1e308",
    '"s"',
    "'c'",
    "`a`",
    "`${",
    "true",
    "false",
    "()",
    "[]",
    "x.len()",
    "",
    "x.push(x)",
    's.pad(99,"ab")',
    "print",
    "this",
    "switch",
    "import",
    "import `m` as m;",
    "m::f(1)",
    "export",
    "|x|",
    "|| x",
    "this.x",
    "fn f(x) { x + 1 }",
    "f.call(x)",
    "x.call(f, 1)",
    "Fn(`f`)",
    "f!(1)",
    "eval(`x = [x]`)",
    "eval(`let y = 2`);",
    "=>",
    "_",
    "1..3",
    "blob(3)",
    "x.map(|y| y)",
    "x.sort(|a, b| a < b)",
    "x.drain(|| true)",
    "x.tag = 1",
    "timestamp()",
    "is_shared(x)",
    "curry(f, 1)",
    "global::x",
]


def run(text: str) -> None:
    """Run a script; anything but a value or an error of ours fails the test."""
    try:
        shown = rhai.display(Engine(LIMITS, resolver=MODULES).eval(text))
    except RhaiError as error:
        shown = str(error)
    assert isinstance(shown, str)


@given(st.text())
def test_any_text_ends_in_a_value_or_an_error_of_ours(text: str) -> None:
    run(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_sequence_of_words_ends_in_a_value_or_an_error_of_ours(words: list[str]) -> None:
    run(" ".join(words))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SCRIPTS), st.integers(0, 200), st.integers(0, 5), st.sampled_from(WORDS))
def test_any_mutation_of_a_script_ends_in_a_value_or_an_error_of_ours(
    script: str, at: int, cut: int, word: str
) -> None:
    run(script[:at] + word + script[at + cut :])


@pytest.mark.parametrize(
    "opening", ["(", "[", "#{a:", "{", "- ", "!", "if true {", "loop {", "`${"]
)
def test_nesting_without_end_is_too_deep(opening: str) -> None:
    with pytest.raises(RhaiError, match="exceeds maximum complexity"):
        Engine().compile(opening * 5000)


@pytest.mark.parametrize(
    "script",
    [
        "1" * 100_000,
        "0x" + "f" * 100_000,
        "let a = []; loop { a = [a] } ",
        'let s = "ab"; loop { s += s }',
        "let a = 1; loop { let b = [0]; b[0] = take(a); a = take(b) }",
        "let m = #{}; loop { m.x = m; m.y = m; m.z = 1 }",
        "let a = [1]; loop { a += a }",
        'let s = "x"; loop { s.pad(9223372036854775807, "ab") }',
        'let s = "xx"; loop { s.replace("x", s) }',
        "fn f(a) { f([a, a]) } f(1)",
        "for i in -9223372036854775807..9223372036854775807 {}",
        "parse_int(`9`) ** 9223372036854775807",
        "let f = |x| x; loop { f = f.curry(f) }",
        "let f = |g| g.call(g); f.call(f)",
        "fn f() { f!() } f!()",
        "let s = `f(s)`; fn f(s) { eval(s) } f(s)",
        "fn f(n) { [n].map(|x| f(x)) } f(1)",
        "let a = [1]; loop { a = a.map(|x| a) }",
        "let a = [1]; a.for_each(|| a.push(1)); a.filter(|x| { a.clear(); true })",
        "for i in range(0.0, 1e300, 1.0) {}",
        "for i in range(9223372036854775807, -9223372036854775807, -1) {}",
        "let b = blob(); loop { b += `ab` }",
        "let m = #{}; let i = 0; loop { i += 1; m[`k${i}`] = i }",
        "import `m` as m; loop { import `n` as n; }",
    ],
)
def test_growth_without_end_reaches_a_limit(script: str) -> None:
    run(script)
