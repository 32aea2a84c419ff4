"""Runs the daemon's own Redis: one folder, one Unix socket, no TCP port.

- One daemon per folder, the holder of its lock; Redis does not inherit the lock.
- Redis outlives a killed daemon; the next one on the folder adopts it.
- Redis is restarted when it dies, and saves everything when it is stopped.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import structlog
from redis.exceptions import BusyLoadingError, RedisError

from supervisor.errors import StartError
from supervisor.store.folder_lock import FolderLock
from supervisor.store.redis_binary import find_server
from supervisor.store.redis_probe import server_info, set_option
from supervisor.store.redis_process import SOCKET_NAME, Durability, RedisProcess, log_tail

ANSWER_WITHIN = 30.0
"""Seconds until a started Redis must answer."""

LOAD_WITHIN = 1800.0
"""Seconds until it must have loaded its data; Redis loads about 1 GB in 10 s."""

STOP_WITHIN = 60.0
"""Seconds that Redis gets to save and exit before it is killed."""

FIRST_DELAY, LONGEST_DELAY, STEADY = 0.1, 10.0, 10.0
"""Seconds before the first restart, before any restart, and of a life that resets the count."""

_PING_EVERY = 0.01
_SUN_PATH = 107
"""Bytes of a Unix socket's path (unix(7): 108 with the final NUL)."""

_log = structlog.get_logger()


class EmbeddedRedis:
    """A Redis server on a folder of ours; `start`, then `watch` in a task, then `stop`."""

    def __init__(
        self, folder: Path, *, durability: Durability = "everysec", binary: str | None = None
    ) -> None:
        """Prepare; nothing is touched.

        Args:
            folder: where data, socket, log and lock live; made with mode 0700 if it is new.
            durability: when a write is on disk: within a second, or before it is acknowledged.
            binary: the server to run; None looks for one (`find_server`).
        """
        self._folder = folder.absolute()
        self._durability: Durability = durability
        self._binary = binary
        self._socket = self._folder / SOCKET_NAME
        self._lock: FolderLock | None = None
        self._process: RedisProcess | None = None
        self._version = ""
        self._starting = asyncio.Lock()
        self._stopping = asyncio.Event()

    @property
    def url(self) -> str:
        """Where Redis listens, for redis-py's `from_url`."""
        return f"unix://{quote(str(self._socket))}"

    @property
    def pid(self) -> int | None:
        """The process id of Redis; None while none runs."""
        return self._process.pid if self._process else None

    @property
    def version(self) -> str:
        """The Redis version that the server reports; empty before `start`."""
        return self._version

    async def start(self) -> None:
        """Take the folder and have a Redis on it that answers and has loaded its data.

        Raises:
            StartError: the folder can't be used or another daemon has it, there is no server to
                run, or it exits or does not answer; the message says what to do.
        """
        self._check_socket_path()
        lock = FolderLock.take(self._folder)
        try:
            async with self._starting:
                self._stopping.clear()
                self._process = await self._adopt() or await self._spawn()
        except BaseException:
            lock.release()
            raise
        self._lock = lock

    async def watch(self) -> None:
        """Restart Redis whenever it dies, ever more slowly; return after `stop`.

        Cancelling it leaves a Redis that runs as it is.
        """
        loop = asyncio.get_running_loop()
        quick_deaths = 0
        while self._process is not None:
            began = loop.time()
            await self._process.exited()
            if self._stopping.is_set():
                return
            if loop.time() - began >= STEADY:
                quick_deaths = 0
            quick_deaths = await self._restart(self._process, quick_deaths)

    async def stop(self) -> None:
        """End Redis after it has saved everything, and free the folder; idempotent."""
        self._stopping.set()
        async with self._starting:
            process = self._process
        if process is not None:
            in_time = await process.end(STOP_WITHIN)
            # Whoever comes back first, of several callers, reaps it.
            if self._process is process:
                self._process = None
                code = process.release()
                _log.info("Redis stopped", pid=process.pid, exit_code=code, killed=not in_time)
        if self._lock is not None:
            self._lock.release()

    def _check_socket_path(self) -> None:
        length = len(os.fsencode(self._socket))
        if length > _SUN_PATH:
            raise StartError(
                f"The socket path {self._socket} has {length} bytes, a Unix socket's may have "
                f"{_SUN_PATH}: choose a shorter --db-path."
            )

    async def _adopt(self) -> RedisProcess | None:
        """Return the Redis that a killed daemon left on the folder, if any."""
        process = RedisProcess.find(self._folder)
        if process is None:
            await self._refuse_stranger()
            return None
        try:
            ready = await self._until_ready(process)
            if ready:
                await set_option(self._socket, "appendfsync", self._durability)
        except RedisError as error:
            process.release()
            raise StartError(
                f"The Redis {process.pid} in {self._folder} fails: {error}."
            ) from error
        except BaseException:
            process.release()
            raise
        if not ready:
            process.release()
            return None
        _log.info("Adopted the Redis of an earlier run", pid=process.pid, version=self._version)
        return process

    async def _spawn(self) -> RedisProcess:
        binary = await asyncio.to_thread(find_server, self._binary)
        process = RedisProcess.spawn(binary, self._folder, self._durability)
        try:
            ready = await self._until_ready(process)
        except BaseException:
            await process.end(STOP_WITHIN)
            process.release()
            raise
        if not ready:
            code = process.release()
            raise StartError(
                f"Redis ({binary.path}) exited with code {code} at start; "
                f"the last lines of its log in {self._folder}:\n{log_tail(self._folder)}"
            )
        _log.info("Redis started", pid=process.pid, version=self._version, path=binary.path)
        return process

    async def _refuse_stranger(self) -> None:
        """Raise StartError if a Redis listens that our pid file does not name."""
        try:
            info = await server_info(self._socket)
        except BusyLoadingError as error:
            raise self._stranger("unknown, still loading") from error
        except RedisError:
            return
        raise self._stranger(info["process_id"])

    def _stranger(self, pid: object) -> StartError:
        return StartError(
            f"Another Redis (process {pid}) than the one of {self._folder} listens on "
            f"{self._socket}: stop it first."
        )

    async def _restart(self, dead: RedisProcess, quick_deaths: int) -> int:
        """Replace a dead Redis, trying until one runs; return the number of quick deaths so far."""
        self._process = None
        _log.error("Redis died", pid=dead.pid, exit_code=dead.release())
        while self._process is None:
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(quick_deaths, 64))
            quick_deaths += 1
            _log.warning("Redis starts again", after=delay)
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._stopping.wait()
            async with self._starting:
                if self._stopping.is_set():
                    break
                try:
                    self._process = await self._spawn()
                except StartError as error:
                    _log.error("Redis can't be started again", error=str(error))
        return quick_deaths

    async def _until_ready(self, process: RedisProcess) -> bool:
        """Return whether `process` answers and has loaded its data; False if it exits instead.

        Raises:
            StartError: it does neither in time, or another Redis answers in its place.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        within, problem = ANSWER_WITHIN, "no answer"
        while not process.has_exited():
            try:
                info = await server_info(self._socket)
            except BusyLoadingError:
                within, problem = LOAD_WITHIN, "it is still loading its data"
            except RedisError as error:
                problem = str(error)
            else:
                if info["process_id"] != process.pid:
                    raise self._stranger(info["process_id"])
                self._version = str(info["redis_version"])
                return True
            if self._stopping.is_set() or loop.time() - began > within:
                raise StartError(
                    f"Redis (process {process.pid} in {self._folder}) is not ready: {problem}."
                )
            await asyncio.sleep(_PING_EVERY)
        return False
