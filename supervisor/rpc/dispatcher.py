"""From a request to its response: find the method, ask whether the caller may, bind, call.

`call` is total: whatever happens becomes a response. It is the one place that turns exceptions
into JSON-RPC errors.
"""

import secrets
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import CoroutineType
from typing import Any, Generic, TypeVar

import structlog

from supervisor.errors import InternalError, MethodNotFound, RpcError
from supervisor.rpc.messages import Invalid, Request, encode_error, encode_result
from supervisor.rpc.methods import Method, bind

S = TypeVar("S")

_log = structlog.get_logger()


class Dispatcher(Generic[S]):
    """Serves a method table to callers that each have a session `S`.

    Args:
        methods: the table, by name.
        authorise: raises if the session's principal may not call the method.
        max_response: bytes.
    """

    def __init__(
        self,
        methods: Mapping[str, Method],
        authorise: Callable[[Method, S], None],
        max_response: int,
    ) -> None:
        self._methods = methods
        self._authorise = authorise
        self._max_response = max_response

    async def call(self, item: Request | Invalid, session: S) -> bytes | None:
        """Return the response to one request, None for a notification. Never raises."""
        if isinstance(item, Invalid):
            return encode_error(item.id, item.error)
        try:
            response = await self._answer(item, session)
        except Exception:  # noqa: BLE001 (the boundary: a defect is logged here, named to nobody)
            response = encode_error(item.id, _report(item.method))
        return None if item.is_notification else response

    async def _answer(self, request: Request, session: S) -> bytes:
        try:
            result = await self._invoke(request, session)
        except RpcError as error:
            return encode_error(request.id, error)
        return encode_result(request.id, result, self._max_response)

    async def _invoke(self, request: Request, session: S) -> Any:
        method = self._methods.get(request.method)
        if method is None:
            raise MethodNotFound(_not_found(request.method, self._methods))
        self._authorise(method, session)
        result = method.handler(bind(method, request.params), session)
        return await result if isinstance(result, CoroutineType) else result


def _not_found(name: str, methods: Mapping[str, Method]) -> str:
    near = get_close_matches(name[:64], methods, n=1)
    hint = f" Did you mean {near[0]}?" if near else " rpc.discover lists all methods."
    return f"Method not found.{hint}"


def _report(method: str) -> InternalError:
    correlation = secrets.token_hex(6)
    _log.exception("a call failed with a defect", method=method, correlation=correlation)
    return InternalError(
        f"Internal error {correlation}; the server's log says more under this number."
    )
