"""One redis-server process on one folder: its options, its start, its log, and its identity."""

import asyncio
import os
import select
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Self

import psutil

from supervisor.errors import StartError
from supervisor.store.redis_binary import RedisBinary

Durability = Literal["everysec", "always"]

SOCKET_NAME = "redis.sock"
PID_NAME = "redis.pid"
LOG_NAME = "redis.log"
LOG_LIMIT = 1024 * 1024
"""Bytes of redis.log above which a start sets it aside as redis.log.1."""

_TAIL_LINES = 10
_TAIL_BYTES = 4096
_MULTI_PART_AOF = (7, 0, 0)
"""Since this version the AOF is a folder of its own, and a listpack is a listpack."""


def server_options(
    folder: Path, durability: Durability, version: tuple[int, int, int]
) -> list[str]:
    """Return the command-line options of our redis-server on `folder`.

    Job hashes stay compact up to 1024 bytes a value: half the memory. The log is left on stdout,
    which also gets what Redis says before it has read its options.
    """
    compact = "listpack" if version >= _MULTI_PART_AOF else "ziplist"
    options = {
        "port": "0",
        "unixsocket": str(folder / SOCKET_NAME),
        "unixsocketperm": "600",
        "pidfile": str(folder / PID_NAME),
        "dir": str(folder),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": durability,
        "save": "",
        "maxmemory-policy": "noeviction",
        f"hash-max-{compact}-value": "1024",
    }
    return [word for name, value in options.items() for word in (f"--{name}", value)]


@dataclass(frozen=True, slots=True)
class RedisProcess:
    """A running redis-server, our child or adopted; the pidfd keeps it from being mistaken."""

    pid: int
    pidfd: int
    child: "subprocess.Popen[bytes] | None" = None

    @classmethod
    def spawn(cls, binary: RedisBinary, folder: Path, durability: Durability) -> Self:
        """Start Redis on `folder`, in a session of its own: a terminal's Ctrl-C is not for it.

        Raises:
            StartError: it can't be run, or the folder holds data of a newer Redis.
        """
        if binary.version < _MULTI_PART_AOF and (folder / "appendonlydir").exists():
            # An older Redis would not look there and start with nothing.
            raise StartError(
                f"The data in {folder} needs Redis 7 or newer; {binary.path} is older."
            )
        try:
            with _open_log(folder) as log:
                child = subprocess.Popen(  # noqa: S603 - the server that find_server chose
                    [binary.path, *server_options(folder, durability, binary.version)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=folder,
                    start_new_session=True,
                    umask=0o077,
                )
        except OSError as error:
            culprit = error.filename or binary.path
            raise StartError(f"Can't start Redis: {culprit}: {error.strerror}.") from error
        return cls(child.pid, os.pidfd_open(child.pid), child)

    @classmethod
    def find(cls, folder: Path) -> Self | None:
        """Return the process of the folder's pid file if it still runs and serves this folder."""
        try:
            pid = int((folder / PID_NAME).read_text())
            pidfd = os.pidfd_open(pid)
        except (OSError, ValueError, OverflowError):
            return None
        # The pidfd came first: what is read now belongs to its process, or it has exited.
        if _serves(pid, folder):
            return cls(pid, pidfd)
        os.close(pidfd)
        return None

    def has_exited(self) -> bool:
        """Return whether the process has ended, reaped or not."""
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        return bool(poll.poll(0))

    async def exited(self) -> None:
        """Return once the process has ended; any number of tasks may wait."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        # An event loop knows one reader per descriptor, so each waits on a duplicate.
        duplicate = os.dup(self.pidfd)
        loop.add_reader(duplicate, done.set)
        try:
            await done.wait()
        finally:
            loop.remove_reader(duplicate)
            os.close(duplicate)

    async def end(self, grace: float) -> bool:
        """Send TERM and, after `grace` seconds, KILL; return whether TERM was enough."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace):
                await self.exited()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.exited()
            return False
        return True

    def release(self) -> int | None:
        """Reap the ended process and free the pidfd; return the exit code if it was our child."""
        os.close(self.pidfd)
        return self.child.wait() if self.child else None

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, number)


def log_tail(folder: Path) -> str:
    """Return the last lines of the folder's redis.log; empty if it can't be read."""
    try:
        with (folder / LOG_NAME).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-_TAIL_LINES:])


def _serves(pid: int, folder: Path) -> bool:
    """Return whether the process works in the folder and names our socket in its arguments."""
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        named = any(SOCKET_NAME in word for word in process.cmdline())
        return named and folder.samefile(process.cwd())
    return False


def _open_log(folder: Path) -> BinaryIO:
    path = folder / LOG_NAME
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(folder / f"{LOG_NAME}.1")
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "ab")
