"""The guard: beats the heart, enforces time-outs and stops by killing, finishes for dead workers.

It never runs a script, so nothing that a script does can keep it from its duties. It kills only
what it has made sure of: the worker is halted, its page compared with what shall end, then killed.
Whatever a worker died of, one path (`_bury`) decides what becomes of the job in its hands.
"""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import structlog

from runner.killing import halt, kill_worker, resume
from runner.pages import Page, Pages, WorkerState
from runner.settings import Settings
from runner.zygote import MESSAGE
from supervisor.errors import OutcomeUnknown, StoreUnavailable
from supervisor.job import ErrorKind, Outcome
from supervisor.job.retries import retry_in_ms
from supervisor.runners import Heartbeat
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Claimed, Command, Commands, Finished

T = TypeVar("T")

_LOOK = 0.1  # seconds between looks at the pages; a message per job would cost more than these
_ORDERS = 5.0  # seconds that one wait for orders blocks
_STOP_KEPT = 10.0  # seconds that a stop waits for its job to show up in a page
_RETRY = 0.2

_log = structlog.get_logger()


@dataclass(slots=True)
class _Worker:
    slot: int
    number: int
    pid: int
    verdict: Outcome | None = None  # what its job ends in, once it has been killed for it


@dataclass(frozen=True, slots=True)
class _Stop:
    lease: int
    grace: float
    until: float  # monotonic


class Guard:
    """Keeps one runner's workers from `run`'s begin to its end.

    Args:
        settings: the runner's.
        commands: of the store.
        pages: of the workers.
        zygote: the guard's end of the socket to it.
    """

    def __init__(
        self, settings: Settings, commands: Commands, pages: Pages, zygote: socket.socket
    ) -> None:
        self._settings = settings
        self._commands = commands
        self._pages = pages
        self._zygote = zygote
        self._carrier = AioCarrier(
            settings.redis_url, f"hero-{settings.instance}", commands.scripts.values()
        )
        self._orders = AioCarrier(settings.redis_url, f"hero-{settings.instance}-orders")
        self._workers: dict[int, _Worker] = {}  # by PID
        self._numbers = iter(range(1, 2**62))
        self._stops: dict[str, _Stop] = {}
        self._tasks: set[asyncio.Future[None]] = set()
        self._ending = asyncio.Event()
        self._no_workers = asyncio.Event()
        self._defect: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._since = int(time.time() * 1000)
        self._restarts = 0
        self._random = Random()  # noqa: S311 (jitter)

    def end(self) -> None:
        """Begin to drain: running jobs may end, no more are claimed."""
        self._ending.set()

    async def run(self) -> None:
        """Serve until `end` is called and the workers are gone.

        Raises:
            StoreUnavailable: Redis can't be reached at the start.
            ZygoteLost: the zygote died; the jobs of its workers were given back.
        """
        await self._carrier.connect()
        await self._orders.connect()
        await self._register()
        duties = [
            asyncio.create_task(duty)
            for duty in (
                self._carrier.run(),
                self._orders.run(),
                self._beat(),
                self._obey(),
                self._look(),
            )
        ]
        listener = asyncio.create_task(self._listen_to_zygote())
        try:
            for slot in range(self._settings.workers):
                await self._spawn(slot)
            await self._until_ending({listener, self._defect, *duties})
            await self._drain()
        finally:
            for task in (*duties, listener):
                task.cancel()
            await asyncio.gather(*duties, listener, return_exceptions=True)
            await self._carrier.close()
            await self._orders.close()

    async def _until_ending(self, never_done: set[asyncio.Future[None]]) -> None:
        """Wait for `end`; raise what ended a duty (a defect) or the listener (a loss) before."""
        ending = asyncio.create_task(self._until_ended())
        done, _ = await asyncio.wait(never_done | {ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        for task in done - {ending}:
            task.result()

    async def _until_ended(self) -> None:
        await self._ending.wait()

    async def _register(self) -> None:
        settings = self._settings
        await self._say(self._commands.beat(settings.instance, self._heartbeat(), settings.ttl))
        registration = {
            "id": settings.runner,
            "script_type": settings.script_type,
            "capacity": str(settings.workers),
            "instance": settings.instance,
            "pid": str(os.getpid()),
            "host": socket.gethostname(),
            "started_at": str(self._since),
        }
        await self._say(self._commands.register(settings.runner, registration))
        await self._say(self._commands.list_as_runner(settings.runner))
        _log.info("runner started", runner=settings.runner, workers=settings.workers)

    # Duties

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._settings.beat)
            with suppress(StoreUnavailable, OutcomeUnknown):
                await self._carrier.execute(
                    self._commands.beat(
                        self._settings.instance, self._heartbeat(), self._settings.ttl
                    )
                )

    def _heartbeat(self) -> bytes:
        pages = [self._pages.look(slot) for slot in range(self._settings.workers)]
        return Heartbeat(
            state="draining" if self._ending.is_set() else "running",
            pid=os.getpid(),
            since_ms=self._since,
            at_ms=int(time.time() * 1000),
            busy=sum(page.state is WorkerState.RUNNING for page in pages),
            capacity=self._settings.workers,
            done=sum(page.done for page in pages),
            failed=sum(page.failed for page in pages),
            restarts=self._restarts,
        ).encode()

    async def _obey(self) -> None:
        """Note the stops that are ordered; `_look` carries them out."""
        command = self._commands.wait_for_orders(self._settings.instance, _ORDERS)
        while True:
            try:
                order = await self._orders.execute(command)
            except (StoreUnavailable, OutcomeUnknown):
                await asyncio.sleep(_RETRY)
                continue
            if order is not None:
                self._note(order)

    def _note(self, order: str) -> None:
        word, *rest = order.split()
        if word == "stop":
            job_id, lease, grace_ms = rest
            until = time.monotonic() + _STOP_KEPT
            self._stops[job_id] = _Stop(int(lease), int(grace_ms) / 1000, until)
        else:
            _log.warning("got an order that nobody knows", order=word)

    async def _look(self) -> None:
        """Find the workers whose time is over or whose job is to be stopped."""
        while True:
            await asyncio.sleep(_LOOK)
            now = time.monotonic()
            for worker in list(self._workers.values()):
                page = self._pages.look(worker.slot)
                if page.state is WorkerState.RUNNING and worker.verdict is None:
                    self._judge(worker, page, now)
            self._stops = {i: stop for i, stop in self._stops.items() if stop.until > now}

    def _judge(self, worker: _Worker, page: Page, now: float) -> None:
        stop = self._stops.get(page.job_id)
        if stop is not None and stop.lease == page.lease:
            self._own(self._kill(worker, page, Outcome.stopped(), stop.grace))
        elif page.deadline <= now:
            message = "The script was killed: it ran longer than its timeout."
            verdict = Outcome.failed(ErrorKind.TIMEOUT, message)
            self._own(self._kill(worker, page, verdict, 0))

    async def _kill(self, worker: _Worker, seen: Page, verdict: Outcome, grace: float) -> None:
        """Kill a worker for the attempt that `seen` shows, if that is what it still executes."""
        worker.verdict = verdict
        await halt(worker.pid)
        if not self._pages.look(worker.slot).runs(seen.job_id, seen.lease):
            worker.verdict = None
            resume(worker.pid)
            return
        _log.info("killing a worker", job_id=seen.job_id, why=verdict.status, pid=worker.pid)
        await kill_worker(worker.pid, grace)

    # Workers

    async def _spawn(self, slot: int) -> None:
        await self._order(f"spawn {slot} {next(self._numbers)}")

    async def _order(self, text: str) -> None:
        await asyncio.get_running_loop().sock_sendall(self._zygote, text.encode())

    async def _listen_to_zygote(self) -> None:
        loop = asyncio.get_running_loop()
        while message := (await loop.sock_recv(self._zygote, MESSAGE)).decode().split():
            if message[0] == "started":
                slot, number, pid = map(int, message[1:])
                self._workers[pid] = _Worker(slot, number, pid)
                self._no_workers.clear()
            else:
                self._own(self._replace(self._workers.pop(int(message[1]))))
                if not self._workers:
                    self._no_workers.set()
        await asyncio.gather(*[self._bury(worker) for worker in self._workers.values()])
        raise ZygoteLost

    async def _replace(self, worker: _Worker) -> None:
        """Take a dead worker's place and settle what it left."""
        page = self._pages.look(worker.slot)
        self._pages.rest(worker.slot)
        await self._order(f"reap {worker.pid}")
        if not self._ending.is_set():
            self._restarts += 1
            await self._spawn(worker.slot)
        await self._settle(worker, page)

    async def _bury(self, worker: _Worker) -> None:
        await self._settle(worker, self._pages.look(worker.slot))

    async def _settle(self, worker: _Worker, page: Page) -> None:
        """Decide what becomes of the job that a dead worker held, if it held one."""
        instance = self._settings.instance
        held = await self._say(
            self._commands.exchange(instance, worker.number, (), drains=True, repeats=True)
        )
        claimed = held.claimed
        if claimed is None:
            return
        job = claimed.job
        had_begun = page.has(job.id, job.lease) and page.state is not WorkerState.IDLE
        if had_begun and worker.verdict is not None:
            await self._finish(worker, claimed, worker.verdict)
            return
        fate = await self._say(
            self._commands.requeue(
                job.id,
                job.lease,
                instance,
                lost=had_begun and not self._was_interrupted(worker),
                max_lost=self._settings.max_lost,
            )
        )
        _log.warning("a worker died with a job", job_id=job.id, had_begun=had_begun, now=fate)

    def _was_interrupted(self, worker: _Worker) -> bool:
        """Tell whether it was killed because the runner had to end."""
        return self._ending.is_set() and worker.verdict is None

    async def _finish(self, worker: _Worker, claimed: Claimed, verdict: Outcome) -> None:
        finished = Finished(claimed, verdict, retry_in_ms(claimed.job, self._random))
        await self._say(
            self._commands.exchange(
                self._settings.instance, worker.number, (), finished, drains=True, repeats=True
            )
        )

    async def _say(self, command: Command[T]) -> T:
        """Execute a command that must arrive; all of the guard's can be repeated."""
        while True:
            try:
                return await self._carrier.execute(command)
            except (StoreUnavailable, OutcomeUnknown) as error:
                _log.warning("waiting for Redis", reason=error.message)
                await asyncio.sleep(_RETRY)

    # The end

    async def _drain(self) -> None:
        """Let workers finish their jobs for a while; kill the rest and give their jobs back."""
        _log.info("runner drains", runner=self._settings.runner)
        self._pages.drain()
        for worker in self._workers.values():
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGUSR1)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.drain):
                await self._no_workers.wait()
        for worker in list(self._workers.values()):
            await kill_worker(worker.pid, 0)
        await self._no_workers.wait()
        await asyncio.gather(*self._tasks)
        with suppress(StoreUnavailable, OutcomeUnknown):
            await self._carrier.execute(self._commands.end_heartbeat(self._settings.instance))
        _log.info("runner ended", runner=self._settings.runner)

    def _own(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._disown)

    def _disown(self, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._defect.done():
            self._defect.set_exception(error)


class ZygoteLost(Exception):
    """The zygote died; the runner has to start anew."""
