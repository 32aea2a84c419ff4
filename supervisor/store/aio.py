"""Carries commands of many concurrent callers over one pipelined connection.

Commands reach Redis in the order in which they were submitted; those submitted in one turn of the
event loop leave in one write. While there is no connection, callers fail at once, and `run` tries
to get one back.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import hiredis
import structlog

from supervisor.errors import StoreUnavailable
from supervisor.store.commands import Command
from supervisor.store.scripts import Script
from supervisor.store.wire import (
    CONNECT_TIMEOUT,
    STALL,
    Address,
    UnexpectedReply,
    is_forgotten_script,
    lost,
    pack,
    parse_address,
    to_exception,
    unreachable,
)

T = TypeVar("T")

_FIRST_RETRY = 0.05  # seconds; doubles
_LAST_RETRY = 1.0

_log = structlog.get_logger()


@dataclass(slots=True)
class _Pending:
    command: Command[Any]
    future: asyncio.Future[Any]
    deadline: float


class AioCarrier:
    """One connection to Redis, shared by everybody in the process.

    `connect` opens it; from then on `run` must be running to keep it open.

    Args:
        url: of Redis.
        name: how Redis lists the connection.
        scripts: loaded at each connect, so that none is missing later: one that is must be sent
            again, behind what was submitted meanwhile.
        stall: seconds after which a Redis that does not answer is given up.
    """

    def __init__(
        self, url: str, name: str, scripts: Iterable[Script] = (), *, stall: float = STALL
    ) -> None:
        self._address = parse_address(url, name)
        self._scripts = tuple(scripts)
        self._stall = stall
        self._connection: _Connection | None = None
        self.on_connect: Callable[[], None] = lambda: None
        self.on_message: Callable[[bytes], None] = lambda _: None
        """Takes the messages of the channels that this connection has subscribed to."""

    @property
    def is_connected(self) -> bool:
        """Tell whether Redis can be asked right now."""
        return self._connection is not None and not self._connection.lost.done()

    async def is_lost_within(self, seconds: float) -> bool:
        """Tell whether the connection is lost, as soon as it is, else after some seconds."""
        if self._connection is not None:
            await asyncio.wait({self._connection.lost}, timeout=seconds)
        return not self.is_connected

    async def connect(self) -> None:
        """Open the connection.

        Raises:
            StoreUnavailable: it can't be.
        """
        self._connection = await _open(
            self._address, self._scripts, _Connection(self._stall, self._take_message)
        )

    async def run(self) -> None:
        """Reconnect whenever the connection breaks, until cancelled."""
        while True:
            if self._connection is not None:
                await self._connection.watch()
                _log.warning("lost the connection to Redis", address=str(self._address))
                self._connection = None
            await self._reconnect()

    async def _reconnect(self) -> None:
        delay = _FIRST_RETRY
        while self._connection is None:
            try:
                await self.connect()
            except StoreUnavailable as error:
                _log.debug("can't reconnect yet", reason=error.message, retry_in_s=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, _LAST_RETRY)
        _log.info("connected to Redis again", address=str(self._address))
        self.on_connect()

    def submit(self, command: Command[T]) -> asyncio.Future[T]:
        """Send a command, behind all those submitted before; its value comes with the future.

        The future raises what `execute` says.
        """
        if self._connection is None or self._connection.lost.done():
            future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            future.set_exception(lost(command, was_sent=False))
            return future
        return cast("asyncio.Future[T]", self._connection.submit(command))

    async def execute(self, command: Command[T]) -> T:
        """Send a command and return what its reply means.

        Raises:
            StoreUnavailable: nothing was changed.
            OutcomeUnknown: the connection broke after a write was sent.
            RpcError: what the command itself says, such as JobNotFound.
        """
        return await self.submit(command)

    def _take_message(self, message: bytes) -> None:
        self.on_message(message)

    async def close(self) -> None:
        """Close the connection; what is under way fails."""
        if self._connection is not None:
            self._connection.abort()
            self._connection = None


async def _open(
    address: Address, scripts: Iterable[Script], connection: "_Connection"
) -> "_Connection":
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            if address.path is not None:
                await loop.create_unix_connection(lambda: connection, address.path)
            else:
                await loop.create_connection(
                    lambda: connection, address.host, address.port, ssl=address.tls
                )
            loads = [("SCRIPT", "LOAD", script.text) for script in scripts]
            for words in (*address.greeting, *loads):
                await connection.submit(Command(words, lambda _: None, is_write=False))
    except BaseException as error:
        connection.abort()
        if isinstance(error, OSError):
            raise unreachable(address, error) from error
        if isinstance(error, UnexpectedReply):
            raise StoreUnavailable(
                f"The job store at {address} does not take us in: {error}."
            ) from error
        raise
    return connection


def has_stalled(deadline: float | None, silent_until: float, now: float) -> bool:
    """Tell whether Redis has stopped answering: late, and silent; long answers may make it late.

    Args:
        deadline: when the oldest command should have been answered; None if none is under way.
        silent_until: how long after the last byte silence means nothing.
        now: on the same clock, seconds.
    """
    return deadline is not None and deadline < now and silent_until < now


class _Connection(asyncio.Protocol):
    """One pipelined connection: replies come in the order of the requests."""

    def __init__(self, stall: float, on_message: Callable[[bytes], None]) -> None:
        self._stall = stall
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader()
        self._transport: asyncio.Transport | None = None
        self._sent: deque[_Pending] = deque()
        self._unsent: list[bytes] = []
        self._heard_at = self._loop.time()
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def submit(self, command: Command[Any]) -> asyncio.Future[Any]:
        return self._send(command, command.pack(), self._loop.create_future())

    def _send(
        self, command: Command[Any], words: tuple[Any, ...], future: asyncio.Future[Any]
    ) -> asyncio.Future[Any]:
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(pack(words))
        deadline = self._loop.time() + command.block + self._stall
        self._sent.append(_Pending(command, future, deadline))
        return future

    def _flush(self) -> None:
        if self._transport is not None and not self.lost.done():
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    async def watch(self) -> None:
        """Return when the connection is lost; cut it when Redis stops answering."""
        while not self.lost.done():
            await asyncio.wait([self.lost], timeout=min(1.0, self._stall))
            deadline = self._sent[0].deadline if self._sent else None
            if has_stalled(deadline, self._heard_at + self._stall, self._loop.time()):
                _log.warning("Redis does not answer", waited_s=self._stall)
                self.abort()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
        self._drop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                if _is_message(reply):
                    self._on_message(reply[2])
                else:
                    self._answer(self._sent.popleft(), reply)
        except hiredis.ProtocolError:
            _log.exception("Redis sent what is not RESP")
            self.abort()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._drop()

    def _drop(self) -> None:
        if not self.lost.done():
            self.lost.set_result(None)
        while self._sent:
            was_sent = len(self._sent) > len(self._unsent)
            pending = self._sent.popleft()
            if not pending.future.done():
                pending.future.set_exception(lost(pending.command, was_sent=was_sent))

    def _answer(self, pending: _Pending, reply: Any) -> None:
        command, future = pending.command, pending.future
        if is_forgotten_script(reply):
            self._send(command, command.pack_whole(), future)
        elif future.done():  # its caller was cancelled
            return
        elif isinstance(reply, hiredis.ReplyError):
            future.set_exception(to_exception(command, reply))
        else:
            try:
                future.set_result(command.read(reply))
            except Exception as error:  # noqa: BLE001 (its caller's alone, not the connection's)
                future.set_exception(error)


def _is_message(reply: Any) -> bool:
    """Tell a published message from a reply; none of our commands has one that looks like it."""
    return type(reply) is list and len(reply) == 3 and reply[0] == b"message"  # noqa: PLR2004
