"""How the command line shows results and errors. Pure: values in, text out."""

from typing import Any

import orjson

from ipc_client.errors import ServerError


def show_result(result: Any, as_json: bool) -> bytes:
    """Return a result for stdout, without a line end.

    Strings as they are, so that a shell can take them up; all else as indented JSON. With
    `as_json` everything as JSON on one line.
    """
    if as_json:
        return orjson.dumps(result)
    if isinstance(result, str):
        return result.encode()
    return orjson.dumps(result, option=orjson.OPT_INDENT_2)


def show_error(error: ServerError, as_json: bool) -> str:
    """Return a server's error for stderr, with what helps of its data."""
    if as_json:
        shown = {"code": error.code, "message": error.message, "data": error.data}
        return orjson.dumps(shown).decode()
    return "\n".join([f"{error}", *_details(error)])


def _details(error: ServerError) -> list[str]:
    data = error.data
    if not data:
        return []
    cause = data.get("error") if isinstance(data, dict) else None
    if not isinstance(cause, dict):
        return [f"  data: {orjson.dumps(data).decode()}"]
    message = cause.get("message", "")
    told = "" if message in error.message else f": {message}"
    lines = [f"  {cause.get('kind', 'unknown')} error{_place(cause)}{told}"]
    if "job_id" in data:
        lines.append(f"  job {data['job_id']} is {data.get('status', 'failed')}")
    return lines


def _place(cause: dict[str, Any]) -> str:
    place = [f"{name} {cause[name]}" for name in ("line", "column") if cause.get(name) is not None]
    where = f" at {', '.join(place)}" if place else ""
    exit_code = cause.get("exit_code")
    return where if exit_code is None else f"{where} with exit code {exit_code}"
