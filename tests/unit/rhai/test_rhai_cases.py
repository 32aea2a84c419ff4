"""Scripts with what the real engine answered: the same value and type, or the same error."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

import rhai
from rhai import Blob, Char, Engine, RhaiError, Value, text_resolver
from rhai.values import type_name

DATA = Path(__file__).parents[2] / "data"
CASES = DATA / "rhai_cases.jsonl"
TYPES = {"INT": "i64", "FLOAT": "f64", "String": "string"}


def load() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()]


def plain(value: Value) -> Any:
    """Return a value the way the file writes it."""
    if type(value) is Char:
        return {"$char": value.text}
    if type(value) is float and not math.isfinite(value):
        return {"$float": rhai.display(value)}
    if type(value) is Blob:
        return list(value)
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


def differing(cases: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    found = []
    for case in cases:
        got = answer(case["script"])
        if {**got, "code": None} != {**wanted(case), "code": None}:
            found.append((case["script"], got, case["expect"]))
    return found


def test_every_script_answers_as_the_real_engine_does(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [case for case in load() if not case.get("quirk")]
    assert not differing(cases)
    with capsys.disabled():
        print(f"\nRhai cases of the real engine: {len(cases)} match")  # noqa: T201 - the count is meant to be seen


def test_every_script_of_our_own_answers_as_the_language_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    resolver = text_resolver(json.loads((DATA / "rhai_modules.json").read_text()))
    lines = (DATA / "rhai_more_cases.jsonl").read_text().splitlines()
    cases = [json.loads(line) for line in lines]
    printed: list[str] = []
    engine = Engine(on_print=printed.append, resolver=resolver)
    for case in cases:
        printed.clear()
        got = {"script": case["script"]}
        try:
            got["value"] = rhai.debug(engine.eval(case["script"]))
        except RhaiError as error:
            got.update(error=str(error), kind=error.kind)
        assert {**got, "stdout": printed} == {"stdout": [], **case}
    with capsys.disabled():
        print(f"\nRhai cases of our own: {len(cases)} match")  # noqa: T201 - the count is meant to be seen
