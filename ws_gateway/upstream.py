"""Connections to the daemon's gateway socket."""

import asyncio
import os
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from supervisor.errors import HeroError

CONNECT_TIMEOUT = 5.0  # seconds

_RETRY_EVERY = 0.01  # seconds


class DaemonUnreachable(HeroError):
    """The daemon can't be reached on its gateway socket."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"Can't connect to the daemon on {path}: {why}. Is hero-unix-server running?"
        )


class Upstream(NamedTuple):
    """One connection to the daemon."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def open_upstream(path: Path) -> Upstream:
    """Return a connection to the gateway socket `path`.

    Raises:
        DaemonUnreachable: nobody listens there, or nobody answers in time.
    """
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            sock = await _connected(path)
    except TimeoutError:
        raise DaemonUnreachable(path, f"no answer within {CONNECT_TIMEOUT:g} s") from None
    except OSError as error:
        raise DaemonUnreachable(path, error.strerror or f"{error}") from None
    return Upstream(*await asyncio.open_unix_connection(sock=sock))


async def _connected(path: Path) -> socket.socket:
    """Return a connected socket.

    Done by hand, as a Unix socket whose server is behind with accepting answers EAGAIN: that means
    to try again, while asyncio takes it for a connection on its way.
    """
    with ExitStack() as cleanup:
        sock = cleanup.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        sock.setblocking(False)
        while True:
            try:
                sock.connect(os.fspath(path))
            except BlockingIOError:
                await asyncio.sleep(_RETRY_EVERY)
            else:
                cleanup.pop_all()
                return sock
