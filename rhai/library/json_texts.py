"""JSON: object maps from texts, and texts from object maps."""

import json
from collections.abc import Iterator
from typing import Any

from rhai.display import debug, float_text
from rhai.errors import EvalError, ScriptError
from rhai.runtime.registry import Native
from rhai.runtime.sizes import Sizes
from rhai.values import I64_MAX, I64_MIN, Char, Value, type_name


def functions(sizes: Sizes) -> Iterator[Native]:
    """Yield the functions; what they build keeps to the sizes."""

    def parse(text: str) -> Value:
        return sizes.checked_map(_parse(text))

    yield Native("parse_json", (str,), parse)
    yield Native("to_json", (dict,), lambda entries: sizes.checked_string(_json(entries)))


def _integer(digits: str) -> int | float:
    # A text of digits has a length limit in Python; a float of that size is an infinity anyway.
    value = float(digits)
    if abs(value) > I64_MAX:
        return value
    return int(digits) if I64_MIN <= int(digits) <= I64_MAX else value


def _parse(text: str) -> dict[str, Value]:
    """Return the map a text describes. Raises: EvalError if it describes something else."""
    try:
        value: Any = json.loads(text, parse_int=_integer)
    except ValueError as error:
        raise EvalError("ErrorParsing", f"Syntax error: {error}") from None
    if type(value) is dict:
        return value
    actual = type_name(value)
    raise ScriptError(
        "ErrorMismatchOutputType",
        f"Output type incorrect: {actual} (expecting map)",
        details={"requested": "map", "actual": actual},
    )


def _json(value: Value) -> str:
    kind = type(value)
    if kind is dict:
        entries = [
            f"{json.dumps(key, ensure_ascii=False)}:{_json(value[key])}" for key in sorted(value)
        ]
        return f"{{{','.join(entries)}}}"
    if kind is list:
        return f"[{', '.join(map(_json, value))}]"
    if kind is str:
        return json.dumps(value, ensure_ascii=False)
    return _scalar(value)


def _scalar(value: Value) -> str:
    if value is None:
        return "null"
    if type(value) is Char:
        return f"'{value.text}'"
    return float_text(value) if type(value) is float else debug(value)
