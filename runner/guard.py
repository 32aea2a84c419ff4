"""The guard: registers the runner, beats its heart, and sees to it that it ends in good order.

It never runs a script, so nothing that a script does can keep it from its duties. `crew` keeps the
workers, `orders` hears what shall be stopped, `settling` decides what becomes of a dead worker's
job.
"""

import asyncio
import os
import socket
import time
from collections.abc import Coroutine, Iterable
from contextlib import suppress

import structlog

from runner.crew import Crew
from runner.orders import Orders
from runner.pages import Page, Pages, WorkerState
from runner.settings import Settings
from runner.settling import Settler
from supervisor.errors import OutcomeUnknown, StoreUnavailable
from supervisor.runners import Heartbeat
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Command, Commands

_GOOD_BYE = 1.0  # seconds; without it upkeep waits for a heartbeat that doesn't come

_log = structlog.get_logger()


class ZygoteLost(Exception):
    """The zygote died; the runner has to start anew."""


class Guard:
    """Keeps one runner from `run`'s begin to its end.

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
        name = f"hero-{settings.instance}"
        self._carrier = AioCarrier(settings.redis_url, name, commands.scripts.values())
        self._orders_carrier = AioCarrier(settings.redis_url, f"{name}-orders")
        self._settler = Settler(settings, commands, self._carrier)
        self._crew = Crew(settings.workers, pages, zygote, self._stop_grace, self._settler.settle)
        self._orders = Orders(self._orders_carrier, commands, settings.instance, self._crew.running)
        self._ending = asyncio.Event()
        self._since = int(time.time() * 1000)

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
        await self._orders_carrier.connect()
        connections = _tasks(self._carrier.run(), self._orders_carrier.run())
        duties = _tasks(self._serve(), self._beat(), self._orders.run(), self._end_in_order())
        try:
            done, _ = await asyncio.wait(
                {*connections, *duties}, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
        finally:
            await _cancel(duties)
            await _cancel(connections)
            await self._carrier.close()
            await self._orders_carrier.close()

    async def _serve(self) -> None:
        await self._register()
        await self._crew.run()
        raise ZygoteLost

    async def _end_in_order(self) -> None:
        await self._ending.wait()
        _log.info("runner drains", runner=self._settings.runner)
        await self._crew.drain(self._settings.drain)
        with suppress(StoreUnavailable, OutcomeUnknown, TimeoutError):
            async with asyncio.timeout(_GOOD_BYE):
                await self._carrier.execute(self._commands.end_heartbeat(self._settings.instance))
        _log.info("runner ended", runner=self._settings.runner)

    async def _register(self) -> None:
        for command in self._presence():
            await self._settler.say(command)
        _log.info("runner started", runner=self._settings.runner, workers=self._settings.workers)

    def _presence(self) -> list[Command[None]]:
        """Return what says that the runner is there; said at each beat, as Redis may forget."""
        settings = self._settings
        registration = {
            "id": settings.runner,
            "script_type": settings.script_type,
            "capacity": str(settings.workers),
            "instance": settings.instance,
            "pid": str(os.getpid()),
            "host": socket.gethostname(),
            "started_at": str(self._since),
        }
        return [
            self._commands.beat(settings.instance, self._heartbeat(), settings.ttl),
            self._commands.register(settings.runner, registration),
            self._commands.list_as_runner(settings.runner),
        ]

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._settings.beat)
            with suppress(StoreUnavailable, OutcomeUnknown):
                for command in self._presence():
                    await self._carrier.execute(command)

    def _heartbeat(self) -> bytes:
        pages = [self._pages.look(slot) for slot in range(self._settings.workers)]
        killed = self._crew.killed  # for their jobs; their pages have not counted these
        return Heartbeat(
            state="draining" if self._ending.is_set() else "running",
            pid=os.getpid(),
            since_ms=self._since,
            at_ms=int(time.time() * 1000),
            busy=sum(page.state is WorkerState.RUNNING for page in pages),
            capacity=self._settings.workers,
            done=sum(page.done for page in pages) + killed,
            failed=sum(page.failed for page in pages) + killed,
            restarts=self._crew.restarts,
        ).encode()

    def _stop_grace(self, page: Page) -> float | None:
        stop = self._orders.stop_for(page)
        return None if stop is None else stop.grace


def _tasks(*work: Coroutine[object, object, None]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(coroutine) for coroutine in work]


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
