"""Read the registry of runners."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from supervisor.auth import Session
from supervisor.errors import RunnerNotFound
from supervisor.job.times import to_rfc3339
from supervisor.runners import Heartbeat, RunnerStatus, read_heartbeat
from supervisor.services.params import RunnerById
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands

_ANY = "any"  # the type of a runner that registered without one


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
        status = await self._status(params.id)
        if status is None:
            raise RunnerNotFound(params.id)
        return status

    async def all_statuses(self, _params: Any, _session: Session) -> list[RunnerStatus]:
        """Return how all registered runners are."""
        ids = await self._carrier.submit(self._commands.runners())
        statuses = await asyncio.gather(*[self._status(runner_id) for runner_id in ids])
        return [status for status in statuses if status is not None]

    async def _status(self, runner_id: str) -> RunnerStatus | None:
        registration = await self._carrier.submit(self._commands.registration(runner_id))
        if not registration:
            return None
        beat, length = await asyncio.gather(
            self._carrier.submit(self._commands.heartbeat(registration.get("instance", ""))),
            self._queue_length(runner_id, registration),
        )
        registered = RunnerStatus(
            id=runner_id,
            state="lost" if beat is None else "running",
            script_type=registration.get("script_type", _ANY),
            alive=beat is not None,
            busy=0,
            capacity=_capacity(registration),
            queue_length=length,
        )
        seen = read_heartbeat(beat)
        return registered if seen is None else self._with_heartbeat(registered, seen)

    def _with_heartbeat(self, registered: RunnerStatus, seen: Heartbeat) -> RunnerStatus:
        return replace(
            registered,
            state=seen.state,
            busy=seen.busy,
            capacity=seen.capacity,
            pid=seen.pid,
            uptime_s=round((self._clock() - seen.since_ms) / 1000, 3),
            last_seen=to_rfc3339(seen.at_ms),
            done=seen.done,
            failed=seen.failed,
            restarts=seen.restarts,
        )

    async def _queue_length(self, runner_id: str, registration: Mapping[str, str]) -> int:
        keys = self._commands.keys
        script_type = registration.get("script_type", _ANY)
        named = registration.get("queue", keys.work_for(script_type, runner_id))
        queues = [keys.work(script_type), named]
        lengths = await asyncio.gather(
            *[
                self._carrier.submit(self._commands.queue_length(name))
                for queue in queues
                for name in (queue, keys.high(queue))
            ]
        )
        return sum(lengths)


def _capacity(registration: Mapping[str, str]) -> int:
    """Read how many scripts a runner runs at once; a foreign one may say anything."""
    text = registration.get("capacity", "")
    return int(text) if text.isdecimal() else 1
