"""Builds a supervisor from a configuration and runs it: for the daemon and for library use.

    async with Supervisor(Config(db_path=folder)) as supervisor:
        print(await supervisor.dispatcher.call(request, supervisor.local_session()))

What it does not do is listen: that is `ipc_server`.
"""

import asyncio
import os
import sys
import time
import uuid
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Self

from supervisor.auth import Credentials, Principal, Session, authorise
from supervisor.config import Config
from supervisor.errors import StartError, StoreUnavailable
from supervisor.events import EventReader
from supervisor.keys import Keys
from supervisor.methods import build_table
from supervisor.processes import ProcessSpec
from supervisor.processes.keeper import Keeper
from supervisor.processes.simple import SimpleProcessManager
from supervisor.rpc.dispatcher import Dispatcher
from supervisor.rpc.methods import Method, Scope
from supervisor.runners import RunnerSpec
from supervisor.services.access import Access
from supervisor.services.jobs import Jobs
from supervisor.services.runners import Runners
from supervisor.services.system import System
from supervisor.store.aio import AioCarrier
from supervisor.store.check import check_store
from supervisor.store.commands import Commands
from supervisor.store.embedded import EmbeddedRedis
from supervisor.upkeep import Upkeep

_KILL_GRACE = 5.0  # seconds beyond a runner's own drain time


class Supervisor:
    """The core, running between `start` and `stop`.

    Args:
        config: the configuration.
        admin_key: a key to accept besides the configured secrets.
    """

    def __init__(self, config: Config, admin_key: str | None = None) -> None:
        self.config = config
        self._started = time.monotonic()
        self._embedded = _embedded(config)
        self.redis_url = config.redis_url or (self._embedded.url if self._embedded else "")
        commands = Commands(Keys(config.namespace))
        self._commands = commands
        self._carrier = AioCarrier(self.redis_url, "hero-server", commands.scripts.values())
        self._event_carrier = AioCarrier(self.redis_url, "hero-server-events")
        events = EventReader(self._event_carrier, commands)
        self._events = events
        self._upkeep = Upkeep(
            self._carrier,
            commands,
            monotonic=time.monotonic,
            ttl=config.heartbeats.ttl,
            max_lost=config.max_lost,
        )
        self._carrier.on_connect = self._upkeep.forget
        self.system = System(
            self._carrier,
            commands,
            events,
            lambda: self._upkeep.alive_by_type,
            config,
            uptime=lambda: time.monotonic() - self._started,
        )
        self.credentials = _credentials(config, admin_key)
        self.methods = self._build_methods()
        self.system.methods = self.methods
        self.dispatcher = Dispatcher[Session](self.methods, authorise, config.limits.response)
        self._runners: list[Keeper] = []
        self._gateways: list[Keeper] = []
        self._tasks: list[asyncio.Task[None]] = []

    def _build_methods(self) -> Mapping[str, Method]:
        jobs = Jobs(self._carrier, self._commands, self._events, clock=_now_ms, new_id=_new_id)
        runners = Runners(self._carrier, self._commands, clock=_now_ms)
        return build_table(jobs, runners, Access(self.credentials), self.system)

    async def start(self) -> None:
        """Start Redis if it is ours, connect, and begin to follow events and do upkeep.

        Raises:
            StartError: what keeps it from starting, and what to do.
        """
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            if self._embedded is not None:
                await self._embedded.start()
                self._own(self._embedded.watch(), "embedded redis")
            try:
                await self._carrier.connect()
                self._own(self._carrier.run(), "redis connection")
                await self._event_carrier.connect()
                self._own(self._event_carrier.run(), "redis connection for events")
                await check_store(self._carrier, self._commands)
                await self._upkeep.tick()
            except StoreUnavailable as error:
                raise StartError(error.message) from error
            self._own(self._events.run(), "event reader")
            self._own(self._upkeep.run(), "upkeep")
            undo.pop_all()

    def start_gateway(self, spec: ProcessSpec) -> None:
        """Start a gateway and keep it running until `stop`."""
        self._gateways.append(self._keep(spec))

    def start_runners(self) -> None:
        """Start the runners of the configuration and keep them running until `stop_runners`."""
        for spec in self.config.runners:
            env = {**os.environ, "HERO_REDIS_URL": self.redis_url}  # argv would show a password
            runner = ProcessSpec(f"runner {spec.id}", self._runner_argv(spec), env)
            self._runners.append(self._keep(runner))

    def _keep(self, spec: ProcessSpec) -> Keeper:
        keeper = Keeper(spec, SimpleProcessManager())
        self._own(keeper.run(), spec.name)
        return keeper

    def _runner_argv(self, spec: RunnerSpec) -> tuple[str, ...]:
        config = self.config
        options: dict[str, object] = {
            "--type": spec.script_type,
            "--workers": spec.workers,
            "--namespace": config.namespace,
            "--beat": config.heartbeats.every,
            "--ttl": config.heartbeats.ttl,
            "--max-lost": config.max_lost,
            "--drain": config.drain_seconds,
            "--max-output": config.limits.output,
            "--max-log": config.limits.log,
            "--log-level": config.log_level,
        }
        words = [str(word) for option in options.items() for word in option]
        return (sys.executable, "-m", "runner", spec.id, *words, "--exit-with-parent")

    async def stop_runners(self) -> None:
        """Let the runners finish what they run, for `drain_seconds` at most, and end them."""
        grace = self.config.drain_seconds + _KILL_GRACE
        await asyncio.gather(*[keeper.stop(grace) for keeper in self._runners])
        self._runners.clear()

    async def stop(self) -> None:
        """End everything that was started, children first, Redis last. Idempotent."""
        await self.stop_runners()
        await asyncio.gather(*[keeper.stop(_KILL_GRACE) for keeper in self._gateways])
        self._gateways.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._carrier.close()
        await self._event_carrier.close()
        if self._embedded is not None:
            await self._embedded.stop()

    async def wait(self) -> None:
        """Return never; raise what ended one of the background tasks, which is a defect.

        Cancelling it leaves the tasks alone: they serve until `stop`.
        """
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    def local_session(self) -> Session:
        """Return a session of the operator in this process."""
        return Session("library", Principal("local", frozenset({Scope.ADMIN})))

    def _own(self, work: Coroutine[object, object, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()


def _embedded(config: Config) -> EmbeddedRedis | None:
    if config.redis_url is not None:
        return None
    return EmbeddedRedis(config.db_path, durability=config.durability)


def _credentials(config: Config, admin_key: str | None) -> Credentials:
    return Credentials(
        {
            Scope.ADMIN: [*config.admin_secrets, *([admin_key] if admin_key else [])],
            Scope.USER: config.user_secrets,
            Scope.REGISTER: config.register_secrets,
        }
    )


def _now_ms() -> float:
    return time.time_ns() // 1_000_000  # no finer than Redis's, so that nothing starts before it is


def _new_id() -> str:
    return str(uuid.uuid4())
