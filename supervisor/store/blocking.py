"""Carries commands one after another over one blocking socket: for workers."""

import socket
from collections.abc import Iterable
from typing import TypeVar

import hiredis

from supervisor.errors import StoreUnavailable
from supervisor.store.commands import Command
from supervisor.store.wire import (
    CONNECT_TIMEOUT,
    STALL,
    Address,
    is_forgotten_script,
    lost,
    pack,
    parse_address,
    to_exception,
    unreachable,
)

T = TypeVar("T")

_CHUNK = 65_536


class BlockingCarrier:
    """One connection, opened at the first command and again at the first after a loss.

    Args:
        url: of Redis.
        name: how Redis lists the connection.
        stall: seconds after which a Redis that does not answer is given up.
    """

    def __init__(self, url: str, name: str, *, stall: float = STALL) -> None:
        self._address = parse_address(url, name)
        self._stall = stall
        self._socket: socket.socket | None = None
        self._reader = hiredis.Reader()

    def execute(self, command: Command[T]) -> T:
        """Send a command and return what its reply means.

        Raises:
            StoreUnavailable: nothing was changed.
            OutcomeUnknown: the connection broke after a write was sent.
            RpcError: what the command itself says, such as JobNotFound.
        """
        return self._execute(command, b"", command.block)

    def execute_behind(self, first: Command[None], command: Command[T]) -> T:
        """Send both in one write, so that Redis goes on to the second without asking back.

        Raises as `execute`; whatever breaks, the second may have been executed.
        """
        return self._execute(command, pack(first.pack()), first.block)

    def _execute(self, command: Command[T], ahead: bytes, block: float) -> T:
        connection = self._connect()
        try:
            self._send(connection, ahead + pack(command.pack()), block)
            if ahead:
                self._receive(connection)
            reply = self._receive(connection)
            if is_forgotten_script(reply):
                self._send(connection, pack(command.pack_whole()), block)
                reply = self._receive(connection)
        except BaseException as error:  # a signal's too: the reply would answer the next command
            self.close()
            if isinstance(error, OSError | hiredis.ProtocolError):
                raise lost(command, was_sent=True) from error
            raise
        if isinstance(reply, hiredis.ReplyError):
            raise to_exception(command, reply)
        return command.read(reply)

    def fileno(self) -> int:
        """Return the socket's descriptor; -1 while there is none."""
        return self._socket.fileno() if self._socket else -1

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self) -> socket.socket:
        if self._socket is not None:
            return self._socket
        try:
            connection = _open(self._address)
        except OSError as error:
            raise unreachable(self._address, error) from error
        self._reader = hiredis.Reader()
        try:
            self._greet(connection, self._address.greeting)
        except (OSError, hiredis.HiredisError) as error:
            connection.close()
            raise StoreUnavailable(
                f"The job store at {self._address} does not take us in: {error}."
            ) from error
        self._socket = connection
        return connection

    def _greet(self, connection: socket.socket, greeting: Iterable[tuple[str, ...]]) -> None:
        for words in greeting:
            self._send(connection, pack(words), 0)
            reply = self._receive(connection)
            if isinstance(reply, hiredis.ReplyError):
                raise reply

    def _send(self, connection: socket.socket, request: bytes, block: float) -> None:
        connection.settimeout(block + self._stall)
        connection.sendall(request)

    def _receive(self, connection: socket.socket) -> object:
        while (reply := self._reader.gets()) is False:
            data = connection.recv(_CHUNK)
            if not data:
                raise ConnectionResetError("Redis closed the connection")
            self._reader.feed(data)
        return reply


def _open(address: Address) -> socket.socket:
    if address.path is not None:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_TIMEOUT)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
        return connection
    connection = socket.create_connection((address.host, address.port), CONNECT_TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if address.tls is not None:
        return address.tls.wrap_socket(connection, server_hostname=address.host)
    return connection
