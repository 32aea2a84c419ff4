"""Where this engine knowingly answers differently from the Rust engine; documented as tested."""

from pathlib import Path

import pytest

import rhai
from rhai import Engine, RhaiError

DOCUMENT = Path(__file__).parents[3] / "docs" / "rhai.md"

# Script, what the Rust engine 1.26 answers, what this one answers.
DIFFERENCES = [
    ("let x = 1; x && true", "1", "Data type incorrect: i64 (expecting bool)"),
    ("undefined_var; 42", "42", "Variable not found: undefined_var"),
    ("let s = \"abc\"; s[-1] = 'Z'; s", '"aZc"', '"abZ"'),
    ("#{}?.a?[2]", "error", "()"),
    ("`${['b']}`", "\"['b']\"", '"[b]"'),
    ("const M = #{a: 1}; M.a = 2", "panic", "Cannot assign to constant M"),
    ("#{a: [()]}.to_json()", '"{"a":[()]}"', '"{\\"a\\":[null]}"'),
    ("let x = 5; x.tag = 1; let y = x; y.tag", "1", "0"),
]


def answer(script: str) -> str:
    try:
        return rhai.debug(Engine().eval(script))
    except RhaiError as error:
        return error.message.removeprefix("Syntax error: ")


def table() -> str:
    """Return the table of the document."""
    rows = ["| script | Rust engine 1.26 | here |", "|---|---|---|"]
    for cells in DIFFERENCES:
        escaped = [cell.replace("|", "\\|") for cell in cells]
        rows.append("| " + " | ".join(f"`` {cell} ``" for cell in escaped) + " |")
    return "\n".join(rows)


@pytest.mark.parametrize(("script", "_theirs", "ours"), DIFFERENCES)
def test_each_difference_is_as_it_says(script: str, _theirs: str, ours: str) -> None:
    assert answer(script) == ours


def test_the_document_has_the_table() -> None:
    assert table() in DOCUMENT.read_text()
