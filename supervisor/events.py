"""One reader of the event stream for the whole process; it wakes those who wait for a job.

Whoever waits registers first and reads the job afterwards, so that nothing falls between. After
a gap — a reconnect, or more events than the reader could follow — everybody is woken with None and
reads the job again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from supervisor.errors import RpcError
from supervisor.job import FINAL, JobStatus
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands

_BATCH = 1000
_BLOCK = 5.0  # seconds
_RETRY = 0.1

_log = structlog.get_logger()
_FINAL_WORDS = {status.value.encode(): status for status in FINAL}


@dataclass(frozen=True, slots=True)
class Ended:
    """A job has become final; `output` is there if it completed with a short one."""

    status: JobStatus
    output: str | None


Waiter = asyncio.Future[Ended | None]


class EventReader:
    """Reads the stream on a connection of its own; `run` must be running."""

    def __init__(self, carrier: AioCarrier, commands: Commands) -> None:
        self._carrier = carrier
        self._commands = commands
        self._waiters: dict[bytes, set[Waiter]] = {}
        self._is_following = False

    @property
    def is_following(self) -> bool:
        """Tell whether events arrive as they happen."""
        return self._is_following

    @contextmanager
    def wait_for_end(self, job_id: str) -> Iterator[Waiter]:
        """Give a future that is done when the job becomes final, or must be read again (None)."""
        waiter: Waiter = asyncio.get_running_loop().create_future()
        key = job_id.encode()
        self._waiters.setdefault(key, set()).add(waiter)
        try:
            yield waiter
        finally:
            waiters = self._waiters.get(key, set())
            waiters.discard(waiter)
            if not waiters:
                self._waiters.pop(key, None)

    async def run(self) -> None:
        """Follow the stream until cancelled, across losses of the connection."""
        while True:
            try:
                await self._follow()
            except RpcError as error:
                self._is_following = False
                _log.debug("the event reader waits for Redis", reason=error.message)
                await asyncio.sleep(_RETRY)

    async def _follow(self) -> None:
        position = await self._carrier.execute(self._commands.last_event())
        self._wake_all()
        self._is_following = True
        was_behind = False
        while True:
            entries = await self._carrier.execute(self._commands.events(position, _BATCH, _BLOCK))
            if entries:
                position = entries[-1][0].decode()
                if self._waiters:
                    for _, packed in entries:
                        self._take(packed)
            if was_behind and len(entries) < _BATCH:
                self._wake_all()  # the stream may have been trimmed before we caught up
            was_behind = len(entries) == _BATCH

    def _take(self, packed: bytes) -> None:
        job_id, _, rest = packed.partition(b" ")
        waiters = self._waiters.get(job_id)
        if waiters is None:
            return
        words = rest.split(b" ", 6)
        status = _FINAL_WORDS.get(words[1]) if len(words) > 1 else None
        if status is None:
            return
        has_output = status is JobStatus.COMPLETED and len(words) > 6  # noqa: PLR2004
        ended = Ended(status, words[6].decode(errors="replace") if has_output else None)
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(ended)

    def _wake_all(self) -> None:
        for waiters in self._waiters.values():
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
