"""Read the registry of runners."""

import asyncio
from collections.abc import Callable
from typing import Any

from supervisor.auth import Session
from supervisor.errors import RunnerNotFound
from supervisor.job.times import to_rfc3339
from supervisor.runners import RunnerStatus, read_heartbeat
from supervisor.services.params import RunnerById
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands


class Runners:
    """The use cases around runners.

    Args:
        carrier: the store.
        commands: its commands.
        clock: epoch milliseconds.
    """

    def __init__(
        self, carrier: AioCarrier, commands: Commands, *, clock: Callable[[], float]
    ) -> None:
        self._carrier = carrier
        self._commands = commands
        self._clock = clock

    async def ids(self, _params: Any, _session: Session) -> list[str]:
        """Return the ids of the registered runners."""
        return await self._carrier.submit(self._commands.runners())

    async def status(self, params: RunnerById, _session: Session) -> RunnerStatus:
        """Return how a runner is."""
        return await self._status(params.id)

    async def all_statuses(self, _params: Any, _session: Session) -> list[RunnerStatus]:
        """Return how all registered runners are."""
        ids = await self._carrier.submit(self._commands.runners())
        return await asyncio.gather(*[self._status(runner_id) for runner_id in ids])

    async def _status(self, runner_id: str) -> RunnerStatus:
        registration = await self._carrier.submit(self._commands.registration(runner_id))
        if not registration:
            raise RunnerNotFound(runner_id)
        script_type = registration.get("script_type", "any")
        beat, length = await asyncio.gather(
            self._carrier.submit(self._commands.heartbeat(registration.get("instance", ""))),
            self._queue_length(script_type, runner_id),
        )
        seen = read_heartbeat(beat)
        if seen is None:
            return RunnerStatus(
                id=runner_id,
                state="lost" if beat is None else "running",
                script_type=script_type,
                alive=beat is not None,
                busy=0,
                capacity=int(registration.get("capacity", 1)),
                queue_length=length,
            )
        return RunnerStatus(
            id=runner_id,
            state=seen.state,
            script_type=script_type,
            alive=True,
            busy=seen.busy,
            capacity=seen.capacity,
            queue_length=length,
            pid=seen.pid,
            uptime_s=round((self._clock() - seen.since_ms) / 1000, 3),
            last_seen=to_rfc3339(seen.at_ms),
            done=seen.done,
            failed=seen.failed,
            restarts=seen.restarts,
        )

    async def _queue_length(self, script_type: str, runner_id: str) -> int:
        keys = self._commands.keys
        queues = [keys.work(script_type), keys.work_for(script_type, runner_id)]
        lengths = await asyncio.gather(
            *[
                self._carrier.submit(self._commands.queue_length(name))
                for queue in queues
                for name in (queue, keys.high(queue))
            ]
        )
        return sum(lengths)
