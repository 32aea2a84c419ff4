"""One connection to the server: requests out, replies matched by id in whatever order they come.

Requests made in the same turn of the event loop leave in one write. The reader always reads, and
callers wait while the server takes nothing more, so memory is bounded by what they have in flight.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

from ipc_client.errors import ConnectionLost
from ipc_client.exchange import Exchange
from ipc_client.lines import LineSplitter
from ipc_client.wire import (
    NotAReply,
    Params,
    Reply,
    encode_notification,
    encode_request,
    read_line,
)

OnNotification = Callable[[str, Any], None]

_FULL = 64 * 1024  # bytes that leave at once, so that the transport can say that it has enough


class Connection(asyncio.Protocol):
    """The protocol of a connected socket; made by `ipc_client.connect`.

    Args:
        path: names the connection in error messages.
        max_reply: longest reply in bytes.
        on_notification: called with method and params of each notification of the server.
    """

    def __init__(
        self, path: str, max_reply: int, on_notification: OnNotification | None = None
    ) -> None:
        self._path = path
        self._on_notification = on_notification
        self._loop = asyncio.get_running_loop()
        self._splitter = LineSplitter(max_reply)
        self._next_id = 1
        self._pending: dict[int, Exchange] = {}
        self._outbox: list[bytes] = []
        self._queued = 0  # bytes in the outbox
        self._may_write = asyncio.Event()
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self._why = ""

    @property
    def is_open(self) -> bool:
        """Whether calls can be made: connected, and nothing went wrong so far."""
        return not self._why

    @property
    def is_writable(self) -> bool:
        """Whether calls can be made now, without piling up in front of a busy server."""
        return self._may_write.is_set() and not self._why

    async def writable(self) -> None:
        """Wait until the server takes more, or the connection is lost."""
        await self._may_write.wait()

    def send(self, calls: Sequence[tuple[str, Params | None]], what: str) -> Exchange:
        """Send calls in order, on an open connection, and return the exchange to wait for.

        The exchange fails with `ConnectionLost` if the connection breaks before its last reply.

        Args:
            calls: method and params of each.
            what: names the calls in error messages.

        Raises:
            TypeError: JSON can't express the params; nothing was sent.
        """
        exchange = Exchange(self._next_id, len(calls), what)
        texts = [
            encode_request(request_id, method, params)
            for request_id, (method, params) in zip(exchange.ids, calls, strict=True)
        ]
        self._next_id = exchange.ids.stop
        for request_id in exchange.ids:
            self._pending[request_id] = exchange
        self._queue(texts)
        return exchange

    def notify(self, method: str, params: Params | None) -> None:
        """Send a notification on an open connection.

        Raises:
            TypeError: JSON can't express the params; nothing was sent.
        """
        self._queue([encode_notification(method, params)])

    async def close(self) -> None:
        """Close the connection; what is in flight fails. Idempotent."""
        self._break("closed by this client")
        await asyncio.shield(self._lost)

    def _queue(self, texts: list[bytes]) -> None:
        if not self._outbox:
            self._loop.call_soon(self._flush)
        self._outbox += texts
        self._queued += sum(map(len, texts))
        if self._queued > _FULL:
            self._flush()

    def _flush(self) -> None:
        if self._outbox and self.is_open:
            self._transport.write(b"".join(self._outbox))
        self._outbox.clear()
        self._queued = 0

    def _break(self, why: str) -> None:
        """Give the connection up; the first reason is the one that callers are told."""
        if self.is_open:
            self._why = why
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop: there is a connection."""
        self._transport = cast(asyncio.Transport, transport)
        self._may_write.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop, once: there is none any more."""
        self._why = self._why or (f"{exc}" if exc else "the server closed it")
        for exchange in dict.fromkeys(self._pending.values()):
            exchange.fail(ConnectionLost(self._path, exchange.what, self._why))
        self._pending.clear()
        self._may_write.set()
        self._lost.set_result(None)

    def pause_writing(self) -> None:
        """Called by the event loop: the server takes less than we send."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """Called by the event loop: it caught up."""
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        """Called by the event loop: the server sent something."""
        try:
            for line in self._splitter.feed(data):
                self._take(read_line(line))
        except NotAReply as error:
            self._break(f"{error}")

    def _take(self, reply: Reply) -> None:
        message = reply.message
        request_id = message.get("id")
        if isinstance(request_id, int):
            exchange = self._pending.pop(request_id, None)
            if exchange is not None:
                exchange.put(request_id, reply)
        elif "method" in message:
            self._notified(message["method"], message.get("params"))
        elif request_id is None:
            self._take_anonymous(reply)

    def _notified(self, method: str, params: Any) -> None:
        if self._on_notification is not None:
            # Not called right here: what it raises is its owner's and must not cost the connection.
            self._loop.call_soon(self._on_notification, method, params)

    def _take_anonymous(self, reply: Reply) -> None:
        """Take an error that the server could not attribute, such as a request that is too big.

        With one call in flight it is that call's; with several, any of them would wait forever.
        """
        if len(self._pending) == 1:
            request_id, exchange = self._pending.popitem()
            exchange.put(request_id, reply)
        else:
            error = reply.message.get("error") or {}
            self._break(
                "the server refused a request without saying which: "
                f"error {error.get('code')}: {error.get('message')}"
            )
