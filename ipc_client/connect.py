"""Find the server's socket and connect to it, with errors that say what to do."""

import asyncio
import errno
import os
import socket
from contextlib import ExitStack
from pathlib import Path

from ipc_client.connection import Connection, OnNotification
from ipc_client.errors import CannotConnect

CONNECT_TIMEOUT = 10.0  # seconds

_RETRY_EVERY = 0.01  # seconds


def find_socket(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the given path, else that of the environment (HERO_SOCKET), else the default one."""
    named = given or os.environ.get("HERO_SOCKET")
    if named:
        return Path(named)
    from supervisor.config import default_socket  # noqa: PLC0415 (0.1 s that most calls can save)

    return default_socket()


async def connect(
    path: Path, max_reply: int, on_notification: OnNotification | None = None
) -> Connection:
    """Return a connection to the server that listens on `path`.

    Raises:
        CannotConnect: says why, and what to do about it.
    """
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            sock = await _connected(path)
    except TimeoutError:
        raise CannotConnect(
            f"{path}", f"the server accepts no connection within {CONNECT_TIMEOUT:g} s."
        ) from None
    except OSError as error:
        raise CannotConnect(f"{path}", _explain(path, error)) from None
    _, connection = await asyncio.get_running_loop().create_unix_connection(
        lambda: Connection(f"{path}", max_reply, on_notification), sock=sock
    )
    return connection


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


def _explain(path: Path, error: OSError) -> str:
    match error.errno:
        case errno.ENOENT:
            return f"no such socket. Is hero-unix-server running with --socket {path}?"
        case errno.ENOTDIR:
            return "a part of its path is no folder."
        case errno.EACCES:
            return (
                f"permission denied. The socket belongs to {_owner(path)}; the server serves that "
                "user, root, and those it is told to."
            )
        case errno.ECONNREFUSED:
            return (
                "nobody listens there; a server that was killed left the file behind. Start "
                f"hero-unix-server --socket {path}; it replaces the file."
            )
        case _:
            return f"{error.strerror or error}."


def _owner(path: Path) -> str:
    try:
        return f"uid {path.stat().st_uid}"
    except OSError:
        return "another user"
