"""The guard's workers: the zygote forks them, their pages tell what they do, some must be killed.

The guard kills only what it has made sure of: the worker is halted, its page compared with what
shall end, then killed. A dead worker is reaped only when nobody is about to send it a signal.
"""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from runner.killing import halt, kill_worker, resume
from runner.pages import Page, Pages, WorkerState
from runner.settling import Remains
from runner.zygote import MESSAGE
from supervisor.job import ErrorKind, Outcome
from supervisor.processes.keeper import Backoff

StopGrace = Callable[[Page], float | None]
Settle = Callable[[Remains], Coroutine[object, object, None]]

_LOOK = 0.2  # seconds between looks at the pages; a message per job would cost more than these
_LAST_WORDS = 2.0  # seconds that settling may take at the end; Redis may be away

_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Worker:
    slot: int
    number: int
    pid: int
    born: float = field(default_factory=time.monotonic)
    killing: asyncio.Task[None] | None = None
    verdict: Outcome | None = None  # what its job ends in, once it has been killed for it


class Crew:
    """The workers of one runner; `run` must be running.

    Args:
        size: how many.
        pages: of the workers.
        zygote: the guard's end of the socket to it.
        stop_grace: tells of an attempt whether it shall be stopped: the grace in seconds, or None.
        settle: decides what becomes of what a dead worker held.
    """

    def __init__(
        self, size: int, pages: Pages, zygote: socket.socket, stop_grace: StopGrace, settle: Settle
    ) -> None:
        self._size = size
        self._pages = pages
        self._zygote = zygote
        self._sending = asyncio.Lock()
        self._stop_grace = stop_grace
        self._settle = settle
        self._workers: dict[int, _Worker] = {}  # by PID
        self._numbers = iter(range(1, 2**62))
        self._tasks = asyncio.TaskGroup()
        self._graves: set[asyncio.Task[None]] = set()
        self._is_draining = False
        self._unborn = 0  # ordered, and not yet there
        self._all_gone = asyncio.Event()
        self._all_gone.set()
        self._backoff = Backoff(first=0.05, longest=5.0, steady=1.0)
        self._quick_deaths = 0
        self.restarts = 0
        self.killed = 0

    async def run(self) -> None:
        """Tend the workers; return once the zygote is gone and all jobs in hand are settled."""
        async with self._tasks as tasks:
            looking = tasks.create_task(self._look())
            for slot in range(self._size):
                await self._spawn(slot)
            await self._listen()
            looking.cancel()
            for worker in list(self._workers.values()):
                self._bury(worker, self._pages.look(worker.slot))
            self._workers.clear()
            self._all_gone.set()

    async def drain(self, seconds: float) -> None:
        """Let workers finish their jobs for that long; kill the rest and give their jobs back."""
        self._is_draining = True
        self._pages.drain()
        for worker in self._workers.values():
            os.kill(worker.pid, signal.SIGUSR1)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._all_gone.wait()
        for worker in self._workers.values():
            worker.killing = self._tasks.create_task(_kill_now(worker.pid, worker.killing))
        await self._all_gone.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                while self._graves:
                    await asyncio.wait(self._graves)

    def running(self) -> list[Page]:
        """Return the pages of the workers that execute a script now."""
        pages = [self._pages.look(worker.slot) for worker in self._workers.values()]
        return [page for page in pages if page.state is WorkerState.RUNNING]

    # Whose time is over, or who shall stop

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            now = time.monotonic()
            for worker in list(self._workers.values()):
                page = self._pages.look(worker.slot)
                if page.state is WorkerState.RUNNING and worker.killing is None:
                    self._judge(worker, page, now)

    def _judge(self, worker: _Worker, page: Page, now: float) -> None:
        grace = self._stop_grace(page)
        if grace is not None:
            verdict = Outcome.stopped()
        elif page.deadline <= now:
            grace = 0.0
            message = "The script was killed: it ran longer than its timeout."
            verdict = Outcome.failed(ErrorKind.TIMEOUT, message)
        else:
            return
        worker.killing = self._tasks.create_task(self._kill(worker, page, verdict, grace))

    async def _kill(self, worker: _Worker, seen: Page, verdict: Outcome, grace: float) -> None:
        """Kill a worker for the attempt that `seen` shows, if that is what it still executes."""
        await halt(worker.pid)
        if not self._pages.look(worker.slot).runs(seen.job_id, seen.lease):
            resume(worker.pid)
            if worker.killing is asyncio.current_task():  # the drain may have taken over
                worker.killing = None
            return
        worker.verdict = verdict
        self.killed += 1
        _log.info("killing a worker", job_id=seen.job_id, why=verdict.status, pid=worker.pid)
        await kill_worker(worker.pid, grace)

    # Births and deaths

    async def _listen(self) -> None:
        """Hear the zygote out, until it is gone."""
        loop = asyncio.get_running_loop()
        with suppress(ConnectionError):
            while message := (await loop.sock_recv(self._zygote, MESSAGE)).decode().split():
                match message:
                    case ["started", slot, number, pid]:
                        self._workers[int(pid)] = _Worker(int(slot), int(number), int(pid))
                        self._unborn -= 1
                    case ["exited", pid, how]:
                        self._lose(self._workers.pop(int(pid)), is_clean=how == "clean")

    def _lose(self, worker: _Worker, *, is_clean: bool) -> None:
        page = self._pages.look(worker.slot)
        self._pages.rest(worker.slot)
        replaced = self._tasks.create_task(self._replace(worker, page, is_clean=is_clean))
        self._graves.add(replaced)
        replaced.add_done_callback(self._graves.discard)
        if not self._workers and not self._unborn:
            self._all_gone.set()

    async def _replace(self, worker: _Worker, page: Page, *, is_clean: bool) -> None:
        """Take a dead worker's place, and settle what it left; one that ended itself left nothing."""
        if worker.killing is not None:
            await asyncio.wait({worker.killing})
        await self._order(f"reap {worker.pid}")
        if not is_clean:
            self._bury(worker, page)
        if not self._is_draining:
            await asyncio.sleep(self._delay(worker, is_clean=is_clean))
        if not self._is_draining:
            self.restarts += 1
            await self._spawn(worker.slot)

    def _delay(self, worker: _Worker, *, is_clean: bool) -> float:
        """Return how long to wait with the replacement: workers that die at birth come slowly."""
        lived = time.monotonic() - worker.born
        if is_clean or worker.verdict is not None or lived >= self._backoff.steady:
            self._quick_deaths = 0
            return 0.0
        self._quick_deaths += 1
        return self._backoff.next_delay(self._quick_deaths - 1)

    def _bury(self, worker: _Worker, page: Page) -> None:
        was_interrupted = self._is_draining and worker.verdict is None
        remains = Remains(worker.number, page, worker.verdict, was_interrupted)
        settling = self._tasks.create_task(self._settle(remains))
        self._graves.add(settling)
        settling.add_done_callback(self._graves.discard)

    async def _spawn(self, slot: int) -> None:
        self._unborn += 1
        self._all_gone.clear()
        await self._order(f"spawn {slot} {next(self._numbers)}")

    async def _order(self, text: str) -> None:
        # A zygote that is gone is noticed by `_listen`.
        async with self._sending:
            with suppress(ConnectionError):
                await asyncio.get_running_loop().sock_sendall(self._zygote, text.encode())


async def _kill_now(pid: int, killing: asyncio.Task[None] | None) -> None:
    """Kill a worker without further grace; return once nobody will signal it any more."""
    await kill_worker(pid, 0)
    if killing is not None:
        await asyncio.wait({killing})
