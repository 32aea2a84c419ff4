"""One listener to the ends of jobs for the whole process; it wakes those who wait for a job.

Whoever waits registers first and reads the job afterwards, so that nothing falls between. After a
gap, which is a reconnect, everybody is woken with None and reads the job again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from supervisor.errors import RpcError
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands, End, read_end

_RETRY = 0.1  # seconds
_PING = 2.0  # seconds; so a connection that is dead without a word is found out

_log = structlog.get_logger()

Waiter = asyncio.Future[End | None]


class EventReader:
    """Hears of ends on a connection of its own; `run` must be running."""

    def __init__(self, carrier: AioCarrier, commands: Commands) -> None:
        self._carrier = carrier
        self._commands = commands
        self._waiters: dict[str, set[Waiter]] = {}
        self.is_following = False
        """Whether ends are heard of as they happen."""
        carrier.on_message = self._take

    @contextmanager
    def wait_for_end(self, job_id: str) -> Iterator[Waiter]:
        """Give a future that is done when the job becomes final, or must be read again (None)."""
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(job_id, set()).add(waiter)
        try:
            yield waiter
        finally:
            waiters = self._waiters.get(job_id, set())
            waiters.discard(waiter)
            if not waiters:
                self._waiters.pop(job_id, None)

    async def run(self) -> None:
        """Listen until cancelled, across losses of the connection."""
        while True:
            try:
                await self._listen()
            except RpcError as error:
                _log.debug("the event reader waits for Redis", reason=error.message)
                await asyncio.sleep(_RETRY)

    async def _listen(self) -> None:
        """Listen until the connection is lost."""
        await self._carrier.execute(self._commands.hear_ends())
        self.is_following = True
        self._wake_all()
        try:
            while not await self._carrier.is_lost_within(_PING):
                await self._carrier.execute(self._commands.ping())
        finally:
            self.is_following = False

    def _take(self, message: bytes) -> None:
        if not self._waiters:
            return
        try:
            end = read_end(message)
        except ValueError:
            _log.warning("somebody else speaks on our channel")
            return
        for waiter in self._waiters.get(end.job_id, ()):
            if not waiter.done():
                waiter.set_result(end)

    def _wake_all(self) -> None:
        for waiters in self._waiters.values():
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
