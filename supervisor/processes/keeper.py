"""Keeps one process running: starts it, and starts it again when it exits, ever more slowly."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from supervisor.errors import StartError
from supervisor.processes import Process, ProcessManager, ProcessSpec

_log = structlog.get_logger()


class KeeperState(StrEnum):
    """What the keeper does now."""

    STARTING = "starting"
    RUNNING = "running"
    BACKOFF = "backoff"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a restart; all times in seconds.

    Attributes:
        first: the wait after the first death; each further quick death doubles it.
        longest: the wait never exceeds this.
        steady: a process that ran this long did not die quickly: the count starts anew.
    """

    first: float = 0.1
    longest: float = 10.0
    steady: float = 10.0

    def next_delay(self, quick_deaths: int) -> float:
        """Return the wait after a death that `quick_deaths` quick ones preceded in a row."""
        # 2.0 ** 1024 overflows; any sensible cap is reached long before 2 ** 64.
        return min(self.longest, self.first * 2.0 ** min(quick_deaths, 64))


class Keeper:
    """One process that is kept running from `run` to `stop`.

    A keeper lives once: after `stop` it stays stopped, and a new one starts the process anew.
    """

    def __init__(
        self,
        spec: ProcessSpec,
        manager: ProcessManager,
        *,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_exit: Callable[[int], None] | None = None,
    ) -> None:
        """Prepare; nothing is started.

        Args:
            spec: what to run.
            manager: what starts it.
            backoff: waits between restarts; None takes the defaults of `Backoff`.
            clock: seconds, monotonic; only measures how long the process ran.
            on_exit: called with the exit code after each exit that `run` sees, also the last.
        """
        self._spec = spec
        self._manager = manager
        self._backoff = backoff or Backoff()
        self._clock = clock
        self._on_exit = on_exit
        self._process: Process | None = None
        self._starting = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._quick_deaths = 0
        self.restarts = 0
        """How many times the process was started again, failed attempts included."""
        self.state = KeeperState.STARTING

    @property
    def pid(self) -> int | None:
        """The id of the running process; None if none runs."""
        return self._process.pid if self._process else None

    async def run(self) -> None:
        """Keep the process running; return after `stop`.

        A process that can't be started is logged and tried again like one that died. Cancelling
        ends the restarts and leaves the process itself to `stop`.
        """
        while not self._stopping.is_set():
            started = self._clock()
            await self._run_once()
            if self._stopping.is_set():
                return
            await self._back_off(self._clock() - started)

    async def stop(self, grace: float) -> None:
        """Stop the process (TERM, `grace` seconds, KILL) and start it no more; idempotent."""
        self._stopping.set()
        async with self._starting:
            process = self._process
        if process is not None:
            await process.stop(grace)
            self._process = None
        self.state = KeeperState.STOPPED

    async def _run_once(self) -> None:
        """Start the process and see it exit."""
        process = await self._start()
        if process is None:
            return
        code = await process.wait()
        self._process = None
        _log.info("Process exited", name=self._spec.name, pid=process.pid, exit_code=code)
        if self._on_exit is not None:
            self._on_exit(code)

    async def _start(self) -> Process | None:
        # Under the lock, so that `stop` finds either no process and no start, or the process.
        async with self._starting:
            if self._stopping.is_set():
                return None
            self.state = KeeperState.STARTING
            try:
                self._process = await self._manager.start(self._spec)
            except StartError as error:
                _log.error("Process can't be started", name=self._spec.name, error=str(error))
                return None
            self.state = KeeperState.RUNNING
        _log.info("Process started", name=self._spec.name, pid=self._process.pid)
        return self._process

    async def _back_off(self, ran: float) -> None:
        """Wait as long as a process that `ran` that many seconds deserves, or until `stop`."""
        if ran >= self._backoff.steady:
            self._quick_deaths = 0
        delay = self._backoff.next_delay(self._quick_deaths)
        self._quick_deaths += 1
        self.state = KeeperState.BACKOFF
        _log.warning("Process starts again", name=self._spec.name, after=delay)
        try:
            async with asyncio.timeout(delay):
                await self._stopping.wait()
        except TimeoutError:
            self.restarts += 1
