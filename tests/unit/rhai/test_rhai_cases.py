"""Scripts with what the real engine answered: the same value and type, or the same error."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

import rhai
from rhai import Char, Engine, RhaiError, Value
from rhai.values import type_name

CASES = Path(__file__).parents[2] / "data" / "rhai_cases.jsonl"
TYPES = {"INT": "i64", "FLOAT": "f64", "String": "string"}

# Parts of the language and library that this engine leaves out. A script that names one of them
# must end in a clear error instead of a wrong answer; every other script must match.
LEFT_OUT_SYNTAX = "Unsupported"
LEFT_OUT_FUNCTIONS = (
    "blob",
    "parse_json",
    "get_fn_metadata_list",
    "range(",
    ".bits",
    ".tag",
    "sort",
    "order",
    "retain",
)


def load() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()]


def plain(value: Value) -> Any:
    """Return a value the way the file writes it."""
    if type(value) is Char:
        return {"$char": value.text}
    if type(value) is float and not math.isfinite(value):
        return {"$float": rhai.display(value)}
    if type(value) is list:
        return [plain(item) for item in value]
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    return value


def answer(script: str) -> dict[str, Any]:
    """Run a script and describe what happened the way the file does."""
    printed: list[str] = []
    try:
        value = Engine(on_print=printed.append).eval(script)
    except RhaiError as error:
        return {"kind": "error", "code": error.kind, "message": str(error), "stdout": printed}
    shown = value.text if type(value) is Char else plain(value)
    return {"kind": "value", "type": type_name(value), "value": shown, "stdout": printed}


def wanted(case: dict[str, Any]) -> dict[str, Any]:
    expect, stdout = case["expect"], case.get("stdout", [])
    if expect["kind"] == "error":
        return {"kind": "error", "message": expect["message"], "stdout": stdout}
    kind = TYPES.get(expect["type"], expect["type"])
    return {"kind": "value", "type": kind, "value": expect["value"], "stdout": stdout}


def is_left_out(script: str, got: dict[str, Any]) -> bool:
    if got.get("code") == LEFT_OUT_SYNTAX:
        return True
    return got["kind"] == "error" and any(name in script for name in LEFT_OUT_FUNCTIONS)


def test_every_supported_script_answers_as_the_real_engine_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    matched, left_out, differing = 0, 0, []
    for case in load():
        got = answer(case["script"])
        if case.get("quirk"):
            continue
        if is_left_out(case["script"], got):
            left_out += 1
        elif {**got, "code": None} == {**wanted(case), "code": None}:
            matched += 1
        else:
            differing.append((case["script"], got, case["expect"]))
    with capsys.disabled():
        print(f"\nRhai cases: {matched} match, {left_out} use what is left out")  # noqa: T201 - the count is meant to be seen
    assert not differing
    assert matched >= 190
