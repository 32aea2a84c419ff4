"""The gateway's listener: who is let in, how many, and how it ends."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from supervisor.errors import StartError
from ws_gateway.address import Address
from ws_gateway.admission import Admission
from ws_gateway.bridge import bridge
from ws_gateway.upstream import DaemonUnreachable, Upstream, open_upstream

MAX_MESSAGE = 10 * 1024 * 1024  # bytes
PING_EVERY = 20.0  # seconds
PONG_WITHIN = 20.0  # seconds
HANDSHAKE_WITHIN = 10.0  # seconds
CLOSE_WITHIN = 5.0  # seconds
HEALTH_PATH = "/health"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a gateway is told.

    Attributes:
        listen: where; port 0 takes any that is free.
        daemon: the gateway socket.
        admission: who may connect.
        max_connections: WebSockets at a time.
    """

    listen: Address
    daemon: Path
    admission: Admission
    max_connections: int = 1024


class GatewayConnection(ServerConnection):
    """A WebSocket with its connection to the daemon, which never outlives it."""

    upstream: Upstream | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop, however the connection ended."""
        super().connection_lost(exc)
        if self.upstream is not None:
            self.upstream.writer.close()


class Gateway:
    """Serves WebSockets from `start` to `stop`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: Server
        self._bridges = 0

    async def start(self) -> Address:
        """Listen, and return where.

        Raises:
            StartError: the address can't be used; says why.
        """
        listen = self._settings.listen
        try:
            self._server = await serve(
                self._serve,
                listen.host,
                listen.port,
                process_request=self._screen,
                process_response=self._connect,
                create_connection=GatewayConnection,
                compression=None,
                max_size=MAX_MESSAGE,
                open_timeout=HANDSHAKE_WITHIN,
                ping_interval=PING_EVERY,
                ping_timeout=PONG_WITHIN,
                close_timeout=CLOSE_WITHIN,
                server_header=None,
            )
        except OSError as error:
            raise StartError(f"Can't listen on {listen}: {error.strerror or error}.") from None
        return Address(listen.host, self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close all WebSockets with 1001 and return when they are gone. Idempotent."""
        self._server.close(reason="the gateway is shutting down")
        with suppress(TimeoutError):  # a peer that keeps its end open is cut off by the exit
            async with asyncio.timeout(CLOSE_WITHIN + 1):
                await self._server.wait_closed()

    async def _screen(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer what is no handshake of a welcome client."""
        if request.path == HEALTH_PATH and not request.headers.get_all("Upgrade"):
            return await self._health(connection)
        refusal = self._settings.admission.check(request.path, request.headers)
        if refusal is None:
            return None
        _log.warning("refused", peer=_peer(connection), reason=refusal.text.strip())
        return connection.respond(refusal.status, refusal.text)

    async def _health(self, connection: ServerConnection) -> Response:
        try:
            upstream = await open_upstream(self._settings.daemon)
        except DaemonUnreachable:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "no connection to daemon\n")
        upstream.writer.close()
        return connection.respond(HTTPStatus.OK, "ok\n")

    async def _connect(
        self, connection: ServerConnection, _request: Request, response: Response
    ) -> Response | None:
        """Connect to the daemon once the handshake is found to be valid, before it is accepted."""
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS or self._is_full():
            return None
        try:
            upstream = await open_upstream(self._settings.daemon)
        except DaemonUnreachable as error:
            _log.warning("no daemon", peer=_peer(connection), reason=f"{error}")
            return connection.respond(
                HTTPStatus.SERVICE_UNAVAILABLE, "The gateway can't reach the daemon; try later.\n"
            )
        assert isinstance(connection, GatewayConnection)
        connection.upstream = upstream
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        assert isinstance(connection, GatewayConnection)
        if connection.upstream is None or self._is_full():
            limit = self._settings.max_connections
            await connection.close(CloseCode.TRY_AGAIN_LATER, f"all {limit} connections are taken")
            return
        self._bridges += 1
        try:
            await bridge(connection, connection.upstream, _metadata(connection))
        finally:
            self._bridges -= 1
            _log.debug("closed", peer=_peer(connection), code=connection.close_code)

    def _is_full(self) -> bool:
        return self._bridges >= self._settings.max_connections


def _metadata(connection: ServerConnection) -> dict[str, str]:
    """Return what the daemon is told of a connection; the query, if any, stays here."""
    request = connection.request
    assert request is not None
    metadata = {
        "transport": "websocket",
        "peer": _peer(connection),
        "path": request.path.partition("?")[0],
    }
    for authorization in request.headers.get_all("Authorization"):
        metadata["authorization"] = authorization
    return metadata


def _peer(connection: ServerConnection) -> str:
    host, port = connection.remote_address[:2]
    return f"{Address(host, port)}"
