"""The same client for scripts, notebooks and threads: every method blocks until it is done.

It works where an event loop runs already, as in notebooks: its own runs in a thread of its own.
"""

import asyncio
import os
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from ipc_client import calls
from ipc_client.calls import Call
from ipc_client.client import MAX_REPLY, IpcClient
from ipc_client.connect import find_socket
from ipc_client.errors import CannotConnect, ServerError
from ipc_client.face import dress
from ipc_client.wire import Params

P = ParamSpec("P")
T = TypeVar("T")


def _method(describe: Callable[P, Call[T]]) -> Callable[Concatenate["SyncClient", P], T]:
    def method(self: "SyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.perform(describe(*args, **kwargs))

    dress(method, describe)
    return method


class SyncClient:
    """A blocking client on the server's Unix socket; may be shared by threads.

    Methods, arguments, results and errors are those of `IpcClient`. Use it in a `with` block, or
    call `close`; one that is forgotten closes itself when it is collected.

    Args:
        socket_path: where the server listens; None takes HERO_SOCKET, or the default path.
        max_reply: longest reply in bytes that is accepted.
    """

    def __init__(
        self,
        socket_path: str | os.PathLike[str] | None = None,
        *,
        max_reply: int = MAX_REPLY,
    ) -> None:
        self._path = find_socket(socket_path)
        self._thread = _ClientThread(self._path, max_reply)
        self._finalizer = weakref.finalize(self, self._thread.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; calls in flight in other threads fail. Idempotent."""
        self._finalizer()
        self._thread.join()

    def call(self, method: str, params: Params | None = None, timeout: float | None = None) -> Any:
        """As `IpcClient.call`."""
        return self._run(lambda client: client.call(method, params, timeout))

    def perform(self, call: Call[T], timeout: float | None = None) -> T:
        """As `IpcClient.perform`."""
        return self._run(lambda client: client.perform(call, timeout))

    def call_many(
        self, many: Iterable[Call[T]], timeout: float | None = None
    ) -> list[T | ServerError]:
        """As `IpcClient.call_many`."""
        return self._run(lambda client: client.call_many(many, timeout))

    def notify(self, method: str, params: Params | None = None) -> None:
        """As `IpcClient.notify`."""
        self._run(lambda client: client.notify(method, params))

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

    def _run(self, work: Callable[[IpcClient], Coroutine[Any, Any, T]]) -> T:
        if not self._finalizer.alive:
            raise CannotConnect(f"{self._path}", "this client was closed.")
        return self._thread.run(work)


class _ClientThread:
    """A thread with an event loop and an `IpcClient` in it."""

    def __init__(self, path: os.PathLike[str], max_reply: int) -> None:
        self._path = path
        self._max_reply = max_reply
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, IpcClient]] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name=f"client of {path}", daemon=True
        )
        self._thread.start()

    def run(self, work: Callable[[IpcClient], Coroutine[Any, Any, T]]) -> T:
        """Do the work in the loop and return its result; an interrupted wait cancels it."""
        loop, _, client = self._ready.result()
        future = asyncio.run_coroutine_threadsafe(work(client), loop)
        try:
            return future.result()
        finally:
            future.cancel()

    def stop(self) -> None:
        """Tell the thread to close the client and to end; callable once, from any thread."""
        loop, stopped, _ = self._ready.result()
        loop.call_soon_threadsafe(stopped.set)

    def join(self) -> None:
        """Wait until the thread has ended."""
        self._thread.join()

    async def _serve(self) -> None:
        stopped = asyncio.Event()
        client = IpcClient(self._path, max_reply=self._max_reply)
        self._ready.set_result((asyncio.get_running_loop(), stopped, client))
        await stopped.wait()
        await client.close()
