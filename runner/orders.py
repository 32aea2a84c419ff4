"""What the guard is ordered from outside: which jobs to stop.

An order is a message, and a mark in the job's hash (`stop_requested`). Messages that may have been
lost with a connection are made up for from the marks.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from runner.pages import Page
from supervisor.errors import OutcomeUnknown, StoreUnavailable
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Command, Commands

DEFAULT_GRACE = 5.0  # seconds; for a stop whose message is lost

_WAIT = 5.0  # seconds that one wait for orders blocks
_KEPT = 10.0  # seconds that a stop waits for its job to show up in a page
_RETRY = 0.2

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stop:
    """The order to stop one attempt; the script's processes have `grace` seconds to end."""

    lease: int
    grace: float
    until: float  # monotonic


class Orders:
    """The orders for one instance; `run` must be running.

    Args:
        carrier: a connection of their own, since waiting for them blocks it.
        commands: of the store.
        instance: whose orders.
        running: gives the pages of the attempts that are executed now.
    """

    def __init__(
        self,
        carrier: AioCarrier,
        commands: Commands,
        instance: str,
        running: Callable[[], Iterable[Page]],
    ) -> None:
        self._carrier = carrier
        self._commands = commands
        self._instance = instance
        self._running = running
        self._stops: dict[str, Stop] = {}

    def stop_for(self, page: Page) -> Stop | None:
        """Return the order to stop what a page shows, if there is one."""
        stop = self._stops.get(page.job_id)
        return stop if stop is not None and stop.lease == page.lease else None

    async def run(self) -> None:
        """Take orders until cancelled."""
        command = self._commands.wait_for_orders(self._instance, _WAIT)
        may_have_missed = False
        while True:
            try:
                if may_have_missed:
                    await self._look_for_marks()
                    may_have_missed = False
                order = await self._carrier.execute(command)
            except (StoreUnavailable, OutcomeUnknown):
                may_have_missed = True
                await asyncio.sleep(_RETRY)
                continue
            self._forget_old()
            if order is not None:
                self._take(order)

    def _take(self, order: str) -> None:
        match order.split():
            case ["stop", job_id, lease, grace_ms]:
                self._note(job_id, int(lease), int(grace_ms) / 1000)
            case _:
                _log.warning("got an order that nobody knows", order=order)

    async def _look_for_marks(self) -> None:
        for page in self._running():
            if await self._carrier.execute(self._is_marked(page.job_id)):
                self._note(page.job_id, page.lease, DEFAULT_GRACE)

    def _is_marked(self, job_id: str) -> Command[bool]:
        key = self._commands.keys.job(job_id)
        return self._commands.read_only(("HEXISTS", key, "stop_requested"), bool)

    def _note(self, job_id: str, lease: int, grace: float) -> None:
        self._stops[job_id] = Stop(lease, grace, time.monotonic() + _KEPT)

    def _forget_old(self) -> None:
        now = time.monotonic()
        self._stops = {job_id: stop for job_id, stop in self._stops.items() if stop.until > now}
