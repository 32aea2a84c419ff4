"""Accepts connections on a Unix socket and serves each one."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import structlog

from ipc_server.connection import Connection
from ipc_server.sockets import bind_socket, peer_uid, unbind
from ipc_server.wires import Wire
from supervisor.auth import Session
from supervisor.config import Limits
from supervisor.errors import AccessDenied, Busy, RpcError
from supervisor.rpc.dispatcher import Dispatcher
from supervisor.rpc.messages import encode_error

_STREAM_BUFFER = 64 * 1024

_log = structlog.get_logger()


class Listener:
    """Listens on one path between `start` and `stop`.

    Args:
        path: of the socket.
        enter: gives a new connection its session and its wire.
        dispatcher: who answers.
        limits: what one peer may ask, and how many peers there may be.
    """

    def __init__(
        self,
        path: Path,
        enter: Callable[[], tuple[Session, Wire]],
        dispatcher: Dispatcher[Session],
        limits: Limits,
    ) -> None:
        self.path = path
        self._enter = enter
        self._dispatcher = dispatcher
        self._limits = limits
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], Connection] = {}

    async def start(self) -> None:
        """Listen.

        Raises:
            StartError: the socket can't be bound.
        """
        listening = bind_socket(self.path)
        self._identity = self.path.stat()
        self._server = await asyncio.start_unix_server(
            self._welcome, sock=listening, limit=_STREAM_BUFFER
        )

    async def close(self) -> None:
        """Accept no more connections; those that are there go on."""
        if self._server is not None:
            unbind(self.path, self._identity)  # first: while it listens, its inode is nobody else's
            self._server.close()
            self._server = None

    async def drain(self, seconds: float) -> None:
        """Give all calls under way `seconds` to be answered, then end all connections."""
        connections = list(self._connections.values())
        await asyncio.gather(*[connection.drain(seconds) for connection in connections])
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        refusal = self._refusal(writer)
        session, wire = self._enter()
        if refusal is not None:
            writer.write(wire.pack(encode_error(None, refusal)))
            writer.close()
            return
        connection = Connection(
            reader, writer, wire, session, dispatcher=self._dispatcher, limits=self._limits
        )
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = connection
        try:
            await connection.serve()
        except asyncio.CancelledError:
            _log.debug("closed a connection", peer=session.peer)
        finally:
            del self._connections[task]

    def _refusal(self, writer: asyncio.StreamWriter) -> RpcError | None:
        uid = peer_uid(writer.get_extra_info("socket"))
        if uid not in (os.getuid(), 0):
            _log.warning("refused a peer of another user", uid=uid)
            return AccessDenied(f"This socket serves user {os.getuid()} and root only.")
        if len(self._connections) >= self._limits.connections:
            return Busy(
                f"The server is busy: {self._limits.connections} connections are open. Close some."
            )
        return None
