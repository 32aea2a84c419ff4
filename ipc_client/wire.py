"""What goes over the socket: requests as bytes, lines as replies. Pure; no sockets.

The server ends each JSON value with a line end and writes none inside a value.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from ipc_client.errors import ServerError
from supervisor.errors import HeroError

Params = Mapping[str, Any] | Sequence[Any]


class NotAReply(HeroError):
    """The peer sent what no Hero Supervisor sends; it is another server, or too much."""


class Reply(NamedTuple):
    """One response: the text as it came, and what it says."""

    text: bytes
    message: dict[str, Any]


def encode_request(request_id: int, method: str, params: Params | None) -> bytes:
    """Return a request, ended by a line end.

    Raises:
        TypeError: the params hold what JSON can't express.
    """
    request: dict[str, Any] = {"jsonrpc": "2.0", "id": request_id, "method": method}
    if params is not None:
        request["params"] = params
    return orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE)


def encode_notification(method: str, params: Params | None) -> bytes:
    """Return a request that wants no answer.

    Raises:
        TypeError: the params hold what JSON can't express.
    """
    request: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        request["params"] = params
    return orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE)


def read_line(line: bytes) -> Reply:
    """Read one line of the server, a response or a notification.

    Raises:
        NotAReply: it is neither.
    """
    try:
        message = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise NotAReply(f"it sent {_show(line)}, which is no JSON") from None
    if isinstance(message, dict) and not message.keys().isdisjoint(("result", "error", "method")):
        return Reply(line, message)
    raise NotAReply(f"it sent {_show(line)}, which is no JSON-RPC 2.0")


def unwrap(reply: Reply) -> Any:
    """Return the result that a response carries.

    Raises:
        ServerError: it carries an error.
    """
    error = reply.message.get("error")
    if error is None:
        return reply.message.get("result")
    if not isinstance(error, dict):
        raise ServerError(0, str(error))
    raise ServerError(error.get("code", 0), error.get("message", ""), error.get("data"))


def _show(line: bytes) -> str:
    return repr(line[:40].decode(errors="replace"))
