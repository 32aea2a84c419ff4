"""JSON-RPC 2.0 messages: strict parsing of requests, encoding of responses.

Sources: the JSON-RPC 2.0 specification, sections 4 (request), 5 (response) and 6 (batch). Stricter
than it where it leaves room: nesting is bounded, and a number that JSON can't express is refused.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from supervisor.errors import (
    BatchTooLarge,
    InvalidRequest,
    ParseError,
    RequestTooBig,
    ResponseTooBig,
    RpcError,
)
from supervisor.rpc.framing import Oversized

MAX_DEPTH = 128
MAX_ID_LENGTH = 256  # characters
MAX_FLOAT_ID = 2.0**53  # beyond it a float is not the integer that the caller wrote

Id = str | int | float | None
Params = dict[str, Any] | list[Any]


class Request(NamedTuple):
    """A valid request; a notification gets no response."""

    method: str
    params: Params | None
    id: Id
    is_notification: bool


@dataclass(frozen=True, slots=True)
class Invalid:
    """Not a request: `error` is the response, under `id` where one could be read."""

    error: RpcError
    id: Id = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests sent as one array, to be answered as one array."""

    items: list[Request | Invalid]


def parse(frame: bytes | Oversized, max_size: int, max_batch: int) -> Request | Invalid | Batch:
    """Read one JSON value as a request or a batch. Never raises.

    Args:
        frame: the text, or what stands for one that was over the limit.
        max_size: largest text in bytes; only named in the error where the frame is `Oversized`.
        max_batch: most items in a batch.
    """
    size = frame.size if isinstance(frame, Oversized) else len(frame)
    if isinstance(frame, Oversized) or size > max_size:
        return Invalid(
            RequestTooBig(f"The request has {size} bytes; at most {max_size} are accepted.")
        )
    try:
        value = orjson.loads(frame)
    except orjson.JSONDecodeError as error:
        return Invalid(ParseError(f"Parse error: {_where(error)}."))
    if _may_be_deep(frame) and _is_deeper(value, MAX_DEPTH):
        return Invalid(ParseError(f"Parse error: nested deeper than {MAX_DEPTH} levels."))
    if isinstance(value, list):
        return _parse_batch(value, max_batch)
    return _parse_item(value)


def _where(error: orjson.JSONDecodeError) -> str:
    """Say what is wrong and where, without repeating what the caller sent."""
    return f"{error.msg.partition(': line')[0]} at line {error.lineno}, column {error.colno}"


def _may_be_deep(frame: bytes) -> bool:
    return frame.count(b"[") + frame.count(b"{") > MAX_DEPTH


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            member
            for item in level
            if isinstance(item, dict | list)
            for member in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _parse_batch(items: list[Any], max_batch: int) -> Batch | Invalid:
    if not items:
        return Invalid(InvalidRequest("Invalid request: the batch is empty."))
    if len(items) > max_batch:
        return Invalid(
            BatchTooLarge(f"The batch has {len(items)} items; at most {max_batch} are accepted.")
        )
    return Batch([_parse_item(item) for item in items])


def _parse_item(value: Any) -> Request | Invalid:
    if not isinstance(value, dict):
        return Invalid(InvalidRequest("Invalid request: not an object."))
    request_id = value.get("id")
    problem = _problem(value, request_id)
    if problem:
        return Invalid(
            InvalidRequest(f"Invalid request: {problem}."),
            request_id if _is_id(request_id) else None,
        )
    return Request(value["method"], value.get("params"), request_id, "id" not in value)


def _problem(value: dict[str, Any], request_id: Any) -> str | None:
    if value.get("jsonrpc") != "2.0":
        return 'jsonrpc must be "2.0"'
    if not isinstance(value.get("method"), str):
        return "method must be a string"
    if not _is_id(request_id):
        return f"id must be a string of at most {MAX_ID_LENGTH} characters, an integer or null"
    if "params" in value and not isinstance(value["params"], dict | list):
        return "params must be an object or an array"
    return None


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_ID_LENGTH
    if isinstance(value, float):
        return value.is_integer() and abs(value) <= MAX_FLOAT_ID
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def encode_result(request_id: Id, result: Any, max_size: int) -> bytes:
    """Return the response that carries `result`, or an error if it is over `max_size` bytes."""
    text = orjson.dumps({"jsonrpc": "2.0", "id": request_id, "result": result})
    if len(text) > max_size:
        return encode_error(
            request_id,
            ResponseTooBig(
                f"The response has {len(text)} bytes; at most {max_size} are sent. Ask for less."
            ),
        )
    return text


def encode_error(request_id: Id, error: RpcError) -> bytes:
    """Return the response that carries `error`."""
    return orjson.dumps({"jsonrpc": "2.0", "id": request_id, "error": error.to_json()})


def encode_notification(method: str, params: Any) -> bytes:
    """Return a notification from the server."""
    return orjson.dumps({"jsonrpc": "2.0", "method": method, "params": params})
