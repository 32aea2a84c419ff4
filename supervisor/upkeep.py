"""What must happen though nobody asks: jobs come due or expire, runners are lost, foreigners finish.

`plan` decides, `Upkeep` looks and acts. Several daemons may do this on one Redis: every action is
a script that checks again what it was told, so each happens once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from supervisor.errors import RpcError
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands, RunningJob
from supervisor.store.wire import UnexpectedReply

TICK = 1.0  # seconds
_BATCH = 1000

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Who has which running job, and of which instance there is a heartbeat."""

    running: Sequence[RunningJob]
    beats: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs to take from lost instances, and who has been missing since when."""

    requeue: Sequence[RunningJob]
    missing_since: Mapping[str, float]


def plan(snapshot: Snapshot, missing_since: Mapping[str, float], now: float, ttl: float) -> Plan:
    """Decide which instances are lost: two looks, `ttl` seconds apart, found no heartbeat.

    `now` and `missing_since` are seconds of one monotonic clock. A single look is not enough: after
    an outage of Redis all heartbeats are over while their guards are well.
    """
    missing = {
        instance: missing_since.get(instance, now)
        for instance, beats in snapshot.beats.items()
        if not beats
    }
    lost = {instance for instance, since in missing.items() if now - since >= ttl}
    return Plan([job for job in snapshot.running if job.instance in lost], missing)


class Upkeep:
    """Does the rounds once a second; `run` must be running.

    Args:
        carrier: the store.
        commands: its commands.
        monotonic: seconds.
        ttl: how long a heartbeat is believed, seconds.
        max_lost: how often a lost job is tried again.
    """

    def __init__(
        self,
        carrier: AioCarrier,
        commands: Commands,
        *,
        monotonic: Callable[[], float],
        ttl: float,
        max_lost: int,
    ) -> None:
        self._carrier = carrier
        self._commands = commands
        self._monotonic = monotonic
        self._ttl = ttl
        self._max_lost = max_lost
        self._missing_since: Mapping[str, float] = {}
        self._cursor = 0
        self.alive_by_type: Mapping[str, int] = {}

    def forget(self) -> None:
        """Begin all observations anew: Redis was away, so missing heartbeats prove nothing."""
        self._missing_since = {}

    async def run(self) -> None:
        """Do the rounds until cancelled; wait out what the store refuses."""
        while True:
            try:
                await self.tick()
            except RpcError as error:
                self.forget()
                _log.debug("upkeep waits for Redis", reason=error.message)
            await asyncio.sleep(min(TICK, self._ttl / 2))

    async def tick(self) -> None:
        """Do one round. What one part of it stumbles over keeps no other part from its work.

        Raises:
            RpcError: the store can't be asked.
        """
        for part in (
            self._due,
            self._expire,
            self._purge,
            self._adopt,
            self._rescue,
            self._look_at_runners,
        ):
            try:
                await part()
            except RpcError:
                raise
            except UnexpectedReply:  # somebody's key is not what the schema says: the others go on
                _log.exception("a part of upkeep failed", part=part.__name__)

    async def _due(self) -> None:
        while await self._carrier.execute(self._commands.due(_BATCH)) == _BATCH:
            pass

    async def _expire(self) -> None:
        while await self._carrier.execute(self._commands.expire(_BATCH)) == _BATCH:
            pass

    async def _purge(self) -> None:
        gone = _BATCH
        while gone == _BATCH:
            now_ms = await self._carrier.execute(self._commands.time_ms())
            ids = await self._carrier.execute(self._commands.expired(now_ms, _BATCH))
            gone = await self._carrier.execute(self._commands.delete_many(ids, expired_only=True))

    async def _adopt(self) -> None:
        self._cursor, words = await self._carrier.execute(
            self._commands.sweep(_BATCH, self._cursor)
        )
        if words:
            await self._carrier.execute(self._commands.adopt(words))

    async def _rescue(self) -> None:
        ids = await self._carrier.execute(self._commands.running_ids())
        holders = await asyncio.gather(
            *[self._carrier.submit(self._commands.holder(job_id)) for job_id in ids]
        )
        snapshot = Snapshot(holders, await self._beats(holders))
        decided = plan(snapshot, self._missing_since, self._monotonic(), self._ttl)
        self._missing_since = decided.missing_since
        for job in decided.requeue:
            await self._requeue(job)

    async def _beats(self, holders: Sequence[RunningJob]) -> dict[str, bool]:
        instances = sorted({job.instance for job in holders if job.instance})
        raw = await asyncio.gather(
            *[self._carrier.submit(self._commands.heartbeat(instance)) for instance in instances]
        )
        return {beat[0]: beat[1] is not None for beat in zip(instances, raw, strict=True)}

    async def _requeue(self, job: RunningJob) -> None:
        if job.instance is None:
            return
        fate = await self._carrier.execute(
            self._commands.requeue(
                job.id, job.lease, job.instance, lost=True, max_lost=self._max_lost
            )
        )
        _log.warning(
            "took a job from a lost runner", job_id=job.id, instance=job.instance, now=fate
        )

    async def _look_at_runners(self) -> None:
        by_type: dict[str, int] = {}
        for runner in await self._carrier.execute(self._commands.runners()):
            registration = await self._carrier.execute(self._commands.registration(runner))
            instance = registration.get("instance", "")
            beat = await self._carrier.execute(self._commands.heartbeat(instance))
            script_type = registration.get("script_type", "any")
            by_type[script_type] = by_type.get(script_type, 0) + (beat is not None)
        self.alive_by_type = by_type
