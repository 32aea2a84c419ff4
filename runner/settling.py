"""What becomes of the job that a dead worker held: one path, whatever the worker died of."""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import structlog

from runner.pages import Page, WorkerState
from runner.settings import Settings
from supervisor.errors import OutcomeUnknown, StoreUnavailable
from supervisor.job import Outcome
from supervisor.job.retries import retry_in_ms
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Claimed, Command, Commands, Finished

T = TypeVar("T")

_LATE = 1.0  # seconds after which nothing of a dead worker's can still be on its way to Redis
_RETRY = 0.2

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left of a dead worker.

    Attributes:
        number: its name in the instance.
        page: what it said last.
        verdict: what its job ends in, if it was killed for that job.
        was_interrupted: it was killed because the runner had to end.
    """

    number: int
    page: Page
    verdict: Outcome | None
    was_interrupted: bool


class Settler:
    """Finishes for dead workers, or gives their jobs back.

    Args:
        settings: the runner's.
        commands: of the store.
        carrier: the guard's connection.
    """

    def __init__(self, settings: Settings, commands: Commands, carrier: AioCarrier) -> None:
        self._settings = settings
        self._commands = commands
        self._carrier = carrier
        self._random = Random()  # noqa: S311 (jitter)

    async def settle(self, remains: Remains) -> None:
        """Decide what becomes of the job that a dead worker held, if it held one.

        It looks twice: an exchange that the worker sent right before its death may reach Redis
        after the first look, and would claim a job for nobody.
        """
        await self._settle_held(remains)
        await asyncio.sleep(_LATE)
        await self._settle_held(remains)

    async def say(self, command: Command[T]) -> T:
        """Execute a command that must arrive; all of the guard's can be repeated."""
        while True:
            try:
                return await self._carrier.execute(command)
            except (StoreUnavailable, OutcomeUnknown) as error:
                _log.warning("waiting for Redis", reason=error.message)
                await asyncio.sleep(_RETRY)

    async def _settle_held(self, remains: Remains) -> None:
        held = await self._exchange(remains, None)
        if held is None:
            return
        job = held.job
        had_begun = (
            remains.page.has(job.id, job.lease) and remains.page.state is not WorkerState.IDLE
        )
        if had_begun and remains.verdict is not None:
            retry_in = retry_in_ms(job, self._random)
            await self._exchange(remains, Finished(held, remains.verdict, retry_in))
            return
        fate = await self.say(
            self._commands.requeue(
                job.id,
                job.lease,
                self._settings.instance,
                lost=had_begun and not remains.was_interrupted,
                max_lost=self._settings.max_lost,
            )
        )
        _log.warning("a worker died with a job", job_id=job.id, had_begun=had_begun, now=fate)

    async def _exchange(self, remains: Remains, finished: Finished | None) -> Claimed | None:
        """Say a dead worker's last exchange in its place; return what it still holds."""
        instance = self._settings.instance
        answer = await self.say(
            self._commands.exchange(
                instance, remains.number, (), finished, drains=True, repeats=True
            )
        )
        return answer.claimed
