"""What the server says of itself."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from supervisor import __version__
from supervisor.auth import Session
from supervisor.config import Config, Limits
from supervisor.events import EventReader
from supervisor.rpc.methods import Method
from supervisor.rpc.openrpc import describe
from supervisor.store.aio import AioCarrier
from supervisor.store.commands import Commands

_COUNTED = ("created", "waiting", "queued", "running", "failed", "stopped")


class System:
    """Health, facts, and the OpenRPC document.

    Args:
        carrier: the store.
        commands: its commands.
        events: the event reader.
        alive_by_type: the number of live runners by script type, as last seen.
        config: the configuration.
        uptime: seconds since the start.
    """

    def __init__(
        self,
        carrier: AioCarrier,
        commands: Commands,
        events: EventReader,
        alive_by_type: Callable[[], Mapping[str, int]],
        config: Config,
        *,
        uptime: Callable[[], float],
    ) -> None:
        self._carrier = carrier
        self._commands = commands
        self._events = events
        self._alive_by_type = alive_by_type
        self._config = config
        self._uptime = uptime
        self.transports: list[str] = []
        self.methods: Mapping[str, Method] = {}
        self._document: dict[str, Any] | None = None

    def health(self, _params: Any, _session: Session) -> dict[str, Any]:
        """Return whether all is well, without asking anybody: what the last round found."""
        checks = [
            _check("redis", self._carrier.is_connected, "The job store can't be reached."),
            _check("events", self._events.is_following, "Events don't arrive; waits are delayed."),
        ]
        expected = {spec.script_type for spec in self._config.runners}
        alive_by_type = self._alive_by_type()
        for script_type in sorted(expected | set(alive_by_type)):
            alive = alive_by_type.get(script_type, 0)
            problem = f"No live runner serves {script_type} jobs; they wait."
            checks.append(_check(f"runners.{script_type}", alive > 0, problem))
        is_well = all(check["ok"] for check in checks)
        return {"status": "ok" if is_well else "degraded", "checks": checks}

    async def info(self, _params: Any, _session: Session) -> dict[str, Any]:
        """Return the version, the transports, what Redis promises, and how many jobs there are."""
        keys = self._commands.keys
        indexes = [keys.jobs, *[keys.status(status) for status in _COUNTED]]
        facts, (total, *counts) = await asyncio.gather(
            self._carrier.submit(self._commands.redis_facts()),
            asyncio.gather(
                *[self._carrier.submit(self._commands.size(index)) for index in indexes]
            ),
        )
        completed = max(0, total - sum(counts))
        return {
            "version": __version__,
            "uptime_s": round(self._uptime(), 3),
            "transports": self.transports,
            "namespace": self._config.namespace,
            "redis": {"embedded": self._config.redis_url is None, **asdict(facts)},
            "jobs": {
                "total": completed + sum(counts),
                "completed": completed,
                **dict(zip(_COUNTED, counts, strict=True)),
            },
            "limits": limits(self._config.limits),
        }

    def discover(self, _params: Any, _session: Session) -> dict[str, Any]:
        """Return the OpenRPC document of all methods.

        Made once: it takes tens of milliseconds, and anybody may ask for it.
        """
        if self._document is None:
            self._document = describe(
                self.methods.values(),
                title="Hero Supervisor",
                version=__version__,
                limits=limits(self._config.limits),
            )
        return self._document


def limits(section: Limits) -> dict[str, int]:
    """Return the limits by name."""
    return dict(section)


def _check(name: str, ok: bool, problem: str) -> dict[str, Any]:
    return {"name": name, "ok": ok} if ok else {"name": name, "ok": ok, "message": problem}
