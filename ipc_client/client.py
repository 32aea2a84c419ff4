"""The client for asyncio programs."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from ipc_client import calls
from ipc_client.calls import Call
from ipc_client.connect import connect, find_socket
from ipc_client.connection import Connection, OnNotification
from ipc_client.errors import CallTimeout, CannotConnect, ServerError
from ipc_client.face import dress
from ipc_client.wire import Params, Reply, unwrap

P = ParamSpec("P")
T = TypeVar("T")

ANSWER_TIMEOUT = 60.0  # seconds for calls that don't wait for a job
MAX_REPLY = 64 * 1024 * 1024  # bytes; the server's own limit unless it is configured otherwise

WAITING = frozenset({"run_job", "play", "wait_job", "job.run", "job.result"})


def _method(
    describe: Callable[P, Call[T]],
) -> Callable[Concatenate["IpcClient", P], Coroutine[Any, Any, T]]:
    async def method(self: "IpcClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.perform(describe(*args, **kwargs))

    dress(method, describe)
    return method


class IpcClient:
    """A client on the server's Unix socket, for one event loop.

    Any number of calls may be in flight; they share one connection and are answered as they are
    done. The connection is made by the first call, and made anew by the first call after it broke.

    Args:
        socket_path: where the server listens; None takes HERO_SOCKET, or the default path.
        max_reply: longest reply in bytes that is accepted.
        on_notification: called in the event loop, with method and params of what the server sends
            without being asked; must not block.
    """

    def __init__(
        self,
        socket_path: str | os.PathLike[str] | None = None,
        *,
        max_reply: int = MAX_REPLY,
        on_notification: OnNotification | None = None,
    ) -> None:
        self._path = find_socket(socket_path)
        self._max_reply = max_reply
        self._on_notification = on_notification
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._behind = 0  # calls that wait for their turn, because there is no writable connection
        self._closed = False

    async def __aenter__(self) -> Self:
        await self._ready()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; calls in flight fail with `ConnectionLost`. Idempotent."""
        self._closed = True
        if self._connection is not None:
            await self._connection.close()

    def call(
        self, method: str, params: Params | None = None, timeout: float | None = None
    ) -> Coroutine[Any, Any, Any]:
        """Call a method by name and return its result.

        Args:
            method: as in the API.
            params: by name or by position.
            timeout: seconds to wait for the answer; None means 60, or no limit for the methods
                that wait for a job.

        Raises:
            CannotConnect: nothing was sent.
            ConnectionLost: the outcome is unknown.
            CallTimeout: no answer in time; the server may still act on the call.
            ServerError: the server's error.
        """
        return self.perform(Call(method, params), timeout)

    def perform(self, call: Call[T], timeout: float | None = None) -> Coroutine[Any, Any, T]:
        """Make a call that `ipc_client.calls` describes; otherwise as `call`."""
        return self._perform(call, _seconds([call], timeout))

    def call_many(
        self, many: Iterable[Call[T]], timeout: float | None = None
    ) -> Coroutine[Any, Any, list[T | ServerError]]:
        """Make many calls in one go and return, in order, the result or the error of each.

        The server starts them in this order and works on many at once. This is the fastest way,
        several times cheaper than a task for each call.

        Args:
            many: calls that `ipc_client.calls` describes.
            timeout: seconds to wait for the last answer; None as for `call`.

        Raises:
            CannotConnect: nothing was sent.
            ConnectionLost: the outcome is unknown.
            CallTimeout: no answer in time; the server may still act on the calls.
        """
        described = list(many)
        return self._perform_many(described, _seconds(described, timeout))

    def call_raw(
        self, method: str, params: Params | None = None, timeout: float | None = None
    ) -> Coroutine[Any, Any, bytes]:
        """Return the whole JSON-RPC response as the server wrote it, be it a result or an error.

        Raises:
            CannotConnect, ConnectionLost, CallTimeout: as `call`.
        """
        call: Call[Any] = Call(method, params)
        return self._perform_raw(call, _seconds([call], timeout))

    async def notify(self, method: str, params: Params | None = None) -> None:
        """Send a call that gets no answer, not even an error.

        Raises:
            CannotConnect: nothing was sent.
        """
        connection = self._writable() or await self._ready()
        connection.notify(method, params)

    create_job = _method(calls.create_job)
    start_job = _method(calls.start_job)
    run_job = _method(calls.run_job)
    play = _method(calls.play)
    wait_job = _method(calls.wait_job)
    get_job = _method(calls.get_job)
    get_job_status = _method(calls.get_job_status)
    get_job_output = _method(calls.get_job_output)
    get_job_logs = _method(calls.get_job_logs)
    list_jobs = _method(calls.list_jobs)
    stop_job = _method(calls.stop_job)
    delete_job = _method(calls.delete_job)
    clear_all_jobs = _method(calls.clear_all_jobs)
    create_jobs = _method(calls.create_jobs)
    list_runners = _method(calls.list_runners)
    get_runner_status = _method(calls.get_runner_status)
    get_all_runner_status = _method(calls.get_all_runner_status)
    get_supervisor_info = _method(calls.get_supervisor_info)
    health = _method(calls.health)
    discover = _method(calls.discover)

    async def _perform(self, call: Call[T], seconds: float | None) -> T:
        [reply] = await self._exchange([call], seconds)
        return call.read(unwrap(reply))

    async def _perform_many(
        self, many: list[Call[T]], seconds: float | None
    ) -> list[T | ServerError]:
        replies = await self._exchange(many, seconds) if many else []
        return [_outcome(call, reply) for call, reply in zip(many, replies, strict=True)]

    async def _perform_raw(self, call: Call[Any], seconds: float | None) -> bytes:
        [reply] = await self._exchange([call], seconds)
        return reply.text

    async def _exchange(self, many: list[Call[T]], seconds: float | None) -> list[Reply]:
        what = many[0].method if len(many) == 1 else f"{len(many)} calls"
        connection = self._writable()
        if connection is None:
            try:
                async with asyncio.timeout(seconds):
                    connection = await self._ready()
            except TimeoutError:
                raise CallTimeout(what, seconds or 0) from None
        exchange = connection.send([(call.method, call.params) for call in many], what)
        if seconds is None:
            return await exchange.done
        timer = asyncio.get_running_loop().call_later(seconds, exchange.expire, seconds)
        try:
            return await exchange.done
        finally:
            timer.cancel()

    def _writable(self) -> Connection | None:
        """Return the connection if it takes calls now and nobody waits to make an earlier one."""
        connection = self._connection
        if connection is None or self._behind or not connection.is_writable:
            return None
        return connection

    async def _ready(self) -> Connection:
        """Return a connection that takes calls, made if need be, to one waiter after another."""
        self._behind += 1
        try:
            async with self._turn:
                while True:
                    connection = await self._open()
                    await connection.writable()
                    if connection.is_open:
                        return connection
        finally:
            self._behind -= 1

    async def _open(self) -> Connection:
        self._refuse_if_closed()
        if self._connection is None or not self._connection.is_open:
            connection = await connect(self._path, self._max_reply, self._on_notification)
            if self._closed:
                await connection.close()
            self._refuse_if_closed()
            self._connection = connection
        return self._connection

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise CannotConnect(f"{self._path}", "this client was closed.")


def _seconds(many: list[Call[T]], timeout: float | None) -> float | None:
    """Return how long to wait for the answers, None for as long as it takes."""
    if timeout is not None or any(call.method in WAITING for call in many):
        return timeout
    return ANSWER_TIMEOUT


def _outcome(call: Call[T], reply: Reply) -> T | ServerError:
    try:
        return call.read(unwrap(reply))
    except ServerError as error:
        return error
